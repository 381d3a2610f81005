/** Section 7: the REST API, with and without its token, and what it says when a question is wrong. */
import { z } from 'zod'
import { applicable, Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Refusal } from '../contracts/contract'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { projectPrefix } from '../stories/story'

/** 7.1 */
export async function expectPong({ rest, contract }: Platform): Promise<void> {
  const answer = await rest.get(contract.ping.path)
  expectStatus(answer, 200)
  if (contract.ping.isPong(answer.body)) return
  jsonOf(answer)
  throw unexpected(answer, 'does not answer pong', contract.ping.expected, answer.body)
}

/** 7.2 */
export async function expectServiceVersion({ rest, contract }: Platform): Promise<string> {
  const answer = await rest.get(contract.rest.version)
  expectStatus(answer, 200)
  const parsed = z.looseObject({ version: z.string().min(1) }).safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data.version
  throw unexpected(answer, 'answers no version', '{"version": …}', answer.body)
}

const project = z.looseObject({ name: z.string().min(1) })
// DevLake answers a page of projects, the platform's reference a bare list.
const projects = z.union([
  z.array(project),
  z.looseObject({ projects: z.array(project) }).transform((page) => page.projects),
])

/** The projects that the platform has of its own: those of stories and of test deployments come from runs. */
export async function projectsOfPlatform(platform: Platform): Promise<string[]> {
  return (await expectProjects(platform)).filter((name) => isOfPlatform(platform, name))
}

/** Those that are made by runs come and go while others are looked at. */
export function isOfPlatform({ configuration: { testApplication } }: Platform, project: string): boolean {
  return project !== (testApplication?.project ?? testApplication?.name) && !project.startsWith(projectPrefix)
}

/** 7.3: the names of the projects, in the order of the answer. */
export async function expectProjects(platform: Platform): Promise<string[]> {
  const { projects: path, guarded } = platform.contract.rest
  const token = await apiToken(platform)
  // Where the projects ask for no token, something else says whether it is accepted.
  if (guarded.entered !== path) await expectEntered(platform, await platform.rest.get(guarded.entered, token))
  const answer = await platform.rest.get(path, token)
  if (answer.status === 401) throw refusedToken(platform, answer)
  expectStatus(answer, 200)
  const parsed = projects.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data.map(({ name }) => name)
  throw unexpected(answer, 'answers no list of projects', 'projects with their names', answer.body)
}

async function expectEntered(platform: Platform, answer: HttpAnswer): Promise<void> {
  if (answer.status === 401 || answer.status === 403) throw refusedToken(platform, answer)
  expectStatus(answer, 200)
}

/** Who rotates a token in one place only makes this; 401 alone would not say which token is meant. */
function refusedToken({ kubernetes, configuration }: Platform, { url, body, status }: HttpAnswer): Unmet {
  const { name, key } = configuration.tokens.api
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  return new Unmet({
    summary: `The service does not accept the token in ${object}.`,
    object,
    expected: 'the API token that the service knows',
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [
      `kubectl get secret -n ${kubernetes.namespace} ${name} -o jsonpath='{.data.${key}}' | base64 -d`,
      `curl -i -H 'Authorization: Bearer …' '${url}'`,
    ],
  })
}

export async function apiToken(platform: Platform): Promise<string> {
  return tokenIn(platform, platform.configuration.tokens.api)
}

async function tokenIn(
  platform: Platform,
  { name, key }: { readonly name: string; readonly key: string },
): Promise<string> {
  const { kubernetes } = platform
  const value = (await kubernetes.secret(name))?.get(key)?.trim()
  if (value) return value
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  throw new Blocked({
    summary: `There is no API token in ${object}.`,
    object,
    expected: 'a token',
    found: value === undefined ? 'no such key' : 'an empty value',
    remedy: [
      `kubectl describe secret -n ${kubernetes.namespace} ${name}`,
      '# in another secret: configuration key tokens.api',
      ...newToken(platform),
    ],
  })
}

function newToken({ kubernetes, configuration, contract }: Platform): string[] {
  const { newToken: made } = contract.rest
  const { service, port } = configuration.components.lake
  if (!made) return []
  return [
    '# a new one, which is shown once',
    `kubectl port-forward -n ${kubernetes.namespace} svc/${service} ${port}:${port}`,
    `curl -X POST -H 'Content-Type: application/json' -d '${made.body}' http://localhost:${port}${made.path}`,
  ]
}

export type Intruder = 'no' | 'wrong' | 'expired'

/** 7.3: who has no valid token is refused in the documented form, and gets no data. */
export async function expectRefused(platform: Platform, intruder: Intruder): Promise<void> {
  const { rest, contract } = platform
  const { guarded, refusals } = contract.rest
  const answer = await rest.get(guarded.refused, await intruderToken(platform, intruder))
  const known = answer.status === 200 ? projects.safeParse(tolerant(answer.body)) : undefined
  if (known?.success && known.data.length > 0)
    throw unexpected(
      answer,
      `gives its data to a caller with ${intruder === 'no' ? 'no' : `${intruder === 'wrong' ? 'a wrong' : 'an expired'}`} token`,
      `${refusals[intruder].status} and no data`,
      `${answer.status} and ${known.data.length} projects`,
    )
  expectError(platform, answer, refusals[intruder])
}

/** Made up, and unlike any that a service would issue. */
const wrongToken = 'not-a-token-of-this-service'

async function intruderToken(platform: Platform, intruder: Intruder): Promise<string | undefined> {
  switch (intruder) {
    case 'no':
      return undefined
    case 'wrong':
      return wrongToken
    case 'expired': {
      const { expired } = platform.configuration.tokens
      if (expired === undefined) throw new Error('scenarios about an expired token are left out without one')
      return tokenIn(platform, expired)
    }
  }
}

export type WrongQuestion = 'unknown project' | 'empty range'

/** 7.3: a question about a project that does not exist names those that do; a range that ends before it begins is refused. */
export async function expectQuestionRefused(platform: Platform, question: WrongQuestion): Promise<void> {
  const { rest, contract } = platform
  const token = await apiToken(platform)
  if (question === 'unknown project') {
    const { path, refusal } = contract.rest.unknownProject
    return expectError(platform, await rest.get(path, token), refusal)
  }
  const { path, refusal } = applicable(contract.rest.emptyRange)
  const [first] = await projectsOfPlatform(platform)
  if (first === undefined)
    throw new Blocked({
      summary: 'There is no data yet: no project.',
      object: contract.rest.projects,
      expected: 'at least one project',
      found: 'none',
    })
  expectError(platform, await rest.get(path(first), token), refusal)
}

const limits = z.object({
  'x-ratelimit-limit': z.coerce.number().int().positive(),
  'x-ratelimit-remaining': z.coerce.number().int().nonnegative(),
  'x-ratelimit-reset': z.coerce.number().int().positive(),
})

/** 7.3: two questions cost two of what is left, unless the hour began anew between them. */
export async function expectRateLimit(platform: Platform): Promise<void> {
  const { rest, contract } = platform
  applicable(contract.rest.rateLimit)
  const token = await apiToken(platform)
  const [before, after] = [await rest.get(contract.rest.projects, token), await rest.get(contract.rest.projects, token)]
  const [first, second] = [limitsOf(before), limitsOf(after)]
  if (second['x-ratelimit-reset'] > first['x-ratelimit-reset'] + 60) return
  if (second['x-ratelimit-remaining'] < first['x-ratelimit-remaining']) return
  throw unexpected(
    after,
    'does not count its rate limit down',
    `less than ${first['x-ratelimit-remaining']} remaining`,
    `${second['x-ratelimit-remaining']} remaining`,
  )
}

function limitsOf(answer: HttpAnswer): z.infer<typeof limits> {
  const parsed = limits.safeParse(answer.headers)
  if (parsed.success) return parsed.data
  const missing = parsed.error.issues.map(({ path }) => path.map(String).join('.'))
  throw unexpected(
    answer,
    `answers without a valid ${missing.join(', ')}`,
    'X-RateLimit-Limit, -Remaining and -Reset',
    missing.join(', '),
  )
}

function expectError({ contract }: Platform, answer: HttpAnswer, { status, says, expected: words }: Refusal): void {
  const expected = `${status} with ${words}`
  const unmet: Circumstances[] = []
  const say = (summary: string, found: string) => unmet.push(circumstances(answer, summary, expected, found))
  if (answer.status !== status)
    say(`answers ${answer.status} where ${status} is expected`, `${answer.status}: ${excerpt(answer.body)}`)
  else {
    const parsed = contract.rest.error.safeParse(jsonOf(answer))
    if (!parsed.success) say('answers an error in another form', excerpt(answer.body))
    else if (!says.test(parsed.data)) say('answers another error code', parsed.data)
  }
  expectNone(unmet)
}

export function expectStatus(answer: HttpAnswer, status: number): void {
  if (answer.status === status) return
  throw unexpected(
    answer,
    `answers ${answer.status} where ${status} is expected`,
    `status ${status}`,
    `status ${answer.status}: ${excerpt(answer.body)}`,
  )
}

function unexpected(answer: HttpAnswer, summary: string, expected: string, found: string): Unmet {
  return new Unmet(circumstances(answer, summary, expected, found))
}

function circumstances({ url }: HttpAnswer, summary: string, expected: string, found: string): Circumstances {
  const path = new URL(url).pathname
  return {
    summary: `${path} ${summary}.`,
    object: url,
    expected,
    found: excerpt(found, 500),
    remedy: [`curl -i '${url}'`],
  }
}

function tolerant(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

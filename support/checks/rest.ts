/** Section 7: the REST API, with and without its token, and what it says when a question is wrong. */
import { z } from 'zod'
import { applicable, Blocked, type Circumstances, expectNone } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Refusal } from '../contracts/contract'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, circumstances, expectStatus, tokenIn, unexpected } from '../service/api'
import { projects, projectsOfPlatform } from '../service/projects'

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

function tolerant(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

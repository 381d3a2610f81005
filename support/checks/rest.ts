/** Section 7: checks of the REST API: answers with and without a token, and errors for invalid requests. */

import { z } from 'zod'
import { applicable, Blocked, type Circumstances, expectNone, Unmet, unless, unlessBlocked } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Refusal } from '../contracts/contract'
import { jsonIn } from '../formats/json'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, circumstances, expectStatus, tokenIn, unexpected, wrongStatus } from '../service/api'
import { showProjects } from '../service/commands'
import { projectPage, projectsOfPlatform } from '../service/projects'
import { isRefusal, unjudged } from '../service/refusals'

/** 7.1: checks that a ping is answered. */
export async function expectPong({ rest, contract }: Platform): Promise<void> {
  const answer = await rest.get(contract.ping.path)
  expectStatus(answer, 200)
  if (contract.ping.isPong(answer.body)) return
  jsonOf(answer)
  throw unexpected(answer, 'does not answer pong', contract.ping.expected, answer.body)
}

/** 7.2: checks that the service reports its version, and returns it. */
export async function expectServiceVersion({ rest, contract }: Platform): Promise<string> {
  const answer = await rest.get(contract.rest.version)
  expectStatus(answer, 200)
  const parsed = z.looseObject({ version: z.string().min(1) }).safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data.version
  throw unexpected(answer, 'does not return a version', '{"version": …}', answer.body)
}

export type Intruder = 'no' | 'wrong' | 'expired'

/**
 * 7.3: checks that a caller without a valid token gets the documented error and no data. Without a token, every path is asked;
 * other tokens are asked on one path, because the service counts the requests of such callers together.
 */
export async function expectRefused(platform: Platform, intruder: Intruder): Promise<void> {
  const { rest, contract } = platform
  const { guarded, refusals } = contract.rest
  const token = await intruderToken(platform, intruder)
  const [first, ...others] = await guarded.refused(() => anyProject(platform))
  const unmet: Circumstances[] = []
  const unknown: { readonly path: string; readonly answer: HttpAnswer }[] = []
  for (const path of intruder === 'no' ? [first, ...others] : [first]) {
    const answer = await rest.get(path, token)
    if (path !== first && (await isAbsent(platform, path, answer))) continue
    // An answer without data, such as an error of the server, is no refusal either.
    if (isRefusal(answer) || (answer.status >= 200 && answer.status < 300))
      unmet.push(...intrusion(platform, answer, intruder, refusals[intruder]))
    else unknown.push({ path, answer })
  }
  expectNone(unmet)
  const [undecided] = unknown
  if (!undecided) return
  const { status, expected } = refusals[intruder]
  throw new Blocked(
    (await brokenForAll(platform, undecided.path, undecided.answer)) ??
      unjudged(undecided.answer, `a caller with ${tokenOf[intruder]}`, `status ${status} with ${expected}`),
  )
}

/** The finding about a path that a server fails to answer for a caller with the API token, too; undefined if it answers that one. */
async function brokenForAll(
  platform: Platform,
  path: string,
  { status }: HttpAnswer,
): Promise<Circumstances | undefined> {
  if (status < 500) return undefined
  const token = await apiToken(platform).catch(unlessBlocked(undefined))
  const answer = token === undefined ? undefined : await platform.rest.get(path, token)
  return answer && answer.status >= 500 ? wrongStatus(answer, 200) : undefined
}

const tokenOf: Readonly<Record<Intruder, string>> = {
  no: 'no token',
  wrong: 'a wrong token',
  expired: 'an expired token',
}

/** A path of a part that the service does not have, such as a plugin that is switched off: there is nothing to guard. */
async function isAbsent(platform: Platform, path: string, { status }: HttpAnswer): Promise<boolean> {
  return status === 404 && (await platform.rest.get(path, await apiToken(platform))).status === 404
}

function intrusion(platform: Platform, answer: HttpAnswer, intruder: Intruder, refusal: Refusal): Circumstances[] {
  const revealed = answer.status === 200 ? projectPage.safeParse(jsonIn(answer.body)) : undefined
  if (!revealed?.success || revealed.data.entries.length === 0) return errorProblems(platform, answer, refusal)
  const found = `status ${answer.status} and ${revealed.data.entries.length} projects`
  const summary = `returns data to a caller with ${tokenOf[intruder]}`
  return [circumstances(answer, summary, `status ${refusal.status} and no data`, found)]
}

/** A project that exists, if the list can be read: a service may refuse an unknown project before it asks for a token. */
export async function anyProject(platform: Platform): Promise<string> {
  const [first = 'none'] = await projectsOfPlatform(platform).catch(unless([], Unmet, Blocked))
  return first
}

/** Not in the format of any token that a service issues. */
export const wrongToken = 'not-a-token-of-this-service'

async function intruderToken(platform: Platform, intruder: Intruder): Promise<string | undefined> {
  switch (intruder) {
    case 'no':
      return undefined
    case 'wrong':
      return wrongToken
    case 'expired': {
      const { expired } = platform.configuration.tokens
      if (expired === undefined)
        throw new Error('No expired token is configured, so this scenario should not have run.')
      return tokenIn(platform, expired)
    }
  }
}

export type WrongQuestion = 'unknown project' | 'empty range'

/** 7.3: checks the errors for an unknown project and for a range that ends before it begins. */
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
      found: 'no project',
      remedy: [await showProjects(platform)],
    })
  expectError(platform, await rest.get(path(first), token), refusal)
}

const rateLimitHeaders = z.object({
  'x-ratelimit-limit': z.coerce.number().int().positive(),
  'x-ratelimit-remaining': z.coerce.number().int().nonnegative(),
  'x-ratelimit-reset': z.coerce.number().int().positive(),
})

/** 7.3: checks that each request decreases the remaining rate limit, unless the limit was reset between the two requests. */
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
    'does not decrease its remaining rate limit',
    `fewer than ${first['x-ratelimit-remaining']} remaining requests`,
    `${second['x-ratelimit-remaining']} remaining requests`,
  )
}

function limitsOf(answer: HttpAnswer): z.infer<typeof rateLimitHeaders> {
  const parsed = rateLimitHeaders.safeParse(answer.headers)
  if (parsed.success) return parsed.data
  const missing = parsed.error.issues.map(({ path }) => path.map(String).join('.'))
  throw unexpected(
    answer,
    `answers without a valid ${missing.join(', ')}`,
    'valid X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers',
    `missing or invalid: ${missing.join(', ')}`,
  )
}

const expectError = (platform: Platform, answer: HttpAnswer, refusal: Refusal): void =>
  expectNone(errorProblems(platform, answer, refusal))

function errorProblems(
  { contract }: Platform,
  answer: HttpAnswer,
  { status, says, expected: words }: Refusal,
): Circumstances[] {
  const expected = `status ${status} with ${words}`
  const unmet: Circumstances[] = []
  const report = (summary: string, found: string) => unmet.push(circumstances(answer, summary, expected, found))
  if (answer.status !== status)
    report(`answers ${answer.status} where ${status} is expected`, `status ${answer.status}: ${excerpt(answer.body)}`)
  else {
    const parsed = contract.rest.error.safeParse(jsonOf(answer))
    if (!parsed.success) report('returns an error in an undocumented format', excerpt(answer.body))
    else if (!says.test(parsed.data)) report('returns the wrong error code', parsed.data)
  }
  return unmet
}

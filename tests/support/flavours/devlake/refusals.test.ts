/** Answers of a stock DevLake to callers that it must refuse, or must not: each has one cause, and nothing else passes. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Blocked, Unmet } from '../../../../support/basis/expectation'
import { connectionsTo } from '../../../../support/checks/data-sources'
import { expectIncidentAddress, expectWebhookPlugin } from '../../../../support/checks/incident-webhook'
import { expectNoOpenRoute } from '../../../../support/checks/outside-answers'
import { expectQuestionRefused, expectRefused } from '../../../../support/checks/rest'
import type { Platform } from '../../../../support/platform/platform'
import { expectProjects } from '../../../../support/service/projects'
import { platformOf } from '../../../fixtures/devlake/platform'
import { exchangeOf } from '../../../fixtures/devlake/replay'

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string
}

const answers = new Map<string, Answer>()
let server: Server
let platform: Platform

beforeEach(async () => {
  answers.clear()
  answers.set('/ping', {}).set('/rest/ping', {})
  answers.set('/projects', { body: { projects: [{ name: 'checkout' }], count: 1 } })
  server = createServer(({ url = '' }, response) => {
    const { status = 200, headers = {}, body = '' } = answers.get(url) ?? { status: 404, body: '404 page not found' }
    const isJson = typeof body === 'object'
    response
      .writeHead(status, { 'content-type': isJson ? 'application/json; charset=utf-8' : 'text/html', ...headers })
      .end(isJson ? JSON.stringify(body) : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  platform = platformOf({ port: (server.address() as AddressInfo).port })
})

afterEach(async () => {
  await platform.close()
  server.closeAllConnections()
  server.close()
  vi.unstubAllEnvs()
})

async function rejection(check: Promise<unknown>): Promise<Unmet | Blocked> {
  const error = await check.then(
    () => expect.unreachable('The check passed.'),
    (error: unknown) => error,
  )
  if (error instanceof Unmet || error instanceof Blocked) return error
  throw error
}

const refusal = (message: string) => ({ success: false, message })
const failure = (message: string, causes: readonly string[] = []) => ({
  code: 0,
  ...refusal(message),
  causes,
  data: null,
})

/** An answer of a real lake. */
function recorded(name: string): Answer {
  const { status, headers, body } = exchangeOf(name).response
  const sent = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value])
  return { status, headers: Object.fromEntries(sent), body: body === '' ? '' : JSON.stringify(body) }
}

const page = '<!doctype html><html><title>DevLake</title></html>'
const loginPage = '<!doctype html><form><input name="user"><input type="password" name="password"></form>'
const pendingMigration = failure(
  '\nNew migration scripts detected. Database migration is required to launch DevLake. (428)',
)

describe('the route that accepts rows for any table', () => {
  const push = '/api/push/no_such_table'
  const reachesLake = () => answers.set('/api/rest/ping', { status: 401, body: refusal('token is missing') })

  it.each<[string, Answer]>([
    ['401 of a login', recorded('auth-push-unknown-table')],
    ['401 of a proxy', { status: 401, headers: { 'www-authenticate': 'Basic realm="DevLake"' }, body: page }],
    ['403 of PUSH_API_ALLOWED_TABLES', recorded('push-push-unknown-table')],
  ])('is refused by %s', async (_, answer) => {
    answers.set(push, answer)
    await expectNoOpenRoute(platform)
  })

  it('is closed if the host leads to the service, but knows no such route', async () => {
    reachesLake()
    await expectNoOpenRoute(platform)
  })

  it.each<[string, Answer]>([
    [
      'an error about the table',
      { status: 500, body: failure('error inserting request body into table no_such_table') },
    ],
    ['an error about the table, behind its stack trace', recorded('stack-push-unknown-table')],
    ['the number of rows', { status: 200, body: { rowsAffected: 1 } }],
  ])('is open if it answers with %s', async (_, answer) => {
    answers.set(push, answer)
    const error = await rejection(expectNoOpenRoute(platform))
    expect(error).toBeInstanceOf(Unmet)
    expect(error.finding.summary).toContain('lets anyone write to the database')
  })

  it('cannot be judged because of the service or its database if it fails to answer', async () => {
    answers.set(push, { status: 502, body: page })
    const { finding } = await rejection(expectNoOpenRoute(platform))
    expect(finding.reliesOn).toEqual(['Service fawkes/devlake-lake', 'Service fawkes/devlake-mysql'])
  })

  it.each<[string, Answer, string]>([
    ['a stopped lake', { status: 503, body: page }, 'no backend answered (status 503)'],
    ['a pending migration', { status: 428, body: pendingMigration }, 'the service waits for someone to confirm'],
    [
      'a broken lake',
      { status: 500, body: failure('Error 1040: Too many connections') },
      'the service failed to answer',
    ],
    ['a redirect', { status: 302, headers: { location: '/login' } }, 'it redirects to /login'],
    ['a page', { body: page }, 'it answers 200 with an HTML page'],
    ['an unknown host', { status: 404, body: 'default backend - 404' }, 'as for a route that does not exist'],
    ['a used-up rate limit', { status: 429 }, 'the rate limit is exhausted'],
  ])('cannot be judged behind %s', async (_, answer, cause) => {
    answers.set(push, answer)
    if (answer.status !== 404) reachesLake()
    const error = await rejection(expectNoOpenRoute(platform))
    expect(error).toBeInstanceOf(Blocked)
    expect(error.finding.summary).toContain(cause)
  })
})

describe('a caller without a token', () => {
  it.each<[string, Answer]>([
    ['a broken lake', { status: 500, body: failure('Error 1040: Too many connections') }],
    ['an unknown route', { status: 404, body: '404 page not found' }],
    ['a redirect', { status: 302, headers: { location: '/login' } }],
  ])('is not refused by %s, which blocks', async (_, answer) => {
    answers.set('/rest/projects', answer)
    expect(await rejection(expectRefused(platform, 'no'))).toBeInstanceOf(Blocked)
  })

  it.each<[string, Answer]>([
    ['an empty list', { body: { projects: [], count: 0 } }],
    ['another message', { status: 401, body: refusal('who are you?') }],
  ])('is not refused by %s, which fails', async (_, answer) => {
    answers.set('/rest/projects', answer)
    expect(await rejection(expectRefused(platform, 'no'))).toBeInstanceOf(Unmet)
  })
})

describe('a token that does not get through', () => {
  const key = 'Secret fawkes/devlake-api-token, key token'

  it.each<[string, Answer, string]>([
    ['expired', recorded('expired-key-ping'), 'has expired'],
    ['revoked', recorded('revoked-key-ping'), 'is unknown to the service: it was revoked, or belongs to another one'],
    ['of a webhook, for other paths', recorded('foreign-key-ping'), 'is valid for other paths only'],
    ['malformed', { status: 401, body: refusal('token is not present or malformed') }, 'is malformed'],
  ])('is named if it is %s, with the request for a new one', async (_, answer, cause) => {
    answers.set('/rest/ping', answer)
    const { finding } = await rejection(expectProjects(platform))
    expect(finding).toMatchObject({ summary: `The API token in ${key} ${cause}.`, object: key })
    expect(finding.remedy.join('\n')).toContain('http://localhost:8080/api-keys')
  })

  it.each<[string, Answer]>([
    ['DevLake with AUTH_ENABLED', recorded('auth-projects')],
    ['a proxy that redirects', { status: 302, headers: { location: 'https://sso.example.org/oauth2/authorize?x=1' } }],
    ['a proxy that answers itself', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: page }],
    ['a proxy with a page', { body: loginPage }],
    ['a proxy that forbids', { status: 403, body: page }],
  ])('stops at a login of %s, which is a cause of its own', async (_, answer) => {
    for (const path of ['/projects', '/plugins/webhook/connections', '/plugins/github/connections'])
      answers.set(path, answer)
    const checks = [expectProjects, expectWebhookPlugin, (lake: Platform) => connectionsTo(lake, 'github')]
    for (const check of checks) {
      const { finding } = await rejection(check(platform))
      expect(finding.summary).toBe('A login stands in front of the API of the service, so no API token gets through.')
      expect(finding.object).toBe('login in front of the API')
    }
  })

  it('is not meant by a redirect to another path', async () => {
    answers.set('/projects', { status: 301, headers: { location: '/api/projects' } })
    const { finding } = await rejection(expectProjects(platform))
    expect(finding.summary).toBe('/projects answers 301 where 200 is expected.')
  })
})

describe('a lake with ENABLE_STACKTRACE', () => {
  it('reports an unknown project', async () => {
    answers.set('/projects/no-such-project-of-this-platform', recorded('stack-project-unknown'))
    await expectQuestionRefused(platform, 'unknown project')
  })

  it('refuses a body that is not an incident', async () => {
    const path = '/rest/plugins/webhook/connections/1/issues'
    answers.set('/plugins/webhook/connections', { body: [{ id: 1, postIssuesEndpoint: path }] as object })
    answers.set(path, recorded('stack-webhooks-empty-issue'))
    await expectIncidentAddress(platform)
  })
})

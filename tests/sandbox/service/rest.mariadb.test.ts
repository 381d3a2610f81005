/** REST: tokens, errors, rate limits, projects, deployments, series. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DoraService, startService, token } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { tell } from '../../fixtures/story'

let mariadb: MariaDb
let service: DoraService

const expired = 'token-that-has-expired'
const readOnly = 'token-that-may-only-read'

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url, { API_TOKEN_EXPIRED: expired, API_TOKEN_READONLY: readOnly })
})

afterAll(async () => {
  await service?.stop()
  await mariadb?.stop()
})

const bearer = (value: string) => ({ authorization: `Bearer ${value}`, 'content-type': 'application/json' })

describe('without a token', () => {
  it('ping, version, readiness and the page for Prometheus are open', async () => {
    expect((await service.get('/api/ping', {})).text).toBe('{"message":"pong"}')
    expect((await service.get('/api/version', {})).body).toEqual({ version: expect.stringMatching(/^v\d+\.\d+/) })
    expect((await service.get('/api/ready', {})).status).toBe(200)
    expect((await service.get('/metrics', {})).status).toBe(200)
  })
})

describe('tokens', () => {
  it.each([
    ['no token', {}],
    ['a wrong token', bearer('wrong')],
    ['an expired token', bearer(expired)],
    ['another scheme', { authorization: `Basic ${token}` }],
  ])('%s is answered with UNAUTHORIZED and no data', async (_, headers) => {
    for (const path of ['/api/projects', '/api/deployments?project=checkout', '/api/dora/metrics?project=checkout']) {
      const answer = await service.get(path, headers)
      expect(answer.status).toBe(401)
      expect(answer.body).toEqual({ error: { code: 'UNAUTHORIZED', message: expect.any(String), details: {} } })
      expect(answer.text).not.toContain('checkout')
    }
  })

  it('a read-only token can read; writing with it is FORBIDDEN', async () => {
    expect((await service.get('/api/projects', bearer(readOnly))).status).toBe(200)
    const made = await service.send('POST', '/api/projects', { name: 'forbidden' }, bearer(readOnly))
    expect(made).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
    const removed = await service.send('DELETE', '/api/projects/checkout', undefined, bearer(readOnly))
    expect(removed).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
    expect((await service.get('/api/projects')).text).toContain('checkout')
    expect((await service.get('/api/projects')).text).not.toContain('forbidden')
  })
})

describe('the rate limit', () => {
  it('is in every response, counts down per client and starts at 5000 or 60', async () => {
    const remaining = async (path: string, headers?: Record<string, string>) => {
      const { headers: found } = await service.get(path, headers)
      expect(Number(found.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now())
      return [Number(found.get('x-ratelimit-limit')), Number(found.get('x-ratelimit-remaining'))]
    }
    const [limit, first = 0] = await remaining('/api/projects')
    expect(limit).toBe(5000)
    expect(await remaining('/api/no-such-path')).toEqual([5000, first - 1])
    const [open, anonymous = 0] = await remaining('/api/ping', {})
    expect(open).toBe(60)
    expect(await remaining('/api/projects', {})).toEqual([60, anonymous - 1])
    // Scrapes and webhooks get the headers but are not counted, because they would lock themselves out.
    expect(await remaining('/metrics', {})).toEqual([60, anonymous - 1])
    await service.send('POST', '/api/plugins/webhook/1/commits', { repository: 'r', ref: 'r', commits: [] }, {})
    expect(await remaining('/metrics', {})).toEqual([60, anonymous - 1])
  })

  it('answers 429 beyond the limit, to that client only', async () => {
    const limited = await startService(mariadb.url, { RATE_LIMIT_ANONYMOUS: '2' })
    try {
      // Readiness is not counted, so waiting for it uses up no request.
      expect((await limited.get('/api/ping', {})).status).toBe(200)
      expect((await limited.get('/api/ping', {})).status).toBe(200)
      expect(await limited.get('/api/ping', {})).toMatchObject({
        status: 429,
        body: { error: { code: 'RATE_LIMITED' } },
      })
      expect((await limited.get('/api/ping')).status).toBe(200)
    } finally {
      await limited.stop()
    }
  })
})

describe('an error', () => {
  it('for an unknown project lists the known ones', async () => {
    expect(await service.get('/api/dora/metrics?project=unknown')).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'INVALID_PROJECT',
          message: expect.stringContaining('unknown'),
          details: { available_projects: expect.arrayContaining(['catalog', 'checkout', 'payments']) },
        },
      },
    })
    expect((await service.get('/api/deployments?project=unknown')).status).toBe(404)
    expect((await service.get('/api/dora/metrics')).body).toMatchObject({ error: { code: 'INVALID_PROJECT' } })
  })

  it.each([
    'timeRange=last5days',
    'timeRange=custom',
    'timeRange=custom&startDate=2026-03-01',
    'timeRange=custom&startDate=yesterday&endDate=2026-03-02',
    'timeRange=custom&startDate=2026-02-30&endDate=2026-03-02',
    'timeRange=custom&startDate=2026-03-02T10:00:00Z&endDate=2026-03-02T11:00:00%2B01:00',
  ])('for the range %s is INVALID_TIME_RANGE', async (range) => {
    expect(await service.get(`/api/dora/lead-time?project=checkout&${range}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_TIME_RANGE' } },
    })
  })

  it('for an unknown path is a 404 in the same form', async () => {
    expect(await service.get('/api/nothing')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
  })
})

describe('projects', () => {
  it('include those of the history, with their teams', async () => {
    const { body } = await service.get('/api/projects')
    expect(body).toMatchObject({
      projects: expect.arrayContaining([
        expect.objectContaining({ name: 'checkout', team: 'storefront' }),
        expect.objectContaining({ name: 'payments', team: 'payments' }),
        expect.objectContaining({ name: 'catalog', team: 'discovery' }),
      ]),
    })
  })

  it('can be created once, and are deleted with all of their events', async () => {
    const story = tell(service, 'short-lived')
    const made = await service.send('POST', '/api/projects', { name: 'short-lived', description: 'of a test' })
    expect(made).toMatchObject({ status: 201, body: { name: 'short-lived', description: 'of a test' } })
    expect((await service.send('POST', '/api/projects', { name: 'short-lived' })).status).toBe(400)
    expect(await service.send('POST', '/api/projects', { description: 'nameless' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('name') } },
    })
    await story.pushed([{ sha: 'sl-c1', authored: '2026-03-02T09:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z', commits: ['sl-c1'] })
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', resolved: '2026-03-02T12:00:00Z' })
    await story.built({ commit: 'sl-c1', finished: '2026-03-02T09:30:00Z' })
    expect((await story.metrics('2026-03-01', '2026-03-08')).leadTimeForChanges.value).toBe(60)
    expect((await service.get('/metrics', {})).text).toContain('short-lived')

    // This one is most likely still waiting for its collection; it is deleted too.
    await story.deployed({ id: 'd2', finished: '2026-03-03T10:00:00Z' })
    expect((await service.send('DELETE', '/api/projects/short-lived')).status).toBe(200)
    expect((await service.send('DELETE', '/api/projects/short-lived')).status).toBe(404)
    expect((await service.get('/metrics', {})).text).not.toContain('short-lived')
    await service.collected()
    expect((await service.get('/api/projects')).text).not.toContain('short-lived')

    // A new project of the same name has none of the old data.
    await service.send('POST', '/api/projects', { name: 'short-lived' })
    for (const path of ['metrics', 'deployment-frequency', 'lead-time', 'change-failure-rate', 'mttr', 'rework']) {
      const expected = path === 'metrics' ? '200' : '404 NO_DATA'
      expect(await story.code(path, '2026-03-01', '2026-03-08')).toBe(expected)
    }
  })
})

describe('deployments', () => {
  it('are listed newest first, in every environment and state, with the ids they were posted with', async () => {
    const story = tell(service, 'listed')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd3', finished: '2026-03-04T10:00:00Z', environment: 'staging' })
    await story.deployed({ id: 'd2', finished: '2026-03-03T10:00:00Z', status: 'aborted' })
    await service.collected()
    expect((await service.get('/api/deployments?project=listed')).body).toMatchObject({
      count: 3,
      deployments: [
        { deployment_id: 'd3', project: 'listed', environment: 'staging', result: 'SUCCESS' },
        { deployment_id: 'd2', result: 'ABORTED', finished_date: '2026-03-03T10:00:00.000Z' },
        { deployment_id: 'd1', started_date: '2026-03-02T09:55:00.000Z', duration_sec: 300, commit_sha: 'd1-head' },
      ],
    })
  })

  it('are in series of days, weeks from Monday, and months, including empty ones', async () => {
    const story = tell(service, 'series')
    for (const [id, finished] of Object.entries({ d1: '2026-03-01', d2: '2026-03-02', d3: '2026-04-01' })) {
      await story.deployed({ id, finished: `${finished}T10:00:00Z` })
    }
    const range = ['2026-02-27T12:00:00Z', '2026-03-03T12:00:00Z'] as const
    expect(await story.answer('deployment-frequency', ...range)).toMatchObject({
      timeseries: [
        { date: '2026-02-27', deployments: 0 },
        { date: '2026-02-28', deployments: 0 },
        { date: '2026-03-01', deployments: 1 },
        { date: '2026-03-02', deployments: 1 },
        { date: '2026-03-03', deployments: 0 },
      ],
    })
    expect(await story.answer('deployment-frequency', '2026-02-25', '2026-03-16', '&groupBy=week')).toMatchObject({
      timeseries: [
        { date: '2026-02-23', deployments: 1 },
        { date: '2026-03-02', deployments: 1 },
        { date: '2026-03-09', deployments: 0 },
      ],
    })
    expect(await story.answer('deployment-frequency', '2026-02-25', '2026-04-02', '&groupBy=month')).toMatchObject({
      timeseries: [
        { date: '2026-02-01', deployments: 0 },
        { date: '2026-03-01', deployments: 2 },
        { date: '2026-04-01', deployments: 1 },
      ],
    })
    expect((await service.get('/api/dora/deployment-frequency?project=series&groupBy=hour')).status).toBe(400)
  })
})

describe('lead time', () => {
  it('is the sum of its stages, which are returned on request', async () => {
    const path = '/api/dora/lead-time?project=payments&timeRange=last90days'
    expect(Object.keys((await service.get(path)).body as object)).not.toContain('stages')
    const { stages, summary } = (await service.get(`${path}&includeStages=true`)).body as {
      stages: { name: string; duration: number; unit: string }[]
      summary: { value: number }
    }
    expect(stages.map(({ name, unit }) => [name, unit])).toEqual([
      ['development', 'minutes'],
      ['review', 'minutes'],
      ['production', 'minutes'],
    ])
    expect(stages.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(summary.value, 0)
  })
})

/** The service while its database is down, hangs or starts late; and its log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../sandbox/basis/waiting'
import { soonMs } from '../../fixtures/deadlines'
import { type DoraService, startService, token } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let mariadb: MariaDb
let service: DoraService

beforeAll(async () => {
  mariadb = await startMariaDb()
  await mariadb.kill()
  service = await startService(mariadb.url, { LOG_FORMAT: 'cri' }, false)
})

afterAll(async () => {
  await service?.stop()
  await mariadb?.stop()
})

const ready = async () => (await service.get('/api/ready', {})).status
const becomesReady = () =>
  until(async () => (await ready()) === 200 || undefined, { what: 'the service is ready', deadline: 20_000 })

async function expectUnavailable(): Promise<void> {
  const request = async (method: string, path: string, body?: unknown) => {
    const started = performance.now()
    const answer = await service.send(method, path, body)
    expect(performance.now() - started, `${method} ${path} in ms`).toBeLessThan(soonMs)
    return answer
  }
  expect((await request('GET', '/api/ping')).text).toBe('{"message":"pong"}')
  expect((await request('GET', '/api/ready')).status).toBe(503)
  for (const path of ['/api/projects', '/api/dora/metrics?project=checkout', '/api/deployments?project=checkout']) {
    expect(await request('GET', path)).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL_ERROR' } } })
  }
  expect(await request('POST', '/api/graphql', { query: '{ projects { name } }' })).toMatchObject({
    status: 500,
    body: { errors: [{ extensions: { code: 'INTERNAL_ERROR' } }] },
  })
  expect((await request('POST', '/api/plugins/webhook/1/commits', push)).status).toBe(500)
}

const push = { repository: 'shop/x', ref: 'refs/heads/main', commits: [] }

describe('the database', () => {
  it('can start after the service', async () => {
    await expectUnavailable()
    await mariadb.restart()
    await becomesReady()
    expect(service.log()).toMatch(/level=warning msg="waiting for the database: /)
  })

  it('can crash and restart without loss of data', async () => {
    const project = '/api/deployments?project=checkout'
    const before = (await service.get(project)).text
    await mariadb.kill()
    await expectUnavailable()
    expect((await service.get('/metrics', {})).text).toContain('dora_mttr_seconds_count{project="checkout"}')
    await mariadb.restart()
    await becomesReady()
    expect((await service.get(project)).text).toBe(before)
    expect(service.log()).toMatch(/level=error msg="GET \/api\/projects: 500 /)
    await until(async () => service.log().includes('collection works again') || undefined, {
      what: 'the service collects again',
      deadline: 10_000,
    })
  })

  it('can hang and continue', async () => {
    mariadb.freeze()
    try {
      await expectUnavailable()
    } finally {
      mariadb.thaw()
    }
    await becomesReady()
    expect((await service.get('/api/projects')).status).toBe(200)
  })
})

describe('a second start', () => {
  it('continues with the data that the first one stored', async () => {
    const before = (await service.get('/api/deployments')).text
    await service.stop()
    service = await startService(mariadb.url, { SEED: '2' })
    expect((await service.get('/api/deployments')).text).toBe(before)
    expect(service.log()).not.toContain('migration')
  })
})

describe('the log', () => {
  it("has DevLake's lines in a container runtime's format, and no secret", async () => {
    const cri = await startService(mariadb.url, { LOG_FORMAT: 'cri' })
    await cri.get('/api/projects', {})
    await cri.stop()
    const lines = cri.log().trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      expect(line).toMatch(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout F time="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d" level=(info|warning|error) msg=".*"$/,
      )
    }
    expect(cri.log()).toContain('GET /api/projects: 401 UNAUTHORIZED')
    for (const secret of [token, 'lake-of-a-test']) expect(service.log() + cri.log()).not.toContain(secret)
  })

  it('names an invalid environment variable in one sentence, without its value', async () => {
    await expect(startService('postgres://user:hidden@host/lake', {}, false)).rejects.toThrow(
      /The service cannot start: DATABASE_URL: expected mysql:\/\/user:password@host:port\/database/,
    )
    await expect(startService('postgres://user:hidden@host/lake', {}, false)).rejects.not.toThrow(/hidden/)
  })
})

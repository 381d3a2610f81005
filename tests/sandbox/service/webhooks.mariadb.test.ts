/** Webhooks: accepted and refused bodies, and signatures. */
import { createHmac } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { tell } from '../../fixtures/story'

let mariadb: MariaDb
let service: DoraService
let signed: DoraService

const secret = 'secret-of-a-test'

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
  signed = await startService(mariadb.url, { WEBHOOK_SECRET: secret })
})

afterAll(async () => {
  await service?.stop()
  await signed?.stop()
  await mariadb?.stop()
})

const deployment = {
  project: 'refused',
  deployment_id: 'd1',
  commit_sha: 'c1',
  status: 'success',
  environment: 'production',
  timestamp: '2026-03-02T10:00:00Z',
  duration_seconds: 60,
}
const sync = {
  event_type: 'sync_succeeded',
  application: 'refused',
  namespace: 'fawkes',
  revision: 'c1',
  sync_started_at: '2026-03-02T10:00:00Z',
  sync_finished_at: '2026-03-02T10:01:00Z',
  environment: 'production',
  service_name: 'refused',
}
const incident = {
  id: 'i1',
  title: 'Incident',
  service: 'refused',
  severity: 'high',
  status: 'open',
  createdDate: '2026-03-02T10:00:00Z',
  resolvedDate: null,
  environment: 'production',
}
const commit = { id: 'c1', message: 'Change', timestamp: '2026-03-02T10:00:00Z', author: { name: 'Ada' } }
const push = { repository: 'shop/refused', ref: 'refs/heads/main', commits: [commit] }
const build = {
  type: 'ci_build',
  project: 'refused',
  commit_sha: 'c1',
  stage: 'unit',
  status: 'success',
  timestamp: '2026-03-02T10:00:00Z',
  duration_seconds: 60,
}

const stored = async (): Promise<number> => {
  const connection = await createConnection(mariadb.url)
  const [rows] = await connection.query(
    `SELECT (SELECT COUNT(*) FROM _raw_webhook_events) + (SELECT COUNT(*) FROM projects WHERE name = 'refused') AS n`,
  )
  await connection.end()
  return (rows as { n: number }[])[0]?.n ?? -1
}

const without = (body: object, field: string): object =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field))

const refusals: [hook: string, field: string, body: object][] = [
  ...Object.keys(deployment).map((field): [string, string, object] => [
    'deployments',
    field,
    without(deployment, field),
  ]),
  ['deployments', 'status', { ...deployment, status: 'great' }],
  ['deployments', 'timestamp', { ...deployment, timestamp: '2026-03-02 10:00' }],
  ['deployments', 'timestamp', { ...deployment, timestamp: '2026-02-30T10:00:00Z' }],
  ['deployments', 'duration_seconds', { ...deployment, duration_seconds: -1 }],
  ['deployments', 'duration_seconds', { ...deployment, duration_seconds: '60' }],
  ['deployments', 'project', { ...deployment, project: '' }],
  ['deployments', 'project', { ...deployment, project: 'p'.repeat(101) }],
  ['deployments', 'commits', { ...deployment, commits: 'c1' }],
  ...Object.keys(without(without(sync, 'sync_finished_at'), 'event_type')).map((field): [string, string, object] => [
    'deployments',
    field,
    without(sync, field),
  ]),
  ['deployments', 'event_type', { ...sync, event_type: 'sync_started' }],
  ...Object.keys(without(incident, 'resolvedDate')).map((field): [string, string, object] => [
    'incidents',
    field,
    without(incident, field),
  ]),
  ['incidents', 'status', { ...incident, status: 'closed' }],
  ['incidents', 'resolvedDate', { ...incident, status: 'resolved' }],
  ['incidents', 'createdDate', { ...incident, createdDate: 'today' }],
  ...Object.keys(push).map((field): [string, string, object] => ['commits', field, without(push, field)]),
  ['commits', 'commits.0.id', { ...push, commits: [without(commit, 'id')] }],
  ['commits', 'commits.0.timestamp', { ...push, commits: [{ ...commit, timestamp: 'now' }] }],
  ...Object.keys(build).map((field): [string, string, object] => ['cicd', field, without(build, field)]),
  ['cicd', 'type', { ...build, type: 'deploy' }],
]

describe('an invalid body', () => {
  it.each(refusals)('of %s is refused for its %s', async (hook, field, body) => {
    const before = await stored()
    const answer = await service.send('POST', `/api/plugins/webhook/1/${hook}`, body)
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_REQUEST', message: expect.stringContaining(`${field}: `) } },
    })
    expect(await stored()).toBe(before)
  })

  it('is refused if it is not a JSON object', async () => {
    for (const body of ['{"project":', 'null', '[]', '7']) {
      for (const hook of ['deployments', 'incidents', 'commits', 'cicd']) {
        expect((await service.send('POST', `/api/plugins/webhook/1/${hook}`, body)).status).toBe(400)
      }
    }
    expect((await service.send('POST', '/api/plugins/webhook/1/nothing', {})).status).toBe(404)
  })
})

describe('a valid body', () => {
  it('is accepted without a token', async () => {
    const answer = await service.send('POST', '/api/plugins/webhook/1/cicd', { ...build, project: 'accepted' }, {})
    expect(answer.status).toBe(200)
  })

  it("can be GitHub's push event, with an object as the repository", async () => {
    const story = tell(service, 'github')
    await service.post('commits', {
      repository: { id: 1, name: 'github', full_name: 'shop/github' },
      ref: 'refs/heads/main',
      commits: [
        {
          id: 'gh-c1',
          message: 'Änderung 🚀',
          timestamp: '2026-03-02T11:00:00+02:00',
          author: { name: 'Ada', email: 'ada@shop.example', username: 'ada' },
          committer: { name: 'GitHub', email: 'noreply@github.com' },
          added: [],
        },
      ],
    })
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z', commits: ['gh-c1'] })
    expect((await story.metrics('2026-03-01', '2026-03-08')).leadTimeForChanges.value).toBe(60)
  })

  it('adds quality gates and test results to the rework metrics', async () => {
    const story = tell(service, 'pipeline')
    const at = (minute: number) => `2026-03-02T10:${minute}:00Z`
    await story.built({ commit: 'pl-c1', finished: at(10), status: 'FAILURE' })
    await story.built({ commit: 'pl-c1', finished: at(11) })
    await story.built({ commit: 'pl-c1', stage: 'e2e', finished: at(12) })
    await story.built({ commit: 'pl-c2', finished: at(13) })
    await story.built({ type: 'quality_gate', commit: 'pl-c1', finished: at(14), status: 'failed' })
    await story.built({ type: 'quality_gate', commit: 'pl-c2', finished: at(15) })
    await story.built({ type: 'test_results', commit: 'pl-c1', finished: at(16), status: 'failed' })
    await story.built({ type: 'test_results', commit: 'pl-c1', finished: at(17) })
    await story.built({ type: 'test_results', commit: 'pl-c2', finished: at(18) })
    expect(await story.answer('rework', '2026-03-01', '2026-03-08')).toMatchObject({
      summary: {
        build_success_rate: 75,
        rework_rate: 25,
        quality_gate_pass_rate: 50,
        test_flakiness: 50,
        avg_build_duration_minutes: 1,
      },
      details: { total_builds: 4, successful_builds: 3, failed_builds: 1, retry_builds: 1, quality_gate_failures: 1 },
    })
  })
})

describe('the connection', () => {
  it('is listed with its endpoints for callers with a token, without its secret', async () => {
    const path = '/api/plugins/webhook/connections'
    expect((await signed.get(path, {})).status).toBe(401)
    const { body, text } = await signed.get(path)
    expect(body).toEqual([
      {
        id: 1,
        name: 'webhook',
        enabled: true,
        signed: true,
        endpoints: {
          deployments: '/api/plugins/webhook/1/deployments',
          incidents: '/api/plugins/webhook/1/incidents',
          commits: '/api/plugins/webhook/1/commits',
          cicd: '/api/plugins/webhook/1/cicd',
        },
      },
    ])
    expect(text).not.toContain(secret)
    expect((await service.get(`${path}/1`)).body).toMatchObject({ id: 1, signed: false })
  })
})

describe('a signature', () => {
  const send = (body: string, signature?: string) =>
    signed.send('POST', '/api/plugins/webhook/1/deployments', body, {
      'content-type': 'application/json',
      ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
    })
  const body = JSON.stringify({ ...deployment, project: 'signed' })
  const sign = (text: string, key = secret) => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`

  it('that matches the body is accepted', async () => {
    expect((await send(body, sign(body))).status).toBe(200)
  })

  it.each([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['made with another secret', sign(body, 'another')],
    ['of another body', sign(`${body} `)],
    ['without its algorithm', sign(body).slice('sha256='.length)],
  ])('%s is refused and nothing is stored', async (_, signature) => {
    const before = await stored()
    expect(await send(body, signature)).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } })
    expect(await stored()).toBe(before)
  })
})

/** REST, GraphQL, Prometheus and the tables all show the same completed collection, with the project's settings. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DoraService, startService, token } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { tell } from '../../fixtures/story'

let mariadb: MariaDb
let service: DoraService
let lake: Connection

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
  lake = await createConnection({ uri: mariadb.url, timezone: 'Z' })
})

afterAll(async () => {
  await lake?.end()
  await service?.stop()
  await mariadb?.stop()
})

const graphql = async (query: string, headers?: Record<string, string>) =>
  await service.send('POST', '/api/graphql', { query }, headers)

const rows = async (sql: string): Promise<RowDataPacket[]> => (await lake.query<RowDataPacket[]>(sql))[0]

const ago = (hours: number, minutes = 0) => new Date(Date.now() - hours * 3_600_000 - minutes * 60_000).toISOString()

/** Two successes and a failure within the last week; lead times of 30 and 90 min, a restoration of 20 min. */
async function recentStory(project: string) {
  const story = tell(service, project)
  await story.pushed([{ sha: `${project}-c1`, authored: ago(30, 30) }])
  await story.pushed([{ sha: `${project}-c2`, authored: ago(21, 30) }])
  await story.deployed({ id: 'd1', finished: ago(30), commits: [`${project}-c1`] })
  await story.deployed({ id: 'd2', finished: ago(20), commits: [`${project}-c2`] })
  await story.deployed({ id: 'd3', finished: ago(10), status: 'failure' })
  await story.incident({ id: 'i1', created: ago(6, 20), resolved: ago(6) })
  return story
}

describe('all surfaces', () => {
  it('show the same values', async () => {
    await recentStory('everywhere')
    await service.collected()
    const { body: rest } = await service.get('/api/dora/metrics?project=everywhere&timeRange=last7days')
    expect(rest).toMatchObject({
      metrics: {
        deploymentFrequency: { value: 0.29, unit: 'per_day', level: 'high' },
        leadTimeForChanges: { value: 60, unit: 'minutes', p50: 60, p95: 87 },
        changeFailureRate: { value: 66.7, unit: 'percent', level: 'low', total_deployments: 3, failed_deployments: 2 },
        meanTimeToRestore: { value: 20, unit: 'minutes', level: 'elite', p50: 20, p95: 20 },
        operationalPerformance: { value: null, sloTarget: null },
      },
    })
    const { body: graph } = await graphql(`{ doraMetrics(project: "everywhere", timeRange: LAST_7_DAYS) {
      project
      deploymentFrequency { value unit level timeseries { date count } }
      leadTimeForChanges { value unit p50 p95 stages { name duration } }
      changeFailureRate { value level totalDeployments failedDeployments }
      meanTimeToRestore { value unit level p50 p95 }
      operationalPerformance { value unit }
    } }`)
    expect(graph).toMatchObject({
      data: {
        doraMetrics: {
          project: 'everywhere',
          deploymentFrequency: { value: 0.29, unit: 'per_day', level: 'high' },
          leadTimeForChanges: { value: 60, unit: 'minutes', p50: 60, p95: 87 },
          changeFailureRate: { value: 66.7, level: 'low', totalDeployments: 3, failedDeployments: 2 },
          meanTimeToRestore: { value: 20, unit: 'minutes', level: 'elite', p50: 20, p95: 20 },
          operationalPerformance: { value: null, unit: 'percent' },
        },
      },
    })
    const { text, headers } = await service.get('/metrics', {})
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4')
    for (const line of [
      'dora_deployment_frequency_total{project="everywhere",environment="production"} 2',
      'dora_lead_time_seconds_bucket{le="3600",project="everywhere"} 1',
      'dora_lead_time_seconds_bucket{le="86400",project="everywhere"} 2',
      'dora_lead_time_seconds_bucket{le="+Inf",project="everywhere"} 2',
      'dora_lead_time_seconds_count{project="everywhere"} 2',
      'dora_change_failure_rate{project="everywhere"} 0.6666666666666666',
      'dora_mttr_seconds_bucket{le="3600",project="everywhere"} 1',
      'dora_mttr_seconds_sum{project="everywhere"} 1200',
    ]) {
      expect(text).toContain(line)
    }
    expect(
      await rows(`SELECT id, result FROM deployments WHERE cicd_scope_id = 'everywhere' ORDER BY finished_date`),
    ).toEqual([
      { id: 'everywhere:d1', result: 'SUCCESS' },
      { id: 'everywhere:d2', result: 'SUCCESS' },
      { id: 'everywhere:d3', result: 'FAILURE' },
    ])
  })

  it('do not show events that are not collected yet, nor metrics of projects that have none', async () => {
    const slow = await startService(mariadb.url, { COLLECTION_PERIOD: '5m' })
    try {
      // The other service shares the database and would collect for it.
      await service.stop()
      const end = async () => /"end":"([^"]*)"/.exec((await slow.get('/api/dora/metrics?project=checkout')).text)?.[1]
      const before = [await end(), (await slow.get('/metrics', {})).text]
      await slow.post('deployments', {
        project: 'not-yet',
        deployment_id: 'd1',
        commit_sha: 'c1',
        status: 'success',
        environment: 'production',
        timestamp: ago(1),
        duration_seconds: 1,
      })
      expect((await slow.get('/api/dora/metrics?project=not-yet')).status).toBe(404)
      expect([await end(), (await slow.get('/metrics', {})).text]).toEqual(before)
      expect(await rows(`SELECT id FROM deployments WHERE cicd_scope_id = 'not-yet'`)).toEqual([])
    } finally {
      await slow.stop()
      service = await startService(mariadb.url)
    }
    await service.collected()
    const { text } = await service.get('/metrics', {})
    expect(text).toContain('dora_deployment_frequency_total{project="not-yet",environment="production"} 1')
    expect(text).not.toContain('dora_mttr_seconds_count{project="not-yet"}')
    expect(text).not.toContain('dora_lead_time_seconds_count{project="not-yet"}')
  })
})

describe('GraphQL', () => {
  it('answers introspection without a token, but returns data only with one', async () => {
    const open = await graphql('{ __schema { types { name } } }', { 'content-type': 'application/json' })
    expect(open.status).toBe(200)
    expect(open.text).toContain('DORAMetrics')
    for (const query of ['{ projects { name } }', '{ doraMetrics(project: "checkout") { project } }']) {
      const closed = await graphql(query, { 'content-type': 'application/json', authorization: 'Bearer wrong' })
      expect(closed).toMatchObject({ status: 401, body: { errors: [{ extensions: { code: 'UNAUTHORIZED' } }] } })
      expect(closed.text).not.toContain('"checkout"')
    }
    expect((await graphql('{ projects { name } }')).text).toContain('"checkout"')
  })

  it.each(['{ nothing }', '{ projects { name', 'query ($x: Nothing) { projects { name } }', ''])(
    'answers the invalid query %j with an error below 500',
    async (query) => {
      const answer = await graphql(query)
      expect(answer.status).toBeLessThan(500)
      expect((answer.body as { errors: { message: string }[] }).errors[0]?.message).toMatch(/\w/)
    },
  )

  it('answers an unknown project with INVALID_PROJECT', async () => {
    const { status, body } = await graphql('{ doraMetrics(project: "unknown") { project } }')
    expect(status).toBe(200)
    expect(body).toMatchObject({ data: { doraMetrics: null }, errors: [{ extensions: { code: 'INVALID_PROJECT' } }] })
  })

  it('lists the deployments and incidents of a range or of all time', async () => {
    const story = await recentStory('listed')
    await story.deployed({ id: 'd0', finished: ago(24 * 40) })
    await service.collected()
    const { body } = await graphql(`{
      all: deployments(project: "listed") { id }
      week: deployments(project: "listed", timeRange: LAST_7_DAYS) { id project result environment }
      incidents(project: "listed", timeRange: LAST_7_DAYS) { id title severity status }
    }`)
    expect(body).toMatchObject({
      data: {
        all: [{ id: 'd3' }, { id: 'd2' }, { id: 'd1' }, { id: 'd0' }],
        week: [
          { id: 'd3', project: 'listed', result: 'FAILURE', environment: 'production' },
          { id: 'd2' },
          { id: 'd1' },
        ],
        incidents: [{ id: 'i1', title: 'Incident i1', severity: 'high', status: 'resolved' }],
      },
    })
  })
})

describe('the settings of a project', () => {
  const set = async (project: string, option: object, enable = 1) =>
    await lake.query(`UPDATE project_metric_settings SET plugin_option = ?, enable = ? WHERE project_name = ?`, [
      JSON.stringify(option),
      enable,
      project,
    ])
  const value = async (path: string): Promise<unknown> =>
    ((await service.get(path)).body as { summary: { value: number } }).summary.value

  it('determine windows, environment, severities and stages', async () => {
    const story = await recentStory('settings')
    await story.deployed({ id: 'd4', finished: ago(5), environment: 'staging' })
    await story.incident({ id: 'i2', severity: 'low', created: ago(4), resolved: ago(3) })
    await service.collected()
    expect(await value('/api/dora/deployment-frequency?project=settings')).toBe(0.29)
    expect(await value('/api/dora/mttr?project=settings')).toBe(40)

    await set('settings', {
      deployment_frequency: { window_days: 1, environment: 'Staging' },
      lead_time: { stages: ['Review', 'Imagination'] },
      cfr: { window_days: 1 },
      mttr: { severities: ['HIGH'] },
    })
    await service.collected()
    expect(await value('/api/dora/deployment-frequency?project=settings')).toBe(1)
    // In the last day: d2, to which the incidents that name no deployment are attributed, and d3, which failed.
    expect(await value('/api/dora/change-failure-rate?project=settings')).toBe(100)
    expect(await value('/api/dora/mttr?project=settings')).toBe(20)
    expect((await service.get('/api/dora/mttr?project=settings&severity=low')).status).toBe(404)
    const stages = (await service.get('/api/dora/lead-time?project=settings&includeStages=true')).body
    expect(stages).toMatchObject({ stages: [{ name: 'Review' }, { name: 'Imagination', duration: null }] })
    const { text } = await service.get('/metrics', {})
    expect(text).toContain('dora_deployment_frequency_total{project="settings",environment="staging"} 1')
    expect(text).toContain('dora_change_failure_rate{project="settings"} 1\n')
    expect(text).toContain('dora_mttr_seconds_count{project="settings"} 1')

    await set('settings', { mttr: { severities: ['high'] } }, 0)
    expect(await value('/api/dora/mttr?project=settings')).toBe(40)
  })

  it('fall back to the defaults where they are invalid', async () => {
    await recentStory('misconfigured')
    await service.collected()
    await set('misconfigured', { deployment_frequency: { window_days: 'many' }, mttr: 7 })
    expect(await value('/api/dora/deployment-frequency?project=misconfigured')).toBe(0.29)
    await lake.query(`UPDATE project_metric_settings SET plugin_option = '{' WHERE project_name = 'misconfigured'`)
    expect(await value('/api/dora/mttr?project=misconfigured')).toBe(20)
  })

  it('can be set when a project is created', async () => {
    const metrics = [{ pluginName: 'dora', pluginOption: { mttr: { severities: ['high'] } }, enable: true }]
    await service.send('POST', '/api/projects', { name: 'made-with', metrics })
    const [row] = await rows(`SELECT plugin_option FROM project_metric_settings WHERE project_name = 'made-with'`)
    expect(JSON.parse(row?.plugin_option)).toEqual({ mttr: { severities: ['high'] } })
  })
})

describe('the levels', () => {
  it('come from dora_benchmarks, or are the published ones without that table', async () => {
    await recentStory('levels')
    await service.collected()
    const level = async () =>
      ((await service.get('/api/dora/mttr?project=levels')).body as { summary: { level: string } }).summary.level
    expect(await level()).toBe('elite')
    await lake.query(
      `UPDATE dora_benchmarks SET max_value = 20 WHERE metric_name = 'mttr' AND performance_level = 'elite'`,
    )
    expect(await level()).toBe('high')
    await lake.query('RENAME TABLE dora_benchmarks TO dora_benchmarks_away')
    expect(await level()).toBe('elite')
    await lake.query('RENAME TABLE dora_benchmarks_away TO dora_benchmarks')
    expect(await level()).toBe('high')
    expect(service.log()).not.toContain('level=error')
  })
})

describe('secrets', () => {
  it('never appear in the log', () => {
    expect(service.log()).not.toContain(token)
    expect(service.log()).not.toContain('lake-of-a-test')
  })
})

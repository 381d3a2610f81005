/** GraphQL, Prometheus and the tables beside REST: all show the same completed collection, by the project's settings. */
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
  it('show the same', async () => {
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

  it('show nothing of what is not collected yet, and only of projects that have it', async () => {
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
  it('answers introspection without a token, and data with one only', async () => {
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
    'answers the wrong query %j with an error that is no 500',
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

  it('lists deployments and incidents, of a range or of all time', async () => {
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

  it('are in force: windows, environment, severities and stages', async () => {
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
    // Within the last day: d2, which the unnamed incidents are attributed to, and d3, which failed.
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

  it('fall back to the defaults where they do not fit', async () => {
    await recentStory('misconfigured')
    await service.collected()
    await set('misconfigured', { deployment_frequency: { window_days: 'many' }, mttr: 7 })
    expect(await value('/api/dora/deployment-frequency?project=misconfigured')).toBe(0.29)
    await lake.query(`UPDATE project_metric_settings SET plugin_option = '{' WHERE project_name = 'misconfigured'`)
    expect(await value('/api/dora/mttr?project=misconfigured')).toBe(20)
  })

  it('come with a project that is made with them', async () => {
    const metrics = [{ pluginName: 'dora', pluginOption: { mttr: { severities: ['high'] } }, enable: true }]
    await service.send('POST', '/api/projects', { name: 'made-with', metrics })
    const [row] = await rows(`SELECT plugin_option FROM project_metric_settings WHERE project_name = 'made-with'`)
    expect(JSON.parse(row?.plugin_option)).toEqual({ mttr: { severities: ['high'] } })
  })
})

describe('the levels', () => {
  it('are those of dora_benchmarks; without that table, the published ones', async () => {
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

describe('the published schema', () => {
  it('has exactly the published columns', async () => {
    const found = await rows(
      `SELECT TABLE_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION) AS columns
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'lake' AND TABLE_NAME IN
         ('deployments', 'commits', 'incidents', 'cicd_deployments', 'project_metric_settings', 'dora_benchmarks')
       GROUP BY TABLE_NAME ORDER BY TABLE_NAME`,
    )
    expect(Object.fromEntries(found.map(({ name, columns }) => [name, columns]))).toEqual({
      cicd_deployments:
        'id,cicd_scope_id,name,result,status,environment,created_date,started_date,finished_date,duration_sec,queued_duration_sec,commit_sha,ref_name,repo_id,display_title,url,created_at,updated_at',
      commits:
        'sha,additions,deletions,dev_eq,message,author_name,author_email,authored_date,author_id,committer_name,committer_email,committed_date,committer_id,created_at,updated_at',
      deployments:
        'id,cicd_scope_id,name,result,status,original_status,environment,created_date,started_date,finished_date,duration_sec,commit_sha,ref_name,repo_id,repo_url,prev_success_deployment_commit_id,display_title,url,created_at,updated_at',
      dora_benchmarks: 'id,metric_name,performance_level,min_value,max_value,unit,description,created_at,updated_at',
      incidents:
        'id,issue_id,url,number,title,description,priority,severity,type,status,original_status,created_date,updated_date,closed_date,lead_time_minutes,resolution_date,created_at,updated_at',
      project_metric_settings: 'id,project_name,plugin_name,plugin_option,enable,created_at,updated_at',
    })
  })

  it('has the published indexes, with their columns in order, in utf8mb4', async () => {
    const found = await rows(
      `SELECT INDEX_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'lake' AND TABLE_NAME IN ('deployments', 'incidents')
       GROUP BY TABLE_NAME, INDEX_NAME HAVING COUNT(*) > 1 ORDER BY name`,
    )
    expect(found).toEqual([
      { name: 'idx_deployments_cfr', columns: 'cicd_scope_id,environment,result' },
      { name: 'idx_deployments_frequency', columns: 'cicd_scope_id,environment,result,finished_date' },
      { name: 'idx_deployments_leadtime', columns: 'commit_sha,finished_date' },
      { name: 'idx_incidents_mttr', columns: 'severity,created_date,resolution_date' },
    ])
    const [sets] = await rows(
      `SELECT COUNT(DISTINCT CHARACTER_SET_NAME) AS n, MAX(CHARACTER_SET_NAME) AS name FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = 'lake' AND CHARACTER_SET_NAME IS NOT NULL`,
    )
    expect(sets).toEqual({ n: 1, name: 'utf8mb4' })
  })
})

describe('secrets', () => {
  it('are in no line of the log', () => {
    expect(service.log()).not.toContain(token)
    expect(service.log()).not.toContain('lake-of-a-test')
  })
})

/** Accidents of the service itself: sections 6 to 10 of the checklist. */
import type { Rule } from '../../sandbox/interference/rules'
import { type Doors, until } from '../doors'
import type { Fault } from '../fault'

const namespace = 'fawkes'
const serviceMonitor = { kind: 'servicemonitor', name: 'devlake-metrics', namespace: 'monitoring' }

/** Breaks the schema by one statement and heals it by another. */
const schema = (broken: readonly string[], healed: readonly string[]) => async (doors: Doors) => {
  await doors.sql(...broken)
  return () => doors.sql(...healed)
}

const lake = (path: string, how: Rule['how']) => async (doors: Doors) => doors.interfere({ process: 'lake', path, how })

const replacing = (...pairs: readonly (readonly [string, string])[]): Rule['how'] => ({
  kind: 'replace',
  what: pairs.map(([pattern, by]) => ({ pattern, by })),
})

/** What Prometheus scrapes goes wrong too: it has to be whole for longer than the suite looks back. */
const scraped = (apply: Fault['apply']) => async (doors: Doors) => {
  const heal = await apply(doors)
  return async () => {
    await heal()
    await doors.untilScraped()
  }
}

/** One path of the REST API that answers in a way that no client can use. */
const version = (id: string, title: string, summary: string, how: Rule['how']): Fault => ({
  id: `version-${id}`,
  title: `/api/version ${title}`,
  expects: { failed: ['7.2'], blocked: [] },
  cause: { object: '/api/version', summary },
  apply: lake('^/api/version$', how),
})

export const surfaceFaults: readonly Fault[] = [
  {
    id: 'database-password-wrong',
    title: 'The password in devlake-db is not the one of the database',
    expects: { failed: ['6.1'], blocked: ['6.2', '6.3', '6.4', '6.5'] },
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-password',
      summary: 'does not accept the password of merico',
    },
    apply: (doors) =>
      doors.patch(
        { kind: 'secret', name: 'devlake-db', namespace },
        { data: { 'mysql-password': Buffer.from('not-the-password').toString('base64') } },
      ),
  },
  {
    id: 'root-password-wrong',
    title: 'The root password in devlake-db is not the one of the database',
    expects: { failed: ['6.1'], blocked: [] },
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-root-password',
      summary: 'does not accept the password of root',
    },
    apply: (doors) =>
      doors.patch(
        { kind: 'secret', name: 'devlake-db', namespace },
        { data: { 'mysql-root-password': Buffer.from('not-the-password').toString('base64') } },
      ),
  },
  {
    id: 'character-set-wrong',
    title: 'The database has a character set that does not hold any text',
    expects: { failed: ['6.2'], blocked: ['6.3'] },
    cause: { object: 'database lake', summary: 'has the character set latin1' },
    apply: schema(
      ['ALTER DATABASE lake CHARACTER SET latin1'],
      ['ALTER DATABASE lake CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'],
    ),
  },
  {
    id: 'table-dropped',
    title: 'The table dora_benchmarks is gone',
    expects: { failed: ['6.3'], blocked: ['6.4', '6.5'] },
    cause: { object: 'table dora_benchmarks', summary: 'does not exist' },
    apply: schema(
      ['RENAME TABLE dora_benchmarks TO dora_benchmarks_gone'],
      ['RENAME TABLE dora_benchmarks_gone TO dora_benchmarks'],
    ),
  },
  {
    id: 'column-missing',
    title: 'The column commits.dev_eq is missing',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column commits.dev_eq', summary: 'is missing' },
    apply: schema(
      ['ALTER TABLE commits DROP COLUMN dev_eq'],
      ['ALTER TABLE commits ADD COLUMN dev_eq int AFTER deletions'],
    ),
  },
  {
    id: 'column-extra',
    title: 'The table incidents has a column that nobody documented',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column incidents.mood', summary: 'is not documented' },
    apply: schema(['ALTER TABLE incidents ADD COLUMN mood varchar(10)'], ['ALTER TABLE incidents DROP COLUMN mood']),
  },
  {
    id: 'column-type-changed',
    title: 'The column incidents.description holds less text',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column incidents.description', summary: 'has another type' },
    apply: schema(
      ['ALTER TABLE incidents MODIFY description text'],
      ['ALTER TABLE incidents MODIFY description mediumtext'],
    ),
  },
  {
    id: 'column-not-nullable',
    title: 'An incident can no longer be open',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column cicd_deployments.finished_date', summary: 'may not be empty' },
    apply: schema(
      [
        'UPDATE cicd_deployments SET finished_date = created_at WHERE finished_date IS NULL',
        'ALTER TABLE cicd_deployments MODIFY finished_date datetime(3) NOT NULL',
      ],
      ['ALTER TABLE cicd_deployments MODIFY finished_date datetime(3) NULL'],
    ),
  },
  {
    id: 'index-dropped',
    title: 'The index idx_deployments_cfr is dropped',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'is missing' },
    apply: schema(
      ['DROP INDEX idx_deployments_cfr ON deployments'],
      ['CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id, environment, result)'],
    ),
  },
  {
    id: 'index-reordered',
    title: 'The index idx_deployments_cfr has its columns in another order',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'has its columns in another order' },
    apply: schema(
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (result, environment, cicd_scope_id)',
      ],
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id, environment, result)',
      ],
    ),
  },
  {
    id: 'index-over-prefixes',
    title: 'The index idx_deployments_cfr holds only the first letters',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'is another one' },
    apply: schema(
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id(1), environment(1), result(1))',
      ],
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id, environment, result)',
      ],
    ),
  },
  {
    id: 'ping-as-text',
    title: '/api/ping answers pong as text',
    expects: { failed: ['7.1'], blocked: [] },
    cause: { object: '/api/ping', summary: 'no valid JSON where JSON is expected' },
    apply: lake('^/api/ping$', { kind: 'answer', status: 200, type: 'text/plain', body: 'pong' }),
  },
  {
    id: 'ping-broken',
    title: '/api/ping answers an internal error',
    expects: { failed: ['4.2', '5.2', '5.3', '7.1'], blocked: [] },
    cause: { object: '/api/ping', summary: '/api/ping answers 500 where 200 is expected' },
    apply: lake('^/api/ping$', {
      kind: 'answer',
      status: 500,
      type: 'application/json',
      body: '{"error":{"code":"INTERNAL_ERROR","message":"the service could not answer"}}',
    }),
  },
  version('page', 'answers the page of the UI', 'answers a page (HTML) where JSON is expected', {
    kind: 'answer',
    status: 200,
    type: 'text/html',
    body: '<!doctype html><html><title>DevLake</title></html>',
  }),
  version('invalid-json', 'answers invalid JSON', 'answers no valid JSON where JSON is expected', {
    kind: 'answer',
    status: 200,
    type: 'application/json',
    body: '{"version": ',
  }),
  version('hang', 'never answers', 'no whole answer within 10 s', { kind: 'hang' }),
  version('slow', 'answers after a minute', 'no whole answer within 10 s', { kind: 'delay', ms: 60_000 }),
  version('reset', 'resets the connection', 'a connection that was refused, reset or cut off', { kind: 'reset' }),
  version('half', 'answers half a body', 'a connection that ended before the answer was whole', { kind: 'half' }),
  version('flood', 'answers 50 MB', 'a body of more than 20 MB', { kind: 'flood', megabytes: 50 }),
  version('broken-text', 'answers invalid UTF-8', 'a body that is not valid UTF-8', { kind: 'broken text' }),
  {
    id: 'projects-open',
    title: '/api/projects is open without a token',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: '/api/projects', summary: 'gives its data to a caller with no token' },
    apply: async (doors) =>
      doors.interfere({
        process: 'lake',
        path: '^/api/projects',
        how: {
          kind: 'header',
          name: 'authorization',
          value: `Bearer ${doors.vault('fawkes/devlake/secrets', 'api-token')}`,
        },
      }),
  },
  {
    id: 'graphql-field-renamed',
    title: 'The GraphQL field leadTimeForChanges has another name',
    expects: { failed: ['8.1'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'DORAMetrics.leadTimeForChanges was removed' },
    apply: lake('^/api/graphql$', replacing(['"leadTimeForChanges"', '"leadTime"'])),
  },
  {
    id: 'graphql-open',
    title: 'GraphQL gives data without a token',
    expects: { failed: ['8.2'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'data is given without a token' },
    apply: async (doors) =>
      doors.interfere({
        process: 'lake',
        path: '^/api/graphql$',
        how: {
          kind: 'header',
          name: 'authorization',
          value: `Bearer ${doors.vault('fawkes/devlake/secrets', 'api-token')}`,
        },
      }),
  },
  {
    id: 'metrics-malformed',
    title: 'The metrics page is not in the text format',
    expects: { failed: ['9.1', '10.3'], blocked: ['9.2', '10.4'] },
    cause: { object: '/metrics', summary: "is not in Prometheus' text format" },
    apply: scraped(async (doors) => {
      const heal = doors.interfere({
        process: 'lake',
        path: '^/metrics$',
        how: replacing(['^dora_change_failure_rate\\{', 'dora_change_failure_rate(']),
      })
      await untilTarget(doors, 'down')
      return heal
    }),
  },
  {
    id: 'mttr-as-gauge',
    title: 'dora_mttr_seconds is exposed as a gauge',
    expects: { failed: ['9.2'], blocked: ['10.4'] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'is a gauge and not a histogram' },
    apply: lake(
      '^/metrics$',
      replacing(
        ['^# TYPE dora_mttr_seconds histogram$', '# TYPE dora_mttr_seconds gauge'],
        ['^dora_mttr_seconds_(bucket|count)\\{.*\\n', ''],
        ['^dora_mttr_seconds_sum\\{', 'dora_mttr_seconds{'],
      ),
    ),
  },
  {
    id: 'bucket-shrinks',
    title: 'A bucket of dora_lead_time_seconds shrinks',
    expects: { failed: ['9.2'], blocked: ['10.4'] },
    cause: { object: 'metric dora_lead_time_seconds', summary: 'has a bucket that shrinks' },
    apply: lake('^/metrics$', replacing(['^(dora_lead_time_seconds_bucket\\{[^}]*le="86400"[^}]*\\}) \\S+$', '$1 0'])),
  },
  {
    id: 'monitor-port-wrong',
    title: 'The ServiceMonitor names a port that the service does not have',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4'] },
    cause: {
      object: 'ServiceMonitor monitoring/devlake-metrics',
      summary: 'names a port that the service devlake-lake does not have',
    },
    apply: scraped((doors) =>
      doors.patch(serviceMonitor, { spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '1s' }] } }),
    ),
  },
  {
    id: 'monitor-unlabelled',
    title: 'The ServiceMonitor has no release label',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4'] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'is not selected by any Prometheus' },
    apply: scraped((doors) => doors.patch(serviceMonitor, { metadata: { labels: { release: null } } })),
  },
  {
    id: 'monitor-deleted',
    title: 'The ServiceMonitor is deleted',
    expects: { failed: ['10.2'], blocked: ['10.1', '10.3', '10.4'] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'does not exist' },
    apply: scraped((doors) => doors.delete(serviceMonitor)),
  },
  {
    id: 'scrape-stale',
    title: 'Prometheus last scraped ten minutes ago',
    expects: { failed: ['10.3'], blocked: ['10.4'] },
    cause: { object: 'Prometheus target devlake-metrics', summary: 'has not been scraped for 10 minutes' },
    apply: async (doors) =>
      doors.interfere({
        process: 'prometheus',
        path: '^/api/v1/targets',
        how: replacing(['"lastScrape":"[^"]*"', `"lastScrape":"${new Date(Date.now() - 600_000).toISOString()}"`]),
      }),
  },
  {
    id: 'series-missing',
    title: 'Prometheus has no series for a query',
    expects: { failed: ['10.4'], blocked: [] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'returns no series' },
    apply: async (doors) =>
      doors.interfere({
        process: 'prometheus',
        path: '^/api/v1/query\\?query=dora_mttr',
        how: {
          kind: 'answer',
          status: 200,
          type: 'application/json',
          body: '{"status":"success","data":{"resultType":"vector","result":[]}}',
        },
      }),
  },
]

async function untilTarget(doors: Doors, health: 'up' | 'down'): Promise<void> {
  await until(`the target to be ${health}`, async () => (await doors.targetHealth()) === health)
}

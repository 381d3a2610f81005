/** Accidents of the metrics page and of Prometheus: sections 9 and 10 of the checklist. */
import { type Doors, until } from '../doors'
import type { Fault } from '../fault'
import { lake, provenOnSurfaces, replacing, scraped } from './breaking'

const serviceMonitor = { kind: 'servicemonitor', name: 'devlake-metrics', namespace: 'monitoring' }

export const monitoringFaults: readonly Fault[] = [
  {
    id: 'metrics-malformed',
    title: 'The metrics page is not in the text format',
    expects: { failed: ['9.1', '10.3'], blocked: ['9.2', '10.4', ...provenOnSurfaces] },
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
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
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
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_lead_time_seconds', summary: 'has a bucket that shrinks' },
    apply: lake('^/metrics$', replacing(['^(dora_lead_time_seconds_bucket\\{[^}]*le="86400"[^}]*\\}) \\S+$', '$1 0'])),
  },
  {
    id: 'monitor-port-wrong',
    title: 'The ServiceMonitor names a port that the service does not have',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
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
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'is not selected by any Prometheus' },
    apply: scraped((doors) => doors.patch(serviceMonitor, { metadata: { labels: { release: null } } })),
  },
  {
    id: 'monitor-deleted',
    title: 'The ServiceMonitor is deleted',
    expects: { failed: ['10.2'], blocked: ['10.1', '10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'does not exist' },
    apply: scraped((doors) => doors.delete(serviceMonitor)),
  },
  {
    id: 'scrape-stale',
    title: 'Prometheus last scraped ten minutes ago',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
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
    expects: { failed: ['10.4', '18.5', '21.6'], blocked: [] },
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

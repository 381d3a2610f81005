/** Faults of the metrics page and of Prometheus: sections 9 and 10 of the checklist. */
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import {
  answering,
  heldDeletion,
  inService,
  lake,
  namespace,
  prometheus,
  provenOnSurfaces,
  replacing,
  serviceMonitor,
  targetsShown,
} from './breaking'
import type { Fault } from './fault'

/** Adds settings to the ServiceMonitor's endpoint that drop series. The undo waits until Prometheus has them again. */
const withEndpoint = (more: object) => async (doors: Doors) => {
  const bucket = 'dora_lead_time_seconds_bucket{project="checkout"}'
  const isThere = async () => (await doors.prometheus(bucket)).length > 0
  const endpoints = [{ port: 'http', path: '/metrics', interval: '1s', ...more }]
  const heal = await doors.patch(serviceMonitor, { spec: { endpoints } })
  const undo = async () => {
    await heal()
    await until('Prometheus to have the series again', isThere)
  }
  return untilShown(undo, 'Prometheus to drop the series', async () => !(await isThere()))
}

const scrapedTenMinutesAgo = () =>
  targetsShown(['"lastScrape":"[^"]*"', `"lastScrape":"${new Date(Date.now() - 600_000).toISOString()}"`])

/** Answers a query for the time to restore in place of Prometheus. */
const queried = (status: number, body: string) => async (doors: Doors) =>
  doors.interfere({
    process: 'prometheus',
    path: '^/api/v1/query\\?query=dora_mttr',
    how: answering(status, body),
  })

export const monitoringFaults: readonly Fault[] = [
  {
    id: 'metrics-malformed',
    title: 'The metrics page is not in the text format',
    expects: { failed: ['9.1', '10.3'], blocked: ['9.2', '10.4', ...provenOnSurfaces] },
    cause: { object: '/metrics', summary: "is not in Prometheus' text format" },
    apply: async (doors) => {
      const heal = doors.interfere({
        process: 'lake',
        path: '^/metrics$',
        how: replacing(['^dora_change_failure_rate\\{', 'dora_change_failure_rate(']),
      })
      return untilShown(heal, 'the target to be down', async () => (await doors.targetHealth()) === 'down')
    },
  },
  {
    id: 'metrics-as-page',
    title: '/metrics returns the page of the UI',
    expects: { failed: ['9.1', '10.3'], blocked: ['9.2', '10.4', ...provenOnSurfaces] },
    cause: { object: '/metrics', summary: 'answers text/html where metrics are expected' },
    apply: async (doors) => {
      const heal = doors.interfere({
        process: 'lake',
        path: '^/metrics$',
        how: { kind: 'answer', status: 200, type: 'text/html', body: '<!doctype html><title>DevLake</title>' },
      })
      return untilShown(heal, 'the target to be down', async () => (await doors.targetHealth()) === 'down')
    },
  },
  {
    id: 'frequency-label-renamed',
    title: 'The environment label of dora_deployment_frequency_total was renamed',
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_deployment_frequency_total', summary: 'lacks the label environment' },
    apply: lake('^/metrics$', replacing(['^(dora_deployment_frequency_total\\{.*)environment=', '$1env='])),
  },
  {
    id: 'failure-rate-in-percent',
    title: 'dora_change_failure_rate is a percentage instead of a ratio',
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_change_failure_rate', summary: 'has an impossible value' },
    apply: lake('^/metrics$', replacing(['^(dora_change_failure_rate\\{[^}]*\\}) 0\\.(\\d\\d)(\\d+)$', '$1 $2.$3'])),
  },
  {
    id: 'infinite-bucket-missing',
    title: 'dora_mttr_seconds has no +Inf bucket',
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'has no bucket for +Inf' },
    apply: lake('^/metrics$', replacing(['^dora_mttr_seconds_bucket\\{[^}]*le="\\+Inf".*\\n', ''])),
  },
  {
    id: 'mttr-as-gauge',
    title: 'dora_mttr_seconds is exposed as a gauge',
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'has the type gauge instead of histogram' },
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
    id: 'mttr-not-exposed',
    title: 'dora_mttr_seconds is exposed under another name',
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'is not exposed' },
    apply: lake('^/metrics$', replacing(['dora_mttr_seconds', 'dora_restore_seconds'])),
  },
  {
    id: 'mttr-without-series',
    title: 'dora_mttr_seconds is described and has no series',
    expects: { failed: ['18.5', '21.6'], blocked: ['9.2', '10.4'] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'has no series' },
    apply: lake('^/metrics$', replacing(['^dora_mttr_seconds.*\\n', ''])),
  },
  {
    id: 'bucket-shrinks',
    title: 'The buckets of dora_lead_time_seconds are not cumulative',
    expects: { failed: ['9.2'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'metric dora_lead_time_seconds', summary: 'has decreasing buckets' },
    apply: lake('^/metrics$', replacing(['^(dora_lead_time_seconds_bucket\\{[^}]*le="86400"[^}]*\\}) \\S+$', '$1 0'])),
  },
  {
    id: 'monitor-port-wrong',
    title: 'The ServiceMonitor refers to a port that the service does not have',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: {
      object: 'ServiceMonitor monitoring/devlake-metrics',
      summary: 'names a port that the service devlake-lake does not have',
    },
    apply: (doors) =>
      doors.patch(serviceMonitor, { spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '1s' }] } }),
  },
  {
    id: 'monitor-rejected',
    title: 'The ServiceMonitor has a relabeling whose expression is malformed, so the operator rejects it',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: {
      object: 'ServiceMonitor monitoring/devlake-metrics',
      summary: 'is not used: the Prometheus Operator rejects it',
    },
    apply: async (doors) => {
      const relabelings = [{ action: 'keep', sourceLabels: ['__address__'], regex: '(' }]
      const endpoints = [{ port: 'http', path: '/metrics', interval: '1s', relabelings }]
      const heal = await doors.patch(serviceMonitor, { spec: { endpoints } })
      const undo = async () => {
        await heal()
        await until('the target to be up', async () => (await doors.targetHealth()) === 'up')
      }
      return untilShown(undo, 'the target to be gone', async () => (await doors.targetHealth()) === undefined)
    },
  },
  {
    id: 'monitor-path-wrong',
    title: 'The ServiceMonitor names a path that the service does not serve',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: {
      object: 'Prometheus target devlake-metrics',
      summary: 'the ServiceMonitor names the path /wrong, but the metrics are at /metrics',
    },
    apply: async (doors) => {
      const endpoints = [{ port: 'http', path: '/wrong', interval: '1s' }]
      const heal = await doors.patch(serviceMonitor, { spec: { endpoints } })
      return untilShown(heal, 'the target to be down', async () => (await doors.targetHealth()) === 'down')
    },
  },
  {
    id: 'monitor-of-another-namespace',
    title: 'The ServiceMonitor selects the wrong namespace',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'does not watch the namespace fawkes' },
    apply: (doors) => doors.patch(serviceMonitor, { spec: { namespaceSelector: { matchNames: ['devlake'] } } }),
  },
  {
    id: 'prometheus-ignores-namespaces',
    title: 'Prometheus ignores the namespaces that ServiceMonitors name',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: {
      object: 'Prometheus monitoring/kube-prometheus-prometheus',
      summary: 'ignores the namespaceSelector of the ServiceMonitor in monitoring',
    },
    apply: (doors) => doors.patch(prometheus, { spec: { ignoreNamespaceSelectors: true } }),
  },
  {
    id: 'buckets-dropped',
    title: 'The ServiceMonitor drops the buckets to save memory in Prometheus',
    expects: { failed: ['10.4', '18.5', '21.4', '21.6'], blocked: [] },
    cause: { object: 'metric dora_lead_time_seconds', summary: 'Prometheus and /metrics disagree' },
    apply: withEndpoint({
      metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'dora_.*_bucket' }],
    }),
  },
  {
    id: 'label-dropped',
    title: 'The ServiceMonitor drops the project label',
    expects: { failed: ['10.4', '18.5', '21.3', '21.4', '21.5', '21.6'], blocked: [] },
    cause: { object: 'metric dora_deployment_frequency_total', summary: 'Prometheus and /metrics disagree' },
    apply: withEndpoint({ metricRelabelings: [{ action: 'labeldrop', regex: 'project' }] }),
  },
  {
    id: 'scraped-twice',
    title: 'A second service has the labels of the lake, so Prometheus scrapes the lake twice',
    expects: { failed: ['10.4'], blocked: [] },
    cause: {
      object: 'metric dora_deployment_frequency_total',
      summary: 'Prometheus has duplicate series of the metric',
    },
    apply: async (doors) => {
      const { metadata, spec } = (await doors.get(inService('service', 'devlake-lake'))) as unknown as {
        metadata: { labels: object }
        spec: { selector: object; ports: readonly object[] }
      }
      const copy = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'devlake-lake-headless', namespace, labels: metadata.labels },
        spec: { clusterIP: 'None', selector: spec.selector, ports: spec.ports },
      }
      await doors.kubectl(['create', '-f', '-'], JSON.stringify(copy))
      const series = async (job: string) => (await doors.prometheus(`dora_mttr_seconds_count{job="${job}"}`)).length
      const undo = async () => {
        await doors.kubectl(['delete', 'service', copy.metadata.name, '-n', namespace])
        await until('Prometheus to forget the second service', async () => (await series(copy.metadata.name)) === 0)
      }
      return untilShown(
        undo,
        'Prometheus to scrape the second service',
        async () => (await series(copy.metadata.name)) > 0,
      )
    },
  },
  {
    id: 'monitor-unlabelled',
    title: 'The ServiceMonitor has no release label',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'is not selected by any Prometheus' },
    apply: (doors) => doors.patch(serviceMonitor, { metadata: { labels: { release: null } } }),
  },
  {
    id: 'monitor-deleted',
    title: 'The ServiceMonitor was deleted',
    expects: { failed: ['10.2'], blocked: ['10.1', '10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'does not exist' },
    apply: (doors) => doors.delete(serviceMonitor),
  },
  {
    id: 'monitor-being-deleted',
    title: 'The ServiceMonitor is being deleted, and a finalizer holds it',
    expects: { failed: ['10.2'], blocked: ['10.1', '10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'ServiceMonitor monitoring/devlake-metrics', summary: 'is being deleted' },
    apply: (doors) => heldDeletion(doors, serviceMonitor),
  },
  {
    id: 'target-unknown',
    title: 'Prometheus has not loaded the configuration of the ServiceMonitor',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    // A lake that nobody reaches would be named as the cause.
    needs: ['4.2'],
    cause: { object: 'Prometheus target devlake-metrics', summary: 'Prometheus has no target for devlake-metrics' },
    apply: async (doors) =>
      doors.interfere(
        targetsShown(['serviceMonitor/monitoring/devlake-metrics/', 'serviceMonitor/monitoring/alertmanager/']),
      ),
  },
  {
    id: 'scrape-failed',
    title: 'One of the last scrapes failed',
    expects: { failed: ['10.3'], blocked: [] },
    cause: { object: 'Prometheus target devlake-metrics', summary: 'Scrapes of devlake-metrics failed' },
    apply: async (doors) =>
      doors.interfere({
        process: 'prometheus',
        path: '^/api/v1/query\\?query=up',
        // A target may fail until its first success.
        how: replacing(['("values":\\[\\[[\\d.]+,"1"\\],\\[[\\d.]+,)"1"', '$1"0"']),
      }),
  },
  {
    id: 'scrape-stale',
    title: "Prometheus' last scrape was ten minutes ago",
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'Prometheus target devlake-metrics', summary: 'has not been scraped for' },
    apply: async (doors) => doors.interfere(scrapedTenMinutesAgo()),
  },
  {
    id: 'wrong-number-behind-a-stale-scrape',
    title: "Prometheus' last scrape was ten minutes ago, and REST reports a wrong lead time",
    expects: { failed: ['10.3', '21.4'], blocked: ['10.4', ...provenOnSurfaces.filter((id) => id !== '21.4')] },
    cause: { object: 'lead time of ', summary: 'reports 999999 min for the lead time of' },
    apply: async (doors) =>
      doors.interfere(scrapedTenMinutesAgo(), {
        process: 'lake',
        path: '^/api/dora/lead-time\\?(?!.*includeStages)',
        how: replacing(['("summary":\\{"value":)[0-9.]+', '$1999999']),
      }),
  },
  {
    id: 'query-refused',
    title: 'Prometheus refuses a query, because it may not load that many samples',
    expects: { failed: ['10.4', ...provenOnSurfaces], blocked: [] },
    cause: {
      object: 'http://prometheus-kube-prometheus-prometheus.monitoring.svc:9090/api/v1/query',
      summary: 'Prometheus refuses /api/v1/query: query processing would load too many samples',
    },
    apply: queried(
      422,
      '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}',
    ),
  },
  {
    id: 'queries-answered-by-another',
    title: 'A proxy in front of Prometheus answers queries itself',
    expects: { failed: ['10.4', ...provenOnSurfaces], blocked: [] },
    cause: {
      object: 'http://prometheus-kube-prometheus-prometheus.monitoring.svc:9090/api/v1/query',
      summary: 'The response of Prometheus to /api/v1/query does not match its API documentation',
    },
    apply: queried(200, '{"message":"no route matched"}'),
  },
  {
    id: 'prometheus-kept-out',
    title: 'A NetworkPolicy keeps Prometheus from the lake',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: {
      object: 'NetworkPolicy fawkes/devlake-lake',
      summary: 'keeps Prometheus from Service fawkes/devlake-lake',
    },
    apply: async (doors) => {
      const ingressController = { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } }
      const policy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'devlake-lake', namespace },
        spec: {
          podSelector: { matchLabels: { 'app.kubernetes.io/component': 'lake' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: ingressController }] }],
        },
      }
      const error = 'Get \\"http://10.244.0.9:8080/metrics\\": context deadline exceeded'
      return undoneInReverse([
        await create(doors, policy),
        doors.interfere(
          targetsShown(['"health":"up"', '"health":"down"'], ['"lastError":""', `"lastError":"${error}"`]),
        ),
      ])
    },
  },
  {
    id: 'series-missing',
    title: 'A query to Prometheus returns no series',
    expects: { failed: ['10.4', '18.5', '21.6'], blocked: [] },
    cause: { object: 'metric dora_mttr_seconds', summary: 'returns no series' },
    apply: queried(200, '{"status":"success","data":{"resultType":"vector","result":[]}}'),
  },
]

/** Variants of the ServiceMonitor and of Prometheus: section 10 of the checklist. */
import { inService, prometheus, serviceMonitor } from '../catalogue/breaking'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import type { Variant } from './variant'

const selector = { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'lake' }

/** True once Prometheus has one series of a metric, with this endpoint. */
const hasSeriesOf = (doors: Doors, endpoint: string) => async () => {
  const series = (await doors.prometheus('dora_mttr_seconds_count{project="checkout"}')) as readonly {
    readonly metric: Readonly<Record<string, string>>
  }[]
  return series.length === 1 && series[0]?.metric.endpoint === endpoint
}

/** An endpoint of the ServiceMonitor that matches the port of the lake in another way. */
const matched = (id: string, title: string, endpoint: object, shownAs: string): Variant => ({
  id,
  title,
  changes: ['ServiceMonitor devlake-metrics'],
  apply: async (doors) => {
    const heal = await doors.patch(serviceMonitor, {
      spec: { endpoints: [{ path: '/metrics', interval: '1s', ...endpoint }] },
    })
    const undo = async () => {
      await heal()
      await until('Prometheus to have the series by the name of the port', hasSeriesOf(doors, 'http'))
    }
    return untilShown(undo, 'Prometheus to have the series by the new endpoint', hasSeriesOf(doors, shownAs))
  },
})

/** Other ways to write the ServiceMonitor or the selector of Prometheus, by which the same targets are scraped. */
const selected = (
  id: string,
  title: string,
  changes: string,
  patch: (doors: Doors) => Promise<() => Promise<void>>,
): Variant => ({
  id,
  title,
  changes: [changes],
  apply: patch,
})

export const monitoringVariants: readonly Variant[] = [
  matched(
    'monitor-by-target-port-name',
    'The ServiceMonitor names a port of the container',
    { targetPort: 'http' },
    '8080',
  ),
  matched(
    'monitor-by-target-port-number',
    'The ServiceMonitor names the number of a port of the container',
    { targetPort: 8080 },
    '8080',
  ),
  matched(
    'monitor-of-any-port',
    'The ServiceMonitor names no port, so each port of the service is scraped',
    {},
    '8080',
  ),
  {
    id: 'monitor-by-port-name-of-the-service',
    title: 'The port of the service has another name than the port of its container, and the ServiceMonitor uses it',
    changes: ['ServiceMonitor devlake-metrics', 'Service devlake-lake'],
    apply: async (doors) => {
      const ports = [{ name: 'api', port: 8080, protocol: 'TCP', targetPort: 'http' }]
      const heals = [
        await doors.patch(inService('service', 'devlake-lake'), { spec: { ports } }),
        await doors.patch(serviceMonitor, { spec: { endpoints: [{ port: 'api', path: '/metrics', interval: '1s' }] } }),
      ]
      const undo = async () => {
        await undoneInReverse(heals)()
        await until('Prometheus to have the series by the name of the port', hasSeriesOf(doors, 'http'))
      }
      return untilShown(undo, 'Prometheus to have the series by the new endpoint', hasSeriesOf(doors, 'api'))
    },
  },
  selected(
    'monitor-of-every-namespace',
    'The ServiceMonitor selects services in every namespace',
    'ServiceMonitor devlake-metrics',
    (doors) => doors.patch(serviceMonitor, { spec: { namespaceSelector: { any: true, matchNames: null } } }),
  ),
  selected(
    'monitor-by-expressions',
    'The ServiceMonitor selects the service by expressions',
    'ServiceMonitor devlake-metrics',
    (doors) =>
      doors.patch(serviceMonitor, {
        spec: {
          selector: {
            matchLabels: null,
            matchExpressions: Object.entries(selector).map(([key, value]) => ({
              key,
              operator: 'In',
              values: [value],
            })),
          },
        },
      }),
  ),
  selected(
    'prometheus-selects-everything',
    'Prometheus selects every ServiceMonitor',
    'Prometheus kube-prometheus-prometheus',
    (doors) => doors.patch(prometheus, { spec: { serviceMonitorSelector: { matchLabels: null } } }),
  ),
  selected(
    'prometheus-of-others',
    'Another team has a Prometheus of its own, which is paused',
    'Prometheus team-a',
    (doors) =>
      create(
        doors,
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a-monitoring' } },
        {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'Prometheus',
          metadata: { name: 'team-a', namespace: 'team-a-monitoring' },
          spec: { paused: true, serviceMonitorSelector: { matchLabels: { team: 'a' } } },
        },
      ),
  ),
]

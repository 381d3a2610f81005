/** Healthy variants of the ServiceMonitor, with the real Prometheus Operator. */
import { serviceMonitor } from '../catalogue/breaking'
import type { Doors } from '../doors/doors'
import type { Change } from './change'
import { endpoint, untilUp } from './conditions'

const withMonitor = (spec: object) => async (doors: Doors) => {
  const heal = await doors.patch(serviceMonitor, { spec })
  await untilUp(doors)
  return async () => {
    await heal()
    await untilUp(doors)
  }
}

export const monitoringVariants: readonly Change[] = [
  {
    id: 'monitor-by-number',
    title: 'The ServiceMonitor names the port of the container by number',
    apply: withMonitor({ endpoints: [{ ...endpoint, port: null, targetPort: 8080 }] }),
  },
  {
    id: 'monitor-by-container-port',
    title: 'The ServiceMonitor names the port of the container',
    apply: withMonitor({ endpoints: [{ ...endpoint, port: null, targetPort: 'http' }] }),
  },
  {
    id: 'monitor-by-expression',
    title: 'The ServiceMonitor selects by an expression',
    apply: withMonitor({
      selector: {
        matchLabels: { 'app.kubernetes.io/component': 'lake' },
        matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['devlake', 'lake'] }],
      },
    }),
  },
  {
    id: 'monitor-of-all-namespaces',
    title: 'The ServiceMonitor watches all namespaces',
    apply: withMonitor({ namespaceSelector: { any: true } }),
  },
  {
    id: 'monitor-that-keeps',
    title: 'The ServiceMonitor keeps the metrics of the service only',
    apply: withMonitor({
      endpoints: [
        { ...endpoint, metricRelabelings: [{ action: 'keep', sourceLabels: ['__name__'], regex: 'dora_.*|up' }] },
      ],
    }),
  },
]

/** Healthy variants of the ServiceMonitor and of Prometheus, with the real Prometheus Operator. */
import { prometheus, serviceMonitor } from '../catalogue/breaking'
import { create, undoneInReverse } from '../doors/create'
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

/** A Secret of the ServiceMonitor with a login that the service does not ask for. */
async function withLogin(doors: Doors): Promise<() => Promise<void>> {
  const { name, namespace } = { name: 'scrape-login', namespace: 'monitoring' }
  const remove = await create(doors, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: { token: 'a-token' },
  })
  const authorization = { credentials: { name, key: 'token' } }
  return undoneInReverse([remove, await withMonitor({ endpoints: [{ ...endpoint, authorization }] })(doors)])
}

/** Patches the Prometheus object, and waits until its server scrapes the service. */
const withPrometheus = (spec: object) => async (doors: Doors) => {
  const heal = await doors.patch(prometheus, { spec })
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
  { id: 'monitor-with-login', title: 'The ServiceMonitor logs in with a token', apply: withLogin },
  {
    id: 'monitor-with-labels',
    title: 'The ServiceMonitor takes the job from a label, and adds labels of the service and its pods',
    apply: withMonitor({
      jobLabel: 'app.kubernetes.io/component',
      targetLabels: ['app.kubernetes.io/name'],
      podTargetLabels: ['app.kubernetes.io/instance'],
    }),
  },
  {
    id: 'monitor-with-limits',
    title: 'The ServiceMonitor has limits, and keeps labels of the service that collide with its own',
    apply: withMonitor({
      ...{ sampleLimit: 100_000, targetLimit: 50, labelLimit: 60, keepDroppedTargets: 5 },
      endpoints: [{ ...endpoint, honorLabels: true, honorTimestamps: false }],
    }),
  },
]

export const prometheusVariants: readonly Change[] = [
  {
    id: 'prometheus-selects-everything',
    title: 'Prometheus selects every ServiceMonitor',
    apply: withPrometheus({ serviceMonitorSelector: { matchLabels: null } }),
  },
  {
    id: 'prometheus-by-slices',
    title: 'Prometheus discovers by EndpointSlices',
    apply: withPrometheus({ serviceDiscoveryRole: 'EndpointSlice' }),
  },
  {
    id: 'prometheus-of-two-replicas',
    title: 'Prometheus has two replicas',
    apply: withPrometheus({ replicas: 2 }),
  },
  {
    id: 'prometheus-enforces-a-label',
    title: 'Prometheus gives all series the namespace of their ServiceMonitor',
    apply: withPrometheus({ enforcedNamespaceLabel: 'namespace', externalLabels: { cluster: 'sandbox' } }),
  },
]

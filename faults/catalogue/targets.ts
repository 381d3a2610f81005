/** Faults of what Prometheus takes for its targets, and of its answers: section 10 of the checklist. */
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import {
  containersOf,
  prometheus,
  prometheusOperator,
  provenOnSurfaces,
  replacing,
  serviceMonitor,
  targetsShown,
} from './breaking'
import type { Fault } from './fault'

const monitorObject = 'ServiceMonitor monitoring/devlake-metrics'

/** Records the event with which the Prometheus Operator refuses the ServiceMonitor. */
async function refusal(doors: Doors, message: string): Promise<() => Promise<void>> {
  const { kind: _, ...place } = serviceMonitor
  const { uid } = (await doors.get(serviceMonitor)).metadata
  const now = new Date().toISOString().replace(/\.\d+/, '')
  return create(doors, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'devlake-metrics.refused', namespace: place.namespace },
    involvedObject: { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', uid, ...place },
    ...{ type: 'Warning', reason: 'InvalidConfiguration', message, count: 1, firstTimestamp: now, lastTimestamp: now },
    source: { component: 'prometheus-controller' },
  })
}

/** Returns a condition: the one pod of the operator is of its current template. */
const isReplaced = (doors: Doors) => async () => {
  const { metadata, status } = await doors.get(prometheusOperator)
  const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status ?? {}
  return (
    observedGeneration === metadata.generation && [replicas, updatedReplicas, availableReplicas].every((n) => n === 1)
  )
}

export const targetFaults: readonly Fault[] = [
  {
    id: 'prometheus-object-deleted',
    title: 'The Prometheus object was deleted; its pods still run',
    expects: { failed: ['0.8'], blocked: ['10.1', '10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'Prometheus objects in monitoring', summary: 'There is no Prometheus object in monitoring' },
    apply: async (doors) => {
      const heal = await doors.delete(prometheus)
      return async () => {
        await heal()
        await until('Prometheus to scrape the lake again', async () => (await doors.targetHealth()) === 'up')
      }
    },
  },
  {
    id: 'operator-of-other-namespaces',
    title: 'The flags of the Prometheus Operator name another namespace than that of Prometheus',
    expects: { failed: ['0.8'], blocked: [] },
    cause: {
      object: 'Prometheus monitoring/kube-prometheus-prometheus',
      summary: 'The Prometheus Operator does not watch the namespace monitoring',
    },
    apply: async (doors) => {
      const args = ['--prometheus-instance-namespaces=observability']
      const containers = (await containersOf(doors, prometheusOperator)).map((container) => ({ ...container, args }))
      const heal = await doors.patch(prometheusOperator, { spec: { template: { spec: { containers } } } })
      const undo = async () => {
        await heal()
        await until('the former operator to run again', isReplaced(doors))
      }
      return untilShown(undo, 'the changed operator to run', isReplaced(doors))
    },
  },
  {
    id: 'monitor-of-the-ui',
    title: 'The ServiceMonitor selects the service of the UI',
    expects: { failed: ['10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: monitorObject, summary: 'does not select the service devlake-lake' },
    apply: (doors) =>
      doors.patch(serviceMonitor, { spec: { selector: { matchLabels: { 'app.kubernetes.io/component': 'ui' } } } }),
  },
  {
    id: 'monitor-refused',
    title: 'The ServiceMonitor names a Secret that does not exist, so the operator does not use it',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: monitorObject, summary: 'is not used: the Prometheus Operator rejects it' },
    apply: async (doors) =>
      undoneInReverse([
        await refusal(
          doors,
          'ServiceMonitor devlake-metrics was rejected due to invalid configuration: endpoints[0]: secrets "metrics-login" not found',
        ),
        doors.interfere(
          targetsShown(['serviceMonitor/monitoring/devlake-metrics/', 'serviceMonitor/monitoring/alertmanager/']),
        ),
      ]),
  },
  {
    id: 'targets-of-the-former-selector',
    title: 'Prometheus still has the targets of the selector that the ServiceMonitor had before',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'Prometheus target devlake-metrics', summary: 'The targets of devlake-metrics are not the lake' },
    apply: async (doors) => doors.interfere(targetsShown(['"service":"devlake-lake"', '"service":"devlake-ui"'])),
  },
  {
    id: 'query-answered-in-part',
    title: 'Prometheus cannot read its remote store, and answers a query with the series that it has itself',
    expects: { failed: ['10.4', ...provenOnSurfaces], blocked: [] },
    cause: { object: '/api/v1/query', summary: 'Prometheus answers /api/v1/query with a warning' },
    apply: async (doors) =>
      doors.interfere({
        process: 'prometheus',
        path: '^/api/v1/query\\?query=dora_mttr',
        how: replacing(['^\\{"status":"success",', '$&"warnings":["remote_read: connection refused"],']),
      }),
  },
  {
    id: 'series-of-an-old-name',
    title: 'Prometheus still has a project under the name that it had before',
    expects: { failed: ['10.4'], blocked: [] },
    cause: { object: 'metric dora_change_failure_rate', summary: 'Prometheus has series of old-catalog in the metric' },
    apply: async (doors) =>
      doors.interfere({
        process: 'prometheus',
        path: '^/api/v1/query\\?query=.*dora_change_failure_rate',
        how: replacing([
          '\\{"metric":\\{([^{}]*)"project":"catalog"([^{}]*)\\},"value":(\\[[^\\]]*\\])\\}',
          '$&,{"metric":{$1"project":"old-catalog"$2},"value":$3}',
        ]),
      }),
  },
]

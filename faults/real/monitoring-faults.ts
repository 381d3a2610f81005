/** Faults of the ServiceMonitor and of Prometheus that only the real operator can show: section 10 of the checklist. */
import { inService, namespace, prometheus, provenOnSurfaces, serviceMonitor } from '../catalogue/breaking'
import type { Fault } from '../catalogue/fault'
import { create } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import { endpoint, untilReconciled, untilUp } from './conditions'

const object = 'ServiceMonitor monitoring/devlake-metrics'

/** Adds a setting to the endpoint for which the operator refuses the ServiceMonitor, and waits until the target is gone. */
const refused = (setting: object) => async (doors: Doors) => {
  const heal = await doors.patch(serviceMonitor, { spec: { endpoints: [{ ...endpoint, ...setting }] } })
  await until('the target to be gone', async () => (await doors.targetHealth()) === undefined, 60_000)
  return async () => {
    await heal()
    await untilUp(doors)
  }
}

export const monitoringFaults: readonly Fault[] = [
  {
    id: 'monitor-without-its-secret',
    title: 'The ServiceMonitor names a Secret with the login that does not exist',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object, summary: 'scrape-login' },
    apply: refused({
      basicAuth: {
        username: { name: 'scrape-login', key: 'user' },
        password: { name: 'scrape-login', key: 'password' },
      },
    }),
  },
  {
    id: 'monitor-with-a-wrong-expression',
    title: 'The ServiceMonitor has a relabeling whose expression is malformed',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object, summary: 'relabel' },
    apply: refused({ relabelings: [{ action: 'keep', sourceLabels: ['__address__'], regex: '(' }] }),
  },
  {
    id: 'monitor-with-a-small-limit',
    title: 'The service exposes more samples than the ServiceMonitor accepts',
    expects: { failed: ['10.3'], blocked: ['10.4', ...provenOnSurfaces] },
    cause: { object: 'Prometheus target devlake-metrics', summary: 'exceeds a limit of the ServiceMonitor' },
    apply: async (doors) => {
      const heal = await doors.patch(serviceMonitor, { spec: { sampleLimit: 5 } })
      const undo = async () => {
        await heal()
        await untilUp(doors)
      }
      return untilShown(undo, 'the target to be down', async () => (await doors.targetHealth()) === 'down')
    },
  },
  {
    id: 'scraped-by-a-pod-monitor-too',
    title: 'A PodMonitor selects the pods of the lake beside the ServiceMonitor',
    expects: { failed: ['10.4'], blocked: [] },
    cause: {
      object: 'metric dora_deployment_frequency_total',
      summary: 'Prometheus has duplicate series of the metric',
    },
    apply: async (doors) => {
      const podMonitor = inService('podmonitor', 'lake')
      const job = `${namespace}/${podMonitor.name}`
      const selecting = { podMonitorSelector: {}, podMonitorNamespaceSelector: {} }
      const heal = await doors.patch(prometheus, { spec: selecting })
      const remove = await create(doors, {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata: { name: podMonitor.name, namespace },
        spec: {
          selector: { matchLabels: { 'app.kubernetes.io/component': 'lake' } },
          podMetricsEndpoints: [{ port: 'http', path: '/metrics', interval: '1s' }],
        },
      })
      const series = async () => (await doors.prometheus(`dora_mttr_seconds_count{job="${job}"}`)).length
      const undo = async () => {
        // Prometheus marks the series of a target that vanishes as stale, but not those of a whole job: they last five minutes.
        await doors.patch(podMonitor, {
          spec: { selector: { matchLabels: { 'app.kubernetes.io/component': 'none' } } },
        })
        await until('Prometheus to forget the PodMonitor', async () => (await series()) === 0, 60_000)
        await remove()
        await heal()
      }
      return untilShown(undo, 'Prometheus to scrape by the PodMonitor', async () => (await series()) > 0)
    },
  },
  {
    id: 'prometheus-config-refused',
    title: 'The Prometheus object names a Secret with more scrape configurations that does not exist',
    expects: { failed: ['0.8'], blocked: [] },
    cause: { object: 'Prometheus monitoring/kube-prometheus-prometheus', summary: 'is not reconciled by its operator' },
    apply: async (doors) => {
      const heal = await doors.patch(prometheus, {
        spec: { additionalScrapeConfigs: { name: 'more', key: 'more.yaml' } },
      })
      await untilReconciled(doors, false)
      return async () => {
        await heal()
        await untilReconciled(doors, true)
      }
    },
  },
  {
    id: 'prometheus-paused',
    title: 'The Prometheus object is paused, so that its operator leaves the configuration as it is',
    expects: { failed: ['0.8', '10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'Prometheus monitoring/kube-prometheus-prometheus', summary: 'paused' },
    apply: (doors) => doors.patch(prometheus, { spec: { paused: true } }),
  },
]

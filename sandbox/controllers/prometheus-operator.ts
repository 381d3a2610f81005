/**
 * Stand-in for Prometheus Operator: turns the ServiceMonitors that a Prometheus object selects, and the endpoints of the
 * services that they select, into the scrape configuration of the real Prometheus. As with the real one, a monitor that is
 * not selected gives no pool, and one whose port matches nothing gives a pool without targets.
 */
import type {
  KubernetesObject,
  V1EndpointSlice,
  V1LabelSelector,
  V1Namespace,
  V1Pod,
  V1Service,
} from '@kubernetes/client-node'
import { stringify } from 'yaml'
import { writeWhole } from '../basis/files'
import { files } from '../basis/layout'
import type { Ports } from '../basis/ports'
import { listenerOf } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { type Condition, condition, says } from './writing'

interface Endpoint {
  port?: string
  targetPort?: string | number
  path?: string
  interval?: string
  scheme?: string
  metricRelabelings?: Relabeling[]
}

interface Relabeling {
  action?: string
  regex?: string
  sourceLabels?: string[]
}

interface ServiceMonitor extends KubernetesObject {
  spec?: {
    selector?: V1LabelSelector
    namespaceSelector?: { any?: boolean; matchNames?: string[] }
    endpoints?: Endpoint[]
  }
}

interface Prometheus extends KubernetesObject {
  spec?: {
    scrapeInterval?: string
    serviceMonitorSelector?: V1LabelSelector
    serviceMonitorNamespaceSelector?: V1LabelSelector
  }
  status?: { conditions?: Condition[] }
}

interface Caches {
  readonly services: Cache<V1Service>
  readonly slices: Cache<V1EndpointSlice>
  readonly pods: Cache<V1Pod>
  readonly namespaces: Cache<V1Namespace>
}

type Labels = Readonly<Record<string, string>>

/** Whether a label selector matches; an absent one matches nothing, an empty one everything. */
function selects(selector: V1LabelSelector | undefined, labels: Labels = {}): boolean {
  if (selector === undefined) return false
  const named = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  const expressed = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key]
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      default:
        throw new Error(`a label selector has no operator ${operator}`)
    }
  })
  return named && expressed
}

/** The targets of one endpoint of a monitor: every address behind the port, ready or not, as the real discovery has them. */
function targets(monitor: ServiceMonitor, endpoint: Endpoint, { services, slices, pods }: Caches, ports: Ports) {
  const { namespaceSelector, selector } = monitor.spec ?? {}
  const inNamespace = (namespace: string | undefined) =>
    namespaceSelector?.any === true ||
    (namespaceSelector?.matchNames ?? [monitor.metadata?.namespace]).includes(namespace)
  const selected = services
    .items()
    .filter(({ metadata }) => inNamespace(metadata?.namespace) && selects(selector, metadata?.labels))
  return selected.flatMap((service) => {
    const { name = '', namespace = '' } = service.metadata ?? {}
    const own = slices
      .items()
      .filter(
        ({ metadata }) => metadata?.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
      )
    return own.flatMap((slice) => {
      const port = slice.ports?.find((candidate) =>
        endpoint.port === undefined ? candidate.port === endpoint.targetPort : candidate.name === endpoint.port,
      )?.port
      if (port === undefined) return []
      return (slice.endpoints ?? []).map(({ addresses, targetRef }) => {
        const pod = targetRef?.name ?? ''
        const listener = listenerOf(pods.find(namespace, pod)?.metadata?.annotations, ports)
        const instance = `${addresses[0]}:${port}`
        return {
          // Where nothing stands behind the pod, the pod's own address is asked in vain, as it would be.
          targets: [listener?.containerPort === port ? `127.0.0.1:${listener.port}` : instance],
          labels: {
            namespace,
            service: name,
            job: name,
            pod,
            container: listener?.process ?? '',
            endpoint: endpoint.port ?? String(port),
            instance,
          },
        }
      })
    })
  })
}

function scrapeConfigurations(
  prometheus: Prometheus,
  monitors: readonly ServiceMonitor[],
  caches: Caches,
  ports: Ports,
) {
  const { serviceMonitorSelector, serviceMonitorNamespaceSelector, scrapeInterval } = prometheus.spec ?? {}
  const own = prometheus.metadata?.namespace
  const selected = monitors.filter(({ metadata }) => {
    const labels = caches.namespaces.find(undefined, metadata?.namespace ?? '')?.metadata?.labels
    // Without a namespace selector, the operator looks only where the Prometheus object lies.
    const inNamespace =
      serviceMonitorNamespaceSelector === undefined
        ? metadata?.namespace === own
        : selects(serviceMonitorNamespaceSelector, labels)
    return inNamespace && selects(serviceMonitorSelector, metadata?.labels)
  })
  return selected.flatMap((monitor) =>
    (monitor.spec?.endpoints ?? []).map((endpoint, index) => ({
      job_name: `serviceMonitor/${monitor.metadata?.namespace}/${monitor.metadata?.name}/${index}`,
      honor_timestamps: true,
      scrape_interval: endpoint.interval ?? scrapeInterval ?? '30s',
      scrape_timeout: endpoint.interval ?? scrapeInterval ?? '10s',
      metrics_path: endpoint.path ?? '/metrics',
      scheme: endpoint.scheme ?? 'http',
      static_configs: targets(monitor, endpoint, caches, ports),
      metric_relabel_configs: (endpoint.metricRelabelings ?? []).map(({ action, regex, sourceLabels }) => ({
        ...(action === undefined ? {} : { action }),
        ...(regex === undefined ? {} : { regex }),
        ...(sourceLabels === undefined ? {} : { source_labels: sourceLabels }),
      })),
    })),
  )
}

export async function runPrometheusOperator(cluster: Cluster, caches: Caches, ports: Ports): Promise<void> {
  const monitors = cluster.follow<ServiceMonitor>('ServiceMonitor')
  const prometheuses = cluster.follow<Prometheus>('Prometheus')
  let written: string | undefined

  const configure = async (): Promise<void> => {
    const scrape_configs = prometheuses
      .items()
      .flatMap((prometheus) => scrapeConfigurations(prometheus, monitors.items(), caches, ports))
    const text = stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      scrape_configs,
    })
    if (text === written) return
    writeWhole(files.prometheusConfiguration, text)
    const { ok, status } = await fetch(`http://127.0.0.1:${ports.prometheus}/-/reload`, {
      method: 'POST',
      signal: AbortSignal.timeout(5_000),
    })
    if (!ok) throw new Error(`Prometheus refused its configuration: ${status}`)
    written = text
  }

  const report = async (prometheus: Prometheus): Promise<void> => {
    const previous = prometheus.status?.conditions
    const wanted = ['Available', 'Reconciled'].map((type) => ({ type, status: 'True', reason: '', message: '' }))
    if (wanted.every((next) => says(previous, next))) return
    const observedGeneration = prometheus.metadata?.generation
    await cluster.mergeStatus('Prometheus', prometheus, {
      paused: false,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      unavailableReplicas: 0,
      conditions: wanted.map((next) => ({ ...condition(previous, next), observedGeneration })),
    })
  }

  await reconcile('prometheus-operator', [monitors, prometheuses, ...Object.values(caches)], async () => {
    await configure()
    // Reported once: afterwards the status belongs to whoever changes it.
    await Promise.all(
      prometheuses
        .items()
        .filter(({ status }) => status?.conditions === undefined)
        .map(report),
    )
  })
}

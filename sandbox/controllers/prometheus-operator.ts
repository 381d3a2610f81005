/**
 * Stand-in for Prometheus Operator: writes the scrape configuration of the real Prometheus from the selected ServiceMonitors
 * and the endpoints of their services. As with the real operator, an unselected monitor yields no scrape pool, and a monitor
 * whose port matches nothing yields a pool without targets.
 */
import type {
  DiscoveryV1EndpointPort,
  KubernetesObject,
  V1EndpointSlice,
  V1LabelSelector,
  V1Namespace,
  V1Pod,
  V1Service,
} from '@kubernetes/client-node'
import { stringify } from 'yaml'
import type { Ports } from '../basis/ports'
import { listenerOf } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { rejectionOf } from './monitor-validation'
import { prometheusConfigurer } from './prometheus-configuration'
import { type Condition, condition, recordEvent } from './writing'

interface Endpoint {
  port?: string
  targetPort?: string | number
  path?: string
  interval?: string
  scheme?: string
  relabelings?: Relabeling[]
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
    paused?: boolean
    replicas?: number
    serviceMonitorSelector?: V1LabelSelector
    serviceMonitorNamespaceSelector?: V1LabelSelector
    ignoreNamespaceSelectors?: boolean
  }
  status?: { conditions?: (Condition & { observedGeneration?: number })[] }
}

interface Caches {
  readonly services: Cache<V1Service>
  readonly slices: Cache<V1EndpointSlice>
  readonly pods: Cache<V1Pod>
  readonly namespaces: Cache<V1Namespace>
}

type Labels = Readonly<Record<string, string>>

/** Tests whether a label selector matches. An absent selector matches nothing, an empty one everything. */
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
        throw new Error(`label selectors have no operator ${operator}`)
    }
  })
  return named && expressed
}

/** The targets of a monitor's endpoint: every address behind the port, ready or not, as in the real discovery. */
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
      return (slice.endpoints ?? []).flatMap(({ addresses, targetRef }) => {
        const pod = targetRef?.name ?? ''
        const port = slice.ports?.find((candidate) => isScraped(endpoint, candidate, pods.find(namespace, pod)))?.port
        if (port === undefined) return []
        const listener = listenerOf(pods.find(namespace, pod)?.metadata?.annotations, ports)
        const instance = `${addresses[0]}:${port}`
        return {
          // Without a process behind the pod, Prometheus scrapes the pod's unreachable address and fails, as in a cluster.
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

/** A port counts by the name that the service gives it, or as a declared port of a container; without either, each one counts. */
function isScraped(
  { port, targetPort }: Endpoint,
  candidate: DiscoveryV1EndpointPort,
  pod: V1Pod | undefined,
): boolean {
  if (port) return candidate.name === port
  if (targetPort === undefined) return true
  const declared = (pod?.spec?.containers ?? []).flatMap(({ ports = [] }) => ports)
  return declared.some(
    ({ name, containerPort }) =>
      containerPort === candidate.port && (name === targetPort || containerPort === targetPort),
  )
}

const rejection = ({ spec }: ServiceMonitor) => rejectionOf(spec?.endpoints ?? [])

const inItsNamespace = ({ spec, ...monitor }: ServiceMonitor): ServiceMonitor => {
  const { namespaceSelector: _, ...others } = spec ?? {}
  return { ...monitor, spec: others }
}

function scrapeConfigurations(
  prometheus: Prometheus,
  monitors: readonly ServiceMonitor[],
  caches: Caches,
  ports: Ports,
) {
  const { serviceMonitorSelector, serviceMonitorNamespaceSelector, ignoreNamespaceSelectors, scrapeInterval } =
    prometheus.spec ?? {}
  const own = prometheus.metadata?.namespace
  const selected = monitors.filter((monitor) => {
    const { metadata } = monitor
    const labels = caches.namespaces.find(undefined, metadata?.namespace ?? '')?.metadata?.labels
    // Without a namespace selector, the operator selects monitors only in the namespace of the Prometheus object.
    const inNamespace =
      serviceMonitorNamespaceSelector === undefined
        ? metadata?.namespace === own
        : selects(serviceMonitorNamespaceSelector, labels)
    return inNamespace && selects(serviceMonitorSelector, metadata?.labels) && rejection(monitor) === undefined
  })
  return selected.flatMap((monitor) =>
    (monitor.spec?.endpoints ?? []).map((endpoint, index) => ({
      job_name: `serviceMonitor/${monitor.metadata?.namespace}/${monitor.metadata?.name}/${index}`,
      honor_timestamps: true,
      scrape_interval: endpoint.interval ?? scrapeInterval ?? '30s',
      scrape_timeout: endpoint.interval ?? scrapeInterval ?? '10s',
      metrics_path: endpoint.path ?? '/metrics',
      scheme: endpoint.scheme ?? 'http',
      static_configs: targets(ignoreNamespaceSelectors ? inItsNamespace(monitor) : monitor, endpoint, caches, ports),
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
  /** The scrape configuration of each object by its uid: a paused one keeps what it has. */
  const configured = new Map<string, ReturnType<typeof scrapeConfigurations>>()
  const load = prometheusConfigurer(ports)

  /** The generations of rejected monitors, by uid, that an event has told. */
  const told = new Map<string, number | undefined>()
  const tellRejection = async (monitor: ServiceMonitor): Promise<void> => {
    const { uid = '', generation, namespace, name } = monitor.metadata ?? {}
    const reason = rejection(monitor)
    if (reason === undefined || told.get(uid) === generation) return
    told.set(uid, generation)
    await recordEvent(
      cluster.api,
      'prometheus-controller',
      'monitoring.coreos.com/v1',
      { ...monitor, kind: 'ServiceMonitor' },
      {
        ...{ type: 'Warning', reason: 'InvalidConfiguration' },
        message: `"${namespace}/${name}" was rejected due to invalid configuration: ${reason}`,
      },
    )
  }

  /** The objects that are not paused, and that no annotation assigns to another operator. */
  const attended = () =>
    prometheuses
      .items()
      .filter(({ metadata, spec }) => !spec?.paused && !metadata?.annotations?.['operator.prometheus.io/controller-id'])

  const configure = async (): Promise<void> => {
    for (const prometheus of attended())
      configured.set(prometheus.metadata?.uid ?? '', scrapeConfigurations(prometheus, monitors.items(), caches, ports))
    const scrape_configs = prometheuses.items().flatMap(({ metadata }) => configured.get(metadata?.uid ?? '') ?? [])
    const text = stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      scrape_configs,
    })
    await load(text)
  }

  const report = async (prometheus: Prometheus): Promise<void> => {
    const previous = prometheus.status?.conditions
    const wanted = ['Available', 'Reconciled'].map((type) => ({ type, status: 'True', reason: '', message: '' }))
    const observedGeneration = prometheus.metadata?.generation
    const replicas = prometheus.spec?.replicas ?? 1
    await cluster.mergeStatus('Prometheus', prometheus, {
      paused: false,
      replicas,
      updatedReplicas: replicas,
      availableReplicas: replicas,
      unavailableReplicas: 0,
      conditions: wanted.map((next) => ({ ...condition(previous, next), observedGeneration })),
    })
  }

  await reconcile('prometheus-operator', [monitors, prometheuses, ...Object.values(caches)], async () => {
    await configure()
    await Promise.all(monitors.items().map(tellRejection))
    // Written once for each generation, so that a status set by hand (a fault) stays.
    const isReported = ({ metadata, status }: Prometheus) =>
      status?.conditions?.every(
        ({ observedGeneration = metadata?.generation }) => observedGeneration === metadata?.generation,
      ) ?? false
    await Promise.all(
      attended()
        .filter((prometheus) => !isReported(prometheus))
        .map(report),
    )
  })
}

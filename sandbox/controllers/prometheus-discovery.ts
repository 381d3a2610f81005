/**
 * Kubernetes discovery for Debian's Prometheus, which is built without it: reads the configuration that the real Prometheus
 * Operator generates, and replaces each discovery by the targets that Prometheus would discover, with the labels that it would give
 * them. The relabeling of the operator stays, so Prometheus itself decides which targets to keep.
 * Labels: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
 */
import { gunzipSync } from 'node:zlib'
import type { KubernetesObject, V1EndpointSlice, V1Pod, V1Secret, V1Service } from '@kubernetes/client-node'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import type { Ports } from '../basis/ports'
import { listenerOf } from '../cluster/backends'
import { type Cache, reconcile } from '../cluster/cluster'
import { prometheusConfigurer } from './prometheus-configuration'

interface Caches {
  readonly services: Cache<V1Service>
  readonly slices: Cache<V1EndpointSlice>
  readonly pods: Cache<V1Pod>
  readonly secrets: Cache<V1Secret>
}

/** The Secret into which the operator writes the configuration of the Prometheus object. */
const generated = { namespace: 'monitoring', name: 'prometheus-kube-prometheus-prometheus', key: 'prometheus.yaml.gz' }

const discovery = z.looseObject({
  role: z.string(),
  namespaces: z.looseObject({ names: z.array(z.string()).default([]) }).optional(),
})
const scrape = z.looseObject({
  kubernetes_sd_configs: z.array(discovery).default([]),
  relabel_configs: z.array(z.unknown()).default([]),
})
const configuration = z.looseObject({ scrape_configs: z.array(scrape).default([]) })

type Labels = Readonly<Record<string, string>>
interface Target {
  readonly targets: readonly [string]
  readonly labels: Labels
}

/** The address of the process behind a pod, to which the last rule of the relabeling leads. */
const listenerLabel = '__meta_sandbox_listener'

/** Every label or annotation of an object, with its presence, as the discovery names them. */
const described = (prefix: string, given: Labels | undefined): Labels =>
  Object.fromEntries(
    Object.entries(given ?? {}).flatMap(([key, value]) => {
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_')
      return [
        [`${prefix}_${name}`, value],
        [`${prefix}present_${name}`, 'true'],
      ]
    }),
  )

const serviceLabels = ({ metadata }: V1Service): Labels => ({
  __meta_kubernetes_service_name: metadata?.name ?? '',
  ...described('__meta_kubernetes_service_label', metadata?.labels),
  ...described('__meta_kubernetes_service_annotation', metadata?.annotations),
})

const podLabels = ({ metadata, spec, status }: V1Pod): Labels => ({
  __meta_kubernetes_pod_name: metadata?.name ?? '',
  __meta_kubernetes_pod_ip: status?.podIP ?? '',
  __meta_kubernetes_pod_uid: metadata?.uid ?? '',
  __meta_kubernetes_pod_phase: status?.phase ?? '',
  __meta_kubernetes_pod_node_name: spec?.nodeName ?? '',
  __meta_kubernetes_pod_ready:
    status?.conditions?.find(({ type }) => type === 'Ready')?.status.toLowerCase() ?? 'unknown',
  ...described('__meta_kubernetes_pod_label', metadata?.labels),
  ...described('__meta_kubernetes_pod_annotation', metadata?.annotations),
})

const containerLabels = (
  container: string,
  { name = '', containerPort = 0 }: { name?: string; containerPort?: number },
) => ({
  __meta_kubernetes_pod_container_name: container,
  __meta_kubernetes_pod_container_port_name: name,
  __meta_kubernetes_pod_container_port_number: String(containerPort),
  __meta_kubernetes_pod_container_port_protocol: 'TCP',
})

/** The name of a service's slice, and the address with its labels for the roles endpoints and endpointslice alike. */
const endpointLabels = (slice: V1EndpointSlice, pod: string, ready: boolean): Labels => ({
  __meta_kubernetes_namespace: slice.metadata?.namespace ?? '',
  __meta_kubernetes_endpointslice_name: slice.metadata?.name ?? '',
  __meta_kubernetes_endpointslice_endpoint_conditions_ready: String(ready),
  __meta_kubernetes_endpoint_ready: String(ready),
  ...(pod === ''
    ? {}
    : {
        __meta_kubernetes_endpointslice_address_target_kind: 'Pod',
        __meta_kubernetes_endpointslice_address_target_name: pod,
        __meta_kubernetes_endpoint_address_target_kind: 'Pod',
        __meta_kubernetes_endpoint_address_target_name: pod,
      }),
})

const portLabels = (name: string, port: number): Labels => ({
  __meta_kubernetes_endpointslice_port_name: name,
  __meta_kubernetes_endpointslice_port: String(port),
  __meta_kubernetes_endpointslice_port_protocol: 'TCP',
  __meta_kubernetes_endpoint_port_name: name,
  __meta_kubernetes_endpoint_port_protocol: 'TCP',
})

export class Discovery {
  constructor(
    private readonly caches: Omit<Caches, 'secrets'>,
    private readonly ports: Ports,
  ) {}

  /** Every port of every address behind the services of the namespaces, and the further container ports of their pods. */
  targetsIn(namespaces: readonly string[]): Target[] {
    const isWatched = ({ metadata }: KubernetesObject) =>
      namespaces.length === 0 || namespaces.includes(metadata?.namespace ?? '')
    return this.caches.slices
      .items()
      .filter(isWatched)
      .flatMap((slice) => this.targetsOf(slice))
  }

  private targetsOf(slice: V1EndpointSlice): Target[] {
    const { namespace = '', labels } = slice.metadata ?? {}
    const service = this.caches.services.find(namespace, labels?.['kubernetes.io/service-name'] ?? '')
    if (service === undefined) return []
    return (slice.endpoints ?? []).flatMap(({ addresses, targetRef, conditions }) => {
      const pod = targetRef?.kind === 'Pod' ? this.caches.pods.find(namespace, targetRef.name ?? '') : undefined
      const common = {
        ...serviceLabels(service),
        ...endpointLabels(slice, targetRef?.name ?? '', conditions?.ready ?? true),
        ...(pod ? podLabels(pod) : {}),
      }
      const declared = (pod?.spec?.containers ?? []).flatMap(({ name, ports = [] }) =>
        ports.map((port) => ({ name: port.name ?? '', containerPort: port.containerPort, container: name })),
      )
      const [address = ''] = addresses
      const target = (port: number, own: Labels): Target => {
        const container = declared.find(({ containerPort }) => containerPort === port)
        return {
          targets: [`${address}:${port}`],
          labels: {
            ...common,
            ...(container ? containerLabels(container.container, container) : {}),
            ...own,
            [listenerLabel]: this.listenerOf(pod, port),
          },
        }
      }
      const ofService = (slice.ports ?? []).flatMap(({ name, port }) =>
        port === undefined ? [] : [{ name: name ?? '', port }],
      )
      const others = declared.filter(({ containerPort }) => !ofService.some(({ port }) => port === containerPort))
      return [
        ...ofService.map(({ name, port }) => target(port, portLabels(name, port))),
        ...others.map(({ containerPort }) => target(containerPort, {})),
      ]
    })
  }

  /** Without a process behind the pod, Prometheus scrapes the pod's unreachable address and fails, as in a cluster. */
  private listenerOf(pod: V1Pod | undefined, port: number): string {
    const listener = listenerOf(pod?.metadata?.annotations, this.ports)
    return listener?.containerPort === port ? `127.0.0.1:${listener.port}` : ''
  }
}

/** The rules after those of the operator: the instance is the pod's address, and the scrape goes to the process behind it. */
const lastRules = [
  { source_labels: ['instance', '__address__'], regex: ';(.+)', target_label: 'instance' },
  { source_labels: [listenerLabel], regex: '(.+)', target_label: '__address__' },
]

/** The configuration with targets in the place of the discoveries. */
export function withTargets(text: string, discovered: Pick<Discovery, 'targetsIn'>): object {
  // The operator leaves these to the reloader beside Prometheus.
  const filled = text.replaceAll('$(POD_NAME)', `${generated.name}-0`).replaceAll('$(SHARD)', '0')
  const { scrape_configs, rule_files: _rules, alerting: _alerting, ...rest } = configuration.parse(parse(filled))
  return {
    ...rest,
    scrape_configs: scrape_configs.map(({ kubernetes_sd_configs, relabel_configs, ...one }) => ({
      ...one,
      static_configs: kubernetes_sd_configs.flatMap(({ namespaces }) => discovered.targetsIn(namespaces?.names ?? [])),
      relabel_configs: [...relabel_configs, ...lastRules],
    })),
  }
}

export async function runPrometheusDiscovery(caches: Caches, ports: Ports): Promise<void> {
  const discovered = new Discovery(caches, ports)
  const load = prometheusConfigurer(ports)
  await reconcile('prometheus discovery', Object.values(caches), async () => {
    const stored = caches.secrets.find(generated.namespace, generated.name)?.data?.[generated.key]
    if (stored === undefined) return
    const text = stringify(withTargets(gunzipSync(Buffer.from(stored, 'base64')).toString('utf8'), discovered))
    await load(text)
  })
}

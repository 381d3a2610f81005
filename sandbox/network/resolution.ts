/**
 * Stand-in for cluster DNS and kube-proxy: resolves the name of a service to the loopback port of a process behind one of its
 * ready endpoints. It uses the same objects as the real ones.
 */
import type { V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node'
import type { Ports } from '../basis/ports'
import { listenerOf } from '../cluster/backends'
import type { Cache } from '../cluster/cluster'

export type Resolution =
  | { readonly port: number }
  /** unknown: no service has this name. refused: it has no ready endpoint, or none that listens on the port. */
  | { readonly failure: 'unknown' | 'refused'; readonly reason: string }

export interface Directory {
  readonly services: Cache<V1Service>
  readonly slices: Cache<V1EndpointSlice>
  readonly pods: Cache<V1Pod>
}

/** Resolves a service and one of its ports, given by number or by name. */
export function resolveService(
  { services, slices, pods }: Directory,
  ports: Ports,
  namespace: string,
  name: string,
  servicePort: number | string,
): Resolution {
  const service = services.find(namespace, name)
  if (service === undefined) return { failure: 'unknown', reason: `the namespace ${namespace} has no service ${name}` }
  const { type, externalName = '' } = service.spec ?? {}
  const target = type === 'ExternalName' ? serviceOfHost(externalName, namespace) : undefined
  if (target !== undefined && (target.name !== name || target.namespace !== namespace))
    return resolveService({ services, slices, pods }, ports, target.namespace, target.name, servicePort)
  const port = service.spec?.ports?.find(
    (candidate) => candidate.port === servicePort || candidate.name === servicePort,
  )
  if (port === undefined) return { failure: 'refused', reason: `service ${name} has no port ${servicePort}` }
  for (const slice of slices.items()) {
    if (slice.metadata?.namespace !== namespace || slice.metadata.labels?.['kubernetes.io/service-name'] !== name)
      continue
    const target = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false || endpoint.targetRef?.name === undefined) continue
      const listener = listenerOf(pods.find(namespace, endpoint.targetRef.name)?.metadata?.annotations, ports)
      if (listener !== undefined && listener.containerPort === target) return { port: listener.port }
    }
  }
  return { failure: 'refused', reason: `service ${name} has no ready endpoint for its port ${servicePort}` }
}

/**
 * The service that a host name refers to in a pod of the namespace. Recognized forms: NAME, NAME.NAMESPACE, and the latter with
 * the suffix .svc or .svc.cluster.local.
 */
export function serviceOfHost(host: string, namespace: string): { namespace: string; name: string } | undefined {
  const [name, ofNamespace, ...rest] = host.replace(/\.$/, '').split('.')
  if (name === undefined || name === '') return undefined
  if (!['', 'svc', 'svc.cluster.local'].includes(rest.join('.'))) return undefined
  return { name, namespace: ofNamespace ?? namespace }
}

/**
 * Hosts outside the cluster: the services that stand for them, of type ExternalName or without a selector, and the way to them,
 * directly or through a pod.
 */
import { isIP } from 'node:net'
import { Blocked, Unmet, unless } from '../basis/expectation'
import type { Configuration } from '../configuration/schema'
import type { EndpointSlice, Service } from './core-resources'
import type { Address } from './exchange'
import type { Kubernetes } from './kubernetes'
import { operations } from './operations'
import { isReachable, PodRelay } from './pod-relay'
import { PortForward } from './port-forward'
import { ensureMayOpen } from './streams'

/** A host outside the cluster. */
export interface OutsideHost {
  readonly place: 'outside'
  readonly host: string
  readonly port: number
}

/** An address to connect to, and the host outside the cluster to which it leads; kubectl does not reach such a host. */
export type ReachedAddress = Address & { readonly outside?: Address }

/** Checks whether a service has a selector, and so pods behind it. */
export const hasPods = ({ spec: { type, selector } }: Service): boolean =>
  type !== 'ExternalName' && Object.keys(selector).length > 0

/**
 * Returns the host behind a service without pods: its external name, or the first ready address that somebody listed by hand and
 * that is no pod. Undefined if there is none.
 * @param port a port of the service
 */
export function outsideHost(
  { spec: { type, externalName, ports } }: Service,
  slices: readonly EndpointSlice[],
  port: number,
): OutsideHost | undefined {
  if (type === 'ExternalName') return externalName ? { place: 'outside', host: externalName, port } : undefined
  const name = ports.find((candidate) => candidate.port === port)?.name ?? ''
  for (const slice of slices) {
    const found = slice.ports?.find((candidate) => (candidate.name ?? '') === name)?.port
    const endpoint = slice.endpoints?.find(
      ({ conditions, targetRef }) => conditions.ready !== false && !targetRef?.name,
    )
    const [host] = endpoint?.addresses ?? []
    if (found && host !== undefined) return { place: 'outside', host, port: found }
  }
  return undefined
}

/** The time in milliseconds in which a host must accept a connection, else a pod is tried. */
const directMs = 3000

export class OutsideHosts {
  private readonly found = new Map<string, Promise<ReachedAddress>>()
  private readonly open: (PodRelay | PortForward)[] = []

  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly configuration: Configuration,
    private readonly note: (part: string, route: string) => void,
  ) {}

  /** Returns the address of a host, or of a relay to it where this machine does not reach it by itself. */
  address(part: string, { host, port }: OutsideHost): Promise<ReachedAddress> {
    const key = `${host}:${port}`
    const known = this.found.get(key) ?? this.find(part, { host, port })
    this.found.set(key, known)
    known.catch(() => this.found.delete(key))
    return known
  }

  async close(): Promise<void> {
    await Promise.all(this.open.splice(0).map((way) => way.close()))
  }

  private async find(part: string, outside: Address): Promise<ReachedAddress> {
    const { host, port } = outside
    const forward = isIP(host) > 0 ? await unlessRefused(this.forwardTo(part, outside)) : undefined
    if (forward) return { host: '127.0.0.1', port: forward.port }
    const relay = (await isReachable(outside, directMs)) ? undefined : await unlessRefused(this.relayTo(part, outside))
    if (relay) return { host: '127.0.0.1', port: relay.port, outside }
    this.note(part, `${host}:${port}, outside the cluster`)
    return { host, port, outside }
  }

  /** Opens a port-forward if the address, which somebody listed by hand, is that of a pod of the service's namespace. */
  private async forwardTo(part: string, { host, port }: Address): Promise<PortForward | undefined> {
    const pod = (await this.kubernetes.pods({})).find(({ status }) => status.podIP === host)
    if (!pod) return undefined
    await ensureMayOpen(this.kubernetes, operations.forwardToPod)
    const { api, namespace } = this.kubernetes
    const forward = await PortForward.open(api, operations.forwardToPod, namespace, pod.metadata.name, port, {
      requests: false,
    })
    this.open.push(forward)
    this.note(part, `port-forward to pod ${pod.metadata.name}, port ${port}`)
    return forward
  }

  /** Opens a relay through a pod of the lake, which reaches whatever the service needs. */
  private async relayTo(part: string, target: Address): Promise<PodRelay | undefined> {
    await ensureMayOpen(this.kubernetes, operations.execInPod)
    const pods = await this.kubernetes.pods(this.configuration.components.lake.labels)
    const pod = pods.find(({ status }) => status.containerStatuses.some(({ ready }) => ready))
    const container = pod?.spec.containers[0]?.name
    if (!pod || container === undefined) return undefined
    const through = { namespace: this.kubernetes.namespace, pod: pod.metadata.name, container }
    const relay = await PodRelay.open(this.kubernetes.api, through, target)
    this.open.push(relay)
    this.note(part, `${target.host}:${target.port}, outside the cluster, through pod ${through.pod}`)
    return relay
  }
}

/** Returns undefined for a way that the cluster does not allow: the client of the host then reports why it is not reached. */
const unlessRefused = <T>(way: Promise<T>): Promise<T | undefined> => way.catch(unless(undefined, Unmet, Blocked))

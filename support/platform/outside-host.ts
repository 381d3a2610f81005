/** Services that stand for a host outside the cluster: of type ExternalName, or without a selector. */
import type { EndpointSlice, Service } from './core-resources'
import type { Address } from './exchange'

/** A host outside the cluster. */
export interface OutsideHost {
  readonly place: 'outside'
  readonly host: string
  readonly port: number
}

/** An address, and whether it is outside the cluster, where kubectl does not reach it. */
export type ReachedAddress = Address & { readonly outside?: boolean }

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

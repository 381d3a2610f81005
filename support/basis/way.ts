/** The way from the operator's shell to the service, and the ports of this machine to which printed port-forwards lead. */

/** A port of a service in the cluster. */
export interface ServicePort {
  readonly namespace: string
  readonly service: string
  readonly port: number
}

/** A key of a Secret. */
interface SecretKey {
  readonly namespace: string
  readonly name: string
  readonly key: string
}

/** The address of the ingress controller, for hosts that no name server knows. */
interface IngressAddress {
  readonly hosts: readonly string[]
  readonly address: string
  readonly httpPort: number
  readonly httpsPort: number
  /** PEM file with the authority of its certificates. */
  readonly certificateAuthority?: string | undefined
}

/** The way from the operator's shell to the service. */
export interface Way {
  /** The token of the service's API. */
  readonly token?: SecretKey
  /** The password of Grafana's admin, or the token of a service account. */
  readonly grafana?: SecretKey & { readonly isToken?: boolean }
  readonly ingress?: IngressAddress
  /** The services whose port-forwards may be open together. */
  readonly services?: readonly ServicePort[]
}

/** Ports below this one need privileges. */
const unprivileged = 1024

const keyOf = ({ namespace, service, port }: ServicePort) => `${namespace}/${service}:${port}`
const preferred = ({ port }: ServicePort) => (port < unprivileged ? port + 8000 : port)

/**
 * Returns the local port for a service: its own port where possible. Each of the known services has a port that no known service
 * before it has, so that their port-forwards can be open together.
 */
export function localPortOf(wanted: ServicePort, known: readonly ServicePort[]): number {
  const taken = new Map<number, string>()
  for (const service of [...known, wanted]) {
    let local = preferred(service)
    while ((taken.get(local) ?? keyOf(service)) !== keyOf(service)) local++
    if (keyOf(service) === keyOf(wanted)) return local
    taken.set(local, keyOf(service))
  }
  return preferred(wanted)
}

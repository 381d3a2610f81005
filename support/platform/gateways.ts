/** Reads the resources of the Gateway API, and finds the listeners that serve a host. */
import {
  type Gateway,
  type GatewayClass,
  gateway,
  gatewayClass,
  type HttpRoute,
  httpRoute,
  type Listener,
  type ParentRef,
} from './gateway-resources'
import type { KubernetesApi } from './kubernetes-api'
import { oneObject } from './one-object'
import { operations } from './operations'

/** A listener and the namespace of its Gateway. */
export interface ServingListener extends Listener {
  readonly namespace: string
  readonly gateway: string
}

/** A wildcard stands for one label or more. Source: the field `hostname` of the Gateway API. */
export function matchesHost(pattern: string, host: string): boolean {
  const [known, wanted] = [pattern.toLowerCase(), host.toLowerCase()]
  return known === wanted || (known.startsWith('*.') && wanted.endsWith(known.slice(1)))
}

/** Returns the listeners of a Gateway through which a route of the given namespace serves a host by one of its parents. */
export const listenersFor = (
  { metadata, spec }: Gateway,
  parent: ParentRef,
  { namespace, host }: { readonly namespace: string; readonly host: string },
): ServingListener[] =>
  spec.listeners
    .filter(
      ({ name, hostname, port, protocol, allowedRoutes: { kinds, namespaces } }) =>
        (parent.sectionName === undefined || parent.sectionName === name) &&
        (parent.port === undefined || parent.port === port) &&
        (protocol === 'HTTP' || protocol === 'HTTPS') &&
        (hostname === undefined || matchesHost(hostname, host)) &&
        (kinds.length === 0 || kinds.some(({ kind }) => kind === 'HTTPRoute')) &&
        (namespaces.from !== 'Same' || metadata.namespace === namespace),
    )
    .map((listener) => ({ ...listener, namespace: metadata.namespace, gateway: metadata.name }))

export class Gateways {
  /** @param namespace of the routes */
  constructor(
    private readonly api: KubernetesApi,
    private readonly namespace: string,
  ) {}

  route(name: string): Promise<HttpRoute | undefined> {
    const reference = { kind: 'HTTPRoute', name, namespace: this.namespace }
    return oneObject(this.api, httpRoute, operations.getHttpRoute, reference)
  }

  gateway(namespace: string, name: string): Promise<Gateway | undefined> {
    return oneObject(this.api, gateway, operations.getGateway, { kind: 'Gateway', name, namespace })
  }

  class(name: string): Promise<GatewayClass | undefined> {
    return oneObject(this.api, gatewayClass, operations.getGatewayClass, { kind: 'GatewayClass', name })
  }

  /** Returns the listeners through which a route serves a host, of those Gateways that exist; none without the route. */
  async listenersOf(name: string, host: string): Promise<ServingListener[]> {
    const route = await this.route(name)
    const { namespace } = route?.metadata ?? { namespace: '' }
    const parents = (route?.spec.parentRefs ?? []).filter(({ kind }) => kind === 'Gateway')
    const found = parents.map(async (parent) => {
      const one = await this.gateway(parent.namespace ?? namespace, parent.name)
      return one ? listenersFor(one, parent, { namespace, host }) : []
    })
    return (await Promise.all(found)).flat()
  }
}

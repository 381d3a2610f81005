/** Reads the resources of the Gateway API, and finds the listeners that serve a host. */
import { unlessBlocked } from '../basis/expectation'
import { selects } from '../basis/label-selector'
import { namespace as namespaceSchema } from './core-resources'
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

type Labels = Readonly<Record<string, string>>

/** Decides whether a listener admits routes of a namespace. If its labels are unknown, the acceptance of the route decides. */
function admits({ allowedRoutes }: Listener, own: string, namespace: string, labels: Labels | undefined): boolean {
  const { from, selector } = allowedRoutes.namespaces
  switch (from) {
    case 'Same':
      return own === namespace
    case 'Selector':
      return labels === undefined || selects(selector, labels)
    default:
      return from !== 'None'
  }
}

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

  /** Returns the listeners of a Gateway through which a route of the given namespace serves a host by one of its parents. */
  async listenersFor(
    { metadata, spec }: Gateway,
    parent: ParentRef,
    { namespace, host }: { readonly namespace: string; readonly host: string },
  ): Promise<ServingListener[]> {
    const serving = spec.listeners.filter(
      ({ name, hostname, port, protocol, allowedRoutes: { kinds } }) =>
        (parent.sectionName === undefined || parent.sectionName === name) &&
        (parent.port === undefined || parent.port === port) &&
        (protocol === 'HTTP' || protocol === 'HTTPS') &&
        (hostname === undefined || matchesHost(hostname, host)) &&
        (kinds.length === 0 || kinds.some(({ kind }) => kind === 'HTTPRoute')),
    )
    const isByLabels = serving.some(({ allowedRoutes }) => allowedRoutes.namespaces.from === 'Selector')
    const labels = isByLabels ? await this.labelsOf(namespace) : undefined
    return serving
      .filter((listener) => admits(listener, metadata.namespace, namespace, labels))
      .map((listener) => ({ ...listener, namespace: metadata.namespace, gateway: metadata.name }))
  }

  /** Returns the labels of a namespace; undefined if the caller may not read them. */
  private async labelsOf(name: string): Promise<Labels | undefined> {
    const reference = { kind: 'Namespace', name }
    const found = oneObject(this.api, namespaceSchema, operations.getNamespace, reference)
    return (await found.catch(unlessBlocked(undefined)))?.metadata.labels
  }

  /** Returns the listeners through which a route serves a host, of those Gateways that exist; none without the route. */
  async listenersOf(name: string, host: string): Promise<ServingListener[]> {
    const route = await this.route(name)
    const { namespace } = route?.metadata ?? { namespace: '' }
    const parents = (route?.spec.parentRefs ?? []).filter(({ kind }) => kind === 'Gateway')
    const found = parents.map(async (parent) => {
      const one = await this.gateway(parent.namespace ?? namespace, parent.name)
      return one ? this.listenersFor(one, parent, { namespace, host }) : []
    })
    return (await Promise.all(found)).flat()
  }
}

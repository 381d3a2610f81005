/**
 * Stand-in for a controller of the Gateway API: reports its objects as accepted, once for each generation, and gives the HTTPRoutes
 * as the ingresses that would route alike.
 */
import type { KubernetesObject, V1Condition, V1Ingress } from '@kubernetes/client-node'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'

interface ParentRef {
  readonly name: string
  readonly namespace?: string
}
interface Rule {
  readonly matches?: readonly { readonly path?: { readonly type?: string; readonly value?: string } }[]
  readonly backendRefs?: readonly { readonly name: string; readonly port?: number }[]
}
interface HttpRoute extends KubernetesObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentRef[]
    readonly hostnames?: readonly string[]
    readonly rules?: readonly Rule[]
  }
  readonly status?: { readonly parents?: readonly { readonly conditions?: readonly V1Condition[] }[] }
}
interface Gateway extends KubernetesObject {
  readonly spec?: {
    readonly listeners?: readonly {
      readonly name: string
      readonly hostname?: string
      readonly tls?: { readonly certificateRefs?: readonly { readonly name: string }[] }
    }[]
  }
  readonly status?: { readonly conditions?: readonly V1Condition[] }
}

export interface Gateways {
  readonly classes: Cache<KubernetesObject & { readonly status?: Gateway['status'] }>
  readonly gateways: Cache<Gateway>
  readonly routes: Cache<HttpRoute>
}

export const gatewaysOf = (cluster: Cluster): Gateways => ({
  classes: cluster.follow('GatewayClass'),
  gateways: cluster.follow('Gateway'),
  routes: cluster.follow('HTTPRoute'),
})

/** The routes as ingresses, with the certificates of all Gateways. */
export function asIngresses({ gateways, routes }: Gateways): V1Ingress[] {
  const tls = gateways
    .items()
    .flatMap(({ spec }) =>
      (spec?.listeners ?? []).flatMap(({ hostname, tls }) =>
        (tls?.certificateRefs ?? []).flatMap(({ name }) =>
          hostname === undefined ? [] : [{ hosts: [hostname], secretName: name }],
        ),
      ),
    )
  return routes.items().map(({ metadata, spec }) => ({
    metadata: { name: metadata?.name ?? '', namespace: metadata?.namespace ?? '' },
    spec: {
      tls,
      rules: (spec?.hostnames ?? []).map((host) => ({ host, http: { paths: (spec?.rules ?? []).flatMap(pathsOf) } })),
    },
  }))
}

const pathsOf = ({ matches = [{}], backendRefs = [] }: Rule) =>
  matches.flatMap(({ path }) =>
    backendRefs.map(({ name, port = 80 }) => ({
      path: path?.value ?? '/',
      pathType: path?.type === 'Exact' ? 'Exact' : 'Prefix',
      backend: { service: { name, port: { number: port } } },
    })),
  )

const conditions = (types: readonly string[], observedGeneration: number | undefined) =>
  types.map((type) => ({
    type,
    status: 'True',
    reason: type,
    message: '',
    observedGeneration,
    lastTransitionTime: new Date().toISOString(),
  }))

const isReported = (object: KubernetesObject, found: readonly V1Condition[] | undefined): boolean =>
  found?.some(({ observedGeneration }) => observedGeneration === object.metadata?.generation) ?? false

/** Reports every object as accepted. */
export async function runGateways(cluster: Cluster, { classes, gateways, routes }: Gateways): Promise<void> {
  await reconcile('gateways', [classes, gateways, routes], async () => {
    for (const one of classes.items())
      if (!isReported(one, one.status?.conditions))
        await cluster.mergeStatus('GatewayClass', one, {
          conditions: conditions(['Accepted'], one.metadata?.generation),
        })
    for (const one of gateways.items())
      if (!isReported(one, one.status?.conditions)) {
        const types = conditions(['Accepted', 'Programmed'], one.metadata?.generation)
        const listeners = (one.spec?.listeners ?? []).map(({ name }) => ({
          name,
          attachedRoutes: routes.items().length,
          supportedKinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
          conditions: types,
        }))
        await cluster.mergeStatus('Gateway', one, { conditions: types, listeners })
      }
    for (const one of routes.items())
      if (!isReported(one, one.status?.parents?.[0]?.conditions))
        await cluster.mergeStatus('HTTPRoute', one, {
          parents: (one.spec?.parentRefs ?? []).map((parentRef) => ({
            parentRef,
            controllerName: 'sandbox/gateway',
            conditions: conditions(['Accepted', 'ResolvedRefs'], one.metadata?.generation),
          })),
        })
  })
}

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
  readonly backendRefs?: readonly { readonly name: string; readonly namespace?: string; readonly port?: number }[]
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
      readonly tls?: { readonly certificateRefs?: readonly { readonly name: string; readonly namespace?: string }[] }
    }[]
  }
  readonly status?: { readonly conditions?: readonly V1Condition[] }
}

interface ReferenceGrant extends KubernetesObject {
  readonly spec?: { readonly from?: readonly { readonly kind: string; readonly namespace: string }[] }
}

export interface Gateways {
  readonly classes: Cache<KubernetesObject & { readonly status?: Gateway['status'] }>
  readonly gateways: Cache<Gateway>
  readonly routes: Cache<HttpRoute>
  readonly grants: Cache<ReferenceGrant>
}

export const gatewaysOf = (cluster: Cluster): Gateways => ({
  classes: cluster.follow('GatewayClass'),
  gateways: cluster.follow('Gateway'),
  routes: cluster.follow('HTTPRoute'),
  grants: cluster.follow('ReferenceGrant'),
})

/** The certificates of all Gateways and the routes as ingresses, those of a route in the namespaces of its backends. */
export function asIngresses({ gateways, routes, grants }: Gateways): V1Ingress[] {
  const certificates = gateways
    .items()
    .flatMap(({ metadata, spec }) =>
      (spec?.listeners ?? []).flatMap(({ hostname, tls }) =>
        (tls?.certificateRefs ?? []).flatMap(({ name, namespace = metadata?.namespace ?? '' }) =>
          hostname === undefined
            ? []
            : [{ metadata: { name, namespace }, spec: { tls: [{ hosts: [hostname], secretName: name }] } }],
        ),
      ),
    )
  const led = routes.items().flatMap((route) =>
    (route.spec?.rules ?? []).flatMap(({ matches = [{}], backendRefs = [] }) =>
      backendRefs.flatMap(({ name, port = 80, namespace = route.metadata?.namespace ?? '' }) => {
        if (!isGranted(route, namespace, grants)) return []
        const paths = matches.map(({ path }) => ({
          path: path?.value ?? '/',
          pathType: path?.type === 'Exact' ? 'Exact' : 'Prefix',
          backend: { service: { name, port: { number: port } } },
        }))
        const rules = (route.spec?.hostnames ?? []).map((host) => ({ host, http: { paths } }))
        return [{ metadata: { name: route.metadata?.name ?? '', namespace }, spec: { rules } }]
      }),
    ),
  )
  return [...certificates, ...led]
}

/** A route may lead to its own namespace, and to one with a ReferenceGrant for its own. */
const isGranted = ({ metadata }: HttpRoute, namespace: string, grants: Gateways['grants']): boolean =>
  namespace === metadata?.namespace ||
  grants
    .items()
    .some(
      (grant) =>
        grant.metadata?.namespace === namespace &&
        grant.spec?.from?.some((from) => from.kind === 'HTTPRoute' && from.namespace === metadata?.namespace),
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

/** The reason of the condition ResolvedRefs without a ReferenceGrant. */
const notPermitted = 'RefNotPermitted'

const isReported = (object: KubernetesObject, found: readonly V1Condition[] | undefined): boolean =>
  found?.some(({ observedGeneration }) => observedGeneration === object.metadata?.generation) ?? false

/** Reports every object as accepted. */
export async function runGateways(cluster: Cluster, all: Gateways): Promise<void> {
  const { classes, gateways, routes, grants } = all
  await reconcile('gateways', [classes, gateways, routes, grants], async () => {
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
    for (const one of routes.items()) {
      const backends = (one.spec?.rules ?? []).flatMap(({ backendRefs = [] }) => backendRefs)
      const isResolved = backends.every(({ namespace = one.metadata?.namespace ?? '' }) =>
        isGranted(one, namespace, grants),
      )
      const reported = one.status?.parents?.[0]?.conditions
      const refs = reported?.find(({ type }) => type === 'ResolvedRefs')
      if (isReported(one, reported) && (refs?.reason !== notPermitted) === isResolved) continue
      const found = conditions(['Accepted', 'ResolvedRefs'], one.metadata?.generation).map((condition) =>
        condition.type === 'ResolvedRefs' && !isResolved
          ? { ...condition, status: 'False', reason: notPermitted, message: 'no ReferenceGrant permits the backend' }
          : condition,
      )
      await cluster.mergeStatus('HTTPRoute', one, {
        parents: (one.spec?.parentRefs ?? []).map((parentRef) => ({
          parentRef,
          controllerName: 'sandbox/gateway',
          conditions: found,
        })),
      })
    }
  })
}

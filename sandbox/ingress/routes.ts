/** Routing by the rules of the Ingress API: exact host, longest path, exact path before prefix. */
import type { V1Ingress, V1IngressClass } from '@kubernetes/client-node'

export interface Route {
  readonly ingress: string
  readonly namespace: string
  readonly service: string
  readonly port: number | string
}

const controllerName = 'k8s.io/ingress-nginx'

/** The ingresses that this controller serves: their class names it. */
export function served(ingresses: readonly V1Ingress[], classes: readonly V1IngressClass[]): V1Ingress[] {
  const own = new Set(
    classes.filter(({ spec }) => spec?.controller === controllerName).map(({ metadata }) => metadata?.name),
  )
  return ingresses.filter(({ spec }) => spec?.ingressClassName !== undefined && own.has(spec.ingressClassName))
}

/** Matches a prefix by whole path elements: /api matches /api and /api/ping, but not /apis. */
function matches(path: string, pathType: string, requested: string): boolean {
  if (pathType === 'Exact') return requested === path
  const prefix = path.replace(/\/$/, '')
  return requested === prefix || requested.startsWith(`${prefix}/`)
}

/** The route of a request; undefined if no ingress matches its host and path. */
export function routeOf(ingresses: readonly V1Ingress[], host: string, path: string): Route | undefined {
  const candidates = ingresses.flatMap((ingress) =>
    (ingress.spec?.rules ?? [])
      .filter((rule) => rule.host === undefined || rule.host === host)
      .flatMap((rule) => rule.http?.paths ?? [])
      .filter((entry) => matches(entry.path ?? '/', entry.pathType, path))
      .map((entry) => ({ ingress, entry })),
  )
  const rank = ({ entry }: (typeof candidates)[number]) =>
    (entry.path ?? '/').length * 2 + (entry.pathType === 'Exact' ? 1 : 0)
  const best = candidates.sort((left, right) => rank(right) - rank(left))[0]
  const backend = best?.entry.backend.service
  const port = backend?.port?.number ?? backend?.port?.name
  if (best === undefined || backend === undefined || port === undefined) return undefined
  const { name = '', namespace = '' } = best.ingress.metadata ?? {}
  return { ingress: name, namespace, service: backend.name, port }
}

/** The secret with a host's certificate. */
export function certificateSecretOf(
  ingresses: readonly V1Ingress[],
  host: string,
): { namespace: string; name: string } | undefined {
  for (const ingress of ingresses) {
    const name = ingress.spec?.tls?.find(({ hosts }) => hosts?.includes(host))?.secretName
    const namespace = ingress.metadata?.namespace
    if (name !== undefined && namespace !== undefined) return { namespace, name }
  }
  return undefined
}

/** Routing by the rules of the Ingress API: exact host, longest path, exact path before prefix. */
import type { V1Ingress, V1IngressClass } from '@kubernetes/client-node'

export interface Route {
  readonly ingress: string
  readonly namespace: string
  readonly service: string
  readonly port: number | string
}

const controllerName = 'k8s.io/ingress-nginx'

/** The ingresses that this controller serves: their class, or the default one where they name none, is its own. */
export function served(ingresses: readonly V1Ingress[], classes: readonly V1IngressClass[]): V1Ingress[] {
  const own = classes.filter(({ spec }) => spec?.controller === controllerName)
  const names = new Set(own.map(({ metadata }) => metadata?.name))
  const isDefault = own.some(
    ({ metadata }) => metadata?.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
  )
  return ingresses.filter(({ metadata, spec }) => {
    const named = spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class']
    return named === undefined ? isDefault : names.has(named)
  })
}

/** Matches a host, or a wildcard for its first label. */
const isHost = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*.') && pattern.slice(2) === host.split('.').slice(1).join('.'))

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
      .filter((rule) => rule.host === undefined || isHost(rule.host, host))
      .flatMap((rule) => (rule.http?.paths ?? []).map((entry) => ({ ingress, host: rule.host, entry })))
      .filter(({ entry }) => matches(entry.path ?? '/', entry.pathType, path)),
  )
  const hostRank = (pattern: string | undefined) => (pattern === undefined ? 0 : pattern === host ? 2 : 1)
  const pathRank = ({ entry }: (typeof candidates)[number]) =>
    (entry.path ?? '/').length * 2 + (entry.pathType === 'Exact' ? 1 : 0)
  const best = candidates.sort(
    (left, right) => hostRank(right.host) - hostRank(left.host) || pathRank(right) - pathRank(left),
  )[0]
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
    const name = ingress.spec?.tls?.find(({ hosts }) => hosts?.some((known) => isHost(known, host)))?.secretName
    const namespace = ingress.metadata?.namespace
    if (name !== undefined && namespace !== undefined) return { namespace, name }
  }
  return undefined
}

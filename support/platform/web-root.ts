/** Finds the path below which Prometheus, Alertmanager or Grafana is served: from their objects, or by asking the server. */
import { Blocked, Unmet, unless } from '../basis/expectation'
import type { Service } from './core-resources'
import type { AlertmanagerObject, PrometheusObject } from './custom-resources'
import type { Address } from './exchange'
import type { Http } from './http'

/** The scheme of a server, and the path below which it answers: '' or such as "/prometheus". */
export interface WebRoot {
  readonly scheme: 'http' | 'https'
  readonly path: string
}

export type MonitoringObject = PrometheusObject | AlertmanagerObject

/** Labels by which the services of the operator and of kube-prometheus-stack select the pods of one object. */
const nameLabels = ['operator.prometheus.io/name', 'prometheus', 'alertmanager', 'app.kubernetes.io/instance'] as const

/** Returns the objects whose pods are behind a service; all objects if the service does not tell. */
export function objectsBehind<T extends MonitoringObject>(
  service: Service | undefined,
  objects: readonly T[],
): readonly T[] {
  const selector = service?.spec.selector ?? {}
  for (const label of nameLabels) {
    const found = objects.filter(({ metadata }) => metadata.name === selector[label])
    if (found.length > 0) return found
  }
  return objects
}

/**
 * Returns the web roots that the objects behind a service name, the most likely one first. The operator serves below `/` unless
 * routePrefix says otherwise; a server that nobody told is served below the path of its externalUrl
 * (https://prometheus.io/docs/prometheus/latest/command-line/prometheus, --web.route-prefix).
 */
export function webRootsOf(service: Service | undefined, objects: readonly MonitoringObject[]): WebRoot[] {
  const roots = objectsBehind(service, objects).flatMap(({ spec: { routePrefix, externalUrl, web } }): WebRoot[] => {
    const scheme = web?.tlsConfig ? 'https' : 'http'
    const paths = routePrefix ? [routePrefix] : ['/', URL.parse(externalUrl ?? '')?.pathname ?? '/']
    return paths.map((path) => ({ scheme, path: asPrefix(path) }))
  })
  const distinct = new Map(roots.map((root) => [`${root.scheme} ${root.path}`, root]))
  return distinct.size > 0 ? [...distinct.values()] : [{ scheme: 'http', path: '' }]
}

/** Returns a path with a slash at its beginning and none at its end; '' for the root. */
function asPrefix(path: string): string {
  const parts = path.split('/').filter(Boolean)
  return parts.length === 0 ? '' : `/${parts.join('/')}`
}

/**
 * Returns the first web root at which the server is ready. A single one is not tried.
 * @param base returns the base URL of a scheme
 */
export async function answeringRoot(
  http: Http,
  roots: readonly WebRoot[],
  base: (scheme: WebRoot['scheme']) => string,
  at: Address | undefined,
): Promise<WebRoot> {
  const [first = { scheme: 'http', path: '' } as const] = roots
  if (roots.length < 2) return first
  for (const root of roots)
    if ((await statusOf(http, `${base(root.scheme)}${root.path}/-/ready`, at)) === 200) return root
  return first
}

async function statusOf(http: Http, url: string, at: Address | undefined): Promise<number | undefined> {
  // The request for which the root is sought reports the reason.
  return (await http.get(url, { at }).catch(unless(undefined, Unmet, Blocked)))?.status
}

const health = '/api/health'

/**
 * Returns the path to which Grafana redirects: with serve_from_sub_path it redirects every other path below its own
 * (https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#serve_from_sub_path). '' if it does not.
 */
export async function redirectedRoot(http: Http, base: string, at: Address | undefined): Promise<string> {
  try {
    const { status, headers } = await http.get(`${base}${health}`, { at })
    const target = URL.parse(String(headers.location ?? ''), base)
    const isRedirect = status >= 300 && status < 400
    return isRedirect && target?.pathname.endsWith(health) ? asPrefix(target.pathname.slice(0, -health.length)) : ''
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return ''
    throw error
  }
}

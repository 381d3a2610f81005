/** Proposals for what leads to the service and to Grafana from outside the cluster: Ingresses, HTTPRoutes or open Services. */
import { isHostOf } from '../basis/service-host'
import { longestPrefix, prefixIn } from '../checks/path-prefixes'
import type { Component, Entry, PlatformNames } from '../contracts/contract'
import { type Candidate, componentsBehind, hasLabels } from './components'
import { type Findings, inWords, type ProposedMap } from './proposal'
import type { Subject } from './service-parts'
import type { Found, Snapshot } from './snapshot'

/** Proposes what leads to the components from outside the cluster, or external access as absent. */
export function proposeEntries(
  subject: Subject,
  components: ReadonlyMap<Component, Candidate>,
  findings: Findings,
): void {
  const { snapshot, names, namespace } = subject
  const places = [...new Set([namespace, subject.grafana])]
  const inside = ({ metadata }: { readonly metadata: { readonly namespace: string } }) =>
    places.includes(metadata.namespace)
  const behind = behindServices(subject)
  const usual = parts.flatMap(({ part }) => Object.keys(names.ingresses[part].paths))
  const all = [
    ...snapshot.ingresses.flatMap((ingress) => routesOf(ingress, behind, usual)),
    ...snapshot.httpRoutes.flatMap((route) => gatewayRoutesOf(route, behind, usual)),
  ]
  if (snapshot.unread.has('ingresses') && all.length === 0) {
    findings.ask('ingresses', 'The ingresses could not be listed. Do their names and hosts fit?')
    return
  }
  if (all.length === 0 && !snapshot.ingresses.some(inside) && !snapshot.httpRoutes.some(inside)) {
    const reason = `no Ingress in ${namespace} leads to the service`
    findings.propose(['absent', 'ingress'], reason, undefined, `Found: ${reason}.`)
    if (proposeExposed(subject, components, findings)) return
    const others = otherWays(snapshot, namespace)
    if (others.length > 0) {
      findings.ask(
        'absent.externalAccess',
        `Nothing in ${namespace} that the suite knows leads to the service from outside. Does one of these? If not, set absent.externalAccess to the reason.`,
        others,
      )
      return
    }
    findings.propose(['absent', 'externalAccess'], reason, undefined, `Found: ${reason}.`)
    return
  }
  for (const { part, wanted } of parts) {
    const fitting = all.filter(({ paths }) => Object.values(paths).some((one) => wanted.includes(one)))
    const own = part === 'grafana' ? subject.grafana : namespace
    const local = fitting.filter((route) => route.namespace === own)
    proposeIngress(part, local.length > 0 ? local : fitting, { names, namespace: own }, findings)
  }
}

/** Programs that lead into a cluster by routes of their own kinds, such as IngressRoute, VirtualService or tunnels. */
const controllers = /traefik|istio|contour|envoy|kong|haproxy|cloudflared|emissary|gloo|apisix|openshift\S*router/

/** The components behind the Services of a namespace: Grafana only where it is that of the service, everything else where the service is. */
function componentsIn({ snapshot, namespace, grafana }: Subject, place: string): ReadonlyMap<string, Component> {
  const isOwn = (component: Component) => place === (component === 'grafana' ? grafana : namespace)
  return new Map([...componentsBehind(snapshot, place)].filter(([, component]) => isOwn(component)))
}

/** Returns the component behind the Service of a name in a namespace, also by a Service of another namespace that stands for it. */
type Behind = (service: string, namespace: string) => Component | undefined

function behindServices(subject: Subject): Behind {
  const { snapshot, namespace, grafana } = subject
  const places = [...new Set([namespace, grafana])].map((place) => ({ place, own: componentsIn(subject, place) }))
  return (name, where) => {
    const known = places.find(({ place }) => place === where)?.own.get(name)
    if (known) return known
    const alias = snapshot.services.find(({ metadata }) => metadata.name === name && metadata.namespace === where)
    const { type, externalName = '' } = alias?.spec ?? {}
    if (type !== 'ExternalName') return undefined
    for (const { place, own } of places)
      for (const [service, component] of own) if (isHostOf(externalName, service, place)) return component
    return undefined
  }
}

/** What may lead to the service although no object in its namespace does: routes of other namespaces, and other controllers. */
function otherWays({ httpRoutes, pods }: Snapshot, namespace: string): string[] {
  const routes = httpRoutes.filter(({ spec }) =>
    spec.rules.some(({ backendRefs }) => backendRefs.some((one) => one.namespace === namespace)),
  )
  const running = pods.flatMap(({ metadata, spec }) => {
    const image = spec.containers.find((one) => controllers.test(one.image))?.image
    return image === undefined || metadata.namespace === namespace ? [] : [`${image} in ${metadata.namespace}`]
  })
  return [...routes.map((route) => `HTTPRoute ${inWords(route)}`), ...new Set(running)]
}

/** The parts that people reach from outside, and the components that answer for them. */
const parts: readonly { readonly part: Entry; readonly wanted: readonly Component[] }[] = [
  { part: 'service', wanted: ['ui', 'lake'] },
  { part: 'grafana', wanted: ['grafana'] },
]
const titles = { service: 'the UI or the lake', grafana: 'Grafana' } as const

interface Route {
  readonly kind: 'Ingress' | 'HTTPRoute'
  readonly name: string
  readonly namespace: string
  readonly host: string | undefined
  readonly paths: Readonly<Record<string, Component>>
  /** Paths to services that no component has. */
  readonly others: readonly string[]
}

/** A path of a rule, and the service to which it leads. */
interface Led {
  readonly path: string
  readonly type: string
  readonly service: string
  readonly component: Component | undefined
}

/** The part of a route that its paths decide; undefined if no component is behind them. */
function behindPaths(led: readonly Led[], usual: readonly string[]): Pick<Route, 'paths' | 'others'> | undefined {
  // A rule of the type Exact leads to nothing below its path: it is for one page, unless the contract knows the path.
  const all = led.filter(({ type, path }) => type !== 'Exact' || usual.includes(path))
  const paths = Object.fromEntries(
    all.flatMap(({ path, component }) => (component ? [[prefixIn(path), component]] : [])),
  )
  const others = all.flatMap(({ path, service, component }) => (component ? [] : [`${path} (${service})`]))
  return Object.keys(paths).length === 0 ? undefined : { paths, others }
}

/** The rules of an Ingress, each with the components behind its paths. */
const routesOf = (
  { metadata: { name, namespace }, spec }: Found<'ingresses'>,
  behind: Behind,
  usual: readonly string[],
): Route[] =>
  spec.rules.flatMap(({ host, http }) => {
    const led = (http?.paths ?? []).map(({ path, pathType, backend: { service } }) => ({
      path,
      type: pathType,
      service: service?.name ?? 'no service',
      component: behind(service?.name ?? '', namespace),
    }))
    const found = behindPaths(led, usual)
    return found ? [{ kind: 'Ingress', name, namespace, host, ...found }] : []
  })

/** The hosts of an HTTPRoute, each with the components behind its paths. A rule without a match takes every path. */
function gatewayRoutesOf({ metadata, spec }: Found<'httpRoutes'>, behind: Behind, usual: readonly string[]): Route[] {
  const { namespace } = metadata
  const led = spec.rules.flatMap(({ matches, backendRefs }) =>
    (matches.length > 0 ? matches : [{ path: { type: 'PathPrefix', value: '/' } }]).flatMap(({ path }) =>
      backendRefs.map(({ name, namespace: where = namespace }) => ({
        path: path.value,
        type: path.type,
        service: name,
        component: behind(name, where),
      })),
    ),
  )
  const found = behindPaths(led, usual)
  const hosts = spec.hostnames.length > 0 ? spec.hostnames : [undefined]
  return found ? hosts.map((host) => ({ kind: 'HTTPRoute', name: metadata.name, namespace, host, ...found })) : []
}

function proposeIngress(
  part: Entry,
  routes: readonly Route[],
  { names, namespace }: Pick<Subject, 'names' | 'namespace'>,
  findings: Findings,
): void {
  const fallback = names.ingresses[part]
  const [route, ...rest] = ordered(part, routes, names)
  const others = rest.filter((other) => other.namespace === route?.namespace)
  if (!route) {
    findings.ask(
      `ingresses.${part}.name`,
      routes.length === 0
        ? `No Ingress leads to ${titles[part]}. Which way leads there?`
        : `Several ways without a host lead to ${titles[part]}. Which one do people use?`,
      routes.map(({ name, host }) => `${name} (host ${host ?? 'any'})`),
    )
    return
  }
  const behind = [...new Set(Object.values(route.paths))].join(' and ')
  const path = ['ingresses', part]
  findings.propose([...path, 'kind'], route.kind, 'Ingress', `The Gateway API leads to ${behind}.`)
  findings.propose(
    [...path, 'namespace'],
    route.namespace,
    namespace,
    `The ${route.kind} that leads to ${behind} lies there, and none in ${namespace} does.`,
  )
  findings.propose([...path, 'name'], route.name, fallback.name, `The ${route.kind} that leads to ${behind}.`)
  const host = singleHostOf(route)
  if (host === undefined)
    findings.ask(
      `ingresses.${part}.host`,
      `The ${route.kind} ${route.name} takes ${route.host ? `each host of ${route.host}` : 'any host'}. By which one do people reach it?`,
    )
  else findings.propose([...path, 'host'], host, fallback.host, `The host of the ${route.kind} ${route.name}.`)
  const unknown = routes.flatMap((one) => one.others.map((other) => `${one.name}: ${other}`))
  if (unknown.length > 0)
    findings.ask(
      `ingresses.${part}.paths`,
      `The ${route.kind} ${route.name} has paths to services that are no known component. Which components are behind them?`,
      routes.length === 1 ? route.others : unknown,
    )
  else
    findings.propose([...path, 'paths'], route.paths, fallback.paths, `The paths of the ${route.kind} ${route.name}.`)
  const apart = rest.filter((other) => other.namespace !== route.namespace)
  if (apart.length > 0)
    findings.ask(
      `ingresses.${part}.others`,
      `Further ways lead to ${titles[part]} from other namespaces; those of one namespace are judged.`,
      apart.map(({ kind, name, namespace, host }) => `${kind} ${name} in ${namespace} (host ${host ?? 'any'})`),
    )
  if (others.length === 0) return
  const reason = `The path of ${behind} that needs no login.`
  findings.propose([...path, 'probe'], probeOf(route, fallback), fallback.probe, reason)
  findings.propose(
    [...path, 'others'],
    others.map((other) => further(other, fallback)),
    undefined,
    `Further hosts that lead to ${titles[part]}: ${others.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.`,
  )
}

const singleHostOf = ({ host }: Route) => (host && !host.includes('*') ? host : undefined)

/** The routes that can be judged together, the checklist's own first, else the one to the most components. A single one needs no host. */
function ordered(part: Entry, routes: readonly Route[], names: PlatformNames): readonly Route[] {
  const fallback = names.ingresses[part]
  if (routes.length === 1) return routes
  const isOwn = ({ name, host }: Route) => name === fallback.name && host === fallback.host
  const rank = (route: Route) => (isOwn(route) ? 10 : 0) + new Set(Object.values(route.paths)).size
  const id = ({ name, host }: Route) => `${name} ${host}`
  return routes.filter(singleHostOf).toSorted((one, other) => rank(other) - rank(one) || (id(one) < id(other) ? -1 : 1))
}

/** The path that answers without a login: that of the contract, if it leads to the same component here. */
function probeOf({ paths }: Route, { probe, paths: usual }: PlatformNames['ingresses'][Entry]): string {
  const [first = '/'] = Object.keys(paths)
  return componentAt(probe, paths) === componentAt(probe, usual) ? probe : first
}

function further(route: Route, fallback: PlatformNames['ingresses'][Entry]): ProposedMap {
  const { kind, name, host = '', paths } = route
  return { host, name, kind, paths, probe: probeOf(route, fallback) }
}

/** Proposes the Services that are themselves open outside the cluster. Returns false if there are none. */
function proposeExposed(
  { snapshot, names, namespace, grafana }: Subject,
  components: ReadonlyMap<Component, Candidate>,
  findings: Findings,
): boolean {
  const open = snapshot.services.filter(
    ({ metadata, spec }) =>
      [namespace, grafana].includes(metadata.namespace) && /^(LoadBalancer|NodePort)$/.test(spec.type),
  )
  const openTo = (component: Component) =>
    open.find(({ spec }) =>
      components.get(component)?.pods.some(({ metadata }) => isSelected(spec.selector, metadata.labels)),
    )
  const found = parts.map(({ part, wanted }) => {
    const { probe, paths } = names.ingresses[part]
    const probed = componentAt(probe, paths)
    const component = [probed, ...wanted].find((one) => one !== undefined && openTo(one) !== undefined)
    return { part, component, isProbed: component === probed, service: component && openTo(component) }
  })
  if (found.every(({ service }) => service === undefined)) return false
  for (const { part, component, isProbed, service } of found) {
    const fallback = names.ingresses[part]
    const path = ['ingresses', part]
    if (!service) {
      findings.ask(`ingresses.${part}.name`, `No Service leads to ${titles[part]} from outside. Which way leads there?`)
      continue
    }
    const { name } = service.metadata
    const reason = `The Service ${name} of the type ${service.spec.type} leads to ${component} from outside.`
    findings.propose([...path, 'kind'], 'Service', 'Ingress', reason)
    findings.propose([...path, 'name'], name, fallback.name, reason)
    if (!isProbed)
      findings.propose([...path, 'probe'], '/', fallback.probe, `The path of ${component} that needs no login.`)
    const [address] = service.status.loadBalancer.ingress
    const host = address?.hostname ?? address?.ip
    if (host !== undefined)
      findings.propose([...path, 'host'], host, fallback.host, `The address of the Service ${name}.`)
    else
      findings.ask(`ingresses.${part}.host`, `The Service ${name} names no address. By which host do people reach it?`)
  }
  return true
}

const isSelected = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean =>
  Object.keys(selector).length > 0 && hasLabels(selector, labels)

/** The component behind a path. */
const componentAt = (path: string, paths: Readonly<Record<string, Component>>): Component | undefined =>
  longestPrefix(path, Object.entries(paths), ([prefix]) => prefix)?.[1]

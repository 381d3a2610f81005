/**
 * Finds the route to each part of the platform: inside a cluster the service's DNS name, else the ingress if it answers, else a
 * port-forward. Each route is found once and listed in the report.
 */
import { Blocked, Unmet, unlessBlocked } from '../basis/expectation'
import { entries, type Host, hostsOf } from '../configuration/hosts'
import type { Configuration } from '../configuration/schema'
import type { Component, Entry } from '../contracts/contract'
import type { Address } from './exchange'
import type { Http, HttpAnswer } from './http'
import { routeSuffix } from './http-failures'
import type { Kubernetes } from './kubernetes'
import { type Operation, operations } from './operations'
import { hasPods, type OutsideHost, OutsideHosts, outsideHost, type ReachedAddress } from './outside-host'
import { PortForward } from './port-forward'
import { readyEndpoint, type ServicePort } from './ready-endpoint'
import { ensureMayOpen } from './streams'
import { answeringRoot, type MonitoringObject, redirectedRoot, type WebRoot, webRootsOf } from './web-root'

/** A base URL, and the address to connect to instead of its host. */
export interface Route {
  readonly base: string
  readonly at: Address | undefined
}

const keyOf = ({ place, service, port }: ServicePort) => `${place} ${service}:${port}`

export class Routes {
  private readonly found = new Map<string, Promise<Route>>()
  private readonly forwards = new Map<string, Promise<PortForward>>()
  private readonly outside: OutsideHosts
  /** The hosts outside the cluster behind services. */
  private readonly behindServices = new Map<string, Promise<OutsideHost | undefined>>()
  private readonly taken = new Map<string, RouteRecord>()

  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly http: Http,
    private readonly configuration: Configuration,
  ) {
    this.outside = new OutsideHosts(kubernetes, configuration, (part, route) => this.note(part, route))
  }

  /** The routes that were actually used, for the record. */
  get records(): RouteRecord[] {
    return [...this.taken.values()]
  }

  note(part: string, route: string): void {
    this.taken.set(`${part} ${route}`, { part, route })
  }

  /** Returns the HTTP route to a component, through its ingress if possible. @throws Unmet if no route reaches it */
  to(component: Component): Promise<Route> {
    return this.once(component, () => this.find(component))
  }

  /** Returns the route to a component that bypasses the ingress. @throws Unmet if no route reaches it */
  directTo(component: Component): Promise<Route> {
    const { service, port } = this.configuration.components[component]
    return this.once(`${component} direct`, () =>
      this.direct(component, { place: component === 'grafana' ? component : 'service', service, port }),
    )
  }

  /** Returns the route to Prometheus, with the path below which it is served. @throws Unmet if no route reaches it */
  toPrometheus(): Promise<Route> {
    return this.toMonitoring('prometheus', () => this.kubernetes.prometheuses())
  }

  /** Returns the route to Alertmanager as {@link toPrometheus} does. */
  toAlertmanager(): Promise<Route> {
    return this.toMonitoring('alertmanager', () => this.kubernetes.alertmanagers())
  }

  private toMonitoring(
    part: 'prometheus' | 'alertmanager',
    objects: () => Promise<MonitoringObject[]>,
  ): Promise<Route> {
    return this.once(part, async () => {
      const { roots: configured, [part]: named } = this.configuration.monitoring
      const { service, port } = named
      const target = { place: 'monitoring', service, port } as const
      const { base, at } = await this.direct(part, target)
      // Without the right to read them, only the configuration can name the path.
      const [found, own] = await Promise.all([
        objects().catch(unlessBlocked([])),
        this.kubernetes.service(service, 'monitoring').catch(unlessBlocked(undefined)),
      ])
      const roots = webRootsOf(own, found)
      const baseBy = (scheme: WebRoot['scheme']) => base.replace(/^http(?=:)/, scheme)
      const path = configured[part]
      const known = path === undefined ? roots : [{ scheme: roots[0]?.scheme ?? 'http', path }]
      const root = await answeringRoot(this.http, known, baseBy, at)
      return { base: `${baseBy(root.scheme)}${root.path}`, at }
    })
  }

  /** Returns a TCP address of a service or of a host outside the cluster, for clients that do not use HTTP. */
  async tcp(part: string, target: ServicePort | OutsideHost): Promise<ReachedAddress> {
    if (target.place === 'outside') return this.outside.address(part, target)
    if (this.insideCluster) {
      const host = this.dnsName(target)
      this.note(part, `service ${host}:${target.port}`)
      return { host, port: target.port }
    }
    const key = keyOf(target)
    const behind = this.behindServices.get(key) ?? this.behind(target)
    this.behindServices.set(key, behind)
    behind.catch(() => this.behindServices.delete(key))
    const outside = await behind
    if (outside) return this.outside.address(part, outside)
    const forward = await this.forward(part, target)
    return { host: '127.0.0.1', port: forward.port }
  }

  /**
   * Forwards a loopback port to a pod behind a service, as `kubectl port-forward svc/…` does.
   * @throws Unmet if the service has no ready endpoint, Blocked if the caller may not open a port-forward
   */
  forward(part: string, target: ServicePort): Promise<PortForward> {
    const key = keyOf(target)
    const known = this.forwards.get(key) ?? this.open(part, target)
    this.forwards.set(key, known)
    known.catch(() => this.forwards.delete(key))
    return known
  }

  /** Returns the configured address of the ingress controller; undefined if DNS resolves the host. */
  ingressAddress(scheme: 'http' | 'https'): Address | undefined {
    const { address, httpPort, httpsPort } = this.configuration.ingress
    return address === undefined ? undefined : { host: address, port: scheme === 'http' ? httpPort : httpsPort }
  }

  /** Returns the URL of a path on an ingress host, with the ingress controller's port for the scheme. */
  ingressUrl(scheme: 'http' | 'https', host: string, path: string): string {
    const { httpPort, httpsPort, address } = this.configuration.ingress
    const [port, standard] = scheme === 'http' ? [httpPort, 80] : [httpsPort, 443]
    return `${scheme}://${host}${address !== undefined || port === standard ? '' : `:${port}`}${path}`
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.forwards.values())
    this.forwards.clear()
    await Promise.all(open.map((forward) => (forward.status === 'fulfilled' ? forward.value.close() : undefined)))
    await this.outside.close()
  }

  /** A pod may judge another cluster than its own, whose names its DNS does not know. */
  private get insideCluster(): boolean {
    return this.kubernetes.api.access.insideCluster
  }

  /** Returns the host outside the cluster that a service stands for; undefined if pods are behind it. */
  private async behind({ place, service: name, port }: ServicePort): Promise<OutsideHost | undefined> {
    const service = await this.kubernetes.service(name, place)
    if (!service || hasPods(service)) return undefined
    return outsideHost(service, await this.kubernetes.endpointSlices(name, place), port)
  }

  private dnsName({ place, service }: ServicePort): string {
    return `${service}.${this.kubernetes.namespaceOf(place)}.svc`
  }

  private once(part: string, find: () => Promise<Route>): Promise<Route> {
    const known = this.found.get(part) ?? find()
    this.found.set(part, known)
    // A route that was not found may exist later.
    known.catch(() => this.found.delete(part))
    return known
  }

  private async find(component: Component): Promise<Route> {
    const ingress = this.insideCluster ? undefined : await this.throughIngress(component)
    const { base, at } = ingress ?? (await this.directTo(component))
    if (component !== 'grafana') return { base, at }
    return { base: `${base}${this.configuration.grafana.root ?? (await redirectedRoot(this.http, base, at))}`, at }
  }

  private async direct(part: string, target: ServicePort): Promise<Route> {
    const at = await this.tcp(part, target)
    // The URL names the service even if a loopback port leads to it, so that messages name the service.
    return { base: `http://${this.dnsName(target)}:${target.port}`, at: this.insideCluster ? undefined : at }
  }

  /** Returns undefined unless the probe of the ingress succeeds: a 404 or 5xx can come from the controller itself. */
  private async throughIngress(component: Component): Promise<Route | undefined> {
    const leading = entries
      .flatMap((role) => hostsOf(this.configuration, role).map((host) => ({ role, ingress: host })))
      .find(({ ingress: { paths } }) => Object.values(paths).includes(component))
    if (!leading || leading.ingress.kind === 'Service') return undefined
    const { role, ingress } = leading
    try {
      const scheme = await this.schemeOf(role, ingress)
      if (scheme === undefined) return undefined
      const at = this.ingressAddress(scheme)
      const base = this.ingressUrl(scheme, ingress.host, '')
      this.note(component, `ingress ${base}${routeSuffix(at)}`)
      return { base, at }
    } catch (error) {
      if (error instanceof Unmet) return undefined
      throw error
    }
  }

  /**
   * Returns the scheme by which the ingress answers, for requests that can carry a token. It is HTTPS where the Ingress or the
   * Gateway has TLS, where the caller may not read them, and where HTTP is redirected to it. Undefined if the probe does not succeed.
   */
  private async schemeOf(role: Entry, ingress: Host): Promise<'http' | 'https' | undefined> {
    const { host, probe } = ingress
    if (!(await this.mayHaveTls(role, ingress))) {
      const { status, headers } = await this.probe('http', host, probe)
      if (status === 200) return 'http'
      const target = status >= 300 && status < 400 ? URL.parse(String(headers.location)) : null
      if (target?.protocol !== 'https:' || target.hostname !== host) return undefined
    }
    return (await this.probe('https', host, probe)).status === 200 ? 'https' : undefined
  }

  private async mayHaveTls(role: Entry, { kind, name, host }: Host): Promise<boolean> {
    const kubernetes = this.kubernetes.entry(role)
    try {
      if (kind === 'HTTPRoute')
        return (await kubernetes.gateways.listenersOf(name, host)).some(({ protocol }) => protocol === 'HTTPS')
      const ingress = await kubernetes.ingress(name)
      return (ingress?.spec.tls ?? []).some(({ hosts }) => hosts.length === 0 || hosts.some(isFor(host)))
    } catch (error) {
      if (error instanceof Blocked) return true
      throw error
    }
  }

  private probe(scheme: 'http' | 'https', host: string, path: string): Promise<HttpAnswer> {
    return this.http.get(this.ingressUrl(scheme, host, path), { at: this.ingressAddress(scheme) })
  }

  private async open(part: string, target: ServicePort): Promise<PortForward> {
    const { pod, port } = await readyEndpoint(this.kubernetes, target)
    const operation: Operation =
      target.place === 'monitoring'
        ? operations.forwardToMonitoringPod
        : { ...operations.forwardToPod, place: target.place }
    await ensureMayOpen(this.kubernetes, operation)
    const namespace = this.kubernetes.namespaceOf(target.place) ?? ''
    const requests = target.service !== this.configuration.components.mysql.service
    const forward = await PortForward.open(this.kubernetes.api, operation, namespace, pod, port, { requests })
    this.note(part, `port-forward to pod ${pod}, port ${port}`)
    return forward
  }
}

/** Returns a check whether a host of an Ingress covers a host: the same name, or a wildcard for its first label. */
const isFor = (host: string) => (covering: string) =>
  covering === host || (covering.startsWith('*.') && covering.slice(1) === host.slice(host.indexOf('.')))

/** The route by which the run reached one part of the platform. */
export interface RouteRecord {
  readonly part: string
  /** Such as "ingress http://devlake.example.org by way of 10.0.0.7:80". */
  readonly route: string
}

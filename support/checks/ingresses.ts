/** Section 5: checks of the ingresses, of their backends, and of the answers of their hosts from outside the cluster. */

import { lookup } from 'node:dns/promises'
import { type CommandLine, command, comment } from '../basis/command'
import { applicable, Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { type Component, components } from '../contracts/contract'
import type { Ingress, IngressClass } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { blockedBy, isRefusal } from '../service/refusals'
import { ingressCandidates } from './candidates'
import { expectIngressClass } from './dependencies'
import { expectReadyEndpoints } from './endpoints'
import { expectAttached, expectRouteLeads, isRouted } from './http-routes'
import { covers, expectHostCertificates } from './ingress-certificates'
import { expectAlive, missing } from './lifecycle'
import { expectPodsReady } from './pods'
import { serviceOf } from './services'

export type IngressRole = 'service' | 'grafana'

/** Returns the components that an ingress must route to. */
function targetsOf({ configuration }: Platform, role: IngressRole): Component[] {
  const targets = new Set(Object.values(configuration.ingresses[role].paths))
  return components.filter((component) => targets.has(component))
}

export async function expectTargetsExist(platform: Platform, role: IngressRole): Promise<void> {
  for (const component of targetsOf(platform, role)) await serviceOf(platform, component)
}

export async function expectTargetsReady(platform: Platform, role: IngressRole): Promise<void> {
  for (const component of targetsOf(platform, role)) await expectReadyEndpoints(platform, component)
}

export async function expectTargetsRunning(platform: Platform, role: IngressRole): Promise<void> {
  for (const component of targetsOf(platform, role)) await expectPodsReady(platform, component)
}

async function ingressOf(
  platform: Platform,
  role: IngressRole,
): Promise<Ingress & { object: string; remedy: CommandLine[] }> {
  const { namespace } = platform.kubernetes
  const { name } = platform.configuration.ingresses[role]
  const object = `Ingress ${namespace}/${name}`
  const remedy = [command`kubectl describe ingress -n ${namespace} ${name}`]
  const ingress = await platform.kubernetes.ingress(name)
  if (ingress) {
    expectAlive('Ingress', ingress)
    return { ...ingress, object, remedy }
  }
  throw missing(object, [...(await ingressCandidates(platform, role)), command`kubectl get ingress -n ${namespace}`])
}

/** 5.1: checks that the class of the ingress exists, so that a controller handles it. */
export async function expectIngressClassOf(platform: Platform, role: IngressRole): Promise<void> {
  if (isRouted(platform, role)) {
    await expectAttached(platform, role)
    return
  }
  await expectIngressClass(platform)
  const { spec, metadata, object, remedy } = await ingressOf(platform, role)
  const className = spec.ingressClassName ?? metadata.annotations['kubernetes.io/ingress.class']
  const classes = (await platform.kubernetes.ingressClasses()).filter(({ metadata }) => !metadata.deletionTimestamp)
  if (
    classes.some(({ metadata: { name, annotations } }) =>
      className === undefined ? isDefault(annotations) : name === className,
    )
  )
    return
  throw new Unmet({
    summary:
      className === undefined
        ? `${object} names no IngressClass, and the cluster has no default one.`
        : `${object} names an IngressClass that does not exist: ${className}.`,
    object,
    expected: `one of ${classes.map(({ metadata }) => metadata.name).join(', ')}`,
    found: className ?? 'no class',
    remedy: [...remedy, command`kubectl get ingressclass`],
  })
}

const isDefault = (annotations: IngressClass['metadata']['annotations']) =>
  annotations['ingressclass.kubernetes.io/is-default-class'] === 'true'

/** 5.1: checks that the ingress routes each path of the host to the service and port of its component. */
export async function expectRouting(platform: Platform, role: IngressRole): Promise<void> {
  if (isRouted(platform, role)) return expectRouteLeads(platform, role)
  const { host, paths } = platform.configuration.ingresses[role]
  const { spec, object, remedy } = await ingressOf(platform, role)
  const rules = rulesFor(host, spec.rules)
  if (rules.length === 0)
    throw new Unmet({
      summary: `${object} has no rule for the host ${host}.`,
      object,
      expected: `host ${host}`,
      found: spec.rules.map((rule) => rule.host ?? 'any host').join(', ') || 'no rules',
      remedy: [...remedy, comment`if the host is a different one: configuration key ingresses.${role}.host`],
    })
  const unmet: Circumstances[] = []
  for (const [path, component] of Object.entries(paths)) {
    const { service, port } = platform.configuration.components[component]
    // Paths for Nginx controllers are often regular expressions; the path before the expression is compared.
    const backend = rules
      .flatMap(({ http }) => http?.paths ?? [])
      .find((candidate) => pathBeforePattern(candidate.path) === path)?.backend.service
    const found = backend ? `${backend.name}:${backend.port.number ?? backend.port.name ?? '?'}` : 'no rule'
    const named = await portNamed(platform, component, port)
    if (backend?.name === service && (backend.port.number === port || (named && backend.port.name === named))) continue
    const missing = backend && backend.name !== service && !(await platform.kubernetes.service(backend.name))
    unmet.push({
      summary: missing
        ? `${object} routes ${path} to a service that does not exist: ${backend.name}.`
        : `${object} does not route ${path} to ${service}:${port}.`,
      object,
      expected: `${host}${path} → ${service}:${port}`,
      found: missing ? `${found}, which does not exist` : found,
      remedy,
    })
  }
  expectNone(unmet)
}

/** Returns the rules of the most specific host that matches: the host itself, else its wildcard, else any host. */
function rulesFor(host: string, rules: Ingress['spec']['rules']): Ingress['spec']['rules'] {
  const exact = rules.filter((rule) => rule.host?.toLowerCase() === host.toLowerCase())
  const wildcard = rules.filter((rule) => rule.host !== undefined && covers(rule.host, host))
  return [exact, wildcard, rules.filter((rule) => !rule.host)].find((found) => found.length > 0) ?? []
}

/** Returns the name of a port in the component's service. */
async function portNamed(platform: Platform, component: Component, port: number): Promise<string | undefined> {
  const service = await platform.kubernetes.service(platform.configuration.components[component].service)
  return service?.spec.ports.find((candidate) => candidate.port === port)?.name
}

const pathBeforePattern = (path: string) => (path.split('(', 1)[0] ?? '').replace(/(?<=.)\/$/, '') || '/'

/** 5.2: checks that the host answers from outside, and if the ingress has TLS, also over HTTPS with a valid certificate. */
export async function expectAnswerFromOutside(platform: Platform, role: IngressRole): Promise<void> {
  const { host, probe } = platform.configuration.ingresses[role]
  const { tls, hasHttp } = await entryOf(platform, role)
  await expectResolvable(platform, host)
  if (hasHttp) await expectProbe(platform, 'http', role)
  await expectEveryPath(platform, hasHttp ? 'http' : 'https', role)
  if (await expectHostCertificates(platform, role, tls)) await expectProbe(platform, 'https', role)
  const at = platform.routes.ingressAddress('http')
  platform.routes.note(
    role === 'service' ? 'lake' : 'grafana',
    `ingress http://${host}${probe}${at ? ` by way of ${at.host}:${at.port}` : ''}`,
  )
}

/** The TLS of the way in, and whether it also takes plain HTTP. A Gateway has the Secrets of its listeners in its own namespace. */
async function entryOf(
  platform: Platform,
  role: IngressRole,
): Promise<{ readonly tls: Ingress['spec']['tls']; readonly hasHttp: boolean }> {
  if (!isRouted(platform, role)) return { tls: (await ingressOf(platform, role)).spec.tls, hasHttp: true }
  const { host } = platform.configuration.ingresses[role]
  const listeners = await expectAttached(platform, role)
  const secured = listeners.filter(({ protocol }) => protocol === 'HTTPS')
  const tls = secured.flatMap(({ namespace, tls }) =>
    (tls?.certificateRefs ?? [{ name: '', kind: 'none', namespace: undefined }]).map((reference) => {
      const isHere = (reference.namespace ?? namespace) === platform.kubernetes.namespace && reference.kind === 'Secret'
      return { hosts: [host], secretName: isHere ? reference.name : undefined }
    }),
  )
  return { tls, hasHttp: listeners.some(({ protocol }) => protocol === 'HTTP') }
}

/** 5.2: checks that nothing can be written through the host without a login. The request changes nothing even if accepted. */
export async function expectNoOpenRoute(platform: Platform): Promise<void> {
  const { path, body, isOpen, beside, remedy } = applicable(platform.contract.openRoute)
  const { host } = platform.configuration.ingresses.service
  await expectResolvable(platform, host)
  const send = (scheme: 'http' | 'https') =>
    platform.http.query(platform.routes.ingressUrl(scheme, host, path), body, {
      at: platform.routes.ingressAddress(scheme),
      headers: { 'content-type': 'application/json' },
    })
  const plain = await send('http')
  const isRedirected = String(plain.headers.location).startsWith('https:')
  const answered = isRedirected ? await send('https') : plain
  const { url, status, body: answer } = answered
  if (isRefusal(answered)) return
  if (!isOpen(status, answer)) {
    // The host may keep the route to itself, if it leads to the service.
    const scheme = isRedirected ? 'https' : 'http'
    const at = platform.routes.ingressAddress(scheme)
    const other = await platform.http.get(platform.routes.ingressUrl(scheme, host, beside.path), { at })
    const leadsToService = other.status === beside.refusal.status && beside.refusal.says.test(other.body)
    if (status === 404 && leadsToService) return
    throw blockedBy(answered, 'rows from a caller without a login', 'a refusal with status 401 or 403')
  }
  throw new Unmet({
    summary: `${host} lets anyone write to the database of the service without a login, through ${path}.`,
    object: `host ${host}, ${path}`,
    expected: 'a refusal, or no such route',
    found: `status ${status}: ${excerpt(answer)}`,
    remedy: [command`curl -i -X POST -H 'Content-Type: application/json' -d '${body}' '${url}'`, ...remedy],
  })
}

async function expectResolvable(platform: Platform, host: string): Promise<void> {
  if (platform.routes.ingressAddress('http')) return
  try {
    await lookup(host)
  } catch {
    throw unresolvable(host)
  }
}

async function expectProbe(platform: Platform, scheme: 'http' | 'https', role: IngressRole): Promise<void> {
  const { kind, name, host, probe } = platform.configuration.ingresses[role]
  const url = platform.routes.ingressUrl(scheme, host, probe)
  const at = platform.routes.ingressAddress(scheme)
  const { status, headers, body } = await platform.http.get(url, { at })
  // An ingress with TLS may redirect to HTTPS, which is checked anyway.
  if (scheme === 'http' && status >= 300 && status < 400 && String(headers.location).startsWith(`https://${host}`))
    return
  if (status === 200) return
  throw new Unmet({
    summary: `${url} answers ${status} from outside.`,
    object: `host ${host}`,
    expected: 'status 200',
    found: [`status ${status}: ${excerpt(body)}`, await handlerOf(platform, role)].filter(Boolean).join('; '),
    remedy: [
      at
        ? command`curl -v --resolve ${`${host}:${at.port}:${at.host}`} ${url.replace(host, () => `${host}:${at.port}`)}`
        : command`curl -v ${url}`,
      command`kubectl describe ${kind.toLowerCase()} -n ${platform.kubernetes.namespace} ${name}`,
      kind === 'Ingress' ? command`kubectl get ingressclass` : command`kubectl get gatewayclass`,
    ],
  })
}

/** Names the controller to which the class of an ingress belongs: another one may be at the address. Empty if unknown. */
async function handlerOf(platform: Platform, role: IngressRole): Promise<string> {
  if (isRouted(platform, role)) return ''
  const { spec, metadata } = await ingressOf(platform, role)
  const className = spec.ingressClassName ?? metadata.annotations['kubernetes.io/ingress.class']
  const found = (await platform.kubernetes.ingressClasses()).find(({ metadata: { name, annotations } }) =>
    className === undefined ? isDefault(annotations) : name === className,
  )
  return found ? `the class ${found.metadata.name} belongs to the controller ${found.spec.controller}` : ''
}

/** The controller itself answers with these when no backend answers. */
const gatewayStatuses = [502, 503, 504]

async function expectEveryPath(platform: Platform, scheme: 'http' | 'https', role: IngressRole): Promise<void> {
  const { kind, name, host, paths } = platform.configuration.ingresses[role]
  const at = platform.routes.ingressAddress(scheme)
  for (const [path, component] of Object.entries(paths)) {
    const url = platform.routes.ingressUrl(scheme, host, path)
    const { status } = await platform.http.get(url, { at })
    if (!gatewayStatuses.includes(status)) continue
    throw new Unmet({
      summary: `${url} answers ${status}: no backend answers behind the ingress.`,
      object: `host ${host}`,
      reliesOn: [`Service ${platform.kubernetes.namespace}/${platform.configuration.components[component].service}`],
      expected: 'an answer of the backend',
      found: `status ${status}`,
      remedy: [command`kubectl describe ${kind.toLowerCase()} -n ${platform.kubernetes.namespace} ${name}`],
    })
  }
}

/** The checklist does not require DNS entries, so a host that cannot be resolved blocks the check instead of failing it. */
function unresolvable(host: string): Blocked {
  return new Blocked({
    summary: `The host name ${host} cannot be resolved on this machine.`,
    object: `host ${host}`,
    expected: 'a DNS entry, or the configuration key ingress.address',
    found: 'no address',
    remedy: [
      command`getent hosts ${host}`,
      command`echo 'ingress: { address: ADDRESS-OF-THE-INGRESS-CONTROLLER }' >> acceptance.yaml`,
    ],
  })
}

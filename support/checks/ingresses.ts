/** Section 5: checks of the ingresses and of their backends. */
import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { isHostOf } from '../basis/service-host'
import { type Component, components, type Entry } from '../contracts/contract'
import type { Ingress, IngressClass } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { ingressCandidates } from './candidates'
import { expectIngressClass } from './dependencies'
import { expectReadyEndpoints } from './endpoints'
import { expectOpenOutside, expectSelectsComponent, isExposed } from './exposed-services'
import { expectAttached, expectRouteLeads, isRouted } from './http-routes'
import { covers } from './ingress-certificates'
import { expectAlive, missing } from './lifecycle'
import { leadsAll, longestPrefix, prefixIn } from './path-prefixes'
import { placed } from './placed'
import { expectPodsReady } from './pods'
import { serviceOf } from './services'

/** Returns the components that an ingress must route to. */
function targetsOf({ configuration }: Platform, role: Entry): Component[] {
  const targets = new Set(Object.values(configuration.ingresses[role].paths))
  return components.filter((component) => targets.has(component))
}

export async function expectTargetsExist(platform: Platform, role: Entry): Promise<void> {
  for (const component of targetsOf(platform, role)) await serviceOf(platform, component)
}

export async function expectTargetsReady(platform: Platform, role: Entry): Promise<void> {
  for (const component of targetsOf(platform, role)) await expectReadyEndpoints(platform, component)
}

export async function expectTargetsRunning(platform: Platform, role: Entry): Promise<void> {
  for (const component of targetsOf(platform, role)) await expectPodsReady(platform, component)
}

export async function ingressOf(
  platform: Platform,
  role: Entry,
): Promise<Ingress & { object: string; remedy: CommandLine[] }> {
  const { namespace } = platform.kubernetes
  const { name } = platform.configuration.ingresses[role]
  const object = `Ingress ${namespace}/${name}`
  const remedy = [command`kubectl describe ingress -n ${namespace} ${name}`]
  const ingress = await platform.kubernetes.ingress(name)
  if (ingress) {
    expectAlive('Ingress', { metadata: ingress.metadata })
    return { ...ingress, object, remedy }
  }
  throw missing(object, [...(await ingressCandidates(platform, role)), command`kubectl get ingress -n ${namespace}`])
}

/** 5.1: checks that the class of the ingress exists, so that a controller handles it. */
export async function expectIngressClassOf(platform: Platform, role: Entry): Promise<void> {
  if (isExposed(platform, role)) return expectOpenOutside(platform, role)
  if (isRouted(platform, role)) {
    await expectAttached(platform, role)
    return
  }
  const { spec, metadata, status, object, remedy } = await ingressOf(platform, role)
  const className = spec.ingressClassName ?? metadata.annotations['kubernetes.io/ingress.class']
  // A controller may serve an Ingress without a class, and compares the annotation with a name of its own.
  if (spec.ingressClassName === undefined && status.loadBalancer.ingress.length > 0) return
  await expectIngressClass(platform)
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
export async function expectRouting(platform: Platform, role: Entry): Promise<void> {
  if (isExposed(platform, role)) return expectSelectsComponent(platform, role)
  if (isRouted(platform, role)) return expectRouteLeads(platform, role)
  const { host, paths } = platform.configuration.ingresses[role]
  const { spec, object, remedy } = await ingressOf(platform, role)
  const rules = rulesFor(host, spec.rules)
  const { defaultBackend } = spec
  if (rules.length === 0 && !defaultBackend)
    throw new Unmet({
      summary: `${object} has no rule for the host ${host}.`,
      object,
      explainsNothing: true,
      expected: `host ${host}`,
      found: spec.rules.map((rule) => rule.host ?? 'any host').join(', ') || 'no rules',
      remedy: [...remedy, comment`if the host is a different one: configuration key ingresses.${role}.host`],
    })
  const ruled = rules.flatMap(({ http }) => http?.paths ?? [])
  // The AWS Load Balancer Controller reads what happens at such a path, a redirect above all, from an annotation.
  const led = ruled.filter(({ backend }) => backend.service?.port.name !== 'use-annotation')
  const all = led.length > 0 ? led : ruled
  const unmet: Circumstances[] = []
  for (const [path, component] of Object.entries(paths)) {
    const { service, port } = platform.configuration.components[component]
    const isFitting = leadsAll(platform.contract, path)
    const fitting = all.filter((rule) => isFitting(rule.pathType, rule.path))
    const whole = longestPrefix(path, fitting, (rule) => rule.path)
    const matching = whole ?? all.find((rule) => rule.path === path)
    const isExact = matching !== whole
    const backend = (matching?.backend ?? defaultBackend)?.service
    const behind = await serviceBehind(platform, component, backend?.name)
    const { name, named, alias } = behind
    const number = backend?.port.number ?? backend?.port.name ?? '?'
    const target = backend ? `${backend.name}:${number}${alias ? `, which is ${alias}` : ''}` : 'no rule'
    const by = matching && prefixIn(matching.path) !== path ? `, by the rule for ${matching.path}` : ''
    const found = isExact ? `${target}, for exactly ${path} and nothing below it` : `${target}${by}`
    const isPort = backend?.port.number === port || (named(port) && backend?.port.name === named(port))
    if (name === service && isPort && !isExact) continue
    const missing = backend && behind.missing
    unmet.push({
      summary: missing
        ? `${object} routes ${path} to a service that does not exist: ${backend.name}.`
        : `${object} does not route ${path} to ${service}:${port}.`,
      object,
      explainsNothing: true,
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

interface Behind {
  /** The component's service, if the backend is that one or leads to it. */
  readonly name: string | undefined
  /** True if no service has the name of the backend. */
  readonly missing: boolean
  /** The target of the backend, in words. */
  readonly alias?: string
  /** Returns the name of a port of the backend. */
  readonly named: (port: number) => string | undefined
}

/**
 * Returns the service behind a backend. An Ingress leads to services of its own namespace only, so one that lies elsewhere needs a
 * Service of the type ExternalName there.
 */
async function serviceBehind(platform: Platform, component: Component, backend: string | undefined): Promise<Behind> {
  const { kubernetes, configuration } = placed(platform, component)
  const own = configuration.components[component].service
  const here = platform.kubernetes
  const isApart = here.namespace !== kubernetes.namespace
  const service = await here.service(backend ?? own)
  const named = (port: number) => service?.spec.ports.find((candidate) => candidate.port === port)?.name
  const missing = backend !== undefined && service === undefined && (isApart || backend !== own)
  if (!isApart) return { name: backend, missing, named }
  const { type, externalName = '' } = service?.spec ?? {}
  const isOwn = type === 'ExternalName' && isHostOf(externalName, own, kubernetes.namespace)
  const alias = type === 'ExternalName' ? externalName : `a service in ${here.namespace}`
  return { name: isOwn ? own : undefined, missing, named, ...(service ? { alias } : {}) }
}

/** Names the controller to which the class of an ingress belongs: another one may be at the address. Empty if unknown. */
export async function handlerOf(platform: Platform, role: Entry): Promise<string> {
  if (platform.configuration.ingresses[role].kind !== 'Ingress') return ''
  const { spec, metadata } = await ingressOf(platform, role)
  const className = spec.ingressClassName ?? metadata.annotations['kubernetes.io/ingress.class']
  const found = (await platform.kubernetes.ingressClasses()).find(({ metadata: { name, annotations } }) =>
    className === undefined ? isDefault(annotations) : name === className,
  )
  return found ? `the class ${found.metadata.name} belongs to the controller ${found.spec.controller}` : ''
}

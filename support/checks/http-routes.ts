/** Section 5 where the Gateway API leads to the service: checks of the HTTPRoute, its Gateways and their classes. */

import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Entry } from '../contracts/contract'
import type { Condition } from '../platform/custom-resources'
import type { Gateway, HttpRoute, ParentRef } from '../platform/gateway-resources'
import { matchesHost, type ServingListener } from '../platform/gateways'
import type { Platform } from '../platform/platform'
import { routeCandidates } from './candidates'
import { conditionOf, describeCondition } from './conditions'
import { expectAlive, missing } from './lifecycle'
import { leadsAll, longestPrefix } from './path-prefixes'
import { placed, placedEntry } from './placed'

/** Returns true if an HTTPRoute takes the place of the Ingress of a role. */
export const isRouted = ({ configuration }: Platform, role: Entry): boolean =>
  configuration.ingresses[role].kind === 'HTTPRoute'

function namesOf({ kubernetes, configuration }: Platform, role: Entry) {
  const { name } = configuration.ingresses[role]
  const object = `HTTPRoute ${kubernetes.namespace}/${name}`
  return { name, object, remedy: [command`kubectl describe httproute -n ${kubernetes.namespace} ${name}`] }
}

async function routeOf(platform: Platform, role: Entry): Promise<HttpRoute> {
  const { name, object } = namesOf(platform, role)
  const route = await platform.kubernetes.gateways.route(name)
  if (route) {
    expectAlive('HTTPRoute', { metadata: route.metadata }, { object })
    return route
  }
  const { namespace } = platform.kubernetes
  throw missing(object, [...(await routeCandidates(platform, role)), command`kubectl get httproute -n ${namespace}`])
}

/**
 * 5.1: checks that every Gateway of the route exists, works and has accepted the current route.
 * @returns the listeners through which the host is served
 */
export async function expectAttached(platform: Platform, role: Entry): Promise<readonly ServingListener[]> {
  const { host } = platform.configuration.ingresses[role]
  const { object, remedy } = namesOf(platform, role)
  const route = await routeOf(platform, role)
  const parents = route.spec.parentRefs.filter(({ kind }) => kind === 'Gateway')
  const listeners: ServingListener[] = []
  for (const parent of parents) {
    const controller = await controllerOf(platform, route, parent)
    expectNone(acceptanceProblems(platform, role, route, { parent, controller }))
    listeners.push(...(await workingListeners(platform, route, parent, host)))
  }
  if (listeners.length > 0) return listeners
  throw new Unmet({
    summary:
      parents.length === 0
        ? `${object} names no Gateway.`
        : `No listener of the Gateways of ${object} serves the host ${host}.`,
    object,
    expected: parents.length === 0 ? 'a Gateway in spec.parentRefs' : `a listener for ${host}`,
    found: parents.map(({ name }) => `Gateway ${name}`).join(', ') || 'no Gateway',
    remedy,
  })
}

/** Returns the name of the controller that handles a Gateway; undefined if the Gateway or its class does not exist. */
async function controllerOf({ kubernetes: { gateways } }: Platform, { metadata }: HttpRoute, parent: ParentRef) {
  const gateway = await gateways.gateway(parent.namespace ?? metadata.namespace, parent.name)
  return gateway && (await gateways.class(gateway.spec.gatewayClassName))?.spec.controllerName
}

/** The controller of the Gateway reports on the route for each of its parents. */
function acceptanceProblems(
  platform: Platform,
  role: Entry,
  { metadata, spec, status }: HttpRoute,
  { parent, controller }: { readonly parent: ParentRef; readonly controller: string | undefined },
): Circumstances[] {
  const { object, remedy } = namesOf(platform, role)
  const isSame = (other: ParentRef) =>
    other.name === parent.name &&
    (other.namespace ?? metadata.namespace) === (parent.namespace ?? metadata.namespace) &&
    other.sectionName === parent.sectionName &&
    other.port === parent.port
  const own = status.parents.find(
    ({ parentRef, controllerName = controller }) =>
      isSame(parentRef) && (controller === undefined || controllerName === controller),
  )
  const conditions = own?.conditions ?? []
  const where = `Gateway ${parent.namespace ?? metadata.namespace}/${parent.name}`
  const unmet = ['Accepted', 'ResolvedRefs'].flatMap((type) =>
    problemOf(conditions, type, metadata.generation).map((found) => ({
      summary: isUngranted(conditions, type)
        ? `No ReferenceGrant lets ${object} lead to Services of another namespace.`
        : `${where} has not ${type === 'Accepted' ? 'accepted' : 'resolved the backends of'} the current ${object}.`,
      object,
      reliesOn: [
        where,
        ...spec.rules.flatMap(({ backendRefs }) =>
          backendRefs.map(({ name, namespace = metadata.namespace }) => `Service ${namespace}/${name}`),
        ),
      ],
      expected: `${type} with observedGeneration ${metadata.generation ?? 'of the route'}`,
      found,
      remedy: isUngranted(conditions, type) ? [...remedy, ...grantsFor(spec, metadata.namespace)] : remedy,
    })),
  )
  // An accepted route may have rules that its controller leaves out, or has replaced by those of before.
  const partial = conditionOf(conditions, 'PartiallyInvalid')
  if (unmet.length > 0 || partial?.status !== 'True') return unmet
  return [
    {
      summary: `${where} does not apply all rules of ${object}.`,
      object,
      expected: 'no condition PartiallyInvalid',
      found: describeCondition(partial),
      remedy,
    },
  ]
}

/** Returns true if the controller says that a backend of another namespace is not permitted. */
const isUngranted = (conditions: readonly Condition[], type: string): boolean =>
  type === 'ResolvedRefs' && conditionOf(conditions, type)?.reason === 'RefNotPermitted'

/** The commands that list the ReferenceGrants in the other namespaces to which a route leads. */
function grantsFor({ rules }: HttpRoute['spec'], own: string): CommandLine[] {
  const all = rules.flatMap(({ backendRefs }) => backendRefs.flatMap(({ namespace }) => namespace ?? []))
  const others = [...new Set(all)].filter((namespace) => namespace !== own)
  return others.map((namespace) => command`kubectl get referencegrants -n ${namespace} -o yaml`)
}

/** Returns why a condition does not hold for the current generation; empty if it holds. */
function problemOf(conditions: readonly Condition[], type: string, generation: number | undefined): string[] {
  const condition = conditionOf(conditions, type)
  if (condition?.status !== 'True') return [describeCondition(condition)]
  const { observedGeneration = generation } = condition
  const isCurrent = generation === undefined || (observedGeneration ?? 0) >= generation
  return isCurrent ? [] : [`True for observedGeneration ${observedGeneration}`]
}

/** Checks that a Gateway works, and each listener of it that serves the host. @returns these listeners */
async function workingListeners(
  platform: Platform,
  { metadata }: HttpRoute,
  parent: ParentRef,
  host: string,
): Promise<ServingListener[]> {
  const namespace = parent.namespace ?? metadata.namespace
  const object = `Gateway ${namespace}/${parent.name}`
  const gateway = await platform.kubernetes.gateways.gateway(namespace, parent.name)
  if (!gateway) throw missing(object, [command`kubectl get gateways --all-namespaces`], [object])
  expectAlive('Gateway', gateway, { object })
  await expectAcceptedClass(platform, gateway.spec.gatewayClassName)
  const { generation } = gateway.metadata
  const finding = (summary: string, type: string, found: string): Circumstances => ({
    summary,
    object,
    reliesOn: [object, `GatewayClass ${gateway.spec.gatewayClassName}`],
    expected: `${type} with observedGeneration ${generation ?? 'of the Gateway'}`,
    found,
    remedy: [command`kubectl describe gateway -n ${namespace} ${parent.name}`],
  })
  expectNone(
    ['Accepted', 'Programmed'].flatMap((type) =>
      problemOf(gateway.status.conditions, type, generation).map((found) =>
        finding(`${object} is not ${type}.`, type, found),
      ),
    ),
  )
  const { gateways } = platform.kubernetes
  const listeners = await gateways.listenersFor(gateway, parent, { namespace: metadata.namespace, host })
  expectNone(
    listeners.flatMap(({ name }) =>
      listenerProblems(gateway, name).map(({ type, found }) =>
        finding(
          `The listener ${name} of ${object}, which serves ${host}, ${type === 'ResolvedRefs' ? 'refers to an object that cannot be used' : `is not ${type}`}.`,
          type,
          found,
        ),
      ),
    ),
  )
  return listeners
}

/**
 * Returns the conditions of a listener that do not hold. A Gateway is Accepted and Programmed with a listener that is not, such as
 * one whose certificate is missing. ResolvedRefs says why, so it comes first. A controller need not report on a listener.
 */
function listenerProblems({ metadata, status }: Gateway, name: string) {
  const own = status.listeners.find((one) => one.name === name)?.conditions ?? []
  return ['ResolvedRefs', 'Accepted', 'Programmed'].flatMap((type) =>
    conditionOf(own, type) ? problemOf(own, type, metadata.generation).map((found) => ({ type, found })) : [],
  )
}

async function expectAcceptedClass(platform: Platform, name: string): Promise<void> {
  const object = `GatewayClass ${name}`
  const found = await platform.kubernetes.gateways.class(name)
  if (!found) throw missing(object, [command`kubectl get gatewayclass`], [object])
  expectAlive('GatewayClass', found, { object })
  const [problem] = problemOf(found.status.conditions, 'Accepted', found.metadata.generation)
  if (problem === undefined) return
  throw new Unmet({
    summary: `${object} is not accepted by its controller ${found.spec.controllerName}.`,
    object,
    expected: 'Accepted',
    found: problem,
    remedy: [command`kubectl describe gatewayclass ${name}`],
  })
}

/** 0.4: checks that the controllers of all Gateways in use have accepted their classes. */
export async function expectGatewayClasses(platform: Platform): Promise<void> {
  for (const role of ['service', 'grafana'] as const) {
    const route = await routeOf(placedEntry(platform, role), role)
    for (const { kind, name, namespace = route.metadata.namespace } of route.spec.parentRefs) {
      if (kind !== 'Gateway') continue
      const object = `Gateway ${namespace}/${name}`
      const gateway = await platform.kubernetes.gateways.gateway(namespace, name)
      if (!gateway) throw missing(object, [command`kubectl get gateways --all-namespaces`], [object])
      await expectAcceptedClass(platform, gateway.spec.gatewayClassName)
    }
  }
}

/** 5.1: checks that the route leads each path of the host to the service and port of its component. */
export async function expectRouteLeads(platform: Platform, role: Entry): Promise<void> {
  const { host, paths } = platform.configuration.ingresses[role]
  const { object, remedy } = namesOf(platform, role)
  const { spec, metadata } = await routeOf(platform, role)
  if (spec.hostnames.length > 0 && !spec.hostnames.some((pattern) => matchesHost(pattern, host)))
    throw new Unmet({
      summary: `${object} has no rule for the host ${host}.`,
      object,
      expected: `host ${host}`,
      found: spec.hostnames.join(', '),
      remedy: [...remedy, comment`if the host is a different one: configuration key ingresses.${role}.host`],
    })
  expectNone(
    Object.entries(paths).flatMap(([path, component]): Circumstances[] => {
      const { service, port } = platform.configuration.components[component]
      const backends = backendsOf(spec.rules, path, leadsAll(platform.contract, path))
      const found = backends.map((one) => `${one.namespace ? `${one.namespace}/` : ''}${one.name}:${one.port ?? '?'}`)
      const isWanted = (one: (typeof backends)[number]) =>
        one.kind === 'Service' &&
        one.name === service &&
        one.port === port &&
        (one.namespace ?? metadata.namespace) === placed(platform, component).kubernetes.namespace
      if (backends.length > 0 && backends.every(isWanted)) return []
      return [
        {
          summary: `${object} does not route ${path} to ${service}:${port}.`,
          object,
          expected: `${host}${path} → ${service}:${port}`,
          found: found.join(', ') || 'no rule',
          remedy,
        },
      ]
    }),
  )
}

type Rules = HttpRoute['spec']['rules']

/** The backends with weight of the rule that leads every request for a path. */
function backendsOf(rules: Rules, path: string, isFitting: ReturnType<typeof leadsAll>): Rules[number]['backendRefs'] {
  const all = rules.flatMap(({ matches, backendRefs }) => matches.map((match) => ({ ...match, backendRefs })))
  const forEverybody = all.filter(
    (match) =>
      isFitting(match.path.type, match.path.value) &&
      match.method === undefined &&
      match.headers.length + match.queryParams.length === 0,
  )
  const rule = longestPrefix(path, forEverybody, (match) => match.path.value)
  return (rule?.backendRefs ?? []).filter(({ weight }) => weight > 0)
}

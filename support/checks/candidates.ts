/** Objects that exist where a configured one does not, each with the keys that name it: the first lines of a remedy. */
import type { z } from 'zod'
import { type CommandLine, comment } from '../basis/command'
import { Blocked, Unmet } from '../basis/expectation'
import { selects } from '../basis/label-selector'
import { isHostOf } from '../basis/service-host'
import { serviceMonitorNames } from '../configuration/service-monitor'
import { type Component, components, type Entry } from '../contracts/contract'
import { targetsOf } from '../platform/application-targets'
import { type Ingress, ingress, service } from '../platform/core-resources'
import { application, externalSecret as externalSecretFields, serviceMonitor } from '../platform/custom-resources'
import {
  deliversTo,
  type HelmRelease,
  helmRelease,
  type Kustomization,
  kustomization,
} from '../platform/flux-resources'
import { type HttpRoute, httpRoute } from '../platform/gateway-resources'
import { discoveries, type Operation } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { placed } from './placed'

/** More candidates would hide the command below them. */
const mostNamed = 3

/** The key of the configuration that names the namespace of a part. */
const namespaceKeyOf = (part: Component | Entry | SecretRole) =>
  part === 'grafana' ? 'grafana.namespace' : 'namespace'

type Advice = readonly CommandLine[]

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined }
}

/** The Applications that deploy to the namespace of the service. */
export async function applicationCandidates({ kubernetes, configuration }: Platform): Promise<Advice> {
  const found = await listed(kubernetes.api, discoveries.applications, application)
  const fitting = found.filter(
    (one) => targetsOf(one).includes(kubernetes.namespace) && one.metadata.name !== configuration.testApplication?.name,
  )
  return named('Application', fitting, configuration.application, {
    name: 'application.name',
    namespace: 'application.namespace',
  })
}

/** The objects of the configured kind of Flux that deliver to the namespace of the service. */
export async function fluxCandidates({ kubernetes, configuration }: Platform): Promise<Advice> {
  const { kind } = configuration.application
  const found: readonly (Kustomization | HelmRelease)[] =
    kind === 'HelmRelease'
      ? await listed(kubernetes.api, discoveries.helmReleases, helmRelease)
      : await listed(kubernetes.api, discoveries.kustomizations, kustomization)
  const fitting = found.filter((one) => deliversTo(one, kubernetes.namespace))
  return named(kind, fitting, configuration.application, {
    name: 'application.name',
    namespace: 'application.namespace',
  })
}

/** The services of other names that select the pods of a component, and those of its name in other namespaces. */
export async function serviceCandidates(
  { kubernetes, configuration }: Platform,
  component: Component,
): Promise<Advice> {
  const { labels, service: name } = configuration.components[component]
  const taken = components.map((one) => configuration.components[one].service)
  const found = await listed(kubernetes.api, discoveries.services, service)
  const fitting = found.filter(({ metadata, spec }) => {
    if (metadata.name === name) return true
    const isHere = metadata.namespace === kubernetes.namespace && !taken.includes(metadata.name)
    const isEmpty = Object.keys(spec.selector).length === 0
    return isHere && !isEmpty && Object.entries(spec.selector).every(([key, value]) => labels[key] === value)
  })
  return named(
    'Service',
    fitting,
    { name, namespace: kubernetes.namespace },
    {
      name: `components.${component}.service`,
      namespace: namespaceKeyOf(component),
    },
  )
}

/** The ServiceMonitors that select the service of the lake. */
export async function serviceMonitorCandidates({ kubernetes, configuration }: Platform): Promise<Advice> {
  const found = await listed(kubernetes.api, discoveries.serviceMonitors, serviceMonitor)
  if (found.length === 0) return []
  const lake = await kubernetes.service(configuration.components.lake.service).catch(unreadable)
  const fitting = found.filter(({ metadata, spec }) => {
    const { any, matchNames } = spec.namespaceSelector
    const watched = matchNames.length > 0 ? matchNames : [metadata.namespace]
    return lake && (any || watched.includes(kubernetes.namespace)) && selects(spec.selector, lake.metadata.labels)
  })
  return named('ServiceMonitor', fitting, serviceMonitorNames(configuration), {
    name: 'monitoring.serviceMonitor',
    namespace: 'monitoring.serviceMonitorNamespace',
  })
}

/** The ingresses that lead to a component of the role and that no other role has. */
export async function ingressCandidates(platform: Platform, role: Entry): Promise<Advice> {
  const { kubernetes, configuration } = platform
  const own = placed(platform, role).kubernetes.namespace
  const { name, paths } = configuration.ingresses[role]
  const { namespace } = kubernetes
  const others = Object.entries(configuration.ingresses).flatMap(([other, given]) => (other === role ? [] : given.name))
  const behind = Object.values(paths).map((component) => configuration.components[component].service)
  const found = await listed(kubernetes.api, discoveries.ingresses, ingress)
  const services = await listed(kubernetes.api, discoveries.services, service)
  const leadingHere = services.filter(
    ({ spec: { type, externalName = '' } }) =>
      type === 'ExternalName' && behind.some((one) => isHostOf(externalName, one, own)),
  )
  const backendsOf = ({ spec }: Ingress) =>
    spec.rules.flatMap(({ http }) => http?.paths ?? []).flatMap(({ backend }) => backend.service?.name ?? [])
  const isApart = (one: Ingress) =>
    one.metadata.namespace !== own &&
    leadingHere.some(
      ({ metadata }) => metadata.namespace === one.metadata.namespace && backendsOf(one).includes(metadata.name),
    )
  const fitting = found.filter((one) => {
    const isOther = one.metadata.namespace === namespace && others.includes(one.metadata.name)
    return !isOther && (isApart(one) || backendsOf(one).some((service) => behind.includes(service)))
  })
  return entryCandidates('Ingress', role, fitting, isApart, { name, namespace })
}

/** The ways in, first those that lead to the configured namespace from another one. */
function entryCandidates<T extends Named>(
  kind: string,
  role: Entry,
  found: readonly T[],
  isApart: (one: T) => boolean,
  configured: { readonly name: string; readonly namespace: string },
): Advice {
  const apart = found.filter(isApart)
  const key = apart.length > 0 ? `ingresses.${role}.namespace` : namespaceKeyOf(role)
  return named(kind, apart.length > 0 ? apart : found, configured, { name: `ingresses.${role}.name`, namespace: key })
}

/** The HTTPRoutes that lead to a component of the role. */
export async function routeCandidates(platform: Platform, role: Entry): Promise<Advice> {
  const { kubernetes, configuration } = platform
  const { name, paths } = configuration.ingresses[role]
  const { namespace } = kubernetes
  const behind = Object.values(paths).map((component) => configuration.components[component].service)
  const found = await listed(kubernetes.api, discoveries.httpRoutes, httpRoute)
  const fitting = found.filter(({ spec }) =>
    spec.rules.some(({ backendRefs }) => backendRefs.some((backend) => behind.includes(backend.name))),
  )
  const own = placed(platform, role).kubernetes.namespace
  const isApart = ({ metadata, spec }: HttpRoute) =>
    metadata.namespace !== own &&
    spec.rules.some(({ backendRefs }) => backendRefs.some((backend) => backend.namespace === own))
  return entryCandidates('HTTPRoute', role, fitting, isApart, { name, namespace })
}

type SecretRole = keyof Platform['configuration']['secretNames']

/** The ExternalSecrets that write the Secret of a role, or the keys that it must have. */
export async function externalSecretCandidates(
  { kubernetes, configuration }: Platform,
  role: SecretRole,
): Promise<Advice> {
  const { name, externalSecret = name, keys } = configuration.secretNames[role]
  const { namespace } = kubernetes
  const found = await listed(kubernetes.api, discoveries.externalSecrets, externalSecretFields)
  const fitting = found.filter(({ metadata, spec }) => {
    const written = spec.data.map(({ secretKey }) => secretKey)
    const isWriter = metadata.namespace === namespace && spec.target.name === name
    return isWriter || keys.every((key) => written.includes(key))
  })
  return named(
    'ExternalSecret',
    fitting,
    { name: externalSecret, namespace },
    { name: `secretNames.${role}.externalSecret`, namespace: namespaceKeyOf(role) },
  )
}

/** The Secrets of the namespace that ExternalSecrets write with each of the keys. No Secret is read. */
export async function secretCandidates(
  { kubernetes }: Pick<Platform, 'kubernetes'>,
  name: string,
  keys: readonly string[],
  key: string,
): Promise<Advice> {
  const { namespace } = kubernetes
  const found = await listed(kubernetes.api, discoveries.externalSecrets, externalSecretFields)
  const fitting = found.flatMap(({ metadata, spec }) => {
    const written = spec.data.map(({ secretKey }) => secretKey)
    const isFitting = metadata.namespace === namespace && keys.every((one) => written.includes(one))
    return isFitting ? { metadata: { name: spec.target.name ?? metadata.name, namespace } } : []
  })
  const other = fitting.filter(({ metadata }) => metadata.name !== name)
  return named('Secret', other, { name, namespace }, { name: key, namespace: 'namespace' })
}

/** The claims that the pods of the database mount. */
export async function claimCandidates({ kubernetes, configuration }: Platform): Promise<Advice> {
  const pods = await kubernetes.podUses(configuration.components.mysql.labels).catch(unreadable)
  const { namespace } = kubernetes
  const mounted = (pods ?? []).flatMap(({ spec }) =>
    spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
  )
  const claims = [...new Set(mounted)].filter((name) => name !== configuration.storage.claim)
  return named(
    'PersistentVolumeClaim',
    claims.map((name) => ({ metadata: { name, namespace } })),
    { name: configuration.storage.claim, namespace },
    { name: 'storage.claim', namespace: 'namespace' },
  )
}

/** The objects of a kind in the whole cluster; none where the caller may not list them, since this is only advice. */
async function listed<T>(api: Platform['kubernetes']['api'], operation: Operation, schema: z.ZodType<T>): Promise<T[]> {
  const objects = (await api.list(operation, {}).catch(unreadable)) ?? []
  return objects.flatMap((object) => schema.safeParse(object).data ?? [])
}

function unreadable(error: unknown): undefined {
  if (!(error instanceof Blocked || error instanceof Unmet)) throw error
}

/** A line for each object, with the keys that differ from the configuration. */
function named(
  kind: string,
  found: readonly Named[],
  configured: { readonly name: string; readonly namespace: string },
  keys: { readonly name: string; readonly namespace: string },
): Advice {
  return found.slice(0, mostNamed).map(({ metadata: { name, namespace = '' } }) => {
    const byName = comment`${keys.name}: ${name}`.slice(2)
    const byNamespace = comment`${keys.namespace}: ${namespace}`.slice(2)
    const set = [
      ...(name === configured.name ? [] : [byName]),
      ...(namespace === configured.namespace ? [] : [byNamespace]),
    ]
    return comment`There is ${article(kind)} ${kind} ${name} in ${namespace}: set ${{ foreign: set.join(' and ') }}`
  })
}

const article = (kind: string) => (/^([AEIO]|HTTP)/.test(kind) ? 'an' : 'a')

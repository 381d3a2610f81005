/** Objects that exist where a configured one does not, each with the keys that name it: the first lines of a remedy. */
import type { z } from 'zod'
import { type CommandLine, comment } from '../basis/command'
import { Blocked, Unmet } from '../basis/expectation'
import { type Component, components } from '../contracts/contract'
import { service } from '../platform/core-resources'
import { application, serviceMonitor } from '../platform/custom-resources'
import { discoveries, type Operation } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { selects } from './label-selector'

/** More candidates would hide the command below them. */
const mostNamed = 3

type Advice = readonly CommandLine[]

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined }
}

/** The Applications that deploy to the namespace of the service. */
export async function applicationCandidates({ kubernetes, configuration }: Platform): Promise<Advice> {
  const found = await listed(kubernetes.api, discoveries.applications, application)
  const fitting = found.filter(
    ({ metadata, spec }) =>
      spec.destination.namespace === kubernetes.namespace && metadata.name !== configuration.testApplication?.name,
  )
  return named('Application', fitting, configuration.application, {
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
      namespace: 'namespace',
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
  const { serviceMonitor: name, namespace } = configuration.monitoring
  return named(
    'ServiceMonitor',
    fitting,
    { name, namespace },
    {
      name: 'monitoring.serviceMonitor',
      namespace: 'monitoring.namespace',
    },
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

const article = (kind: string) => (/^[AEIOU]/.test(kind) ? 'an' : 'a')

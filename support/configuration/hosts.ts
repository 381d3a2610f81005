/** The hosts by which people and systems reach the service and Grafana from outside. */
import type { Entry } from '../contracts/contract'
import type { Configuration } from './schema'

/** A host, the object that leads from it, and the component behind each path. */
export type Host = Omit<Configuration['ingresses'][Entry], 'others' | 'namespace'>

/** The hosts of a role, the first one first. */
export function hostsOf({ ingresses }: Pick<Configuration, 'ingresses'>, role: Entry): readonly Host[] {
  const { others, namespace: _, ...first } = ingresses[role]
  return [
    first,
    ...others.map(({ kind = first.kind, name = first.name, paths = first.paths, probe = first.probe, host }) => ({
      kind,
      name,
      host,
      paths,
      probe,
    })),
  ]
}

/** The namespace of what leads to a role from outside: that of the component behind it, unless it lies elsewhere. */
export const namespaceOfEntry = ({ namespace, grafana, ingresses }: EntryPlaces, role: Entry): string =>
  ingresses[role].namespace ?? (role === 'grafana' ? grafana.namespace : undefined) ?? namespace

type EntryPlaces = Pick<Configuration, 'namespace' | 'grafana' | 'ingresses'>

export const entries = ['service', 'grafana'] as const satisfies readonly Entry[]

/** The hosts of all roles. */
export const allHosts = (configuration: Pick<Configuration, 'ingresses'>): readonly Host[] =>
  entries.flatMap((role) => hostsOf(configuration, role))

/** The hosts by which people and systems reach the service and Grafana from outside. */
import type { Entry } from '../contracts/contract'
import type { Configuration } from './schema'

/** A host, the object that leads from it, and the component behind each path. */
export type Host = Omit<Configuration['ingresses'][Entry], 'others'>

/** The hosts of a role, the first one first. */
export function hostsOf({ ingresses }: Pick<Configuration, 'ingresses'>, role: Entry): readonly Host[] {
  const { others, ...first } = ingresses[role]
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

export const entries = ['service', 'grafana'] as const satisfies readonly Entry[]

/** The hosts of all roles. */
export const allHosts = (configuration: Pick<Configuration, 'ingresses'>): readonly Host[] =>
  entries.flatMap((role) => hostsOf(configuration, role))

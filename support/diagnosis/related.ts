/** Selects the cluster's own information about the objects of a cause: events and the last lines of logs. Pure. */
import type { Facts } from './facts/facts'
import { isAbout, objectOf, timeOf } from './facts/insight'
import type { Identity } from './facts/metadata'

const mostEvents = 4
const mostLines = 5

/**
 * The latest warning events and log lines about objects, as one line of text each.
 * @param objects kind and name, as findings write them
 */
export function factsAbout(objects: ReadonlySet<string>, facts: Facts): string[] {
  const known = new Map([...latestIn(facts), ...identitiesIn(facts)])
  const events = facts.events
    .filter((event) => {
      const { kind, ...of } = event.involvedObject
      const object = objectOf(kind, of)
      // Findings name a store without its namespace.
      const isMeant = objects.has(object) || (kind === 'SecretStore' && objects.has(`${kind} ${of.name}`))
      return event.type !== 'Normal' && isMeant && isAbout(event, known.get(object) ?? {})
    })
    .sort((one, other) => timeOf(other).localeCompare(timeOf(one)))
    .slice(0, mostEvents)
    .map((event) => {
      const { involvedObject, reason, message, series, count } = event
      const times = series?.count ?? count ?? 1
      const when = `${times > 1 ? `${times} times, last ` : ''}at ${timeOf(event)}`
      return `event ${reason} of ${objectOf(involvedObject.kind, involvedObject)} (${when}): ${message}`
    })
  const logs = facts.logs
    .filter(({ namespace, pod, lines }) => lines.length > 0 && objects.has(`Pod ${namespace}/${pod}`))
    .flatMap(({ pod, container, previous, lines }) =>
      lines
        .slice(-mostLines)
        .map((line) => `log of ${pod}, container ${container}${previous ? ' (previous)' : ''}: ${line}`),
    )
  return [...events, ...logs.slice(-mostLines)]
}

/** The objects of the newest events: of a kind that is not collected, such as a Certificate, the latest one of a name is meant. */
function latestIn({ events }: Facts): Map<string, Partial<Identity>> {
  const oldestFirst = [...events].sort((one, other) => timeOf(one).localeCompare(timeOf(other)))
  return new Map(
    oldestFirst.map(({ involvedObject: { kind, uid, ...of } }) => [objectOf(kind, of), uid === '' ? {} : { uid }]),
  )
}

/** The collected objects that events can concern. */
function identitiesIn(facts: Facts): Map<string, Partial<Identity>> {
  const of = (kind: string, objects: readonly { readonly metadata: Identity }[] = []) =>
    objects.map(({ metadata }) => [objectOf(kind, metadata), metadata] as const)
  return new Map([
    ...of('Node', facts.nodes),
    ...of('Pod', facts.pods),
    ...of('PersistentVolumeClaim', facts.claims),
    ...of('Service', facts.services),
    ...of('Ingress', facts.ingresses),
    ...of('ExternalSecret', facts.externalSecrets),
    ...of('ServiceMonitor', facts.serviceMonitors),
    ...of('Application', facts.applications),
    ...facts.workloads.map(({ kind, metadata }) => [objectOf(kind, metadata), metadata] as const),
    ...facts.secretStores.map(({ kind, metadata }) => [objectOf(kind, metadata), metadata] as const),
  ])
}

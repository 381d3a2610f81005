/** Selects the cluster's own information about the objects of a cause: events and the last lines of logs. Pure. */
import type { Facts } from './facts/facts'
import { isAbout, objectOf, timeOf } from './facts/insight'

const mostEvents = 4
const mostLines = 5

/**
 * The latest warning events and log lines about objects, as one line of text each.
 * @param objects kind and name, as findings write them
 */
export function factsAbout(objects: ReadonlySet<string>, facts: Facts): string[] {
  const uids = new Map([
    ...facts.pods.map(({ metadata }) => [objectOf('Pod', metadata), metadata.uid] as const),
    ...facts.claims.map(({ metadata }) => [objectOf('PersistentVolumeClaim', metadata), metadata.uid] as const),
    ...facts.workloads.map(({ kind, metadata }) => [objectOf(kind, metadata), metadata.uid] as const),
  ])
  const events = facts.events
    .filter((event) => {
      const { kind, ...of } = event.involvedObject
      const object = objectOf(kind, of)
      return event.type !== 'Normal' && objects.has(object) && isAbout(event, uids.get(object) ?? '')
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

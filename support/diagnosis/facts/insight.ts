/** An analyzer's conclusions about one object, and helpers for analyzers. */
import type { FreshFinding } from '../../basis/finding'
import type { Facts } from './facts'
import type { Identity, Metadata } from './metadata'

export interface Insight {
  /** Kind and name, as findings write them: "Service fawkes/devlake-lake". */
  readonly object: string
  /** The problem of the object itself. */
  readonly problem?: FreshFinding
  /** Objects that may be the cause, the likeliest first. If one of them has a problem, that goes before the object's own. */
  readonly possibleCauses?: readonly string[]
}

/** A pure function: the same facts, saved and read again, give the same insights. */
export type Analyzer = (facts: Facts) => readonly Insight[]

export const objectOf = (kind: string, { namespace, name }: Metadata) =>
  namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`

/** True if the selector matches the labels. An empty selector matches nothing. */
export const selects = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value)

type EventFacts = Facts['events'][number]

/** The events about an object, newest first. */
export const eventsOf = ({ events }: Facts, kind: string, object: Identity): EventFacts[] =>
  events
    .filter(({ involvedObject: { kind: of, namespace, name } }) =>
      [of === kind, name === object.name, namespace === object.namespace].every(Boolean),
    )
    .filter((event) => isAbout(event, object))
    .sort((one, other) => timeOf(other).localeCompare(timeOf(one)))

/**
 * True if an event concerns the object as it is now. Events stay for an hour, so an event can concern an earlier object of the same
 * name, or the object before somebody mended it.
 */
export function isAbout(
  event: EventFacts,
  { uid, creationTimestamp = '', changedAt = '' }: Partial<Identity>,
): boolean {
  const { uid: of } = event.involvedObject
  if (uid && of !== '' && of !== uid) return false
  const at = Date.parse(event.recordedAt ?? timeOf(event))
  // The times of objects have whole seconds.
  return ![creationTimestamp, changedAt].some((time) => Math.floor(at / 1000) * 1000 < Date.parse(time))
}

export const timeOf = ({ series, lastTimestamp, eventTime, firstTimestamp }: EventFacts): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? ''

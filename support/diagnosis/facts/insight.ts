/** What an analyzer makes of facts about one object. */
import type { Finding } from '../../basis/finding'
import type { Facts, Identity, Metadata } from './facts'

export interface Insight {
  /** Kind and name, as findings write them: "Service fawkes/devlake-lake". */
  readonly object: string
  /** What is wrong with the object itself. */
  readonly trouble?: Finding
  /** Objects that may be the reason, the likeliest first: one of them that is in trouble itself goes before the own trouble. */
  readonly suffersFrom?: readonly string[]
}

/** Pure: the same facts, saved and read again, give the same insights. */
export type Analyzer = (facts: Facts) => readonly Insight[]

export const objectOf = (kind: string, { namespace, name }: Metadata) =>
  namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`

/** Whether an object with these labels is selected; nothing is selected by no labels. */
export const selects = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value)

type EventFacts = Facts['events'][number]

/** The events about an object, the newest first. */
export const eventsOf = ({ events }: Facts, kind: string, { namespace, name, uid }: Identity): EventFacts[] =>
  events
    .filter(({ involvedObject: of }) => of.kind === kind && of.name === name && of.namespace === namespace)
    .filter((event) => isAbout(event, uid))
    .sort((one, other) => timeOf(other).localeCompare(timeOf(one)))

/** Events stay for an hour: those of an earlier object of the same name are about another one. */
export const isAbout = ({ involvedObject: { uid: of } }: EventFacts, uid: string): boolean =>
  uid === '' || of === '' || of === uid

export const timeOf = ({ series, lastTimestamp, eventTime, firstTimestamp }: EventFacts): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? ''

/** Events that a source has had for too long, while the service has not stored them. */
import type { CommandLine } from '../../basis/command'
import { Blocked, type Circumstances, NotApplicable, Unmet, unless } from '../../basis/expectation'
import { type Deadlines, lengthInWords, originInWords } from './freshness'

/** An event at its source. Times are milliseconds since 1970 UTC. */
export interface AtSource {
  /** In words, such as "a deployment of checkout". */
  readonly event: string
  /** The object of the finding, such as "deployments of checkout". */
  readonly object: string
  /** The words for the source, such as "the table cicd_deployments". */
  readonly source: string
  /** The time from which on the service could collect it. */
  readonly at: number
  readonly isStored: boolean
  /** The newest stored event, in words. */
  readonly newest: string
  readonly remedy: readonly CommandLine[]
}

/** Returns none where a source cannot be read: that has items of its own. */
export const unlessUnreadable = <T>(list: Promise<readonly T[]>): Promise<readonly T[]> =>
  list.catch(unless([], Unmet, Blocked, NotApplicable))

/** The finding about an event that a source has had for too long, while the service has not stored it. */
export function missedAtSource(
  newest: readonly AtSource[],
  now: number,
  deadlines: Deadlines,
): Circumstances | undefined {
  const most = deadlines.collection + deadlines.schedule
  const missed = newest
    .filter(({ at, isStored }) => !isStored && now - at > most)
    .sort((one, other) => one.at - other.at)
  const [first] = missed
  if (!first) return undefined
  const { event, object, source, at, newest: stored, remedy } = first
  const others = missed.slice(1).map((one) => `\n${one.event}: ${new Date(one.at).toISOString()} in ${one.source}`)
  return {
    summary: `The service has not stored ${event} that ${source} has had for ${lengthInWords(now - at)}.`,
    object,
    expected: `${event} of ${new Date(at).toISOString()}, stored within ${lengthInWords(most)} ${originInWords(deadlines)}`,
    found: `the newest stored one: ${stored}${others.join('')}`,
    remedy,
  }
}

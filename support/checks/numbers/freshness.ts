/** The age of the numbers: surfaces that agree with each other may all show what was collected days ago. Pure. */
import { comment, foreign } from '../../basis/command'
import type { Circumstances } from '../../basis/expectation'
import type { StatedEnd } from './project-result'

/** The clocks of a service and of its database may differ by this much, in milliseconds. */
const clockError = 60_000

export interface Deadlines {
  /** From the events until the metrics show them, in milliseconds. */
  readonly collection: number
  /** The longest time between two collections, in milliseconds. */
  readonly schedule: number
}

/**
 * The finding about a collection, or the range of one surface, that is too old or in the future; undefined if there is none.
 * @param now the clock of the database; milliseconds since 1970 UTC
 */
export function staleness(
  ends: readonly StatedEnd[],
  now: number,
  { collection, schedule }: Deadlines,
): Circumstances | undefined {
  // An answer from a cache keeps the time at which it was made, so the clock of the database counts too.
  const aged = ends
    .map((one) => ({ ...one, age: Math.max(one.at ?? now, now) - one.end }))
    .sort((one, other) => other.age - one.age)
  const [oldest, youngest] = [aged[0], aged.at(-1)]
  if (!oldest || !youngest) return undefined
  const most = collection + schedule
  const expected = `a collection within the last ${lengthInWords(most)} (deadlines.collection and deadlines.schedule)`
  const remedy = [
    oldest.command,
    comment`search the log of the service for the collection that failed`,
    comment`if the service collects less often, set deadlines.schedule`,
  ]
  const ended = `ended at ${new Date(oldest.end).toISOString()}, ${lengthInWords(oldest.age)} ago by the clocks of the service and its database`
  if (youngest.age > most)
    return {
      summary: `The last completed collection of the service is ${lengthInWords(youngest.age)} old.`,
      object: 'collection of the service',
      expected,
      found: `every surface reports ranges of the past; the oldest ${ended}`,
      remedy,
    }
  if (oldest.age > most)
    return {
      summary: `${oldest.surface} reports numbers of ${oldest.project} that are ${lengthInWords(oldest.age)} old.`,
      object: `range of ${oldest.surface}`,
      expected,
      found: `its range for ${oldest.range} ${ended}`,
      remedy,
    }
  if (youngest.age < -clockError)
    return {
      summary: `${youngest.surface} reports a range of ${youngest.project} that ends in the future.`,
      object: `range of ${youngest.surface}`,
      expected: 'a range that ends with the last completed collection',
      found: `an end at ${new Date(youngest.end).toISOString()}, ${lengthInWords(-youngest.age)} ahead of the clock of the service`,
      remedy: [youngest.command, comment`compare the clocks of the nodes: ${foreign('kubectl get nodes')}`],
    }
  return undefined
}

/** A length of time in its largest whole unit: "3 days", "70 min", "12 s". */
export function lengthInWords(ms: number): string {
  const [days, hours, minutes] = [ms / 86_400_000, ms / 3_600_000, ms / 60_000].map(Math.floor)
  if (days && days > 1) return `${days} days`
  if (hours && hours > 2) return `${hours} h`
  if (minutes && minutes > 1) return `${minutes} min`
  return `${Math.floor(ms / 1000)} s`
}

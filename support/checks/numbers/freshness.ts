/** The age of the numbers: surfaces that agree with each other may all show what was collected days ago. Pure. */
import { type CommandLine, comment, foreign } from '../../basis/command'
import type { Circumstances } from '../../basis/expectation'
import type { Clocks } from '../../service/clocks'
import type { StatedEnd } from './project-result'

/** The clocks of a service and of its database may differ by this much, in milliseconds. */
const clockError = 60_000

export interface Deadlines {
  /** From the events until the metrics show them, in milliseconds. */
  readonly collection: number
  /** The longest time between two collections, in milliseconds. */
  readonly schedule: number
  /** What sets the schedule, in words; absent if the configuration does. */
  readonly scheduledBy?: string | undefined
}

/** The origin of the deadlines, as the end of an expectation. */
export const originInWords = ({ scheduledBy = 'deadlines.schedule' }: Deadlines): string =>
  `(deadlines.collection and ${scheduledBy})`

/** The line of a remedy for a service that collects less often than the configuration says. */
export const ifLessOften = ({ scheduledBy }: Deadlines): CommandLine[] =>
  scheduledBy === undefined ? [comment`if the service collects less often, set deadlines.schedule`] : []

const compareClocks = comment`compare the clocks of the nodes: ${foreign('kubectl get nodes')}`

/** The finding about a collection, or the range of one surface, that is too old or in the future; undefined if there is none. */
export function staleness(ends: readonly StatedEnd[], clocks: Clocks, deadlines: Deadlines): Circumstances | undefined {
  const now = clocks.database
  // An answer from a cache keeps the time at which it was made, so the clock of the database counts too.
  const aged = ends
    .map((one) => ({ ...one, age: Math.max(one.at ?? now, now) - one.end }))
    .sort((one, other) => other.age - one.age)
  const [oldest, youngest] = [aged[0], aged.at(-1)]
  if (!oldest || !youngest) return undefined
  const most = deadlines.collection + deadlines.schedule
  const skewed = skewBehind(oldest, clocks, most)
  if (skewed) return skewed
  const expected = `a collection within the last ${lengthInWords(most)} ${originInWords(deadlines)}`
  const remedy = [
    oldest.command,
    comment`search the log of the service for the collection that failed`,
    ...ifLessOften(deadlines),
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
      remedy: [youngest.command, compareClocks],
    }
  return undefined
}

/** The finding about clocks that differ, if nothing else makes a range too old: by its own clock, the service is up to date. */
function skewBehind(
  { end, age, command }: StatedEnd & { readonly age: number },
  clocks: Clocks,
  most: number,
): Circumstances | undefined {
  const { service, database, cluster } = clocks
  const difference = service === undefined ? 0 : database - service
  if (service === undefined || difference <= clockError || age <= most || service - end > most) return undefined
  const isService = Math.abs(service - cluster) > Math.abs(database - cluster)
  const [wrong, direction, right] = isService
    ? ['service', 'behind', 'its database']
    : ['database', 'ahead of', 'the service']
  return {
    summary: `The clock of the ${wrong} is ${lengthInWords(difference)} ${direction} that of ${right}, so the age of the numbers is unknown.`,
    object: `clock of the ${wrong}`,
    expected: 'the same time at the service, its database and the Kubernetes API server',
    found: Object.entries(clocks)
      .map(([name, time]) => `${name} ${new Date(time).toISOString()}`)
      .join(', '),
    remedy: [command, compareClocks],
  }
}

/** The clocks of the service and its database, if they differ, as lines of the evidence. */
export function skewInWords({ service, database }: Clocks): string[] {
  const difference = service === undefined ? 0 : database - service
  if (Math.abs(difference) <= clockError) return []
  const direction = difference > 0 ? 'behind' : 'ahead of'
  return [`the clock of the service is ${lengthInWords(Math.abs(difference))} ${direction} that of its database`]
}

/** So many answers that each end with their own question show that no collection ended meanwhile. */
const fewest = 20
/** Answers within one millisecond end alike. Of a service that collects several times a second, many more do. */
const mostlyDistinct = 0.9
/** No service collects as often in a second. */
const collectionsASecond = 12
/** So many different ends, all on whole seconds and about one for each, are the times of the questions. */
const wholeSeconds = 10

/**
 * The finding about ranges that end when they are asked for. They do not say when the last collection ended, so that nothing
 * shows whether one has ended for days. Undefined if the ranges end with a collection.
 */
export function unknownAge(ends: readonly StatedEnd[]): Circumstances | undefined {
  const [first] = ends
  const times = ends.map(({ end }) => end).sort((one, other) => one - other)
  const distinct = new Set(times).size
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
  // The collections of many projects, each with an end of its own, lie far apart.
  const isDense = distinct >= seconds / 2
  // Without the time of an answer, only the number of different ends shows it.
  const isAtQuestion = ends.every(({ at, end }) => (at === undefined ? isDense : Math.abs(at - end) <= 1000))
  const isTooOften = distinct >= fewest / 2 && distinct > seconds * collectionsASecond
  const isEachSecond = isDense && distinct >= wholeSeconds && times.every((end) => end % 1000 === 0)
  const follows = distinct >= ends.length * mostlyDistinct || isTooOften || isEachSecond
  if (first === undefined || ends.length < fewest || !isAtQuestion || !follows) return undefined
  const place = first.at === undefined ? 'in an answer without a Date' : 'within a second of its answer'
  return {
    summary: 'The time of the last collection is unknown: each range of the service ends when it is asked for.',
    object: 'collection of the service',
    expected: 'ranges that end with the last completed collection (timeRange.end)',
    found: `${ends.length} answers with ${distinct} different ends, each ${place}`,
    remedy: [first.command, comment`ask again: timeRange.end must stay the same until the next collection ends`],
  }
}

/** A length of time in its largest whole unit: "3 days", "70 min", "12 s". */
export function lengthInWords(ms: number): string {
  const [days, hours, minutes] = [ms / 86_400_000, ms / 3_600_000, ms / 60_000].map(Math.floor)
  if (days && days > 1) return `${days} days`
  if (hours && hours > 2) return `${hours} h`
  if (minutes && minutes > 1) return `${minutes} min`
  return `${Math.floor(ms / 1000)} s`
}

/** Wrong numbers, wherever they are shown: the finding about them, their table, and the definition that explains them. */
import { type CommandLine, command, comment, configuration, foreign } from '../../basis/command'
import { type Circumstances, Unmet } from '../../basis/expectation'
import { toleranceOf } from '../../dora/comparison'
import type { ProjectEvents } from '../../dora/compute'
import { Interpretation, likeliest } from '../../dora/interpretation'
import { type Quantity, quantities, type Value } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import type { Platform } from '../../platform/platform'
import { eventKeys, templateOf } from '../../service/event-keys'
import { readableEvents } from './readable-events'

/** A number that is shown somewhere and differs from the expected one. */
export interface WrongNumber {
  /** Kind and name of what is wrong, as the finding's object. */
  readonly object: string
  /** Whose number it is, such as "checkout (last 7 days)". */
  readonly owner: string
  /** The cells of its row in the table before the quantity, under the columns of the {@link Subject}. */
  readonly place: readonly string[]
  /** The subject and verb of a sentence, such as "GraphQL reports". */
  readonly shows: string
  readonly quantity: Quantity
  /** With their units, such as "12.5 min". */
  readonly expected: string
  readonly found: string
  /** Definitions that would yield the number that was found. */
  readonly likely: readonly string[]
  /** The commands that show the number again. */
  readonly remedy: readonly CommandLine[]
}

/** What a finding about wrong numbers has in common. */
interface Subject {
  /** The source of the expected number in the summary, such as "its events". */
  readonly source: string
  /** The columns of the table before the quantity. */
  readonly columns: readonly string[]
}

const mostRows = 40

/** Such as "GraphQL reports 12.5 min for the lead time of checkout (last 7 days)". */
export const statementOf = (
  { shows, found, quantity }: Pick<WrongNumber, 'shows' | 'found' | 'quantity'>,
  owner: string,
): string => `${shows} ${found} for the ${quantity} of ${owner}`

/** The finding about wrong numbers: its summary names one of them, with the reason that explains it; its table lists up to 40. */
export const rejection = (first: WrongNumber, others: readonly WrongNumber[], subject: Subject): Unmet =>
  new Unmet(wrongNumbers(first, others, subject))

/** The circumstances of {@link rejection}. */
export function wrongNumbers(first: WrongNumber, others: readonly WrongNumber[], subject: Subject): Circumstances {
  const all = [first, ...others]
  const likely = likeliest(all.map((one) => one.likely))
  // A reason is given for a number that it explains.
  const explained = all.find((one) => one.likely.some((reason) => likely.includes(reason)))
  const { object, owner, expected, found, remedy } = explained ?? first
  const { source, columns } = subject
  const reason = likely.length > 0 ? ` Likely reason: ${likely.join(', or ')}.` : ''
  const rows = all.map((one) => [...one.place, one.quantity, one.expected, one.found].join(' | '))
  const more = rows.length > mostRows ? [`… ${rows.length} in all`] : []
  const head = [...columns, 'quantity', 'expected', 'found'].join(' | ')
  return {
    summary: `${statementOf(explained ?? first, owner)}; ${source} yield ${expected}.${reason}`,
    object,
    expected,
    found: `${found}\n${[head, ...rows.slice(0, mostRows), ...more].join('\n')}`,
    remedy,
  }
}

/**
 * The finding about a number that is right if first deployments did not list their commits, while the configuration does not say
 * whether they did.
 * @param statement says what is shown, without a full stop
 * @param expected right if all of them did
 */
export const unknownListing = (statement: string, expected: string): Circumstances => ({
  summary: `${statement}, which can be right only if first deployments did not list their commits.`,
  object: 'configuration key events.listedCommits',
  expected: `the table that ${eventKeys.listedCommits.does}, and its columns; if all did, this is right: ${expected}`,
  found: 'nothing',
  remedy: [
    command`npx dora-acceptance init --output -`,
    configuration`events:\n  listedCommits: ${foreign(templateOf('listedCommits'))}`,
    comment`if every event lists its commits: correct the service, which leaves out the first deployment of each repository`,
  ],
})

/** A number as it was found. */
interface FoundNumber {
  /** An index into the windows of the question; null is all time. */
  readonly window: number | null
  readonly quantity: Quantity
  /** Undefined cannot be explained. */
  readonly found: Value | undefined
}

/**
 * The definitions by which the events of a project yield each of the numbers, in their order.
 * @param read the events; by default those that are stored
 * @param right quantities that every surface reports as the events yield them
 */
export async function explanationsOf(
  platform: Platform,
  question: Question,
  numbers: readonly FoundNumber[],
  read?: ProjectEvents,
  right: readonly Quantity[] = [],
): Promise<readonly string[][]> {
  const { precision } = platform.contract.dora
  const events = read ?? (await readableEvents(platform, question.project))
  // The numbers are wrong in any case: too many events or a database that is down only cost the explanation.
  if (!events) return numbers.map(() => [])
  const interpretation = new Interpretation(events, question, right)
  return interpretation.explainingAll(
    numbers.map(({ window, quantity, found }) => {
      const tolerance = toleranceOf(quantities[quantity], precision, typeof found === 'number' ? found : 0)
      return found === undefined ? undefined : { window, quantity, found, tolerance }
    }),
  )
}

/** Wrong numbers, wherever they are shown: the finding about them, their table, and the definition that explains them. */
import { type CommandLine, command, comment, configuration, foreign } from '../../basis/command'
import { Blocked, type Circumstances, Unmet } from '../../basis/expectation'
import { toleranceOf } from '../../dora/comparison'
import { Interpretation, likeliest } from '../../dora/interpretation'
import { type Quantity, quantities, type Value } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { firstWithoutLeadTime } from '../../dora/unlisted'
import type { Platform } from '../../platform/platform'
import { eventKeys, templateOf } from '../../service/event-keys'
import { eventsOfProject } from '../../service/raw-events'

/** A number that is shown somewhere and differs from the expected one. */
export interface WrongNumber {
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

/** The object of a finding about wrong numbers. */
interface Subject {
  /** Kind and name, as the finding's object. */
  readonly object: string
  /** The owner of the first number in the summary, such as "checkout (last 7 days)". */
  readonly owner: string
  /** The source of the expected number in the summary, such as "its events". */
  readonly source: string
  /** The columns of the table before the quantity. */
  readonly columns: readonly string[]
  /** False if the configuration does not say which deployments listed their commits. */
  readonly isListingKnown: boolean
}

const mostRows = 40

/**
 * The finding about wrong numbers: its summary names the first, its table lists up to 40. It blocks the item if the numbers are
 * probably right because first deployments did not list their commits, and the configuration does not say whether they did.
 */
export function rejection(first: WrongNumber, others: readonly WrongNumber[], subject: Subject): Unmet | Blocked {
  const all = [first, ...others]
  const likely = likeliest(all.map((one) => one.likely))
  if (!subject.isListingKnown && likely.includes(firstWithoutLeadTime))
    return new Blocked(unknownListing(first, subject))
  const { shows, quantity, expected, found, remedy } = first
  const { object, owner, source, columns } = subject
  const reason = likely.length > 0 ? ` Likely reason: ${likely.join(', or ')}.` : ''
  const rows = all.map((one) => [...one.place, one.quantity, one.expected, one.found].join(' | '))
  const more = rows.length > mostRows ? [`… ${rows.length} in all`] : []
  const head = [...columns, 'quantity', 'expected', 'found'].join(' | ')
  return new Unmet({
    summary: `${shows} ${found} for the ${quantity} of ${owner}; ${source} yield ${expected}.${reason}`,
    object,
    expected,
    found: `${found}\n${[head, ...rows.slice(0, mostRows), ...more].join('\n')}`,
    remedy,
  })
}

const unknownListing = ({ shows, quantity, found, expected }: WrongNumber, { owner }: Subject): Circumstances => ({
  summary: `${shows} ${found} for the ${quantity} of ${owner}, which is right only if first deployments did not list their commits.`,
  object: 'configuration key events.listedCommits',
  expected: `the table that ${eventKeys.listedCommits.does}, and its columns; if all did, the right number is ${expected}`,
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

/** The definitions by which the events of a project yield each of the numbers, in their order. */
export async function explanationsOf(
  platform: Platform,
  question: Question,
  numbers: readonly FoundNumber[],
): Promise<readonly string[][]> {
  const { precision } = platform.contract.dora
  try {
    const interpretation = new Interpretation(await eventsOfProject(platform, question.project), question)
    return numbers.map(({ window, quantity, found }) => {
      if (found === undefined) return []
      const tolerance = toleranceOf(quantities[quantity], precision, typeof found === 'number' ? found : 0)
      return interpretation.explaining({ window, quantity, found, tolerance })
    })
  } catch (error) {
    // The numbers are wrong in any case: too many events or a database that is down only cost the explanation.
    if (error instanceof Unmet || error instanceof Blocked) return numbers.map(() => [])
    throw error
  }
}

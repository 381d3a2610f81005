/**
 * The wrong numbers of a project. If the configuration does not say which deployments listed their commits, the numbers that are
 * right with other first deployments are left open.
 */
import { Blocked } from '../../basis/expectation'
import { shownBoth } from '../../dora/comparison'
import { computeOf, type ProjectEvents } from '../../dora/compute'
import type { Quantity } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { likeliestUnlisted } from '../../dora/unlisted'
import type { Platform } from '../../platform/platform'
import { statementOf, unknownListing } from './differences'
import { quantitiesOf } from './metric'
import type { Unread } from './project-result'
import { readableEvents } from './readable-events'
import type { AnswerDifference, SurfaceAnswer, Yielded } from './surface-comparison'

export interface JudgedNumbers {
  /** The numbers that the answers were compared with. */
  readonly yielded: Yielded
  readonly differences: readonly AnswerDifference[]
  /** The answers that are right only if some first deployments did not list their commits. */
  readonly undecided: readonly Unread[]
  /** The events of which some first deployments do not list their commits, if these make more of the numbers right. */
  readonly read?: ProjectEvents
}

interface Compared {
  readonly platform: Platform
  readonly question: Question
  /** The numbers that the events yield if all of them listed their commits. */
  readonly yielded: Yielded
  readonly answers: readonly SurfaceAnswer[]
  readonly differencesIn: (yielded: Yielded, answers: readonly SurfaceAnswer[]) => readonly AnswerDifference[]
}

const leadTimes: readonly Quantity[] = quantitiesOf['lead time']
const isOfLeadTime = ({ difference: { quantity } }: AnswerDifference) => leadTimes.includes(quantity)

export async function judgedNumbers(compared: Compared): Promise<JudgedNumbers> {
  const { platform, question, yielded, answers, differencesIn } = compared
  const differences = differencesIn(yielded, answers)
  const isDecided = platform.configuration.events.listedCommits !== undefined
  if (isDecided || !differences.some(isOfLeadTime)) return { yielded, differences, undecided: [] }
  const open = (some: readonly AnswerDifference[]) => some.map((one) => undecided(one, question.project))
  const stored = await readableEvents(platform, question.project)
  if (!stored) {
    const wrong = differences.filter((one) => !isOfLeadTime(one))
    return { yielded, differences: wrong, undecided: open(differences.filter(isOfLeadTime)) }
  }
  const withEvents = (read: ProjectEvents): Yielded => ({ ...yielded, answer: computeOf(read, question) })
  const measured = answers.filter(({ surface }) => surface.reports.includes('lead time'))
  const { events, count } = likeliestUnlisted([stored], ([read = stored]) => {
    return differencesIn(withEvents(read), measured).filter(isOfLeadTime).length
  })
  const [read = stored] = events
  if (count === 0) return { yielded, differences, undecided: [] }
  const other = withEvents(read)
  const wrong = differencesIn(other, answers)
  const isWrong = ({ answer, difference: { quantity } }: AnswerDifference) =>
    wrong.some((one) => one.answer === answer && one.difference.quantity === quantity)
  const explained = differences.filter((one) => isOfLeadTime(one) && !isWrong(one))
  return { yielded: other, differences: wrong, undecided: open(explained), read }
}

function undecided({ answer: { surface, label }, difference }: AnswerDifference, project: string): Unread {
  const [expected, found] = shownBoth(difference)
  const number = { shows: `${surface.name} reports`, quantity: difference.quantity, found }
  const failure = new Blocked(unknownListing(statementOf(number, `${project} (${label})`), expected))
  return { surface: surface.name, reports: ['lead time'], failure }
}

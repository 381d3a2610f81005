/**
 * The wrong numbers of a project. If the configuration does not say which deployments listed their commits, the numbers that are
 * right with other first deployments are left open.
 */
import { Blocked } from '../../basis/expectation'
import { shownBoth } from '../../dora/comparison'
import { computeOf, type ProjectEvents } from '../../dora/compute'
import type { ShippedDeployment } from '../../dora/definitions'
import type { Quantity } from '../../dora/metrics'
import type { Answer, Question } from '../../dora/oracle'
import { likeliestUnlisted } from '../../dora/unlisted'
import { statementOf, unknownListing } from './differences'
import { quantitiesOf } from './metric'
import type { Unread } from './project-result'
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
  readonly question: Question
  /** True if the configuration says which deployments listed their commits. */
  readonly isDecided: boolean
  /** The numbers that the events yield if all of them listed their commits. */
  readonly yielded: Yielded
  readonly answers: readonly SurfaceAnswer[]
  readonly differencesIn: (yielded: Yielded, answers: readonly SurfaceAnswer[]) => readonly AnswerDifference[]
  /** Reads the events into memory; undefined if they are too many. */
  readonly events: () => Promise<ProjectEvents | undefined>
  /** Recomputes the numbers of changed deployments, however many there are. */
  readonly recomputed: (as: (deployment: ShippedDeployment) => ShippedDeployment) => Promise<Answer>
}

const leadTimes: readonly Quantity[] = quantitiesOf['lead time']
const isOfLeadTime = ({ difference: { quantity } }: AnswerDifference) => leadTimes.includes(quantity)

export async function judgedNumbers(compared: Compared): Promise<JudgedNumbers> {
  const { question, yielded, answers, differencesIn } = compared
  const differences = differencesIn(yielded, answers)
  if (compared.isDecided || !differences.some(isOfLeadTime)) return { yielded, differences, undecided: [] }
  const stored = await compared.events()
  if (!stored) return judgedInStreams(compared, differences)
  const withEvents = (read: ProjectEvents): Yielded => ({ ...yielded, answer: computeOf(read, question) })
  const measured = answers.filter(({ surface }) => surface.reports.includes('lead time'))
  const { events, count } = likeliestUnlisted([stored], ([read = stored]) => {
    return differencesIn(withEvents(read), measured).filter(isOfLeadTime).length
  })
  const [read = stored] = events
  if (count === 0) return { yielded, differences, undecided: [] }
  return { ...judgedBy(withEvents(read), compared, differences), read }
}

/** The numbers of more events than memory holds. Only in a single repository, no other first deployments are left to try. */
async function judgedInStreams(compared: Compared, differences: readonly AnswerDifference[]): Promise<JudgedNumbers> {
  const { yielded, answers, differencesIn, question } = compared
  const repositories = new Set<string | null>()
  const answer = await compared.recomputed((deployment) => {
    repositories.add(deployment.repository)
    return { ...deployment, listsCommits: false }
  })
  if (repositories.size > 1)
    return {
      yielded,
      differences: differences.filter((one) => !isOfLeadTime(one)),
      undecided: differences.filter(isOfLeadTime).map((one) => undecided(one, question.project)),
    }
  const other = { ...yielded, answer }
  const wrongIn = (some: readonly AnswerDifference[]) => some.filter(isOfLeadTime).length
  return wrongIn(differencesIn(other, answers)) < wrongIn(differences)
    ? judgedBy(other, compared, differences)
    : { yielded, differences, undecided: [] }
}

/** @param other the numbers that the events yield if some first deployments did not list their commits */
function judgedBy(
  other: Yielded,
  { answers, differencesIn, question }: Compared,
  differences: readonly AnswerDifference[],
): JudgedNumbers {
  const wrong = differencesIn(other, answers)
  const isWrong = ({ answer, difference: { quantity } }: AnswerDifference) =>
    wrong.some((one) => one.answer === answer && one.difference.quantity === quantity)
  const explained = differences.filter((one) => isOfLeadTime(one) && !isWrong(one))
  return { yielded: other, differences: wrong, undecided: explained.map((one) => undecided(one, question.project)) }
}

function undecided({ answer: { surface, label }, difference }: AnswerDifference, project: string): Unread {
  const [expected, found] = shownBoth(difference)
  const number = { shows: `${surface.name} reports`, quantity: difference.quantity, found }
  const failure = new Blocked(unknownListing(statementOf(number, `${project} (${label})`), expected))
  return { surface: surface.name, reports: ['lead time'], failure }
}

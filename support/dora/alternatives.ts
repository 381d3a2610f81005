/**
 * Other ways to understand the definitions, each in one sentence: when a surface reports another number than the events make
 * up, recomputing the same events by each of them shows which one was probably used.
 */
import { computeOf, type ProjectEvents } from './compute'
import { canonical, type DatedCommit, type Definitions, hour, type Outcome } from './definitions'
import type { Quantity, Reading, Value } from './metrics'
import type { Answer, Question } from './oracle'
import { readingOf, readingOfHistory } from './reading'

interface Alternative {
  readonly sentence: string
  readonly definitions?: Partial<Definitions>
  readonly events?: (events: ProjectEvents) => ProjectEvents
  readonly question?: (question: Question) => Question
  /** The only quantity that it has a say in; all unless given. */
  readonly about?: Quantity
}

const outcomeWith =
  (words: readonly string[], outcome: Outcome): Definitions['outcomeOf'] =>
  (result) =>
    words.includes(result?.toLowerCase() ?? '') ? outcome : canonical.outcomeOf(result)

const nearestRank: Definitions['percentileOf'] = (samples, fraction) =>
  samples.size === 0 ? null : samples.ranked(Math.max(0, Math.ceil(samples.size * fraction) - 1))

/** Every whole hour from which a country's clocks differ from UTC. */
const otherZones: readonly Alternative[] = Array.from({ length: 27 }, (_, index) => index - 12)
  .filter((hours) => hours !== 0)
  .map((hours) => ({
    sentence: `days begin at the midnight of UTC${hours > 0 ? '+' : ''}${hours}`,
    definitions: { dayOf: (time) => canonical.dayOf(time + hours * hour) },
    about: 'deployments by day',
  }))

/** The simplest first: of those that explain a number, the first are named. */
const alternatives: readonly Alternative[] = [
  { sentence: 'failed deployments are counted as deployments', definitions: { isDeployment: () => true } },
  {
    sentence: 'aborted deployments are counted as successful ones',
    definitions: { outcomeOf: outcomeWith(['aborted'], 'success') },
  },
  {
    sentence: 'aborted deployments are counted as failed ones',
    definitions: { outcomeOf: outcomeWith(['aborted'], 'failure') },
  },
  { sentence: 'deployments to every environment are counted', definitions: { isCounted: () => true } },
  {
    sentence: 'deployments without an environment are counted as production',
    definitions: {
      isCounted: (environment, counted) => environment === '' || canonical.isCounted(environment, counted),
    },
  },
  {
    sentence: 'the environment is compared with regard to case',
    definitions: { isCounted: (environment, counted) => environment === counted },
  },
  {
    sentence: 'the environment is compared with regard to case, in capitals',
    definitions: { isCounted: (environment, counted) => environment === counted.toUpperCase() },
  },
  {
    sentence: 'the window is closed at both ends',
    definitions: { isWithin: (time, { start, end }) => time >= start && time <= end },
  },
  {
    sentence: 'the window is open at its start and closed at its end',
    definitions: { isWithin: (time, { start, end }) => time > start && time <= end },
  },
  {
    sentence: 'a deployment is counted by its start instead of its finish',
    definitions: { timeOf: ({ startedAt, finishedAt }) => startedAt ?? finishedAt },
  },
  { sentence: 'the window is one day too long', definitions: { daysOf: (window) => canonical.daysOf(window) + 1 } },
  { sentence: 'the window is one day too short', definitions: { daysOf: (window) => canonical.daysOf(window) - 1 } },
  {
    sentence: 'each incident is counted instead of each deployment',
    definitions: {
      failuresOf: (outcome, incidents) => (outcome === 'failure' ? 1 : 0) + incidents.length,
    },
  },
  {
    sentence: 'incidents are not counted as failures',
    definitions: { failuresOf: (outcome) => (outcome === 'failure' ? 1 : 0) },
  },
  {
    sentence: 'only incidents are counted as failures',
    definitions: { failuresOf: (_outcome, incidents) => (incidents.length > 0 ? 1 : 0) },
  },
  {
    sentence: 'incidents after the end of the window are not counted',
    definitions: {
      failuresOf: (outcome, incidents, { end }) =>
        outcome === 'failure' || incidents.some(({ createdAt }) => createdAt < end) ? 1 : 0,
    },
  },
  {
    sentence: 'open incidents are not counted as failures',
    definitions: {
      failuresOf: (outcome, incidents) =>
        outcome === 'failure' || incidents.some(({ resolvedAt }) => resolvedAt !== null) ? 1 : 0,
    },
  },
  {
    sentence: 'the rate is over the successful deployments only',
    definitions: { isJudged: (outcome) => outcome === 'success' },
  },
  {
    sentence: 'an incident at the instant of a finish belongs to that deployment',
    definitions: { blamesSameInstant: true },
  },
  { sentence: 'incidents are attributed to failed deployments too', definitions: { isBlamable: () => true } },
  { sentence: 'the deployment that an incident names is ignored', definitions: { believesNames: false } },
  {
    sentence: 'only incidents that name a deployment are attributed',
    events: (events) => ({
      ...events,
      incidents: events.incidents.map((incident) => ({ ...incident, deploymentId: incident.deploymentId ?? '' })),
    }),
  },
  {
    sentence: 'the lead time is from the head commit instead of the first',
    definitions: { changeBegan: (fresh) => latest(fresh.map(({ authoredAt }) => authoredAt)) },
  },
  {
    sentence: 'the lead time is from the committed date instead of the authored one',
    definitions: { changeBegan: (fresh) => earliestCommitted(fresh) },
  },
  {
    sentence: 'the lead time ends with the start of the deployment',
    definitions: { changeEnded: ({ startedAt }, time) => startedAt ?? time },
  },
  {
    sentence: 'commits of failed deployments do not carry over to the next success',
    definitions: { failuresCarryOver: false },
  },
  { sentence: 'redeployments give a lead time', definitions: { redeploysCount: true } },
  { sentence: 'a first deployment that lists no commits gives a lead time', definitions: { trustsDerivedFirst: true } },
  {
    sentence: 'commits that another repository shipped are not new',
    events: (events) => ({
      ...events,
      deployments: events.deployments.map((deployment) => ({ ...deployment, repository: null })),
    }),
  },
  { sentence: 'negative durations are not left out', definitions: { sampleOf: (duration) => duration } },
  { sentence: 'negative durations count as zero', definitions: { sampleOf: (duration) => Math.max(0, duration) } },
  { sentence: 'the median is reported as the mean', definitions: { centerOf: (samples) => samples.percentile(0.5) } },
  { sentence: 'the mean is reported as a percentile', definitions: { percentileOf: (samples) => samples.mean() } },
  { sentence: 'percentiles are the nearest rank, without interpolation', definitions: { percentileOf: nearestRank } },
  {
    sentence: 'incidents of low severity are left out',
    events: (events) => ({
      ...events,
      incidents: events.incidents.filter(({ severity }) => severity?.toLowerCase() !== 'low'),
    }),
  },
  {
    sentence: 'the severities of the settings are ignored',
    question: (question) => ({ ...question, severities: null }),
  },
  {
    sentence: 'an incident is counted by its creation instead of its resolution',
    definitions: { restoredAt: ({ createdAt, resolvedAt }) => (resolvedAt === null ? null : createdAt) },
  },
  {
    sentence: 'open incidents are counted until now',
    definitions: {
      restoredAt: ({ resolvedAt }, now) => resolvedAt ?? now,
      timeToRestoreOf: ({ createdAt, resolvedAt }, now) => (resolvedAt ?? now) - createdAt,
    },
  },
  ...otherZones,
]

function latest(times: readonly (number | null)[]): number | null {
  return times.reduce<number | null>(
    (last, time) => (time !== null && (last === null || time > last) ? time : last),
    null,
  )
}

function earliestCommitted(commits: readonly DatedCommit[]): number | null {
  const times = commits.flatMap(({ committedAt }) => (committedAt === null ? [] : [committedAt]))
  return times.length === 0 ? null : Math.min(...times)
}

/** A number that a surface reports; its window is an index into the question's windows, or null for all time. */
export interface Reported {
  readonly window: number | null
  readonly quantity: Quantity
  readonly found: Value
  readonly tolerance: number
}

/** How the same events are understood by whoever reports other numbers. Each alternative is computed once, when it is needed. */
export class Interpretation {
  private readonly answers = new Map<Alternative, Answer>()

  constructor(
    private readonly events: ProjectEvents,
    private readonly question: Question,
  ) {}

  /** The sentences of the definitions by which the events give what was found; none when nothing explains it. */
  explaining({ window, quantity, found, tolerance }: Reported): string[] {
    const explained = (value: Value | undefined) =>
      typeof value === 'number' && typeof found === 'number' ? Math.abs(value - found) <= tolerance : value === found
    return alternatives
      .filter(({ about = quantity }) => about === quantity)
      .filter((alternative) => explained(readingIn(this.answerBy(alternative), window)[quantity]))
      .map(({ sentence }) => sentence)
  }

  private answerBy(alternative: Alternative): Answer {
    const { question = (asked: Question) => asked, events = (all: ProjectEvents) => all } = alternative
    const definitions = { ...canonical, ...alternative.definitions }
    const answer =
      this.answers.get(alternative) ?? computeOf(events(this.events), { ...question(this.question), definitions })
    this.answers.set(alternative, answer)
    return answer
  }
}

function readingIn({ windows, history }: Answer, window: number | null): Reading {
  const metrics = window === null ? undefined : windows[window]
  return metrics ? readingOf(metrics) : readingOfHistory(history)
}

/** Those that explain the most, at most three: one number may agree by chance, many do not. */
export function likeliest(explanations: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>()
  for (const sentence of explanations.flat()) counts.set(sentence, (counts.get(sentence) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  return [...counts].flatMap(([sentence, count]) => (count === most ? [sentence] : [])).slice(0, 3)
}

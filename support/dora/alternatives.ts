/**
 * Other ways to understand the definitions, each in one sentence: when a surface reports another number than the events make
 * up, recomputing the same events by each of them shows which one was probably used (interpretation.ts).
 */
import { type Benchmarks, publishedBenchmarks } from './benchmarks'
import type { ProjectEvents } from './compute'
import { canonical, type DatedCommit, type Definitions, hour, type Outcome } from './definitions'
import type { Quantity, QuantityKind } from './metrics'
import type { Question } from './oracle'

export interface Alternative {
  readonly sentence: string
  readonly definitions?: Partial<Definitions>
  readonly events?: (events: ProjectEvents) => ProjectEvents
  readonly question?: (question: Question) => Question
  /** The only quantity that it has a say in; all unless given. */
  readonly about?: Quantity
  /** A number that is right, and said in another unit. */
  readonly said?: { readonly kind: QuantityKind; readonly times: number }
}

const withBenchmarks =
  (other: Partial<Benchmarks>): NonNullable<Alternative['question']> =>
  (question) => ({ ...question, benchmarks: { ...(question.benchmarks ?? publishedBenchmarks), ...other } })

const justAbove = (bounds: Benchmarks['leadTime']): Benchmarks['leadTime'] =>
  bounds.map(({ level, minutes }) => ({ level, minutes: minutes * (1 + 1e-9) }))

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

/** The windows of the settings come behind those of the ranges, as reconciliation asks for them. */
const otherWindows: readonly Alternative[] = [7, 30, 90].map((days, index) => ({
  sentence: `the window of the settings is ignored for one of ${days} days`,
  question: (question) => ({
    ...question,
    windows: question.windows.map((window, at) => (at < 3 ? window : (question.windows[index] ?? window))),
  }),
}))

const otherUnits: readonly Alternative[] = [
  { sentence: 'it is in hours instead of minutes', said: { kind: 'minutes', times: 1 / 60 } },
  { sentence: 'it is in seconds instead of minutes', said: { kind: 'minutes', times: 60 } },
  { sentence: 'it is a fraction instead of a percentage', said: { kind: 'percent', times: 1 / 100 } },
  { sentence: 'it is by the week instead of by the day', said: { kind: 'perDay', times: 7 } },
]

/** The simplest first: of those that explain a number, the first are named. */
export const alternatives: readonly Alternative[] = [
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
  {
    sentence: 'times are rounded to whole seconds',
    definitions: { timeOf: ({ finishedAt }) => finishedAt && Math.round(finishedAt / 1000) * 1000 },
  },
  { sentence: 'the window is one day too long', definitions: { daysOf: (window) => canonical.daysOf(window) + 1 } },
  {
    sentence: 'only working days are counted',
    definitions: { daysOf: (window) => (canonical.daysOf(window) * 5) / 7 },
  },
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
  { sentence: 'incidents before any deployment are attributed to the first one', definitions: { blamesFirst: true } },
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
  {
    sentence: 'durations are cut to whole hours',
    definitions: { sampleOf: (duration) => canonical.sampleOf(Math.trunc(duration / hour) * hour) },
  },
  {
    sentence: 'durations of 0 minutes are left out',
    definitions: { sampleOf: (duration) => (duration > 0 ? duration : null) },
  },
  { sentence: 'no data is reported as 0', definitions: { withoutData: 0 } },
  {
    sentence: 'a failure rate at the bound of a level does not reach it',
    question: withBenchmarks({
      changeFailureRate: publishedBenchmarks.changeFailureRate.map(({ level, percent }) => ({
        level,
        percent: percent * (1 - 1e-9),
      })),
    }),
  },
  {
    sentence: 'a duration at the bound of a level reaches it',
    question: withBenchmarks({
      leadTime: justAbove(publishedBenchmarks.leadTime),
      timeToRestore: justAbove(publishedBenchmarks.timeToRestore),
    }),
  },
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
      restoredAt: ({ createdAt, resolvedAt }) => resolvedAt ?? createdAt,
      timeToRestoreOf: ({ createdAt, resolvedAt }, now) => (resolvedAt ?? now) - createdAt,
    },
  },
  {
    sentence: 'builds of every stage of a commit are taken for the same',
    definitions: { sameBuild: ({ commit }) => commit },
  },
  ...otherWindows,
  ...otherUnits,
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

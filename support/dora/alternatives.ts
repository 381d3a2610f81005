/**
 * Plausible misreadings of the definitions, each in one sentence. If a surface reports a number that the events do not yield,
 * recomputing the same events with each misreading shows which one was probably used (interpretation.ts).
 */
import { type Benchmarks, publishedBenchmarks } from './benchmarks'
import type { ProjectEvents } from './compute'
import { canonical, type DatedCommit, type Definitions, hour, type Outcome } from './definitions'
import { isInProduction, withFreshCommits } from './fresh-commits'
import type { Quantity, QuantityKind } from './metrics'
import type { Question } from './oracle'

export interface Alternative {
  readonly sentence: string
  readonly definitions?: Partial<Definitions>
  readonly events?: (events: ProjectEvents) => ProjectEvents
  readonly question?: (question: Question) => Question
  /** The only quantity that the misreading affects; all quantities if absent. */
  readonly quantity?: Quantity
  /** The correct number in another unit: values of this kind, multiplied by the factor. */
  readonly unit?: { readonly kind: QuantityKind; readonly factor: number }
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

/** UTC-12 to UTC+14, the whole hours by which time zones differ from UTC. */
const otherZones: readonly Alternative[] = Array.from({ length: 27 }, (_, index) => index - 12)
  .filter((hours) => hours !== 0)
  .map((hours) => ({
    sentence: `days start at midnight in UTC${hours > 0 ? '+' : ''}${hours}`,
    definitions: { dayOf: (time) => canonical.dayOf(time + hours * hour) },
    quantity: 'deployments by day',
  }))

/** The sentence about a fixed window that is used instead of the one in the settings. */
export function otherWindow(days: number): string {
  return `a window of ${days} days is used instead of the one in the settings`
}

/**
 * The fixed ranges used in place of a window from the settings. Reconciliation asks for the three ranges first, in this order,
 * and for the windows of the settings after them.
 */
const otherWindows: readonly Alternative[] = [7, 30, 90].map((days, index) => ({
  sentence: otherWindow(days),
  question: (question) => ({
    ...question,
    windows: question.windows.map((window, position) => (position < 3 ? window : (question.windows[index] ?? window))),
  }),
}))

const otherUnits: readonly Alternative[] = [
  { sentence: 'the value is in hours instead of minutes', unit: { kind: 'minutes', factor: 1 / 60 } },
  { sentence: 'the value is in seconds instead of minutes', unit: { kind: 'minutes', factor: 60 } },
  { sentence: 'the value is in milliseconds instead of minutes', unit: { kind: 'minutes', factor: 60_000 } },
  { sentence: 'the value is in days instead of minutes', unit: { kind: 'minutes', factor: 1 / 1440 } },
  { sentence: 'the value is a fraction instead of a percentage', unit: { kind: 'percent', factor: 1 / 100 } },
  { sentence: 'the value is in minutes instead of seconds', unit: { kind: 'seconds', factor: 1 / 60 } },
  { sentence: 'the value is in hours instead of seconds', unit: { kind: 'seconds', factor: 1 / 3600 } },
  { sentence: 'the value is in milliseconds instead of seconds', unit: { kind: 'seconds', factor: 1000 } },
  { sentence: 'the value is a percentage instead of a ratio', unit: { kind: 'ratio', factor: 100 } },
  { sentence: 'the value is per week instead of per day', unit: { kind: 'perDay', factor: 7 } },
  { sentence: 'the value is per month instead of per day', unit: { kind: 'perDay', factor: 30 } },
]

/** The simplest come first, because findings name the first ones that explain a number. */
export const alternatives: readonly Alternative[] = [
  { sentence: 'failed deployments count as deployments', definitions: { isDeployment: () => true } },
  {
    sentence: 'aborted deployments count as successful',
    definitions: { outcomeOf: outcomeWith(['aborted'], 'success') },
  },
  {
    sentence: 'aborted deployments count as failed',
    definitions: { outcomeOf: outcomeWith(['aborted'], 'failure') },
  },
  { sentence: 'deployments to every environment count', definitions: { countsEnvironment: () => true } },
  {
    sentence: 'deployments without an environment count as production',
    definitions: {
      countsEnvironment: (environment, counted) =>
        environment === '' || canonical.countsEnvironment(environment, counted),
    },
  },
  {
    sentence: 'the environment is compared case-sensitively',
    definitions: { countsEnvironment: (environment, counted) => environment === counted },
  },
  {
    sentence: 'the environment is compared case-sensitively, with its name in capitals',
    definitions: { countsEnvironment: (environment, counted) => environment === counted.toUpperCase() },
  },
  {
    sentence: 'the window includes both its start and its end',
    definitions: { isWithin: (time, { start, end }) => time >= start && time <= end },
  },
  {
    sentence: 'the window excludes its start and includes its end',
    definitions: { isWithin: (time, { start, end }) => time > start && time <= end },
  },
  {
    sentence: 'a deployment counts when it starts instead of when it finishes',
    definitions: { timeOf: ({ startedAt, finishedAt }) => startedAt ?? finishedAt },
  },
  {
    sentence: 'times are rounded to whole seconds',
    definitions: { timeOf: ({ finishedAt }) => finishedAt && Math.round(finishedAt / 1000) * 1000 },
  },
  { sentence: 'the window is one day too long', definitions: { daysOf: (window) => canonical.daysOf(window) + 1 } },
  {
    sentence: 'the frequency is per working day',
    definitions: { daysOf: (window) => (canonical.daysOf(window) * 5) / 7 },
  },
  { sentence: 'the window is one day too short', definitions: { daysOf: (window) => canonical.daysOf(window) - 1 } },
  {
    sentence: 'the change failure rate counts each incident instead of each deployment',
    definitions: {
      failuresOf: (outcome, incidents) => (outcome === 'failure' ? 1 : 0) + incidents.length,
    },
  },
  {
    sentence: 'incidents do not count as failures',
    definitions: { failuresOf: (outcome) => (outcome === 'failure' ? 1 : 0) },
  },
  {
    sentence: 'only incidents count as failures',
    definitions: { failuresOf: (_outcome, incidents) => (incidents.length > 0 ? 1 : 0) },
  },
  {
    sentence: 'incidents after the end of the window do not count',
    definitions: {
      failuresOf: (outcome, incidents, { end }) =>
        outcome === 'failure' || incidents.some(({ createdAt }) => createdAt < end) ? 1 : 0,
    },
  },
  {
    sentence: 'open incidents do not count as failures',
    definitions: {
      failuresOf: (outcome, incidents) =>
        outcome === 'failure' || incidents.some(({ resolvedAt }) => resolvedAt !== null) ? 1 : 0,
    },
  },
  {
    sentence: 'the rate is relative to successful deployments only',
    definitions: { countsInFailureRate: (outcome) => outcome === 'success' },
  },
  {
    sentence: 'an incident created the moment a deployment finishes is attributed to that deployment',
    definitions: { attributesSameInstant: true },
  },
  { sentence: 'incidents before the first deployment are attributed to it', definitions: { attributesToFirst: true } },
  { sentence: 'incidents are also attributed to failed deployments', definitions: { canCauseIncidents: () => true } },
  { sentence: 'the deployment that an incident names is ignored', definitions: { usesNamedDeployment: false } },
  {
    sentence: 'only incidents that name a deployment are attributed to one',
    events: (events) => ({
      ...events,
      incidents: events.incidents.map((incident) => ({ ...incident, deploymentId: incident.deploymentId ?? '' })),
    }),
  },
  {
    sentence: 'the lead time starts at the head commit instead of the first commit',
    definitions: { changeBegan: (fresh) => latest(fresh.map(({ authoredAt }) => authoredAt)) },
  },
  {
    sentence: 'the lead time starts at the committed date instead of the authored date',
    definitions: { changeBegan: (fresh) => earliestCommitted(fresh) },
  },
  {
    sentence: 'the lead time ends when the deployment starts',
    definitions: { changeEnded: ({ startedAt }, time) => startedAt ?? time },
  },
  {
    sentence: 'commits of failed deployments do not carry over to the next success',
    definitions: { failuresCarryOver: false },
  },
  {
    sentence: 'deployments ship in the order of their ids instead of their finish',
    events: withFreshCommits(isInProduction, (one, other) => (one.id < other.id ? -1 : 1)),
  },
  { sentence: 'redeployments yield a lead time', definitions: { measuresShipped: 'redeployments' } },
  {
    sentence: 'commits count as new in every deployment that contains them',
    definitions: { measuresShipped: 'all' },
  },
  {
    sentence: 'a first deployment that lists no commits yields a lead time',
    definitions: { measuresDerivedFirst: true },
  },
  {
    sentence: 'commits that another repository has shipped do not count as new',
    events: (events) => ({
      ...events,
      deployments: events.deployments.map((deployment) => ({ ...deployment, repository: null })),
    }),
  },
  {
    sentence: 'commits that another environment has shipped do not count as new',
    events: withFreshCommits(
      () => true,
      (one, other) => Number(one.finishedAt) - Number(other.finishedAt),
    ),
  },
  { sentence: 'negative durations are not left out', definitions: { sampleOf: (duration) => duration } },
  { sentence: 'negative durations count as zero', definitions: { sampleOf: (duration) => Math.max(0, duration) } },
  {
    sentence: 'durations are truncated to whole hours',
    definitions: { sampleOf: (duration) => canonical.sampleOf(Math.trunc(duration / hour) * hour) },
  },
  {
    sentence: 'durations of 0 minutes are left out',
    definitions: { sampleOf: (duration) => (duration > 0 ? duration : null) },
  },
  { sentence: 'missing data is reported as 0', definitions: { withoutData: 0 } },
  {
    sentence: 'a failure rate exactly at the bound of a level does not reach that level',
    question: withBenchmarks({
      changeFailureRate: publishedBenchmarks.changeFailureRate.map(({ level, percent }) => ({
        level,
        percent: percent * (1 - 1e-9),
      })),
    }),
  },
  {
    sentence: 'a duration exactly at the bound of a level reaches that level',
    question: withBenchmarks({
      leadTime: justAbove(publishedBenchmarks.leadTime),
      timeToRestore: justAbove(publishedBenchmarks.timeToRestore),
    }),
  },
  { sentence: 'the median is reported as the mean', definitions: { centerOf: (samples) => samples.percentile(0.5) } },
  { sentence: 'the mean is reported as a percentile', definitions: { percentileOf: (samples) => samples.mean() } },
  { sentence: 'percentiles use the nearest rank, without interpolation', definitions: { percentileOf: nearestRank } },
  {
    sentence: 'incidents of low severity are left out',
    events: (events) => ({
      ...events,
      incidents: events.incidents.filter(({ severity }) => severity?.toLowerCase() !== 'low'),
    }),
  },
  {
    sentence: 'the environment in the settings is ignored',
    question: ({ frequencyEnvironment: _setting, ...question }) => question,
  },
  {
    sentence: 'the published bounds of the levels are used instead of those in the table dora_benchmarks',
    question: (question) => ({ ...question, benchmarks: publishedBenchmarks }),
  },
  {
    sentence: 'the severities in the settings are ignored',
    question: (question) => ({ ...question, severities: null }),
  },
  {
    sentence: 'an incident counts when it is created instead of when it is resolved',
    definitions: { restoredAt: ({ createdAt, resolvedAt }) => (resolvedAt === null ? null : createdAt) },
  },
  {
    sentence: 'open incidents count with their duration until now',
    definitions: {
      restoredAt: ({ createdAt, resolvedAt }) => resolvedAt ?? createdAt,
      timeToRestoreOf: ({ createdAt, resolvedAt }, now) => (resolvedAt ?? now) - createdAt,
    },
  },
  {
    sentence: 'builds of different stages of a commit count as the same build',
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
  // The first deployment of a project may have more commits than a call has arguments.
  return commits.reduce<number | null>(
    (first, { committedAt }) => (committedAt !== null && (first === null || committedAt < first) ? committedAt : first),
    null,
  )
}

/**
 * The definitions of the metrics as a value. `canonical` is the set of the contract `fawkes`; other sets differ from it in single
 * entries. Times and durations are in milliseconds.
 */
import type { Incident } from './events'
import type { Window } from './metrics'
import type { Samples } from './samples'

export type Outcome = 'success' | 'failure'

export interface DatedCommit {
  readonly sha: string
  /** Null if the commit is unknown. */
  readonly authoredAt: number | null
  readonly committedAt: number | null
}

/** A deployment with the commits that it contains, in the order in which it lists them. */
export interface ShippedDeployment {
  readonly id: string
  readonly repository: string | null
  readonly environment: string
  readonly result: string | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly listsCommits: boolean
  readonly commits: readonly DatedCommit[]
}

export interface Definitions {
  /** True if deployments to this environment count; `counted` is the environment that the metrics cover. */
  readonly countsEnvironment: (environment: string, counted: string) => boolean
  /** The outcome of a terminal deployment. Null if it is not terminal and thus in no metric. */
  readonly outcomeOf: (result: string | null) => Outcome | null
  /** The time that decides which windows a deployment belongs to. */
  readonly timeOf: (deployment: ShippedDeployment) => number | null
  readonly isWithin: (time: number, window: Window) => boolean
  /** The length of a window in days. */
  readonly daysOf: (window: Window) => number
  /** The first instant of the day that contains a time. */
  readonly dayOf: (time: number) => number
  /** True if the deployment frequency counts a deployment with this outcome. */
  readonly isDeployment: (outcome: Outcome) => boolean
  /** The start of the lead time, given the new commits of a deployment. Null if it is unknown or there are none. */
  readonly changeBegan: (fresh: readonly DatedCommit[]) => number | null
  /** The end of the lead time. `time` is the deployment's own time. */
  readonly changeEnded: (deployment: ShippedDeployment, time: number) => number
  /** True if commits stay new until a successful deployment ships them. Otherwise a failed one makes them old too. */
  readonly failuresCarryOver: boolean
  /** The deployments whose lead time counts all commits that they contain, shipped before or not. */
  readonly measuresShipped: 'none' | 'redeployments' | 'all'
  /** True if a first deployment that lists no commits gets a lead time from the commits that the service derived for it. */
  readonly measuresDerivedFirst: boolean
  /** The sample that a duration yields. Null leaves the duration out. */
  readonly sampleOf: (duration: number) => number | null
  /** The value of a duration metric. */
  readonly centerOf: (samples: Samples) => number | null
  readonly percentileOf: (samples: Samples, fraction: number) => number | null
  /** True if deployments with this outcome are in the denominator of the change failure rate. */
  readonly countsInFailureRate: (outcome: Outcome) => boolean
  /** The number of failures that a deployment counts as, given its outcome and the incidents attributed to it. */
  readonly failuresOf: (outcome: Outcome, incidents: readonly Incident[], window: Window) => number
  /** True if an incident that names no deployment can be attributed to a deployment with this outcome. */
  readonly canCauseIncidents: (outcome: Outcome) => boolean
  /** True if an incident created the moment a deployment finishes is attributed to that deployment. */
  readonly attributesSameInstant: boolean
  /** True if an incident before the first deployment is attributed to it. */
  readonly attributesToFirst: boolean
  /** True if an incident is attributed to the deployment that it names. */
  readonly usesNamedDeployment: boolean
  /** The time that decides which windows an incident's time to restore belongs to. Null if it belongs to none. */
  readonly restoredAt: (incident: Incident, now: number) => number | null
  readonly timeToRestoreOf: (incident: Incident, now: number) => number | null
  /** The value of a metric without data. */
  readonly withoutData: null | 0
  /** A key. Builds of a project with the same key are repeats of the first of them. */
  readonly sameBuild: (build: { readonly commit: string; readonly stage: string }) => string
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** The words for the results of a terminal deployment, in lower case. */
export const resultWords = {
  success: ['success', 'succeeded'],
  failure: ['failure', 'failed', 'error'],
} as const satisfies Record<Outcome, readonly string[]>

const successes = new Set<string>(resultWords.success)
const failures = new Set<string>(resultWords.failure)

/** The definitions of the contract `fawkes`, see docs/dora.md. */
export const canonical: Definitions = {
  countsEnvironment: (environment, counted) => environment.toLowerCase() === counted.toLowerCase(),
  outcomeOf: (result) => {
    const word = result?.toLowerCase() ?? ''
    return successes.has(word) ? 'success' : failures.has(word) ? 'failure' : null
  },
  timeOf: ({ finishedAt }) => finishedAt,
  isWithin: (time, { start, end }) => time >= start && time < end,
  daysOf: ({ start, end }) => (end - start) / day,
  dayOf: (time) => Math.floor(time / day) * day,
  isDeployment: (outcome) => outcome === 'success',
  changeBegan: earliest,
  changeEnded: (_deployment, time) => time,
  failuresCarryOver: true,
  measuresShipped: 'none',
  measuresDerivedFirst: false,
  sampleOf: (duration) => (duration < 0 ? null : duration),
  centerOf: (samples) => samples.mean(),
  percentileOf: (samples, fraction) => samples.percentile(fraction),
  countsInFailureRate: () => true,
  failuresOf: (outcome, incidents) => (outcome === 'failure' || incidents.length > 0 ? 1 : 0),
  canCauseIncidents: (outcome) => outcome === 'success',
  attributesSameInstant: false,
  attributesToFirst: false,
  usesNamedDeployment: true,
  restoredAt: ({ resolvedAt }) => resolvedAt,
  timeToRestoreOf: ({ createdAt, resolvedAt }) => (resolvedAt === null ? null : resolvedAt - createdAt),
  withoutData: null,
  sameBuild: ({ commit, stage }) => `${commit}\n${stage}`,
}

function earliest(commits: readonly DatedCommit[]): number | null {
  let least: number | null = null
  for (const { authoredAt } of commits)
    if (authoredAt !== null && (least === null || authoredAt < least)) least = authoredAt
  return least
}

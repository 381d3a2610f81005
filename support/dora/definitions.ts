/**
 * What the words of the metrics mean, as a value: the canonical set of the contract `fawkes`, from which other sets differ in
 * single entries. Times and durations are in milliseconds.
 */
import type { Incident } from './events'
import type { Window } from './metrics'
import type { Samples } from './samples'

export type Outcome = 'success' | 'failure'

export interface DatedCommit {
  readonly sha: string
  /** Null when the commit itself is not known. */
  readonly authoredAt: number | null
  readonly committedAt: number | null
}

/** A deployment with the commits that it contains, in their order. */
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
  /** Whether an environment is the one that counts. */
  readonly isCounted: (environment: string, counted: string) => boolean
  /** Null: not terminal, in no metric. */
  readonly outcomeOf: (result: string | null) => Outcome | null
  /** The time of a deployment. */
  readonly timeOf: (deployment: ShippedDeployment) => number | null
  readonly isWithin: (time: number, window: Window) => boolean
  /** The length of a window, in days. */
  readonly daysOf: (window: Window) => number
  /** The first instant of the day that a time belongs to. */
  readonly dayOf: (time: number) => number
  /** Whether the frequency counts it. */
  readonly isDeployment: (outcome: Outcome) => boolean
  /** When the change began, from the commits that are new; null when nobody knows. */
  readonly changeBegan: (fresh: readonly DatedCommit[]) => number | null
  /** When the change was in production. */
  readonly changeEnded: (deployment: ShippedDeployment, time: number) => number
  /** Whether commits stay new until a success ships them; otherwise any deployment makes them old. */
  readonly failuresCarryOver: boolean
  /** Whether a deployment without new commits is measured from all that it contains. */
  readonly redeploysCount: boolean
  /** Whether a first deployment that lists no commits is taken to ship all that was derived for it. */
  readonly trustsDerivedFirst: boolean
  /** What a duration counts as; null leaves it out. */
  readonly sampleOf: (duration: number) => number | null
  readonly centerOf: (samples: Samples) => number | null
  readonly percentileOf: (samples: Samples, fraction: number) => number | null
  /** Whether the change failure rate is over deployments of this outcome. */
  readonly isJudged: (outcome: Outcome) => boolean
  /** How many failures a deployment is, given its outcome and the incidents attributed to it. */
  readonly failuresOf: (outcome: Outcome, incidents: readonly Incident[], window: Window) => number
  /** Whether an incident that names no deployment may be due to one of this outcome. */
  readonly isBlamable: (outcome: Outcome) => boolean
  /** Whether an incident at the very instant of a finish is due to that deployment. */
  readonly blamesSameInstant: boolean
  /** Whether an incident before any deployment is due to the first one. */
  readonly blamesFirst: boolean
  /** Whether the deployment that an incident names counts. */
  readonly believesNames: boolean
  /** Which time of an incident the window is about; null: not in the time to restore. */
  readonly restoredAt: (incident: Incident, now: number) => number | null
  readonly timeToRestoreOf: (incident: Incident, now: number) => number | null
  /** What a metric without data is. */
  readonly withoutData: null | 0
  /** What makes two builds the same work done again. */
  readonly sameBuild: (build: { readonly commit: string; readonly stage: string }) => string
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

const successes = new Set(['success', 'succeeded'])
const failures = new Set(['failure', 'failed', 'error'])

/** The set of ../dora-definitions that the contract `fawkes` goes by. */
export const canonical: Definitions = {
  isCounted: (environment, counted) => environment.toLowerCase() === counted.toLowerCase(),
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
  redeploysCount: false,
  trustsDerivedFirst: false,
  sampleOf: (duration) => (duration < 0 ? null : duration),
  centerOf: (samples) => samples.mean(),
  percentileOf: (samples, fraction) => samples.percentile(fraction),
  isJudged: () => true,
  failuresOf: (outcome, incidents) => (outcome === 'failure' || incidents.length > 0 ? 1 : 0),
  isBlamable: (outcome) => outcome === 'success',
  blamesSameInstant: false,
  blamesFirst: false,
  believesNames: true,
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

/** Levels of the metrics by a set of benchmarks, which is data: a name, a year and its bounds. */
import type { Level } from './metrics'

export interface Benchmarks {
  readonly name: string
  readonly year: number
  /** The best level first: more than (or at least) so many deployments in so many days. What is less is low. */
  readonly deploymentFrequency: readonly {
    readonly level: Level
    readonly deployments: number
    readonly days: number
    readonly bound: 'more than' | 'at least'
  }[]
  /** Less than so many minutes; what is more is low. */
  readonly leadTime: readonly { readonly level: Level; readonly minutes: number }[]
  /** At most so many percent; what is more is low. */
  readonly changeFailureRate: readonly { readonly level: Level; readonly percent: number }[]
  readonly timeToRestore: readonly { readonly level: Level; readonly minutes: number }[]
}

const durations = [
  { level: 'elite', minutes: 60 },
  { level: 'high', minutes: 24 * 60 },
  { level: 'medium', minutes: 7 * 24 * 60 },
] as const

/** The levels of the checklist's contract; a month is 30 days. */
export const publishedBenchmarks: Benchmarks = {
  name: 'DORA, as the platform publishes it',
  year: 2023,
  deploymentFrequency: [
    { level: 'elite', deployments: 1, days: 1, bound: 'more than' },
    { level: 'high', deployments: 1, days: 7, bound: 'at least' },
    { level: 'medium', deployments: 1, days: 30, bound: 'at least' },
  ],
  leadTime: durations,
  changeFailureRate: [
    { level: 'elite', percent: 5 },
    { level: 'high', percent: 10 },
    { level: 'medium', percent: 15 },
  ],
  timeToRestore: durations,
}

/** Counts are compared, not quotients, so that exactly one a week is one a week. None at all has no level. */
export function frequencyLevel({ deploymentFrequency }: Benchmarks, deployments: number, days: number): Level | null {
  if (deployments === 0) return null
  const reached = deploymentFrequency.find((at) => {
    const [found, needed] = [deployments * at.days, at.deployments * days]
    return at.bound === 'more than' ? found > needed : found >= needed
  })
  return reached?.level ?? 'low'
}

export function durationLevel(bounds: Benchmarks['leadTime'], minutes: number | null): Level | null {
  if (minutes === null) return null
  return bounds.find((bound) => minutes < bound.minutes)?.level ?? 'low'
}

export function failureLevel(
  { changeFailureRate }: Pick<Benchmarks, 'changeFailureRate'>,
  failed: number,
  deployments: number,
): Level | null {
  if (deployments === 0) return null
  return changeFailureRate.find(({ percent }) => failed * 100 <= percent * deployments)?.level ?? 'low'
}

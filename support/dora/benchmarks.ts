/** The levels of the metrics. A set of benchmarks is data: a name, a year and the bounds of each level. */
import type { Level } from './metrics'

export interface Benchmarks {
  readonly name: string
  readonly year: number
  /** Best level first. A level needs more than, or at least, `deployments` in `days`; anything less is low. */
  readonly deploymentFrequency: readonly {
    readonly level: Level
    readonly deployments: number
    readonly days: number
    readonly bound: 'more than' | 'at least'
  }[]
  /** Best level first. A level needs a mean of less than `minutes`; anything else is low. */
  readonly leadTime: readonly { readonly level: Level; readonly minutes: number }[]
  /** Best level first. A level needs at most `percent`; anything more is low. */
  readonly changeFailureRate: readonly { readonly level: Level; readonly percent: number }[]
  /** As for `leadTime`. */
  readonly timeToRestore: readonly { readonly level: Level; readonly minutes: number }[]
}

const durations = [
  { level: 'elite', minutes: 60 },
  { level: 'high', minutes: 24 * 60 },
  { level: 'medium', minutes: 7 * 24 * 60 },
] as const

/** The levels of the contract `fawkes`; a month has 30 days. */
export const publishedBenchmarks: Benchmarks = {
  name: 'DORA benchmarks published by the platform',
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

/**
 * The level of a deployment frequency, or null if there are no deployments. Compares whole counts instead of quotients, so that
 * exactly one deployment a week reaches "at least 1 a week".
 */
export function frequencyLevel({ deploymentFrequency }: Benchmarks, deployments: number, days: number): Level | null {
  if (deployments === 0) return null
  const reached = deploymentFrequency.find((at) => {
    const [found, needed] = [deployments * at.days, at.deployments * days]
    return at.bound === 'more than' ? found > needed : found >= needed
  })
  return reached?.level ?? 'low'
}

/** The level of a mean duration, or null if there is no sample. */
export function durationLevel(bounds: Benchmarks['leadTime'], minutes: number | null): Level | null {
  if (minutes === null) return null
  return bounds.find((bound) => minutes < bound.minutes)?.level ?? 'low'
}

/** The level of a change failure rate, or null if there are no deployments. Compares whole counts, as {@link frequencyLevel}. */
export function failureLevel(
  { changeFailureRate }: Pick<Benchmarks, 'changeFailureRate'>,
  failed: number,
  deployments: number,
): Level | null {
  if (deployments === 0) return null
  return changeFailureRate.find(({ percent }) => failed * 100 <= percent * deployments)?.level ?? 'low'
}

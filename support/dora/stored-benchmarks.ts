/** The bounds of the levels as the service stores them, and their differences from the published ones. Pure. */
import { type Benchmarks, publishedBenchmarks } from './benchmarks'
import type { Level } from './metrics'
import { levels } from './metrics'

/** A row of the table of benchmarks. */
export interface BenchmarkRow {
  readonly metric: string
  readonly level: string
  readonly minimum: number | null
  readonly maximum: number | null
  readonly unit: string | null
}

/** The metrics that have levels, by their names in the table. */
const stored = {
  deployment_frequency: 'deploymentFrequency',
  lead_time: 'leadTime',
  change_failure_rate: 'changeFailureRate',
  mttr: 'timeToRestore',
} as const
type StoredMetric = keyof typeof stored
export type BenchmarkedMetric = (typeof stored)[StoredMetric]

export interface StoredBenchmarks {
  /** The bounds of the table; the published ones for a metric without a row. */
  readonly benchmarks: Benchmarks
  /** The bounds that differ from the published ones, by metric, such as "lead_time elite: 120 min instead of 60 min". */
  readonly deviations: Readonly<Record<BenchmarkedMetric, readonly string[]>>
}

const named: readonly Level[] = levels.filter((level) => level !== 'low')
const minutesIn: Readonly<Record<string, number>> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1440 }
const daysIn: Readonly<Record<string, number>> = { per_day: 1, per_week: 7, per_month: 30 }

/** Reads the bounds of the levels elite, high and medium from the rows; anything else is low. */
export function storedBenchmarks(rows: readonly BenchmarkRow[]): StoredBenchmarks {
  const rowsOf = (metric: StoredMetric) => rows.filter((row) => row.metric === metric)
  const bounds = <T>(
    metric: StoredMetric,
    published: readonly T[],
    read: (row: BenchmarkRow, level: Level) => T | null,
  ) =>
    rowsOf(metric).length === 0
      ? published
      : named.flatMap((level) => {
          const row = rowsOf(metric).find((one) => one.level === level)
          return (row && read(row, level)) ?? []
        })
  const minutes = ({ maximum, unit }: BenchmarkRow, level: Level) =>
    maximum === null ? null : { level, minutes: maximum * (minutesIn[unit ?? ''] ?? 1) }
  const { deploymentFrequency, leadTime, changeFailureRate, timeToRestore } = publishedBenchmarks
  const benchmarks: Benchmarks = {
    ...publishedBenchmarks,
    deploymentFrequency: bounds('deployment_frequency', deploymentFrequency, ({ minimum, unit }, level) =>
      minimum === null
        ? null
        : {
            ...{ level, deployments: minimum, days: daysIn[unit ?? ''] ?? 1 },
            bound: level === 'elite' ? ('more than' as const) : ('at least' as const),
          },
    ),
    leadTime: bounds('lead_time', leadTime, minutes),
    changeFailureRate: bounds('change_failure_rate', changeFailureRate, ({ maximum }, level) =>
      maximum === null ? null : { level, percent: maximum },
    ),
    timeToRestore: bounds('mttr', timeToRestore, minutes),
  }
  return {
    benchmarks,
    deviations: {
      deploymentFrequency: deviationsOf('deployment_frequency', benchmarks.deploymentFrequency, deploymentFrequency),
      leadTime: deviationsOf('lead_time', benchmarks.leadTime, leadTime),
      changeFailureRate: deviationsOf('change_failure_rate', benchmarks.changeFailureRate, changeFailureRate),
      timeToRestore: deviationsOf('mttr', benchmarks.timeToRestore, timeToRestore),
    },
  }
}

type Bound =
  | Benchmarks['deploymentFrequency'][number]
  | Benchmarks['leadTime'][number]
  | Benchmarks['changeFailureRate'][number]

function deviationsOf(metric: StoredMetric, found: readonly Bound[], published: readonly Bound[]): string[] {
  return named.flatMap((level) => {
    const [actual, wanted] = [found, published].map((bounds) => boundInWords(bounds.find((one) => one.level === level)))
    return actual === wanted ? [] : [`${metric} ${level}: ${actual} instead of ${wanted}`]
  })
}

function boundInWords(bound: Bound | undefined): string {
  if (!bound) return 'no bound'
  if ('minutes' in bound) return `${bound.minutes} min`
  if ('percent' in bound) return `${bound.percent} %`
  return `${bound.bound} ${bound.deployments} in ${bound.days} days`
}

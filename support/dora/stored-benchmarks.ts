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

/** The units of the bounds; without one, they have that of the metric. */
const unitsIn: Readonly<Record<StoredMetric, Readonly<Record<string, number>>>> = {
  deployment_frequency: { '': 1, day: 1, week: 7, month: 30 },
  lead_time: durationUnits(),
  change_failure_rate: { '': 1, percent: 1, percentage: 1, '%': 1, ratio: 100 },
  mttr: durationUnits(),
}

function durationUnits() {
  const [second, minute, hour, day] = [1 / 60, 1, 60, 1440]
  return { '': minute, second, s: second, minute, min: minute, hour, h: hour, day, d: day, week: 7 * day }
}

/** The size of a row's unit in that of the metric, such as 60 for hours; undefined for an unknown one. */
function unitOf(metric: StoredMetric, { unit }: BenchmarkRow): number | undefined {
  const word = (unit ?? '')
    .trim()
    .toLowerCase()
    .replace(/^(?:deploy(?:ment)?s?[\s_]*)?(?:per[\s_]+|\/\s*)/, '')
    .replace(/(?<=\w\w)s$/, '')
  return Object.hasOwn(unitsIn[metric], word) ? unitsIn[metric][word] : undefined
}

/** Without the error of a division by 60. */
const rounded = (value: number) => Number(value.toFixed(6))

/** Reads the bounds of the levels elite, high and medium from the rows; anything else is low. */
export function storedBenchmarks(rows: readonly BenchmarkRow[]): StoredBenchmarks {
  const isOf = (row: BenchmarkRow, metric: StoredMetric) => row.metric.toLowerCase() === metric
  const rowOf = (metric: StoredMetric, level: Level) =>
    rows.find((row) => isOf(row, metric) && row.level.toLowerCase() === level)
  /** @param read gets the size of the row's unit; an unknown one counts as that of the metric, and is a deviation */
  const bounds = <T>(
    metric: StoredMetric,
    published: readonly T[],
    read: (row: BenchmarkRow, level: Level, size: number) => T | null,
  ) =>
    rows.every((row) => !isOf(row, metric))
      ? published
      : named.flatMap((level) => {
          const row = rowOf(metric, level)
          return (row && read(row, level, unitOf(metric, row) ?? 1)) ?? []
        })
  const minutes = ({ maximum }: BenchmarkRow, level: Level, size: number) =>
    maximum === null ? null : { level, minutes: rounded(maximum * size) }
  const { deploymentFrequency, leadTime, changeFailureRate, timeToRestore } = publishedBenchmarks
  const benchmarks: Benchmarks = {
    ...publishedBenchmarks,
    deploymentFrequency: bounds('deployment_frequency', deploymentFrequency, ({ minimum }, level, days) =>
      minimum === null
        ? null
        : {
            ...{ level, deployments: minimum, days },
            bound: level === 'elite' ? ('more than' as const) : ('at least' as const),
          },
    ),
    leadTime: bounds('lead_time', leadTime, minutes),
    changeFailureRate: bounds('change_failure_rate', changeFailureRate, ({ maximum }, level, size) =>
      maximum === null ? null : { level, percent: rounded(maximum * size) },
    ),
    timeToRestore: bounds('mttr', timeToRestore, minutes),
  }
  const deviations = (metric: StoredMetric, found: readonly Bound[], published: readonly Bound[]): string[] =>
    named.flatMap((level) => {
      const [actual, wanted] = [found, published].map((all) => boundInWords(all.find((one) => one.level === level)))
      const row = rowOf(metric, level)
      if (row && unitOf(metric, row) === undefined) return [`${metric} ${level}: in the unknown unit ${row.unit}`]
      return actual === wanted ? [] : [`${metric} ${level}: ${actual} instead of ${wanted}`]
    })
  return {
    benchmarks,
    deviations: {
      deploymentFrequency: deviations('deployment_frequency', benchmarks.deploymentFrequency, deploymentFrequency),
      leadTime: deviations('lead_time', benchmarks.leadTime, leadTime),
      changeFailureRate: deviations('change_failure_rate', benchmarks.changeFailureRate, changeFailureRate),
      timeToRestore: deviations('mttr', benchmarks.timeToRestore, timeToRestore),
    },
  }
}

type Bound =
  | Benchmarks['deploymentFrequency'][number]
  | Benchmarks['leadTime'][number]
  | Benchmarks['changeFailureRate'][number]

function boundInWords(bound: Bound | undefined): string {
  if (!bound) return 'no bound'
  if ('minutes' in bound) return `${bound.minutes} min`
  if ('percent' in bound) return `${bound.percent} %`
  return `${bound.bound} ${bound.deployments} in ${bound.days} days`
}

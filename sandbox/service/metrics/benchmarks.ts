/** The levels elite, high, medium and low: their bounds from dora_benchmarks and the rules for reaching them. */
import { z } from 'zod'
import { type Benchmark, publishedBenchmarks } from '../database/benchmarks'
import type { Transaction } from '../database/database'
import type { Definitions } from './definitions'

const levels = ['elite', 'high', 'medium', 'low'] as const
export type Level = (typeof levels)[number]

export type BenchmarkedMetric = 'deployment_frequency' | 'lead_time' | 'change_failure_rate' | 'mttr'

const daysOf: Readonly<Record<string, number>> = { per_day: 1, per_week: 7, per_month: 30 }

/** Rounds to 9 decimals: a smaller difference from a bound is only floating-point error. */
const exact = (value: number): number => Number(value.toFixed(9))

const below = (value: number, bound: number, reachedAtBound: boolean): boolean =>
  reachedAtBound ? exact(value) <= bound : exact(value) < bound

/** The rule of each metric for reaching the level of a row. Values are per day, in minutes or in percent. */
const reaches: Readonly<
  Record<BenchmarkedMetric, (value: number, row: Benchmark, atBound: Definitions['reachedAtBound']) => boolean>
> = {
  deployment_frequency: (value, row) => {
    const perUnit = exact(value * (daysOf[row.unit ?? ''] ?? 1))
    const minimum = row.minimum ?? 0
    return row.level === 'elite' ? perUnit > minimum : perUnit >= minimum
  },
  lead_time: (value, row, { duration }) => row.maximum === null || below(value, row.maximum, duration),
  change_failure_rate: (value, row, { rate }) => row.maximum === null || below(value, row.maximum, rate),
  mttr: (value, row, { duration }) => row.maximum === null || below(value, row.maximum, duration),
}

/** The best level that a value reaches; null if there is no value or it reaches no row. */
export function levelOf(
  metric: BenchmarkedMetric,
  value: number | null,
  benchmarks: readonly Benchmark[],
  { reachedAtBound }: Pick<Definitions, 'reachedAtBound'>,
): Level | null {
  if (value === null) return null
  const reached = levels.find((level) =>
    benchmarks.some(
      (row) => row.metric === metric && row.level === level && reaches[metric](value, row, reachedAtBound),
    ),
  )
  return reached ?? null
}

/** The description of a metric's level from its row; 'No data' if there is no such row. */
export function descriptionOf(
  metric: BenchmarkedMetric,
  level: Level | null,
  benchmarks: readonly Benchmark[],
): string {
  const row = benchmarks.find((candidate) => candidate.metric === metric && candidate.level === level)
  return row?.description ?? 'No data'
}

const benchmarkRow = z.object({
  metric: z.string(),
  level: z.string(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  unit: z.string().nullable(),
  description: z.string().nullable(),
})

/** The stored benchmarks, or the published ones if their table does not exist. */
export async function readBenchmarks(transaction: Transaction): Promise<readonly Benchmark[]> {
  return await transaction.rowsOr(
    publishedBenchmarks,
    benchmarkRow,
    `SELECT metric_name AS metric, performance_level AS level, min_value AS minimum, max_value AS maximum, unit, description
     FROM dora_benchmarks`,
  )
}

/**
 * The metrics of one project as surfaces show them: rounded to the contract's precision (0.01 per day, 0.1 min, 0.1 %),
 * with the level of the value before rounding. A metric without data is null.
 */
import { type BenchmarkedMetric, descriptionOf, type Level, levelOf } from './benchmarks'
import { changeFailureRate } from './change-failure-rate'
import { type Bucket, deploymentFrequency, deploymentSeries, type Grouping } from './deployment-frequency'
import type { Distribution } from './distribution'
import { leadTime, leadTimeStages } from './lead-time'
import { type OperationalPerformance, operationalPerformance } from './operational-performance'
import type { Reading } from './reading'
import type { Scope, Window } from './relations'
import { type Severities, timeToRestore } from './time-to-restore'

export function rounded(value: number, decimals: number): number
export function rounded(value: number | null, decimals: number): number | null
export function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Math.round(value * 10 ** decimals) / 10 ** decimals
}

export const precision = { perDay: 2, minutes: 1, percent: 1 } as const

interface Summary {
  readonly level: Level | null
  readonly description: string
}

export interface FrequencySummary extends Summary {
  readonly value: number
  readonly deployments: number
}

export interface DurationSummary extends Summary {
  /** The mean. Like p50 and p95, it is in minutes. */
  readonly value: number
  readonly p50: number
  readonly p95: number
  readonly samples: number
}

export interface FailureRateSummary extends Summary {
  /** In percent. */
  readonly value: number
  readonly total: number
  readonly failed: number
}

export const scopeOf = ({ project }: Reading, window: Window): Scope => ({ projects: [project], window })

const graded = ({ benchmarks, definitions }: Reading, metric: BenchmarkedMetric, value: number | null): Summary => {
  const level = levelOf(metric, value, benchmarks, definitions)
  return { level, description: descriptionOf(metric, level, benchmarks) }
}

const nothing = { perDay: 0, deployments: 0, mean: 0, p50: 0, p95: 0, samples: 0, total: 0, failed: 0 } as const

/** The result, or the definitions' replacement for a missing one. */
const orNothing = <Found extends object>({ definitions }: Reading, found: Found | undefined) =>
  found ?? (definitions.withoutData === 'zero' ? nothing : undefined)

export async function frequencySummary(reading: Reading, window: Window): Promise<FrequencySummary | null> {
  const { transaction, definitions, project, settings } = reading
  const scope = scopeOf(reading, window)
  const frequencies = await deploymentFrequency(transaction, definitions, scope, settings.frequencyEnvironment)
  const found = orNothing(reading, frequencies.get(project))
  if (!found) return null
  // Failed deployments alone give a frequency of 0, but a project that ships nothing reaches no level.
  const grade = graded(reading, 'deployment_frequency', found.deployments === 0 ? null : found.perDay)
  return { ...grade, value: rounded(found.perDay, precision.perDay), deployments: found.deployments }
}

export async function leadTimeSummary(reading: Reading, window: Window): Promise<DurationSummary | null> {
  const { transaction, definitions, project } = reading
  const found = orNothing(reading, (await leadTime(transaction, definitions, scopeOf(reading, window))).get(project))
  return found ? durationSummary(reading, 'lead_time', found) : null
}

/** The time to restore over incidents of these severities. */
export async function restoreSummary(
  reading: Reading,
  window: Window,
  severities: Severities,
): Promise<DurationSummary | null> {
  const { transaction, definitions, project } = reading
  const restored = await timeToRestore(transaction, definitions, scopeOf(reading, window), severities)
  const found = orNothing(reading, restored.get(project))
  return found ? durationSummary(reading, 'mttr', found) : null
}

function durationSummary(reading: Reading, metric: BenchmarkedMetric, found: Distribution): DurationSummary {
  return {
    ...graded(reading, metric, found.mean),
    value: rounded(found.mean, precision.minutes),
    p50: rounded(found.p50, precision.minutes),
    p95: rounded(found.p95, precision.minutes),
    samples: found.samples,
  }
}

export async function failureRateSummary(reading: Reading, window: Window): Promise<FailureRateSummary | null> {
  const { transaction, definitions, project } = reading
  const rates = await changeFailureRate(transaction, definitions, scopeOf(reading, window))
  const found = orNothing(reading, rates.get(project))
  if (!found) return null
  // The multiplication comes first: 3 of 20 must be exactly 15 %, at the bound and not above it.
  const percent = found.total === 0 ? 0 : (100 * found.failed) / found.total
  return {
    ...graded(reading, 'change_failure_rate', percent),
    value: rounded(percent, precision.percent),
    total: found.total,
    failed: found.failed,
  }
}

export async function performanceSummary(reading: Reading, window: Window): Promise<OperationalPerformance> {
  const { transaction, definitions } = reading
  const found = await operationalPerformance(transaction, definitions, scopeOf(reading, window))
  return {
    availability: rounded(found.availability, 2),
    sloTarget: found.sloTarget,
    p99Latency: rounded(found.p99Latency, 1),
    errorRate: rounded(found.errorRate, 2),
  }
}

/** The series of the deployment frequency over the window. */
export async function series(reading: Reading, window: Window, grouping: Grouping): Promise<readonly Bucket[]> {
  const { transaction, definitions, project, settings } = reading
  return await deploymentSeries(transaction, definitions, project, window, settings.frequencyEnvironment, grouping)
}

export interface Stage {
  readonly name: string
  readonly duration: number | null
  readonly unit: 'minutes'
}

/** The stages of the lead time that the project's settings name. */
export async function stages(reading: Reading, window: Window): Promise<readonly Stage[]> {
  const { transaction, definitions, settings } = reading
  const found = await leadTimeStages(transaction, definitions, scopeOf(reading, window), settings.stages)
  return found.map(({ name, duration }) => ({ name, duration: rounded(duration, precision.minutes), unit: 'minutes' }))
}

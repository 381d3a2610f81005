/** What a contract says about the surfaces that report the DORA metrics: how they are asked, and what their answers mean. */
import type { z } from 'zod'
import type { Capability } from '../basis/capability'
import type { Quantity, QuantityKind, Reading, Window } from '../dora/metrics'

export const rangeNames = ['last7days', 'last30days', 'last90days'] as const
export type RangeName = (typeof rangeNames)[number]

/** A question of the REST API about one project. */
export interface RestMetric {
  /** Without a range: the path's own default. */
  readonly path: (project: string, range?: RangeName | Window) => string
  /** What "no data" stands for where the path answers it as an error. */
  readonly noData: Reading
  readonly answer: z.ZodType<{ readonly end: number; readonly reading: Reading }>
}

/** One sample of the exposition format, and what it counts. */
interface ExposedQuantity {
  readonly quantity: Quantity
  readonly sample: string
  /** Its bound, when it is a bucket. */
  readonly bucket?: number
}

/** The settings of a project as the service keeps them. */
export interface MetricSettings {
  readonly frequencyWindowDays: number
  readonly leadTimeStages: readonly string[]
  readonly failureRateWindowDays: number
  /** Null: all of them. */
  readonly severities: readonly string[] | null
}

/** The paths that answer the metrics. */
export interface RestMetrics {
  readonly overview: RestMetric
  readonly deploymentFrequency: RestMetric
  readonly leadTime: RestMetric
  readonly changeFailureRate: RestMetric
  readonly timeToRestore: RestMetric
  readonly rework: RestMetric
}

interface GraphQLMetrics {
  readonly document: (project: string, range: RangeName) => string
  readonly answer: z.ZodType<Reading>
}

export interface DoraContract {
  /** Length in days; each ends with the last completed collection. */
  readonly ranges: Readonly<Record<RangeName, number>>
  /** The last digit that a surface shows, by kind; 0 is exact. */
  readonly precision: Readonly<Record<QuantityKind, number>>
  readonly rest: Capability<RestMetrics>
  readonly stages: Capability<{
    readonly path: (project: string) => string
    readonly answer: z.ZodType<readonly string[]>
  }>
  /** Whether an error's body says that there is no data. */
  readonly saysNoData: (status: number, body: unknown) => boolean
  readonly graphql: Capability<GraphQLMetrics>
  readonly exposed: readonly ExposedQuantity[]
  readonly settings: {
    readonly plugin: string
    readonly defaults: MetricSettings
    /** The text of a row's option, by which the service goes for that project. */
    readonly option: Capability<z.ZodType<MetricSettings>>
  }
}

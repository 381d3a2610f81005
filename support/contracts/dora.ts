/** The part of a contract about the surfaces that report the DORA metrics: their requests and their answers. */
import type { z } from 'zod'
import type { Capability } from '../basis/capability'
import type { Quantity, QuantityKind, Reading, Window } from '../dora/metrics'

export const rangeNames = ['last7days', 'last30days', 'last90days'] as const
export type RangeName = (typeof rangeNames)[number]

/** The range that an answer says it covers, in milliseconds since 1970 UTC. */
export interface StatedRange {
  readonly start?: number | undefined
  readonly end: number
}

/** A path of the REST API that answers about one project. */
export interface RestMetric {
  /** Distinguishes requests to the same path in findings, such as "by week". */
  readonly variant?: string
  /** Without a range, the path applies its own default. */
  readonly path: (project: string, range?: RangeName | Window) => string
  /** The reading for an answer that says there is no data. */
  readonly noData: Reading
  readonly answer: z.ZodType<{ readonly range: StatedRange; readonly reading: Reading }>
}

/** A sample of the exposition format and the quantity that it shows. */
interface ExposedQuantity {
  readonly quantity: Quantity
  readonly sample: string
  /** The bound, for a bucket of a histogram. */
  readonly bucket?: number
}

/** The settings of a project as the service stores them. */
export interface MetricSettings {
  readonly frequencyWindowDays: number
  /** The environment whose deployments the deployment frequency counts, compared case-insensitively. */
  readonly frequencyEnvironment: string
  readonly leadTimeStages: readonly string[]
  readonly failureRateWindowDays: number
  /** Null: all severities. */
  readonly severities: readonly string[] | null
}

/** The paths of the REST API that report the metrics. */
export interface RestMetrics {
  readonly overview: RestMetric
  readonly deploymentFrequency: RestMetric
  readonly deploymentsByWeek: RestMetric
  readonly deploymentsByMonth: RestMetric
  readonly leadTime: RestMetric
  readonly changeFailureRate: RestMetric
  readonly timeToRestore: RestMetric
  readonly rework: RestMetric
}

/** A query whose values from outside are variables. */
interface GraphQLRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, string>>
}

export interface GraphQLMetrics {
  readonly request: (project: string, range: RangeName) => GraphQLRequest
  readonly answer: z.ZodType<Reading>
  /** The fields of the answer that no quantity is read from, such as "doraMetrics.project", with the reason. */
  readonly notCompared: Readonly<Record<string, string>>
}

/** The stages of a lead time, in minutes. Null: the service does not know the duration of the stage. */
export interface StagesAnswer {
  readonly leadTime: number | null
  readonly stages: readonly { readonly name: string; readonly duration: number | null; readonly unit: string }[]
}

export interface DoraContract {
  /** The length of each range in days; it ends with the last completed collection. */
  readonly ranges: Readonly<Record<RangeName, number>>
  /** The size of the last digit that surfaces show, by kind; 0 is exact. */
  readonly precision: Readonly<Record<QuantityKind, number>>
  readonly rest: Capability<RestMetrics>
  readonly stages: Capability<{
    readonly path: (project: string) => string
    readonly answer: z.ZodType<StagesAnswer>
  }>
  /** True for an error that means "no data". */
  readonly saysNoData: (status: number, body: unknown) => boolean
  readonly graphql: Capability<GraphQLMetrics>
  readonly exposed: readonly ExposedQuantity[]
  readonly settings: {
    readonly plugin: string
    readonly defaults: MetricSettings
    /** Parses the option of a row, which the service applies to that project. */
    readonly option: Capability<z.ZodType<MetricSettings>>
  }
}

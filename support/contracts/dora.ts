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
  /** The fields of the answer that no quantity is read from, such as "summary.avg_severity", with the reason. */
  readonly notCompared: NotCompared
  /** The only severity of incidents that the answer is about, in lower case; absent: all that count. */
  readonly severity?: string
  /** The name of the metric in the answer; absent if the contract documents none. */
  readonly metricName?: string
}

/** Fields of answers by their path, such as "failures.reason", with the reason why they are not compared. */
export type NotCompared = Readonly<Record<string, string>>

/** A stored deployment or incident as a list shows it. Absent fields are not shown. Times are milliseconds since 1970 UTC. */
export interface ListedEvent {
  readonly id?: string | null | undefined
  readonly project?: string | null | undefined
  readonly result?: string | null | undefined
  readonly environment?: string | null | undefined
  readonly repository?: string | null | undefined
  readonly severity?: string | null | undefined
  readonly started?: number | null | undefined
  readonly finished?: number | null | undefined
  readonly created?: number | null | undefined
  readonly resolved?: number | null | undefined
}

/** The events in an answer. */
export interface EventList {
  /** Deployments newest first; incidents in any order. */
  readonly entries: readonly ListedEvent[]
  /** The number of events that the answer says there are; undefined if it says none. */
  readonly count?: number | undefined
  /** The project that the answer names beside the entries. */
  readonly project?: string | undefined
}

/** A path of the REST API that lists the stored events of one project. */
export interface RestList {
  readonly path: (project: string) => string
  readonly answer: z.ZodType<EventList>
  /** The name of the list in the answer, and of the fields beside it that are compared. */
  readonly list: string
  readonly beside: ReadonlySet<string>
  /** Of the names of the fields that entries show, those that are compared. */
  readonly compared: (shown: readonly string[]) => ReadonlySet<string>
  /** The names of the fields of an entry that are not. */
  readonly notCompared: NotCompared
}

/** A query that lists the stored events of one project in a range. */
export interface GraphQLList {
  /** The type of the entries, whose fields the service chooses. */
  readonly type: string
  /** @param fields the fields to ask for */
  readonly request: (project: string, range: RangeName | undefined, fields: readonly string[]) => GraphQLRequest
  readonly answer: z.ZodType<EventList>
  /** Of the names of the fields that the type has, those that are compared. */
  readonly compared: (shown: readonly string[]) => ReadonlySet<string>
  /** The names of the fields of the type that are not. */
  readonly notCompared: NotCompared
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
  readonly leadTimeWithStages: RestMetric
  readonly changeFailureRate: RestMetric
  readonly timeToRestore: RestMetric
  readonly timeToRestoreOfCritical: RestMetric
  readonly timeToRestoreOfHigh: RestMetric
  readonly timeToRestoreOfMedium: RestMetric
  readonly timeToRestoreOfLow: RestMetric
  readonly rework: RestMetric
}

/** A query whose values from outside are variables. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, string>>
}

export interface GraphQLMetrics {
  /** The field of Query, and its type, whose fields the contract describes. */
  readonly field: string
  readonly type: string
  /** The other fields of Query that the contract describes. */
  readonly otherFields: readonly string[]
  /** Asks without a range when it is undefined. */
  readonly request: (project: string, range: RangeName | undefined) => GraphQLRequest
  readonly answer: z.ZodType<Reading>
  readonly notCompared: NotCompared
  readonly deployments: GraphQLList
  readonly incidents: GraphQLList
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
  readonly deployments: Capability<RestList>
  readonly stages: Capability<{
    readonly path: (project: string, range: RangeName) => string
    readonly answer: z.ZodType<StagesAnswer>
    readonly graphql: {
      readonly request: (project: string, range: RangeName) => GraphQLRequest
      readonly answer: z.ZodType<StagesAnswer>
    }
  }>
  /** True for an error that means "no data". */
  readonly saysNoData: (status: number, body: unknown) => boolean
  readonly graphql: Capability<GraphQLMetrics>
  readonly exposed: readonly ExposedQuantity[]
  /** The other samples that the metrics page has about a project, such as `name{le="+Inf"}`. */
  readonly exposedNotCompared: NotCompared
  readonly settings: {
    readonly plugin: string
    readonly defaults: MetricSettings
    /** Parses the option of a row, which the service applies to that project. */
    readonly option: Capability<z.ZodType<MetricSettings>>
  }
}

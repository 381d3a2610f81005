/** What the four DORA metrics of one project in one window are: shapes, units, and the flat list that surfaces are held to. */

/** A half-open span of time, in milliseconds since 1970 UTC. */
export interface Window {
  readonly start: number
  readonly end: number
}

export const levels = ['elite', 'high', 'medium', 'low'] as const
export type Level = (typeof levels)[number]

/** Minutes; null without a sample. */
export interface Durations {
  readonly mean: number | null
  readonly p50: number | null
  readonly p95: number | null
}

/** An event that is in no metric although it is of the right kind, and why. */
export interface LeftOut {
  readonly type: 'deployment' | 'commit' | 'incident' | 'build'
  readonly id: string
  readonly reason: string
}

/** Durations in minutes, rates in percent, null for no data; as `npm run explain -- --json` writes it. */
export interface Metrics {
  readonly deploymentFrequency: {
    readonly perDay: number | null
    readonly deployments: number
    readonly level: Level | null
    /** Every UTC day that the window touches, also those without a deployment. */
    readonly series: readonly { readonly date: string; readonly deployments: number }[]
  }
  readonly leadTime: Durations & { readonly samples: number; readonly level: Level | null }
  readonly changeFailureRate: {
    readonly percent: number | null
    readonly deployments: number
    readonly failed: number
    readonly level: Level | null
  }
  readonly timeToRestore: Durations & { readonly incidents: number; readonly level: Level | null }
  readonly rework: { readonly percent: number | null; readonly builds: number; readonly repeats: number }
  readonly leftOut: readonly LeftOut[]
}

/** What Prometheus shows of one project: all stored history, except the rate, which is of the project's window. */
export interface History {
  readonly deployments: number
  readonly leadTime: Histogram
  readonly timeToRestore: Histogram
}

/** Seconds, as in the exposition format; `buckets` counts what is less than or equal to each bound, +Inf aside. */
export interface Histogram {
  readonly count: number
  readonly sum: number
  readonly buckets: ReadonlyMap<number, number>
}

/**
 * Every number or level that a surface can report, with the kind of its value; the kind decides the precision. What a
 * surface does not report is absent from its reading; what it reports as "no data" is null.
 */
export const quantities = {
  'deployment frequency': 'perDay',
  deployments: 'count',
  'deployments by day': 'series',
  'deployment frequency level': 'level',
  'lead time': 'minutes',
  'lead time p50': 'minutes',
  'lead time p95': 'minutes',
  'lead time level': 'level',
  'change failure rate': 'percent',
  'completed deployments': 'count',
  'failed deployments': 'count',
  'change failure rate level': 'level',
  'time to restore': 'minutes',
  'time to restore p50': 'minutes',
  'time to restore p95': 'minutes',
  'resolved incidents': 'count',
  'time to restore level': 'level',
  'rework rate': 'percent',
  builds: 'count',
  'repeat builds': 'count',
  'all-time deployments': 'count',
  'all-time lead times': 'count',
  'sum of all lead times': 'seconds',
  'lead times up to an hour': 'count',
  'lead times up to a day': 'count',
  'all-time resolved incidents': 'count',
  'sum of all times to restore': 'seconds',
  'incidents resolved within an hour': 'count',
  'incidents resolved within a day': 'count',
  'change failure ratio': 'ratio',
} as const satisfies Record<
  string,
  'perDay' | 'minutes' | 'percent' | 'count' | 'series' | 'level' | 'seconds' | 'ratio'
>

export type Quantity = keyof typeof quantities
export type QuantityKind = (typeof quantities)[Quantity]
/** A level is its name, a series what {@link seriesText} makes of it; null is no data. */
export type Value = number | string | null
export type Reading = Readonly<Partial<Record<Quantity, Value>>>

/** The days that have deployments: "2026-03-01: 2, 2026-03-04: 1". */
export const seriesText = (series: readonly { readonly date: string; readonly deployments: number }[]): string =>
  series
    .filter(({ deployments }) => deployments !== 0)
    .map(({ date, deployments }) => `${date}: ${deployments}`)
    .sort()
    .join(', ')

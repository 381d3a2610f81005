/** The DORA metrics of one project in one window: their shapes, their units, and the flat list of comparable quantities. */

/** A half-open span of time, in milliseconds since 1970 UTC. */
export interface Window {
  readonly start: number
  readonly end: number
}

export const levels = ['elite', 'high', 'medium', 'low'] as const
export type Level = (typeof levels)[number]

/** In minutes; null if there is no sample. */
export interface Durations {
  readonly mean: number | null
  readonly p50: number | null
  readonly p95: number | null
}

/** An event of the right kind that is left out of a metric, and the reason. */
export interface LeftOut {
  readonly type: 'deployment' | 'commit' | 'incident' | 'build'
  readonly id: string
  readonly reason: string
}

/** Durations in minutes, rates in percent, null for no data. `npm run explain -- --json` writes this shape. */
export interface Metrics {
  readonly deploymentFrequency: {
    readonly perDay: number | null
    readonly deployments: number
    readonly level: Level | null
    /** Every UTC day that the window overlaps, including days without a deployment. */
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

/**
 * The metrics of one project over all stored history, as Prometheus shows them. Prometheus shows the change failure rate over the
 * window of the project's settings instead, so it is not part of the history.
 */
export interface History {
  readonly deployments: number
  readonly leadTime: Histogram
  readonly timeToRestore: Histogram
}

/**
 * A histogram in seconds, as in the exposition format. `buckets` counts the samples that are less than or equal to each bound;
 * the bound +Inf is omitted.
 */
export interface Histogram {
  readonly count: number
  readonly sum: number
  readonly buckets: ReadonlyMap<number, number>
}

/**
 * Every number or level that a surface can report, with the kind of its value; the kind decides the precision. A quantity that
 * a surface does not report is absent from its reading; one that it reports as "no data" is null.
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
/** A number, the name of a level, or a series as {@link seriesText} writes it. Null is no data. */
export type Value = number | string | null
export type Reading = Readonly<Partial<Record<Quantity, Value>>>

/** The days with deployments: "2026-03-01: 2, 2026-03-04: 1". */
export const seriesText = (series: readonly { readonly date: string; readonly deployments: number }[]): string =>
  series
    .filter(({ deployments }) => deployments !== 0)
    .map(({ date, deployments }) => `${date}: ${deployments}`)
    .sort()
    .join(', ')

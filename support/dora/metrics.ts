/** The DORA metrics of one project in one window: their shapes, their units, and the flat list of comparable quantities. */

import type { Incident } from './events'

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

/** Durations in minutes, rates in percent, null for no data. `dora-acceptance explain --json` writes this shape. */
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

/** The metrics of a window with the lists and counts that some surfaces show beside them. */
export interface DetailedMetrics extends Metrics {
  readonly detail: {
    /** The failed deployments, with their finish in milliseconds since 1970 UTC. */
    readonly failures: readonly { readonly id: string; readonly time: number }[]
    /** The incidents that the time to restore counts. */
    readonly resolved: readonly Incident[]
    readonly successfulBuilds: number
    readonly failedBuilds: number
    /** In minutes; null without a build whose start is known. */
    readonly meanBuildDuration: number | null
  }
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
  'time range': 'text',
  project: 'text',
  'metric name': 'text',
  'deployment frequency': 'perDay',
  deployments: 'count',
  'deployments by day': 'series',
  'deployments by week': 'series',
  'deployments by month': 'series',
  'deployment frequency level': 'level',
  'deployment frequency unit': 'text',
  'listed deployments': 'series',
  'stored deployments': 'count',
  'lead time': 'minutes',
  'lead time p50': 'minutes',
  'lead time p95': 'minutes',
  'lead time level': 'level',
  'lead time unit': 'text',
  'change failure rate': 'percent',
  'completed deployments': 'count',
  'failed deployments': 'count',
  'failed deployments by day': 'series',
  'successful deployments': 'count',
  'listed failures': 'series',
  'change failure rate level': 'level',
  'change failure rate unit': 'text',
  'time to restore': 'minutes',
  'time to restore p50': 'minutes',
  'time to restore p95': 'minutes',
  'resolved incidents': 'count',
  'resolved incidents by day': 'series',
  'time to restore level': 'level',
  'time to restore unit': 'text',
  'listed incidents': 'series',
  'rework rate': 'percent',
  builds: 'count',
  'repeat builds': 'count',
  'successful builds': 'count',
  'failed builds': 'count',
  'build success rate': 'percent',
  'mean build duration': 'minutes',
  'all-time deployments': 'count',
  'all-time lead times': 'count',
  'sum of all lead times': 'seconds',
  'lead times up to an hour': 'count',
  'lead times up to a day': 'count',
  'stored incidents': 'series',
  'all-time resolved incidents': 'count',
  'sum of all times to restore': 'seconds',
  'incidents resolved within an hour': 'count',
  'incidents resolved within a day': 'count',
  'change failure ratio': 'ratio',
  'environment label': 'text',
} as const satisfies Record<
  string,
  'perDay' | 'minutes' | 'percent' | 'count' | 'series' | 'level' | 'seconds' | 'ratio' | 'text'
>

export type Quantity = keyof typeof quantities
export type QuantityKind = (typeof quantities)[Quantity]
/** A number, the name of a level, a text, or a series or list as {@link seriesText} writes it. Null is no data. */
export type Value = number | string | null
export type Reading = Readonly<Partial<Record<Quantity, Value>>>

/** The days with deployments: "2026-03-01: 2, 2026-03-04: 1". A day that the series has twice is in it twice. */
export function seriesText(series: readonly { readonly date: string; readonly deployments: number }[]): string {
  const days = Map.groupBy(series, ({ date }) => date)
  return [...days.values()]
    .flatMap((rows) => (rows.length > 1 ? rows : rows.filter(({ deployments }) => deployments !== 0)))
    .map(({ date, deployments }) => `${date}: ${deployments}`)
    .sort()
    .join(', ')
}

/** Ids in a fixed order, so that two lists of the same ids are equal: "d1, d2". */
export const listText = (ids: readonly string[]): string => [...ids].sort().join(', ')

/** The start of the UTC week (Monday) or month that contains a day, as YYYY-MM-DD. */
function bucketOf(date: string, by: 'week' | 'month'): string {
  if (by === 'month') return `${date.slice(0, 7)}-01`
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}

/** A series by day, added up by weeks or months. */
export function grouped(
  series: readonly { readonly date: string; readonly deployments: number }[],
  by: 'week' | 'month',
): { date: string; deployments: number }[] {
  const sums = new Map<string, number>()
  for (const { date, deployments } of series) {
    const bucket = bucketOf(date, by)
    sums.set(bucket, (sums.get(bucket) ?? 0) + deployments)
  }
  return [...sums].map(([date, deployments]) => ({ date, deployments }))
}

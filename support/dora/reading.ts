/** Converts the oracle's metrics into readings, which are compared with those of the surfaces. */
import type { Incident } from './events'
import {
  type DetailedMetrics,
  grouped,
  type Histogram,
  type History,
  listText,
  type Metrics,
  type Reading,
  seriesText,
} from './metrics'

/** The units that surfaces name beside the values. */
const units: Reading = {
  'deployment frequency unit': 'per_day',
  'lead time unit': 'minutes',
  'change failure rate unit': 'percent',
  'time to restore unit': 'minutes',
}

/** The quantities of one window. */
export function readingOf({
  deploymentFrequency,
  leadTime,
  changeFailureRate,
  timeToRestore,
  rework,
  detail,
}: Metrics & Partial<Pick<DetailedMetrics, 'detail'>>): Reading {
  return {
    'deployment frequency': deploymentFrequency.perDay,
    deployments: deploymentFrequency.deployments,
    'deployments by day': seriesText(deploymentFrequency.series),
    'deployments by week': seriesText(grouped(deploymentFrequency.series, 'week')),
    'deployments by month': seriesText(grouped(deploymentFrequency.series, 'month')),
    'deployment frequency level': deploymentFrequency.level,
    'lead time': leadTime.mean,
    'lead time p50': leadTime.p50,
    'lead time p95': leadTime.p95,
    'lead time level': leadTime.level,
    'change failure rate': changeFailureRate.percent,
    'completed deployments': changeFailureRate.deployments,
    'failed deployments': changeFailureRate.failed,
    'successful deployments': changeFailureRate.deployments - changeFailureRate.failed,
    'change failure rate level': changeFailureRate.level,
    'change failure ratio': changeFailureRate.percent === null ? null : changeFailureRate.percent / 100,
    'time to restore': timeToRestore.mean,
    'time to restore p50': timeToRestore.p50,
    'time to restore p95': timeToRestore.p95,
    'resolved incidents': timeToRestore.incidents,
    'time to restore level': timeToRestore.level,
    ...units,
    'rework rate': rework.percent,
    builds: rework.builds,
    'repeat builds': rework.repeats,
    ...(detail && detailOf(detail, rework.builds)),
  }
}

const detailOf = ({ failures, resolved, ...built }: DetailedMetrics['detail'], builds: number): Reading => ({
  'listed failures': listText(failures.map(failureText)),
  'failed deployments by day': timesText(failures.map(({ time }) => time)),
  'resolved incidents by day': timesText(resolved.flatMap(({ resolvedAt }) => resolvedAt ?? [])),
  'listed incidents': listText(resolved.map(incidentText)),
  'successful builds': built.successfulBuilds,
  'failed builds': built.failedBuilds,
  'build success rate': builds === 0 ? null : (built.successfulBuilds / builds) * 100,
  'mean build duration': built.meanBuildDuration,
})

/** The UTC days of events with their numbers, as {@link seriesText} writes them. Times are milliseconds since 1970 UTC. */
const timesText = (times: readonly number[]): string => {
  const days = Map.groupBy(times, (time) => iso(time).slice(0, 10))
  return seriesText([...days].map(([date, { length }]) => ({ date, deployments: length })))
}

const iso = (time: number) => new Date(time).toISOString()

/** An entry in a list of failed deployments: "d1 at 2026-03-01T12:00:00.000Z". Times are milliseconds since 1970 UTC. */
export const failureText = ({ id, time }: DetailedMetrics['detail']['failures'][number]): string =>
  `${id} at ${iso(time)}`

/** An entry in a list of resolved incidents: "i1 (high) from 2026-03-01T12:00:00.000Z to 2026-03-01T13:00:00.000Z". */
export const incidentText = (incident: Pick<Incident, 'id' | 'severity' | 'createdAt' | 'resolvedAt'>): string => {
  const { id, severity, createdAt, resolvedAt } = incident
  return `${id} (${severity?.toLowerCase() ?? 'no severity'}) from ${iso(createdAt)} to ${resolvedAt === null ? 'now' : iso(resolvedAt)}`
}

/** The quantities of all stored history. */
export function readingOfHistory({ deployments, leadTime, timeToRestore }: History): Reading {
  return {
    'all-time deployments': deployments,
    'all-time lead times': leadTime.count,
    'sum of all lead times': leadTime.sum,
    'lead times up to an hour': atMost(leadTime, 3600),
    'lead times up to a day': atMost(leadTime, 86_400),
    'all-time resolved incidents': timeToRestore.count,
    'sum of all times to restore': timeToRestore.sum,
    'incidents resolved within an hour': atMost(timeToRestore, 3600),
    'incidents resolved within a day': atMost(timeToRestore, 86_400),
  }
}

const atMost = ({ buckets }: Histogram, seconds: number): number => buckets.get(seconds) ?? 0

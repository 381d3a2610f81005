/** Converts the oracle's metrics into readings, which are compared with those of the surfaces. */
import { type Histogram, type History, type Metrics, type Reading, seriesText } from './metrics'

/** The quantities of one window. */
export function readingOf({
  deploymentFrequency,
  leadTime,
  changeFailureRate,
  timeToRestore,
  rework,
}: Metrics): Reading {
  return {
    'deployment frequency': deploymentFrequency.perDay,
    deployments: deploymentFrequency.deployments,
    'deployments by day': seriesText(deploymentFrequency.series),
    'deployment frequency level': deploymentFrequency.level,
    'lead time': leadTime.mean,
    'lead time p50': leadTime.p50,
    'lead time p95': leadTime.p95,
    'lead time level': leadTime.level,
    'change failure rate': changeFailureRate.percent,
    'completed deployments': changeFailureRate.deployments,
    'failed deployments': changeFailureRate.failed,
    'change failure rate level': changeFailureRate.level,
    'change failure ratio': changeFailureRate.percent === null ? null : changeFailureRate.percent / 100,
    'time to restore': timeToRestore.mean,
    'time to restore p50': timeToRestore.p50,
    'time to restore p95': timeToRestore.p95,
    'resolved incidents': timeToRestore.incidents,
    'time to restore level': timeToRestore.level,
    'rework rate': rework.percent,
    builds: rework.builds,
    'repeat builds': rework.repeats,
  }
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

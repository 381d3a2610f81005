/** The oracle's numbers as a reading, to hold what a surface reports against. */
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
    'level of the deployment frequency': deploymentFrequency.level,
    'lead time': leadTime.mean,
    'lead time p50': leadTime.p50,
    'lead time p95': leadTime.p95,
    'level of the lead time': leadTime.level,
    'change failure rate': changeFailureRate.percent,
    'judged deployments': changeFailureRate.deployments,
    'failed deployments': changeFailureRate.failed,
    'level of the change failure rate': changeFailureRate.level,
    'change failure ratio': changeFailureRate.percent === null ? null : changeFailureRate.percent / 100,
    'time to restore': timeToRestore.mean,
    'time to restore p50': timeToRestore.p50,
    'time to restore p95': timeToRestore.p95,
    'restored incidents': timeToRestore.incidents,
    'level of the time to restore': timeToRestore.level,
    'rework rate': rework.percent,
    builds: rework.builds,
    'repeat builds': rework.repeats,
  }
}

/** The quantities of all stored history; no data, no series. */
export function readingOfHistory({ deployments, leadTime, timeToRestore }: History): Reading {
  return {
    'deployments of all time': deployments,
    'lead times of all time': leadTime.count,
    'lead time in all, in seconds': leadTime.sum,
    'lead times of at most an hour': atMost(leadTime, 3600),
    'lead times of at most a day': atMost(leadTime, 86_400),
    'restorations of all time': timeToRestore.count,
    'time to restore in all, in seconds': timeToRestore.sum,
    'restorations of at most an hour': atMost(timeToRestore, 3600),
    'restorations of at most a day': atMost(timeToRestore, 86_400),
  }
}

const atMost = ({ buckets }: Histogram, seconds: number): number => buckets.get(seconds) ?? 0

/** Counts what a metric was computed from: a metric without a sample of its own is not proven. Pure. */
import type { ShippedDeployment } from '../../dora/definitions'
import type { Answer } from '../../dora/oracle'
import type { EventCount } from '../../service/raw-events'
import type { Metric } from './metric'

/** Counts the commits of deployments, and those that the table of commits does not hold. */
export class CommitCount {
  deployments = 0
  withCommits = 0
  commits = 0
  unknown = 0
  /** A commit that is unknown and shorter than a full SHA. */
  short: string | undefined

  add({ commits }: ShippedDeployment): void {
    this.deployments++
    if (commits.length > 0) this.withCommits++
    for (const { sha, authoredAt } of commits) {
      this.commits++
      if (authoredAt !== null) continue
      this.unknown++
      if (sha.length < 40) this.short ??= sha
    }
  }

  plus(other: CommitCount): CommitCount {
    const sum = new CommitCount()
    for (const one of [this, other]) {
      sum.deployments += one.deployments
      sum.withCommits += one.withCommits
      sum.commits += one.commits
      sum.unknown += one.unknown
      sum.short ??= one.short
    }
    return sum
  }
}

/** The number of samples of each metric, in the longest window that is compared. */
export type Samples = Readonly<Record<Metric, number>>

export const noSamples: Samples = {
  'deployment frequency': 0,
  'lead time': 0,
  'change failure rate': 0,
  'time to restore': 0,
  'rework rate': 0,
}

/**
 * Adds the samples of a project. A deployment is one of the change failure rate where a failure would be known: where the
 * project has an incident, or a deployment that failed.
 */
export function addSamples(sum: Samples, { windows }: Answer, { incidents }: EventCount): Samples {
  const most = (count: (metrics: Answer['windows'][number]) => number) => Math.max(0, ...windows.map(count))
  const failures = incidents + most((one) => one.changeFailureRate.failed)
  const judged = failures === 0 ? 0 : most((one) => one.changeFailureRate.deployments)
  return {
    'deployment frequency': sum['deployment frequency'] + most((one) => one.deploymentFrequency.deployments),
    'lead time': sum['lead time'] + most((one) => one.leadTime.samples),
    'change failure rate': sum['change failure rate'] + judged,
    'time to restore': sum['time to restore'] + most((one) => one.timeToRestore.incidents),
    'rework rate': sum['rework rate'] + most((one) => one.rework.builds),
  }
}

/** The likely reason why a metric has no sample. */
export function reasonFor(metric: Metric, events: EventCount, commits: CommitCount): string {
  switch (metric) {
    case 'deployment frequency':
      return events.deployments === 0
        ? 'no deployment is stored'
        : `none of the ${events.deployments} stored deployments is a recent success in the environment that counts`
    case 'lead time':
      return reasonForLeadTime(events, commits)
    case 'change failure rate':
      if (events.deployments === 0) return 'no deployment is stored'
      return events.incidents === 0
        ? 'no deployment failed and no incident is connected to a project, so that 0 % says nothing'
        : `none of the ${events.deployments} stored deployments finished recently in production`
    case 'time to restore':
      return events.incidents === 0
        ? 'no incident is connected to a project'
        : `none of the ${events.incidents} incidents of the projects is a recently resolved production incident`
    case 'rework rate':
      return events.builds === 0 ? 'no build is stored' : `none of the ${events.builds} stored builds finished recently`
  }
}

function reasonForLeadTime({ deployments }: EventCount, found: CommitCount): string {
  if (deployments === 0) return 'no deployment is stored'
  if (found.commits === 0) return `none of the ${deployments} deployments has a commit`
  if (found.unknown < found.commits) return 'no recent successful production deployment has new commits'
  return found.short === undefined
    ? `none of the ${found.commits} commits of the deployments is in the table commits, or has an authored date`
    : `the deployments name short SHAs, such as ${found.short}, which match no commit in the table commits`
}

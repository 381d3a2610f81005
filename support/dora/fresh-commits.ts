/** Events in which each deployment has only its new commits, by other rules than the canonical ones. */
import type { ProjectEvents } from './compute'
import { canonical, type DatedCommit, type ShippedDeployment } from './definitions'

export const isInProduction = ({ environment }: ShippedDeployment): boolean =>
  canonical.countsEnvironment(environment, 'production')

/**
 * Leaves to each successful deployment the commits that no earlier one of its repository contains.
 * @param ships selects the deployments whose commits later ones do not have as new
 * @param order which of two deployments is earlier
 */
export const withFreshCommits =
  (
    ships: (deployment: ShippedDeployment) => boolean,
    order: (one: ShippedDeployment, other: ShippedDeployment) => number,
  ) =>
  (events: ProjectEvents): ProjectEvents => {
    const seen = new Set<string>()
    const fresh = new Map<ShippedDeployment, readonly DatedCommit[]>()
    const isSuccess = ({ result, finishedAt }: ShippedDeployment) =>
      finishedAt !== null && canonical.outcomeOf(result) === 'success'
    for (const one of events.deployments.filter((each) => isSuccess(each) && ships(each)).sort(order)) {
      const keyOf = ({ sha }: DatedCommit) => `${one.repository ?? ''} ${sha}`
      fresh.set(
        one,
        one.commits.filter((commit) => !seen.has(keyOf(commit))),
      )
      for (const commit of one.commits) seen.add(keyOf(commit))
    }
    return {
      ...events,
      deployments: events.deployments.map((one) => ({ ...one, commits: fresh.get(one) ?? one.commits })),
    }
  }

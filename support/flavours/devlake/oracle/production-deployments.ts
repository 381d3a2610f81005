/** The deployments that every panel of the DORA dashboard counts. */
import { type DeploymentCommit, deploymentCommitsOf, type Lake } from '../rows/rows'

/** A commit that was successfully deployed to production. */
export type ProductionCommit = DeploymentCommit & { readonly finishedAt: number }

/**
 * The commits of the successful production deployments of some projects. The commit's own result counts: a failed deployment has
 * successful commits if they were posted without a result. The comparison is case-sensitive.
 */
export function productionCommits(lake: Lake, projects: readonly string[]): ProductionCommit[] {
  return deploymentCommitsOf(lake, projects).filter(
    (commit): commit is ProductionCommit =>
      commit.result === 'SUCCESS' && commit.environment === 'PRODUCTION' && commit.finishedAt !== null,
  )
}

/**
 * The finish of each deployment by its id: the finish of its last commit (`_deployments` of the panels). Only the id identifies a
 * deployment, so the same id in two projects is one deployment.
 */
export function productionDeployments(lake: Lake, projects: readonly string[]): Map<string, number> {
  const finishes = new Map<string, number>()
  for (const { deployment, finishedAt } of productionCommits(lake, projects))
    finishes.set(deployment, Math.max(finishedAt, finishes.get(deployment) ?? Number.NEGATIVE_INFINITY))
  return finishes
}

/** Sorts by finish, then by id: the database leaves the order open for commits that finished at the same instant. */
export const byFinish = (one: ProductionCommit, other: ProductionCommit): number =>
  one.finishedAt - other.finishedAt || (one.id < other.id ? -1 : 1)

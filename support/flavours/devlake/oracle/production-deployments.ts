/** The deployments that every panel of the DORA dashboard counts. */
import { type DeploymentCommit, type Lake, scopesOf } from '../rows/rows'

/** A commit that was deployed to production with success, and when. */
export type ProductionCommit = DeploymentCommit & { readonly finishedAt: number }

/**
 * The commits of a project's successful production deployments. The result is that of the commit: a failed deployment whose
 * commits were posted without a result has successful ones. The words are compared with regard to case.
 */
export function productionCommits(lake: Lake, projects: readonly string[]): ProductionCommit[] {
  const scopes = scopesOf(lake, projects, 'cicd_scopes')
  return lake.deploymentCommits.filter(
    (commit): commit is ProductionCommit =>
      commit.result === 'SUCCESS' &&
      commit.environment === 'PRODUCTION' &&
      commit.finishedAt !== null &&
      scopes.has(commit.scope),
  )
}

/**
 * When each deployment finished, by its id: with the last of its commits (`_deployments` of the panels). The id is all that
 * tells deployments apart, so that one id in two of the projects is one deployment.
 */
export function productionDeployments(lake: Lake, projects: readonly string[]): Map<string, number> {
  const finishes = new Map<string, number>()
  for (const { deployment, finishedAt } of productionCommits(lake, projects))
    finishes.set(deployment, Math.max(finishedAt, finishes.get(deployment) ?? Number.NEGATIVE_INFINITY))
  return finishes
}

/** The database leaves open which of two comes first that finished at the same instant; here it is by their ids. */
export const byFinish = (one: ProductionCommit, other: ProductionCommit): number =>
  one.finishedAt - other.finishedAt || (one.id < other.id ? -1 : 1)

/** Deployments as the surfaces show them. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { idWithinProject } from '../database/keys'

const deploymentRow = z.object({
  id: z.string(),
  project: z.string(),
  deployment_id: z.string(),
  name: z.string().nullable(),
  result: z.string().nullable(),
  status: z.string().nullable(),
  environment: z.string().nullable(),
  commit_sha: z.string().nullable(),
  repository: z.string().nullable(),
  started_date: z.date().nullable(),
  finished_date: z.date().nullable(),
  duration_sec: z.number().nullable(),
})
export type Deployment = z.infer<typeof deploymentRow>

/** All deployments of the projects, in every environment and state: running ones first, then newest first. */
export async function listDeployments(
  transaction: Transaction,
  projects: readonly string[],
): Promise<readonly Deployment[]> {
  return await transaction.rows(
    deploymentRow,
    `SELECT id, cicd_scope_id AS project, ${idWithinProject('id')} AS deployment_id, name, result, status, environment,
       commit_sha, repo_id AS repository, started_date, finished_date, duration_sec
     FROM deployments WHERE cicd_scope_id IN (:projects)
     ORDER BY finished_date IS NULL DESC, finished_date DESC, started_date DESC, id DESC`,
    // An IN list must not be empty, and no project has an empty name.
    { projects: ['', ...projects] },
  )
}

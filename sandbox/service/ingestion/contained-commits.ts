/**
 * Data derived from all deployments and pushes of a project together: the repository and ref of a deployment, the
 * previous success, and the commits of a deployment whose event lists none. It is derived again whenever one of them
 * changes, so the order of arrival has no effect.
 */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { type Event, eventsOf } from './events'

/** The projects whose deployments the events may change. */
export async function affectedProjects(transaction: Transaction, events: readonly Event[]): Promise<readonly string[]> {
  const pushed = eventsOf('push', events).flatMap((push) => push.commits.map((commit) => commit.sha))
  const repositories = eventsOf('push', events).map((push) => push.repository)
  const touched = await transaction.rows(
    z.object({ project: z.string() }),
    `SELECT DISTINCT cicd_scope_id AS project FROM deployments
     WHERE repo_id IN (:repositories) OR commit_sha IN (:pushed)`,
    // An IN list must not be empty, and no name is empty.
    { repositories: ['', ...repositories], pushed: ['', ...pushed] },
  )
  const deployed = eventsOf('deployment', events).map((deployment) => deployment.project)
  return [...new Set([...deployed, ...touched.map(({ project }) => project)])]
}

/** Derives the columns and links of these projects again. */
export async function deriveContainedCommits(transaction: Transaction, projects: readonly string[]): Promise<void> {
  if (projects.length === 0) return
  for (const statement of [repositoryAndRef, previousSuccess, forgetDerived, linkHeads, linkPushed]) {
    await transaction.run(statement, { projects })
  }
}

/** From the event, or else from the pushes of the deployed commit. The default branch takes precedence over others. */
const repositoryAndRef = `
  UPDATE deployments d JOIN deployment_origins o ON o.deployment_id = d.id
  SET d.repo_id = COALESCE(o.repository, (SELECT MIN(p.repo_id) FROM pushed_commits p WHERE p.commit_sha = d.commit_sha)),
      d.repo_url = d.repo_id,
      d.ref_name = (
        SELECT p.ref_name FROM pushed_commits p
        WHERE p.commit_sha = d.commit_sha AND (o.repository IS NULL OR p.repo_id = o.repository)
        ORDER BY p.repo_id, p.ref_name IN ('refs/heads/main', 'refs/heads/master') DESC, p.ref_name LIMIT 1)
  WHERE d.cicd_scope_id IN (:projects)`

/**
 * The last earlier success of the same project, repository and environment. Successes are numbered within each such
 * group of deployments; a deployment that follows k of them has the k-th as its previous one.
 */
const previousSuccess = `
  UPDATE deployments d
  JOIN (
    SELECT id, cicd_scope_id, COALESCE(repo_id, '') AS repository, LOWER(environment) AS environment,
      COUNT(CASE WHEN result = 'SUCCESS' THEN 1 END) OVER (
        PARTITION BY cicd_scope_id, COALESCE(repo_id, ''), LOWER(environment) ORDER BY finished_date, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS successes_before
    FROM deployments WHERE cicd_scope_id IN (:projects) AND finished_date IS NOT NULL
  ) numbered ON numbered.id = d.id
  LEFT JOIN (
    SELECT id, cicd_scope_id, COALESCE(repo_id, '') AS repository, LOWER(environment) AS environment,
      ROW_NUMBER() OVER (
        PARTITION BY cicd_scope_id, COALESCE(repo_id, ''), LOWER(environment) ORDER BY finished_date, id) AS nth
    FROM deployments WHERE cicd_scope_id IN (:projects) AND finished_date IS NOT NULL AND result = 'SUCCESS'
  ) success ON success.cicd_scope_id = numbered.cicd_scope_id AND success.repository = numbered.repository
    AND success.environment = numbered.environment AND success.nth = numbered.successes_before
  SET d.prev_success_deployment_commit_id = success.id`

const unlisted = `
  JOIN deployment_origins o ON o.deployment_id = d.id AND NOT o.lists_commits`

const forgetDerived = `
  DELETE c FROM deployment_commits c JOIN deployments d ON d.id = c.deployment_id ${unlisted}
  WHERE d.cicd_scope_id IN (:projects)`

const linkHeads = `
  INSERT INTO deployment_commits (deployment_id, commit_sha, source)
  SELECT d.id, d.commit_sha, 'head' FROM deployments d ${unlisted}
  WHERE d.cicd_scope_id IN (:projects)`

/**
 * The commits on the ref up to the deployed one, after the commit of the previous success. If that commit is not on the
 * ref, the commits pushed after the previous success finished. Without a previous success, all commits.
 */
const linkPushed = `
  INSERT IGNORE INTO deployment_commits (deployment_id, commit_sha, source)
  SELECT d.id, p.commit_sha, 'pushed'
  FROM deployments d ${unlisted}
  JOIN pushed_commits head ON head.repo_id = d.repo_id AND head.ref_name = d.ref_name AND head.commit_sha = d.commit_sha
  JOIN pushed_commits p ON p.repo_id = head.repo_id AND p.ref_name = head.ref_name
    AND (p.pushed_date < head.pushed_date OR (p.pushed_date = head.pushed_date AND p.position < head.position))
  LEFT JOIN deployments previous ON previous.id = d.prev_success_deployment_commit_id
  LEFT JOIN pushed_commits base
    ON base.repo_id = head.repo_id AND base.ref_name = head.ref_name AND base.commit_sha = previous.commit_sha
  WHERE d.cicd_scope_id IN (:projects) AND CASE
    WHEN base.commit_sha IS NOT NULL
      THEN p.pushed_date > base.pushed_date OR (p.pushed_date = base.pushed_date AND p.position > base.position)
    WHEN previous.id IS NOT NULL THEN p.pushed_date > previous.finished_date
    ELSE TRUE END`

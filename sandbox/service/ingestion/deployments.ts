/** Stores deployment events as rows of deployments and cicd_deployments, with links to the commits that they list. */
import type { Transaction } from '../database/database'
import { rowId } from '../database/keys'
import type { EventOf } from './events'

type DeploymentEvent = EventOf<'deployment'>

const seconds = (from: Date | null, to: Date | null): number | null =>
  from && to ? Math.round((to.getTime() - from.getTime()) / 1000) : null

/** The last state of each deployment by its key. Fields that a later event leaves out come from the earlier one. */
function latestStates(events: readonly DeploymentEvent[]): Map<string, DeploymentEvent> {
  const states = new Map<string, DeploymentEvent>()
  for (const event of events) {
    const id = rowId(event.project, event.deploymentId)
    states.set(id, { ...states.get(id), ...event })
  }
  return states
}

/** Stores the events in their order; `now` is the time of the collection. */
export async function storeDeployments(
  transaction: Transaction,
  events: readonly DeploymentEvent[],
  now: Date,
): Promise<void> {
  const states = [...latestStates(events)]
  await insertDeployments(transaction, states, now)
  await insertCicdDeployments(transaction, states, now)
  await insertOrigins(transaction, states)
  await replaceListedCommits(transaction, states)
}

/** Deployments by their key. */
type States = readonly (readonly [string, DeploymentEvent])[]

const title = (state: DeploymentEvent): string =>
  `Deploy ${state.project} to ${state.environment || 'an unnamed environment'}`

const status = (state: DeploymentEvent): string => (state.result === null ? 'IN_PROGRESS' : 'DONE')

async function insertDeployments(transaction: Transaction, states: States, now: Date): Promise<void> {
  await transaction.insert(
    `INSERT INTO deployments
       (id, cicd_scope_id, name, result, status, original_status, environment, created_date, started_date, finished_date,
        duration_sec, commit_sha, display_title, created_at, updated_at) VALUES ?
     ON DUPLICATE KEY UPDATE
       name = VALUES(name), result = VALUES(result), status = VALUES(status), original_status = VALUES(original_status),
       environment = VALUES(environment), created_date = VALUES(created_date), started_date = VALUES(started_date),
       finished_date = VALUES(finished_date), duration_sec = VALUES(duration_sec), commit_sha = VALUES(commit_sha),
       display_title = VALUES(display_title), updated_at = VALUES(updated_at)`,
    states.map(([id, state]) => [
      id,
      state.project,
      title(state),
      state.result,
      status(state),
      state.originalStatus,
      state.environment,
      state.startedAt,
      state.startedAt,
      state.finishedAt,
      seconds(state.startedAt, state.finishedAt),
      state.commitSha,
      title(state),
      now,
      now,
    ]),
  )
}

async function insertCicdDeployments(transaction: Transaction, states: States, now: Date): Promise<void> {
  await transaction.insert(
    `INSERT INTO cicd_deployments
       (id, cicd_scope_id, name, result, status, environment, created_date, started_date, finished_date,
        duration_sec, queued_duration_sec, commit_sha, display_title, created_at, updated_at) VALUES ?
     ON DUPLICATE KEY UPDATE
       name = VALUES(name), result = VALUES(result), status = VALUES(status), environment = VALUES(environment),
       created_date = VALUES(created_date), started_date = VALUES(started_date), finished_date = VALUES(finished_date),
       duration_sec = VALUES(duration_sec), commit_sha = VALUES(commit_sha), display_title = VALUES(display_title),
       updated_at = VALUES(updated_at)`,
    states.map(([id, state]) => [
      id,
      state.project,
      title(state),
      state.result,
      status(state),
      state.environment,
      state.startedAt,
      state.startedAt,
      state.finishedAt,
      seconds(state.startedAt, state.finishedAt),
      0,
      state.commitSha,
      title(state),
      now,
      now,
    ]),
  )
}

async function insertOrigins(transaction: Transaction, states: States): Promise<void> {
  await transaction.insert(
    `INSERT INTO deployment_origins (deployment_id, repository, lists_commits) VALUES ?
     ON DUPLICATE KEY UPDATE
       repository = COALESCE(VALUES(repository), repository), lists_commits = lists_commits OR VALUES(lists_commits)`,
    states.map(([id, state]) => [id, state.repository ?? null, state.commits !== undefined]),
  )
}

async function replaceListedCommits(transaction: Transaction, states: States): Promise<void> {
  const listing = states.filter(([, state]) => state.commits !== undefined)
  if (listing.length === 0) return
  await transaction.run('DELETE FROM deployment_commits WHERE deployment_id IN (:ids)', {
    ids: listing.map(([id]) => id),
  })
  await transaction.insert(
    'INSERT IGNORE INTO deployment_commits (deployment_id, commit_sha, source) VALUES ?',
    listing.flatMap(([id, state]) => (state.commits ?? []).map((sha) => [id, sha, 'listed'])),
  )
}

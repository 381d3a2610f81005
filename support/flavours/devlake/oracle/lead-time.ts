/**
 * Lead time for changes (panels "Median Lead Time for Changes"): from the first commit of a merged pull request to its deployment.
 * It is computed from the pull requests themselves, by the rules of the collection that writes `project_pr_metrics`
 * (change_lead_time_calculator.go and prev_deployment_commit_enricher.go).
 */

import { collectedPart, type Lake, type PullRequest, scopesOf } from '../rows/rows'
import { minutesBegun } from './calendar'
import { byFinish, type ProductionCommit, productionCommits } from './production-deployments'

/** A duration, and the instant that decides its window and month. */
export interface Measured {
  readonly minutes: number
  readonly at: number
}

/** A pull request that was deployed to production; `at` is the finish of the deployment. */
export interface Change extends Measured {
  readonly pullRequest: string
}

/**
 * The deployed changes to the repositories of the projects. The changes of a repository that belongs to several projects are
 * measured for each project, and the panel does not filter by project; only equal rows are counted once (`distinct`).
 */
export function changesOf(lake: Lake, projects: readonly string[]): Change[] {
  const firstAuthored = firstAuthoredOf(lake)
  const repositories = scopesOf(lake, projects, 'repos')
  const merged = lake.pullRequests.filter(
    ({ repository, mergedAt }) => mergedAt !== null && repositories.has(repository),
  )
  const sharing = new Set(
    lake.mappings
      .filter(({ kind, scope }) => kind === 'repos' && repositories.has(scope))
      .map(({ project }) => project),
  )
  return [...sharing].flatMap((project) => {
    const own = scopesOf(lake, [project], 'repos')
    const collected = collectedPart(lake, project)
    const shippedBy = firstShipments(collected, project)
    const known = new Set(collected.pullRequests.map(({ id }) => id))
    return merged.flatMap((pullRequest) => {
      if (!known.has(pullRequest.id)) return []
      const shipped = own.has(pullRequest.repository) ? shippedBy.get(pullRequest.mergeCommit) : undefined
      if (shipped === undefined) return []
      const minutes = leadTime(pullRequest, firstAuthored.get(pullRequest.id) ?? null, shipped.finishedAt)
      return [{ pullRequest: pullRequest.id, minutes, at: shipped.finishedAt }]
    })
  })
}

/** The lead times of changes, each change once. */
export function leadTimesOf(changes: readonly Change[]): number[] {
  return [...new Map(changes.map(({ pullRequest, minutes }) => [`${minutes} ${pullRequest}`, minutes])).values()]
}

/** Each stage is rounded up to minutes; only negative stages are left out. */
function leadTime({ createdAt, mergedAt }: PullRequest, authoredAt: number | null, finishedAt: number): number {
  const times = [
    [authoredAt, createdAt],
    [createdAt, mergedAt],
    [mergedAt, finishedAt],
  ] as const
  return times.reduce((sum, [begin, end]) => {
    const minutes = begin === null || end === null ? 0 : minutesBegun(end - begin)
    return sum + Math.max(0, minutes)
  }, 0)
}

function firstAuthoredOf({ pullRequestCommits }: Lake): Map<string, number> {
  const first = new Map<string, number>()
  for (const { pullRequest, authoredAt } of pullRequestCommits)
    if (authoredAt !== null) first.set(pullRequest, Math.min(authoredAt, first.get(pullRequest) ?? authoredAt))
  return first
}

/**
 * The earliest deployment, by its start, that brought each commit to production. The commits of the first deployment of a scope
 * and repository are attributed to none, because there is no earlier deployment to compare with.
 */
function firstShipments(lake: Lake, project: string): Map<string, ProductionCommit> {
  const diffs = new Map<string, string[]>()
  for (const { newCommit, oldCommit, commit } of lake.commitsDiffs) {
    const key = `${newCommit} ${oldCommit}`
    const known = diffs.get(key)
    if (known) known.push(commit)
    else diffs.set(key, [commit])
  }
  const shippedBy = new Map<string, ProductionCommit>()
  for (const { deployed, before } of successions(productionCommits(lake, [project])))
    for (const commit of diffs.get(`${deployed.commit} ${before.commit}`) ?? []) {
      const known = shippedBy.get(commit)
      if (known === undefined || isEarlier(deployed, known)) shippedBy.set(commit, deployed)
    }
  return shippedBy
}

const startOf = ({ startedAt }: ProductionCommit) => startedAt ?? Number.NEGATIVE_INFINITY

const isEarlier = (one: ProductionCommit, other: ProductionCommit) =>
  startOf(one) < startOf(other) || (startOf(one) === startOf(other) && one.id < other.id)

/** Each deployed commit with its predecessor by finish, within the same scope and repository. */
function successions(commits: readonly ProductionCommit[]): { deployed: ProductionCommit; before: ProductionCommit }[] {
  const last = new Map<string, ProductionCommit>()
  const ordered = commits.filter(({ repository }) => repository !== '').sort(byFinish)
  return ordered.flatMap((deployed) => {
    const line = `${deployed.scope} ${deployed.repository}`
    const before = last.get(line)
    last.set(line, deployed)
    return before ? [{ deployed, before }] : []
  })
}

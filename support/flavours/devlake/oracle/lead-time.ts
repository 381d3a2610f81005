/**
 * Lead time for changes (panels "Median Lead Time for Changes"): of pull requests that were merged and then deployed, from the
 * first commit to the deployment, computed from the pull requests themselves and not from what a collection made of them
 * (`project_pr_metrics`, whose rules these are: change_lead_time_calculator.go and prev_deployment_commit_enricher.go).
 */

import { type Lake, type PullRequest, scopesOf } from '../rows/rows'
import { minutesBegun } from './calendar'
import { byFinish, type ProductionCommit, productionCommits } from './production-deployments'

/** A duration, and the instant for which it is in a window or a month. */
export interface Measured {
  readonly minutes: number
  readonly at: number
}

/** A pull request's way to production; `at` is the finish of the deployment. */
export interface Change extends Measured {
  readonly pullRequest: string
}

/**
 * The deployed changes to the repositories of the projects. A repository that belongs to several projects has its changes
 * measured for each of them, and the panel does not ask for which; only what is equal is counted once (`distinct`).
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
    const shippedBy = firstShipments(lake, project)
    return merged.flatMap((pullRequest) => {
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

/** Each stage is rounded up to minutes; one that would be negative is left out, and the others are not. */
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
 * By each commit that became part of production: the deployment, by its start, that did it. What a first deployment of a
 * scope and a repository contains is nobody's: it has no predecessor to be compared with.
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

/** Each deployed commit with the one before it, by their finishes, of the same scope and repository. */
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

/**
 * The rows behind each metric of a project on the DORA dashboard of stock DevLake: those that make the number, and those that do
 * not count, each with the reason. Pure.
 */
import { minute } from '../../../dora/definitions'
import type { Window } from '../../../dora/metrics'
import { collectedPart, type DeploymentCommit, deploymentCommitsOf, type Lake, scopesOf } from '../rows/rows'
import { dayOf, daysOf, isWithin } from './calendar'
import type { DevLakeDefinitions } from './definitions'
import { attributionsOf, incidentsOf } from './incident-attribution'
import { changesOf } from './lead-time'
import type { ReportedMetric } from './panels'
import { productionDeployments } from './production-deployments'

/** A row: its id, and its part in the number or the reason why it has none. */
interface AccountedRow {
  readonly row: string
  readonly because: string
}

export interface MetricAccount {
  readonly counted: readonly AccountedRow[]
  readonly leftOut: readonly AccountedRow[]
}

/** The project and the range that a panel is shown for, in the times that the panel compares. */
interface Choice {
  readonly project: string
  readonly window: Window
}

/** @param definitions the report, which decides only what the time to restore counts */
export function accountOf(
  lake: Lake,
  choice: Choice,
  definitions: DevLakeDefinitions,
): Readonly<Record<ReportedMetric, MetricAccount>> {
  return {
    'deployment frequency': frequencyAccount(lake, choice),
    'lead time': leadTimeAccount(lake, choice),
    'change failure rate': failureAccount(lake, choice),
    'time to restore': definitions.restoration.isOfDeployments
      ? recoveryAccount(lake, choice)
      : restorationAccount(lake, choice),
  }
}

const iso = (time: number) => new Date(time).toISOString()
const minutes = (duration: number) => `${Math.trunc(duration / minute)} min`

/** A row with its reason, and whether it counts. */
type Judged = AccountedRow & { readonly counts: boolean }

const counts = (row: string, because: string): Judged => ({ row, because, counts: true })
const leaves = (row: string, because: string): Judged => ({ row, because, counts: false })

function sorted(judged: readonly Judged[]): MetricAccount {
  const of = (which: boolean) =>
    judged.filter((one) => one.counts === which).map(({ row, because }) => ({ row, because }))
  return { counted: of(true), leftOut: of(false) }
}

/** The deployments of the project, each with its finish if it is a success in production, and else with the reason. */
function deploymentsOf(lake: Lake, project: string): { id: string; finish: number | null; because: string }[] {
  const finishes = productionDeployments(lake, [project])
  const commits = new Map<string, DeploymentCommit>()
  for (const commit of deploymentCommitsOf(lake, [project]))
    if (!commits.has(commit.deployment)) commits.set(commit.deployment, commit)
  return [...commits].map(([id, commit]) => ({
    id,
    finish: finishes.get(id) ?? null,
    because: unsuccessful(commit),
  }))
}

function unsuccessful({ result, environment, finishedAt }: DeploymentCommit): string {
  if (environment !== 'PRODUCTION') return `its commits went to ${named(environment, 'PRODUCTION')}`
  if (result !== 'SUCCESS') return `its commits ended with ${named(result, 'SUCCESS')}`
  return finishedAt === null ? 'it has no finish' : 'it counts'
}

/** The panels compare with case unless the collation of the database ignores it. */
const named = (text: string, meant: string) =>
  text === ''
    ? `no value instead of ${meant}`
    : text.toUpperCase() === meant
      ? `${text}, which is not ${meant} in capitals`
      : text

const outside = (what: string, time: number) => `${what} at ${iso(time)}, outside of the range`

function frequencyAccount(lake: Lake, { project, window }: Choice): MetricAccount {
  const days = new Set(daysOf(window))
  return sorted(
    deploymentsOf(lake, project).map(({ id, finish, because }) => {
      const row = `deployment ${id}`
      if (finish === null) return leaves(row, because)
      if (days.has(dayOf(finish))) return counts(row, `finished at ${iso(finish)}`)
      if (isWithin(finish, window))
        return leaves(row, `it finished at ${iso(finish)}, on the first day of the range, which the panel leaves out`)
      return leaves(row, outside('it finished', finish))
    }),
  )
}

function failureAccount(lake: Lake, { project, window }: Choice): MetricAccount {
  const incidents = new Map<string, string[]>()
  for (const { deployment, incident } of attributionsOf(lake))
    incidents.set(deployment, [...(incidents.get(deployment) ?? []), incident])
  return sorted(
    deploymentsOf(lake, project).map(({ id, finish, because }) => {
      const row = `deployment ${id}`
      if (finish === null) return leaves(row, because)
      if (!isWithin(finish, window)) return leaves(row, outside('it finished', finish))
      const blamed = incidents.get(id)
      return counts(row, blamed ? `failed: incident ${blamed.join(', ')}` : 'no incident')
    }),
  )
}

function leadTimeAccount(lake: Lake, { project, window }: Choice): MetricAccount {
  const repositories = scopesOf(lake, [project], 'repos')
  const changes = changesOf(lake, [project])
  const known = new Set(collectedPart(lake, project).pullRequests.map(({ id }) => id))
  const own = lake.pullRequests.filter(({ repository }) => repositories.has(repository))
  return sorted(
    own.flatMap(({ id, mergedAt, mergeCommit }): Judged[] => {
      const row = `pull request ${id}`
      if (mergedAt === null) return [leaves(row, 'it is not merged')]
      if (!known.has(id)) return [leaves(row, 'it waits for the next collection')]
      const found = changes.filter((change) => change.pullRequest === id)
      if (found.length === 0)
        return [
          leaves(
            row,
            `no deployment to production after the first one brought its merge commit ${mergeCommit || '(none)'}`,
          ),
        ]
      return found.map((change) =>
        isWithin(change.at, window)
          ? counts(row, `${change.minutes} min until its deployment at ${iso(change.at)}`)
          : leaves(row, outside('it was deployed', change.at)),
      )
    }),
  )
}

function recoveryAccount(lake: Lake, { project, window }: Choice): MetricAccount {
  const finishes = productionDeployments(lake, [project])
  const blamed = new Map(
    attributionsOf(lake)
      .filter((one) => one.project === project)
      .map(({ incident, deployment }) => [incident, deployment]),
  )
  return sorted(
    incidentsOf(lake, [project]).map(({ id, resolvedAt }) => {
      const row = `incident ${id}`
      const deployment = blamed.get(id)
      const finish = deployment === undefined ? undefined : finishes.get(deployment)
      if (finish === undefined) return leaves(row, 'no collected deployment to production finished before it')
      if (resolvedAt === null) return leaves(row, 'it has no resolution date')
      if (!isWithin(finish, window)) return leaves(row, outside(`its deployment ${deployment} finished`, finish))
      if (!isWithin(resolvedAt, window)) return leaves(row, outside('it was resolved', resolvedAt))
      return counts(row, `${minutes(resolvedAt - finish)} from the finish of ${deployment} to its resolution`)
    }),
  )
}

function restorationAccount(lake: Lake, { project, window }: Choice): MetricAccount {
  return sorted(
    incidentsOf(lake, [project]).map(({ id, createdAt, resolvedAt }) => {
      const row = `incident ${id}`
      if (resolvedAt === null) return leaves(row, 'it has no resolution date')
      if (!isWithin(resolvedAt, window)) return leaves(row, outside('it was resolved', resolvedAt))
      return counts(row, `${minutes(resolvedAt - createdAt)} from its creation to its resolution`)
    }),
  )
}

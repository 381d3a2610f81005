/** The rows that tables on dashboards must show, recomputed from the events of a project. Pure. */
import type { TableField, TableRows } from '../../contracts/dashboards'
import { emptyAccount } from '../../dora/account'
import { computeOf, type ProjectEvents } from '../../dora/compute'
import { canonical, minute } from '../../dora/definitions'
import type { Question } from '../../dora/oracle'

/** The cells of a row; times are milliseconds since 1970 UTC, durations are minutes. */
export type TableRow = Readonly<Partial<Record<TableField, string | number | null>>> & {
  readonly time: number
  readonly id: string
}

/** All rows of a kind in the first window of the question, the latest first. */
export function rowsOf(kind: TableRows, events: ProjectEvents, question: Question): TableRow[] {
  const [window] = question.windows
  if (!window) throw new Error('The question has no window.')
  const rows = kind === 'restorations' ? restorations(events, question) : deployments(kind, events, question)
  return rows.filter(({ time }) => canonical.isWithin(time, window)).sort(latestFirst)
}

export const latestFirst = (one: Pick<TableRow, 'time' | 'id'>, other: Pick<TableRow, 'time' | 'id'>): number =>
  other.time - one.time || (one.id < other.id ? 1 : -1)

function deployments(kind: Exclude<TableRows, 'restorations'>, events: ProjectEvents, question: Question): TableRow[] {
  const account = emptyAccount()
  computeOf(events, { ...question, account })
  const blamed = new Map<string, number>()
  for (const id of account.blame.values()) blamed.set(id, (blamed.get(id) ?? 0) + 1)
  const fresh = newCommits(events)
  return events.deployments.flatMap((deployment): TableRow[] => {
    const { id, repository, environment, result, finishedAt: time } = deployment
    const outcome = canonical.outcomeOf(result)
    if (time === null || outcome === null || !canonical.countsEnvironment(environment, 'production')) return []
    const row = { project: question.project, time, id, outcome, repository, incidents: blamed.get(id) ?? 0 }
    if (kind === 'deployments') return [row]
    if (kind === 'failures') return outcome === 'failure' || row.incidents > 0 ? [row] : []
    const found = account.leadTimes.get(id)
    if (!found || !('duration' in found)) return []
    return [{ ...row, began: found.began, minutes: found.duration / minute, commits: fresh.get(id) ?? 0 }]
  })
}

/** The number of known new commits of each success, by the id of the deployment. */
function newCommits({ deployments }: ProjectEvents): ReadonlyMap<string, number> {
  const seen = new Set<string>()
  const found = new Map<string, number>()
  const successes = deployments.flatMap((one) =>
    one.finishedAt !== null &&
    canonical.outcomeOf(one.result) === 'success' &&
    canonical.countsEnvironment(one.environment, 'production')
      ? [{ ...one, time: one.finishedAt }]
      : [],
  )
  for (const { id, repository, commits } of successes.sort((one, other) => latestFirst(other, one)))
    for (const { sha, authoredAt } of commits) {
      const key = `${repository ?? ''} ${sha}`
      if (!seen.has(key) && authoredAt !== null) found.set(id, (found.get(id) ?? 0) + 1)
      seen.add(key)
    }
  return found
}

function restorations({ incidents }: ProjectEvents, question: Question): TableRow[] {
  const counted = question.severities?.map((name) => name.toLowerCase())
  return incidents.flatMap(({ id, environment, severity, createdAt, resolvedAt }): TableRow[] => {
    const isMeant =
      canonical.countsEnvironment(environment, 'production') &&
      (counted === undefined || counted.includes(severity?.toLowerCase() ?? ''))
    if (!isMeant || resolvedAt === null || resolvedAt < createdAt) return []
    const minutes = (resolvedAt - createdAt) / minute
    return [{ project: question.project, time: resolvedAt, id, severity, created: createdAt, minutes }]
  })
}

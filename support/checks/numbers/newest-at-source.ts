/**
 * The newest deployment of each project at its source, next to the newest one that the service has stored. Sources that the suite can
 * ask are ArgoCD's Applications and the table of DevLake's own plugins; for all others it is unknown.
 */
import { z } from 'zod'
import { type CommandLine, command, sqlText } from '../../basis/command'
import { Blocked, type Circumstances, Unmet } from '../../basis/expectation'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { connectionsTo, scopesOf } from '../data-sources'
import { type Deadlines, lengthInWords } from './freshness'

/** A deployment at its source. Times are milliseconds since 1970 UTC. */
export interface AtSource {
  readonly project: string
  /** The words for the source, such as "the table cicd_deployments". */
  readonly source: string
  readonly at: number
  /** The finish of the newest stored deployment; null if there is none. */
  readonly stored: number | null
  readonly command: CommandLine
}

/** The times of a deployment at its source and in the service may differ by this much, in milliseconds. */
const tolerance = 60_000

/** The finding about a deployment that a source has had for too long, while the service stores only earlier ones. Pure. */
export function missedAtSource(
  newest: readonly AtSource[],
  now: number,
  { collection, schedule }: Deadlines,
): Circumstances | undefined {
  const most = collection + schedule
  const missed = newest
    .filter(({ at, stored }) => now - at > most && at - (stored ?? Number.NEGATIVE_INFINITY) > tolerance)
    .sort((one, other) => one.at - other.at)
  const [first] = missed
  if (!first) return undefined
  const { project, source, at, stored, command: shown } = first
  const others = missed.slice(1).map((one) => `\n${one.project}: ${new Date(one.at).toISOString()} in ${one.source}`)
  return {
    summary: `The service has not stored a deployment of ${project} that ${source} has had for ${lengthInWords(now - at)}.`,
    object: `deployments of ${project}`,
    expected: `a stored deployment of ${new Date(at).toISOString()} within ${lengthInWords(most)} (deadlines.collection and deadlines.schedule)`,
    found: `the newest stored one: ${stored === null ? 'none' : new Date(stored).toISOString()}${others.join('')}`,
    remedy: [shown],
  }
}

const row = z.looseObject({ project: z.string(), at: z.coerce.number() })

/** Reads the newest finish of a deployment of each project from a table. */
async function newestIn(platform: Platform, table: 'deployments' | 'cicd_deployments'): Promise<Map<string, number>> {
  const rows = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    `SELECT cicd_scope_id AS project, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', MAX(finished_date)) DIV 1000 AS \`at\`
     FROM \`${platform.configuration.database.name}\`.${table}
     WHERE finished_date IS NOT NULL AND result <> '' AND cicd_scope_id IS NOT NULL GROUP BY cicd_scope_id`,
    [],
  )
  return new Map(rows.map(({ project, at }) => [project, at]))
}

/** Asks every source that can be asked. A source that cannot be read has items of its own, so it is unknown here. */
export async function newestAtSources(platform: Platform, projects: readonly string[]): Promise<AtSource[]> {
  const stored = await newestIn(platform, 'deployments')
  const found = [
    await unlessUnreadable(newestOfPlugins(platform)),
    await unlessUnreadable(newestOfArgoCd(platform, projects)),
  ]
  return found
    .flat()
    .filter(({ project }) => projects.includes(project))
    .map((one) => ({ ...one, stored: stored.get(one.project) ?? null }))
}

type Found = Omit<AtSource, 'stored'>

async function unlessUnreadable(asked: Promise<Found[]>): Promise<Found[]> {
  return asked.catch((error) => {
    if (error instanceof Unmet || error instanceof Blocked) return []
    throw error
  })
}

async function newestOfPlugins(platform: Platform): Promise<Found[]> {
  const statement = (project: string) =>
    `SELECT id, result, finished_date FROM cicd_deployments WHERE cicd_scope_id = ${sqlText(project)} ORDER BY finished_date DESC LIMIT 5`
  return [...(await newestIn(platform, 'cicd_deployments'))].map(([project, at]) => ({
    ...{ project, at, source: 'the table cicd_deployments' },
    command: inMySql(platform, statement(project)),
  }))
}

/** The Applications that the service collects from and that are named after a project. */
async function newestOfArgoCd(platform: Platform, projects: readonly string[]): Promise<Found[]> {
  const { application } = platform.configuration
  const connections = await connectionsTo(platform, 'argocd')
  const scopes = (await Promise.all(connections.map(({ id }) => scopesOf(platform, 'argocd', id)))).flat()
  const found: Found[] = []
  for (const { name } of scopes.filter((scope) => projects.includes(scope.name))) {
    const history = (await platform.kubernetes.application(name))?.status.history ?? []
    const at = lastChange(history)
    if (at === undefined) continue
    found.push({
      ...{ project: name, at, source: `ArgoCD's Application ${name}` },
      command: command`kubectl get application -n ${application.namespace} ${name} -o jsonpath='{.status.history}'`,
    })
  }
  return found
}

/** The time at which an Application was deployed with its present revision: notifications may leave out another sync of the same. */
export function lastChange(
  history: readonly { readonly revision: string; readonly deployedAt: string }[],
): number | undefined {
  const revision = history.at(-1)?.revision
  const before = history.findLastIndex((entry) => entry.revision !== revision)
  const time = Date.parse(history[before + 1]?.deployedAt ?? '')
  return Number.isNaN(time) ? undefined : time
}

/**
 * The newest events at their sources, and whether the service has stored them: deployments of ArgoCD's Applications and in the table
 * of DevLake's own plugins, and commits of the forges. Other sources cannot be asked.
 */
import { z } from 'zod'
import { type CommandLine, command, sqlText } from '../../basis/command'
import { day, resultWords } from '../../dora/definitions'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { connectionsTo, scopesOf } from '../data-sources'
import { type AtSource, unlessUnreadable } from './at-source'
import { type AskedRepositories, commitsAtForges } from './commits-at-forges'
import type { Deadlines } from './freshness'

export interface NewestAtSources {
  readonly events: readonly AtSource[]
  /** The projects whose newest deployment is known. */
  readonly projects: readonly string[]
  readonly repositories: AskedRepositories
}

/** The times of a deployment at its source and in the service may differ by this much, in milliseconds. */
const tolerance = 60_000

/** A deployment at its source. Times are milliseconds since 1970 UTC. */
interface Deployed {
  readonly project: string
  readonly source: string
  readonly at: number
  readonly command: CommandLine
}

/** @param stored the finish of the newest stored deployment of the project; null if there is none */
export const deploymentAtSource = (
  { project, source, at, command: shown }: Deployed,
  stored: number | null,
): AtSource => ({
  ...{ event: `a deployment of ${project}`, object: `deployments of ${project}`, source, at },
  isStored: stored !== null && at - stored <= tolerance,
  newest: stored === null ? 'none' : new Date(stored).toISOString(),
  remedy: [shown],
})

const row = z.looseObject({ project: z.string(), at: z.coerce.number() })
const inMs = (time: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${time}) DIV 1000`
const sqlTime = (time: number) => new Date(time).toISOString().slice(0, 23).replace('T', ' ')

/** Reads the newest finish of a deployment of each project from a table. One in the future would hide what is missing before it. */
async function newestIn(platform: Platform, table: 'deployments' | 'cicd_deployments'): Promise<Map<string, number>> {
  const rows = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    `SELECT cicd_scope_id AS project, ${inMs('MAX(finished_date)')} AS \`at\`
     FROM \`${platform.configuration.database.name}\`.${table}
     WHERE finished_date <= UTC_TIMESTAMP() + INTERVAL 1 MINUTE AND result <> '' AND cicd_scope_id IS NOT NULL
     GROUP BY cicd_scope_id`,
    [],
  )
  return new Map(rows.map(({ project, at }) => [project, at]))
}

/** A question about the newest events. */
interface Asked {
  /** The projects, each with the environment that its deployment frequency counts. */
  readonly projects: ReadonlyMap<string, string>
  /** In milliseconds since 1970 UTC. */
  readonly now: number
  readonly deadlines: Deadlines
}

/** Asks every source that can be asked. A source that cannot be read has items of its own, so it is unknown here. */
export async function newestAtSources(platform: Platform, asked: Asked): Promise<NewestAtSources> {
  const projects = [...asked.projects.keys()]
  const stored = await newestIn(platform, 'deployments')
  const collected = new Map(await unlessUnreadable(newestIn(platform, 'cicd_deployments').then((all) => [...all])))
  const synced = (await unlessUnreadable(newestOfArgoCd(platform, projects))).filter(({ project }) =>
    projects.includes(project),
  )
  const { commits, repositories } = await commitsAtForges(platform, asked.now, asked.deadlines)
  return {
    events: [
      ...(await unlessUnreadable(unstored(platform, asked, collected, stored))),
      ...synced.map((one) => deploymentAtSource(one, stored.get(one.project) ?? null)),
      ...commits,
    ],
    projects: projects.filter((one) => collected.has(one) || synced.some(({ project }) => project === one)),
    repositories,
  }
}

/**
 * The deployments that plugins collected, that a metric counts and that the service has not stored with their result: the newest of
 * each project. Those before its first stored one are left out, because a service may begin to store them later than its plugins.
 * @param collected the newest deployment of each project that plugins collected
 */
async function unstored(
  platform: Platform,
  { projects, now, deadlines }: Asked,
  collected: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, number>,
): Promise<AtSource[]> {
  const credentials = await credentialsOf(platform, 'service')
  const due = now - deadlines.collection - deadlines.schedule
  const found: AtSource[] = []
  for (const [project, environment] of projects) {
    if (!collected.has(project)) continue
    const [missed] = await platform.database.rows(credentials, row, unstoredOf(platform), [
      ...[project, sqlTime(now - longest), sqlTime(due)],
      ...['production', environment.toLowerCase()],
      ...[project, project],
    ])
    if (missed === undefined) continue
    const statement = `SELECT id, result, environment, finished_date FROM cicd_deployments WHERE cicd_scope_id = ${sqlText(project)} AND finished_date <= '${sqlTime(missed.at)}' ORDER BY finished_date DESC LIMIT 5`
    const source = 'the table cicd_deployments'
    const one = { project, source, at: missed.at, command: inMySql(platform, statement) }
    const newest = stored.get(project)
    found.push({
      ...deploymentAtSource(one, null),
      newest: newest === undefined ? 'none' : `${new Date(newest).toISOString()}, and none of that time and result`,
    })
  }
  return found
}

/** The times of the longest range. */
const longest = 90 * day

/** So many deployments of a project whose id is not stored are searched for by their time. */
const most = 200

const words = (outcome: keyof typeof resultWords) => resultWords[outcome].map((word) => `'${word}'`).join(', ')

/** The statement that finds the newest of these deployments of a project. It returns one row, or none. */
function unstoredOf({ configuration }: Pick<Platform, 'configuration'>): string {
  const table = (name: string) => `\`${configuration.database.name}\`.${name}`
  const isSame = (one: string, other: string) =>
    `LOWER(${one}.environment) = LOWER(${other}.environment) AND LOWER(${one}.result) IN (${words('success')}, ${words('failure')})
        AND (LOWER(${one}.result) IN (${words('success')})) = (LOWER(${other}.result) IN (${words('success')}))`
  return `SELECT u.cicd_scope_id AS project, ${inMs('MAX(u.finished_date)')} AS \`at\`
    FROM (SELECT c.cicd_scope_id, c.result, c.environment, c.finished_date FROM ${table('cicd_deployments')} c
      WHERE c.cicd_scope_id = ? AND c.finished_date >= ? AND c.finished_date <= ?
        AND LOWER(c.result) IN (${words('success')}, ${words('failure')}) AND LOWER(c.environment) IN (?, ?)
        AND NOT EXISTS (SELECT 1 FROM ${table('deployments')} d WHERE d.id = c.id AND ${isSame('d', 'c')})
      ORDER BY c.finished_date DESC LIMIT ${most}) u
    WHERE COALESCE(u.finished_date > (SELECT MIN(f.finished_date) FROM ${table('deployments')} f WHERE f.cicd_scope_id = ?), TRUE)
      AND NOT EXISTS (SELECT 1 FROM ${table('deployments')} d WHERE d.cicd_scope_id = ? AND ${isSame('d', 'u')}
        AND d.finished_date BETWEEN u.finished_date - INTERVAL 1 MINUTE AND u.finished_date + INTERVAL 1 MINUTE)
    GROUP BY u.cicd_scope_id`
}

/** The Applications that the service collects from and that are named after a project. */
async function newestOfArgoCd(platform: Platform, projects: readonly string[]): Promise<Deployed[]> {
  const { application } = platform.configuration
  const connections = await connectionsTo(platform, 'argocd')
  const scopes = (await Promise.all(connections.map(({ id }) => scopesOf(platform, 'argocd', id)))).flat()
  const found: Deployed[] = []
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

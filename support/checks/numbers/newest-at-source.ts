/**
 * The newest events at their sources, and whether the service has stored them: deployments of ArgoCD's Applications and in the table
 * of DevLake's own plugins, and commits of the forges. Other sources cannot be asked.
 */
import { z } from 'zod'
import { type CommandLine, command, sqlText } from '../../basis/command'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { connectionsTo, scopesOf } from '../data-sources'
import { type AtSource, unlessUnreadable } from './at-source'
import { type AskedRepositories, commitsAtForges } from './commits-at-forges'

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

/**
 * Asks every source that can be asked. A source that cannot be read has items of its own, so it is unknown here.
 * @param now in milliseconds since 1970 UTC
 */
export async function newestAtSources(
  platform: Platform,
  projects: readonly string[],
  now: number,
): Promise<NewestAtSources> {
  const stored = await newestIn(platform, 'deployments')
  const deployments = [
    await unlessUnreadable(newestOfPlugins(platform)),
    await unlessUnreadable(newestOfArgoCd(platform, projects)),
  ]
    .flat()
    .filter(({ project }) => projects.includes(project))
  const { commits, repositories } = await commitsAtForges(platform, now)
  return {
    events: [...deployments.map((one) => deploymentAtSource(one, stored.get(one.project) ?? null)), ...commits],
    projects: [...new Set(deployments.map(({ project }) => project))],
    repositories,
  }
}

async function newestOfPlugins(platform: Platform): Promise<Deployed[]> {
  const statement = (project: string) =>
    `SELECT id, result, finished_date FROM cicd_deployments WHERE cicd_scope_id = ${sqlText(project)} ORDER BY finished_date DESC LIMIT 5`
  return [...(await newestIn(platform, 'cicd_deployments'))].map(([project, at]) => ({
    ...{ project, at, source: 'the table cicd_deployments' },
    command: inMySql(platform, statement(project)),
  }))
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

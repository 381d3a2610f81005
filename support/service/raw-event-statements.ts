/**
 * The statements that read the raw events of a project from the tables that the configuration names. Names of tables and
 * columns are validated and quoted, and values are bound, so no outside text becomes SQL. Times are read as whole milliseconds
 * since 1970, independent of the time zone of a session or a client.
 */

import { command, configuration, foreign } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { Configuration } from '../configuration/schema'
import { type EventKeyName, eventKeys, templateOf } from './event-keys'

export interface Statement {
  readonly statement: string
  readonly values: readonly string[]
}

/** A metric that is recomputed from raw events. */
export type Metric = 'deployment frequency' | 'lead time' | 'change failure rate' | 'time to restore' | 'rework rate'

const unnamed = (key: EventKeyName): Circumstances => ({
  summary: `The configuration does not say which table ${eventKeys[key].does}.`,
  object: `configuration key events.${key}`,
  expected: 'the table and its columns',
  found: 'nothing',
  remedy: [command`npx dora-acceptance init --output -`, configuration`events:\n  ${key}: ${foreign(templateOf(key))}`],
})

/** The tables that the configuration does not name, by the metric that cannot be recomputed without them. */
export function unknownTables({ events }: Configuration): Map<Metric, Circumstances> {
  const found = new Map<Metric, Circumstances>()
  if (!events.deploymentCommits) found.set('lead time', unnamed('deploymentCommits'))
  if (!events.incidents)
    for (const metric of ['change failure rate', 'time to restore'] as const) found.set(metric, unnamed('incidents'))
  if (!events.builds) found.set('rework rate', unnamed('builds'))
  return found
}

/** One row for each incident: id, environment, severity, created, resolved, named deployment. */
export function incidentsOf({ events: { incidents: link } }: Configuration, project: string): Statement | undefined {
  if (!link) return undefined
  return {
    statement: `SELECT i.id, ${column('l', link.environment)}, i.severity, ${instant('i.created_date')},
  ${instant('i.resolution_date')}, ${column('l', link.deployment)}
FROM incidents i JOIN ${quoted(link.table)} l ON ${column('l', link.incident)} = i.id
WHERE ${column('l', link.project)} = ?`,
    values: [project],
  }
}

/**
 * One row for each commit of a deployment, or a single row without one: id, repository, environment, result, started, finished,
 * 1 if its commits were listed, sha, authored, committed. Sorted by finish and id, so that the rows of a deployment are adjacent.
 */
export function deploymentsOf({ events }: Configuration, project: string): Statement {
  const { deploymentCommits: link, listedCommits: listed } = events
  const commits = link
    ? {
        columns: `${column('l', link.commit)}, ${instant('c.authored_date')}, ${instant('c.committed_date')}`,
        joins: `
LEFT JOIN ${quoted(link.table)} l ON ${column('l', link.deployment)} = d.id
LEFT JOIN commits c ON c.sha = ${column('l', link.commit)}`,
      }
    : { columns: 'NULL, NULL, NULL', joins: '' }
  const origin = listed
    ? {
        column: column('o', listed.column),
        join: `\nLEFT JOIN ${quoted(listed.table)} o ON ${column('o', listed.deployment)} = d.id`,
      }
    : { column: '1', join: '' }
  return {
    statement: `SELECT d.id, d.repo_id, d.environment, d.result, ${instant('d.started_date')}, ${instant('d.finished_date')},
  ${origin.column}, ${commits.columns}
FROM deployments d${origin.join}${commits.joins}
WHERE d.cicd_scope_id = ? ORDER BY d.finished_date, d.id`,
    values: [project],
  }
}

/** One row for each build: id, commit, stage, result, started, finished. */
export function buildsOf({ events: { builds } }: Configuration, project: string): Statement | undefined {
  if (!builds) return undefined
  const { type } = builds
  return {
    statement: `SELECT ${quoted(builds.id)}, ${quoted(builds.commit)}, ${quoted(builds.stage)}, ${quoted(builds.result)},
  ${instant(quoted(builds.started))}, ${instant(quoted(builds.finished))}
FROM ${quoted(builds.table)}
WHERE ${quoted(builds.project)} = ?${type ? ` AND ${quoted(type.column)} = ?` : ''}`,
    values: type ? [project, type.value] : [project],
  }
}

/** The kinds of events that belong to a project. */
export type OwnedEvents = 'deployments' | 'incidents' | 'builds'

/** Statements that count the recent events of each kind by project. The name is empty for events without a project. */
export function eventsByProject({ events, database }: Configuration): Partial<Record<OwnedEvents, string>> {
  const { incidents: link, builds } = events
  const table = (name: string) => `\`${database.name}\`.${quoted(name)}`
  const counted = (project: string, from: string, time: string) =>
    `SELECT COALESCE(${project}, '') AS project, COUNT(*) AS events FROM ${from}
WHERE ${time} >= UTC_TIMESTAMP() - INTERVAL 90 DAY GROUP BY 1`
  return {
    deployments: counted('cicd_scope_id', table('deployments'), 'finished_date'),
    ...(link && {
      incidents: counted(
        column('l', link.project),
        `${table('incidents')} i LEFT JOIN ${table(link.table)} l ON ${column('l', link.incident)} = i.id`,
        'i.created_date',
      ),
    }),
    ...(builds && { builds: counted(quoted(builds.project), table(builds.table), quoted(builds.finished)) }),
  }
}

/** Converts a column that holds a date in UTC to milliseconds since 1970. */
const instant = (name: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${name}) DIV 1000`

const column = (table: string, name: string) => `${table}.${quoted(name)}`

/** @throws Error for an invalid name, which the schema of the configuration refuses first */
function quoted(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name))
    throw new Error(`${JSON.stringify(name)} is not the name of a table or column`)
  return `\`${name}\``
}

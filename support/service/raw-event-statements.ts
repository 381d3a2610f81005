/**
 * The statements that read the raw events of a project, from the tables that the configuration names. Names of tables and
 * columns are checked and quoted, values are bound: nothing that comes from outside becomes SQL. Times are read as whole
 * milliseconds since 1970, so no time zone of a session or a client has a say.
 */

import type { Circumstances } from '../basis/expectation'
import type { Configuration } from '../configuration/schema'

export interface Statement {
  readonly statement: string
  readonly values: readonly string[]
}

/** What is recomputed from raw events. */
export type RecomputedMetric =
  | 'deployment frequency'
  | 'lead time'
  | 'change failure rate'
  | 'time to restore'
  | 'rework rate'

type Events = Configuration['events']

const lacking = (key: keyof Events, what: string, example: string): Circumstances => ({
  summary: `The configuration does not say ${what}.`,
  object: `configuration key events.${key}`,
  expected: 'the table and its columns',
  found: 'nothing',
  remedy: [`# in the configuration:\nevents:\n  ${key}: ${example}`],
})

const commitsUnknown = lacking(
  'deploymentCommits',
  'which table links a deployment to its commits',
  '{ table: deployment_commits, deployment: deployment_id, commit: commit_sha }',
)
const incidentsUnknown = lacking(
  'incidents',
  'which table links an incident to its project and its deployment',
  '{ table: incident_links, incident: incident_id, project: project_name, environment: environment, deployment: deployment_id }',
)
const buildsUnknown = lacking(
  'builds',
  'which table holds the builds',
  '{ table: builds, id: id, project: project_name, commit: commit_sha, stage: stage, result: result, started: started_date, finished: finished_date }',
)

/** What the configuration does not name, by the metric that cannot be recomputed without it. */
export function unknownTables({ events }: Configuration): Map<RecomputedMetric, Circumstances> {
  const found = new Map<RecomputedMetric, Circumstances>()
  if (!events.deploymentCommits) found.set('lead time', commitsUnknown)
  if (!events.incidents) found.set('change failure rate', incidentsUnknown).set('time to restore', incidentsUnknown)
  if (!events.builds) found.set('rework rate', buildsUnknown)
  return found
}

/** One row each: id, environment, severity, created, resolved, named deployment. */
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
 * One row for each commit, or one without: id, repository, environment, result, started, finished, whether its commits were
 * listed, sha, authored, committed. In the order of finish and id; the rows of one deployment follow each other.
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

/** One row each: id, commit, stage, result, started, finished. */
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

/** Milliseconds since 1970 UTC, of a column that holds a date in UTC. */
const instant = (name: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${name}) DIV 1000`

const column = (table: string, name: string) => `${table}.${quoted(name)}`

/** @throws when it is no name; the schema of the configuration refuses such a one first */
function quoted(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name))
    throw new Error(`${JSON.stringify(name)} is no name of a table or column`)
  return `\`${name}\``
}

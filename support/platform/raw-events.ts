/**
 * The raw events of a project, as the database holds them. The published schema does not say which table links a deployment
 * to its commits, nor an incident to its project: the configuration names them. Times are read as whole milliseconds since
 * 1970, so no time zone of a session or a client has a say. Everything of one project is read in one snapshot.
 */
import type { Configuration } from '../configuration/schema'
import type { DatedCommit, ShippedDeployment } from '../dora/definitions'
import type { Incident } from '../dora/events'
import { type Circumstances, Unmet } from '../expectation'
import type { Credentials, Database, Streamed } from './database'

export interface EventReader {
  readonly incident: (incident: Incident) => void
  readonly deployment: (deployment: ShippedDeployment) => void
}

/** How many events were looked at. */
export interface EventCount {
  deployments: number
  commits: number
  incidents: number
}

/** What the configuration does not name, and what cannot be recomputed without it. */
export function unknownTables({ events }: Configuration): readonly Circumstances[] {
  const lacking = (key: keyof Configuration['events'], what: string, example: string): Circumstances[] =>
    events[key]
      ? []
      : [
          {
            summary: `The configuration does not say ${what}.`,
            object: `configuration key events.${key}`,
            expected: 'the table and its columns',
            found: 'nothing',
            remedy: [`# in the configuration:\nevents:\n  ${key}: ${example}`],
          },
        ]
  return [
    ...lacking(
      'deploymentCommits',
      'which table links a deployment to its commits',
      '{ table: deployment_commits, deployment: deployment_id, commit: commit_sha }',
    ),
    ...lacking(
      'incidents',
      'which table links an incident to its project and its deployment',
      '{ table: incident_links, incident: incident_id, project: project_name, environment: environment, deployment: deployment_id }',
    ),
  ]
}

/** Milliseconds since 1970 UTC, of a column that holds a date in UTC. */
const instant = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`

/**
 * Hands all incidents of a project to the reader, and then its deployments in the order of their finish and their ids.
 * @throws Unmet when the database cannot be read, or holds what cannot be an event
 */
export async function readEvents(
  database: Database,
  credentials: Credentials,
  configuration: Configuration,
  project: string,
  reader: EventReader,
): Promise<EventCount> {
  const count: EventCount = { deployments: 0, commits: 0, incidents: 0 }
  const deployments = new Deployments((deployment) => {
    count.deployments++
    count.commits += deployment.commits.length
    reader.deployment(deployment)
  })
  await database.stream(credentials, [
    {
      ...incidentsOf(configuration, project),
      row: ([id, environment, severity, createdAt, resolvedAt, deploymentId]) => {
        if (createdAt === null || createdAt === undefined) throw strange(`incident ${String(id)}`, 'no created_date')
        count.incidents++
        reader.incident({
          type: 'incident',
          project,
          id: String(id),
          environment: text(environment) ?? '',
          severity: text(severity),
          createdAt: Number(createdAt),
          resolvedAt: instantOf(resolvedAt),
          deploymentId: text(deploymentId),
        })
      },
    },
    { ...deploymentsOf(configuration, project), row: (values) => deployments.row(values) },
  ])
  deployments.end()
  return count
}

function incidentsOf({ events }: Configuration, project: string): Omit<Streamed, 'row'> {
  const link = events.incidents
  if (!link) throw new Error('what is not configured was asked for')
  return {
    statement: `SELECT i.id, l.\`${link.environment}\`, i.severity, ${instant('i.created_date')},
      ${instant('i.resolution_date')}, l.\`${link.deployment}\`
      FROM incidents i JOIN \`${link.table}\` l ON l.\`${link.incident}\` = i.id
      WHERE l.\`${link.project}\` = ?`,
    values: [project],
  }
}

function deploymentsOf({ events }: Configuration, project: string): Omit<Streamed, 'row'> {
  const { deploymentCommits: link, listedCommits: listed } = events
  if (!link) throw new Error('what is not configured was asked for')
  const origin = listed ? `LEFT JOIN \`${listed.table}\` o ON o.\`${listed.deployment}\` = d.id` : ''
  return {
    statement: `SELECT d.id, d.repo_id, d.environment, d.result, ${instant('d.started_date')},
      ${instant('d.finished_date')}, ${listed ? `o.\`${listed.column}\`` : '1'}, l.\`${link.commit}\`,
      ${instant('c.authored_date')}, ${instant('c.committed_date')}
      FROM deployments d ${origin}
      LEFT JOIN \`${link.table}\` l ON l.\`${link.deployment}\` = d.id
      LEFT JOIN commits c ON c.sha = l.\`${link.commit}\`
      WHERE d.cicd_scope_id = ? ORDER BY d.finished_date, d.id`,
    values: [project],
  }
}

type Draft = Omit<ShippedDeployment, 'commits'> & { readonly commits: DatedCommit[] }

/** Puts the rows of one deployment, one for each commit, together again. */
class Deployments {
  private draft: Draft | null = null

  constructor(private readonly found: (deployment: ShippedDeployment) => void) {}

  row([
    id,
    repository,
    environment,
    result,
    startedAt,
    finishedAt,
    listsCommits,
    sha,
    authoredAt,
    committedAt,
  ]: readonly unknown[]): void {
    let draft = this.draft
    if (draft?.id !== id || draft === null) {
      this.end()
      draft = {
        id: String(id),
        repository: text(repository),
        environment: text(environment) ?? '',
        result: text(result),
        startedAt: instantOf(startedAt),
        finishedAt: instantOf(finishedAt),
        listsCommits: listsCommits === null || Number(listsCommits) !== 0,
        commits: [],
      }
      this.draft = draft
    }
    if (typeof sha === 'string')
      draft.commits.push({ sha, authoredAt: instantOf(authoredAt), committedAt: instantOf(committedAt) })
  }

  end(): void {
    if (this.draft) this.found(this.draft)
    this.draft = null
  }
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
const instantOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))

const strange = (object: string, found: string) =>
  new Unmet({
    summary: `The database holds an event that cannot be one: ${object} has ${found}.`,
    object,
    expected: 'a time',
    found,
  })

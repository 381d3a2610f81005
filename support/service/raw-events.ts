/**
 * The raw events of a project as the database holds them, passed on one by one in the order that the oracle needs, from one
 * snapshot. Tables that the configuration does not name are not read; `unknownTables` says which metrics that costs.
 */

import { type CommandLine, sqlText } from '../basis/command'
import { Blocked, Unmet } from '../basis/expectation'
import type { Configuration } from '../configuration/schema'
import type { ProjectEvents } from '../dora/compute'
import type { DatedCommit, ShippedDeployment } from '../dora/definitions'
import type { Build, Incident } from '../dora/events'
import { type Answer, ProjectOracle, type Question } from '../dora/oracle'
import type { Credentials, Database, Streamed } from '../platform/database'
import { inMySql, written } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'
import { buildsOf, deploymentsOf, incidentsOf } from './raw-event-statements'
import { ensureEventTables } from './stored-tables'

export interface EventReader {
  readonly incident: (incident: Incident) => void
  readonly deployment: (deployment: ShippedDeployment) => void
  readonly build: (build: Build) => void
}

/** The numbers of events that were read. */
export interface EventCount {
  deployments: number
  commits: number
  incidents: number
  builds: number
}

/**
 * Passes all incidents and builds of a project to the reader, and then its deployments in the order of their finish and their
 * ids. An error of the reader ends the reading.
 * @throws Unmet when the database cannot be read, or holds a row that cannot be an event
 */
export async function readEvents(
  database: Database,
  credentials: Credentials,
  configuration: Configuration,
  project: string,
  reader: EventReader,
): Promise<EventCount> {
  const count: EventCount = { deployments: 0, commits: 0, incidents: 0, builds: 0 }
  const idOf = idsOf(configuration, project)
  const statements: Streamed[] = []
  const incidents = incidentsOf(configuration, project)
  if (incidents) {
    const showIncidents = inMySql({ configuration }, written(incidents))
    statements.push({
      ...incidents,
      row: (values) => {
        count.incidents++
        reader.incident(incidentIn(showIncidents, values, project, idOf))
      },
    })
  }
  const builds = buildsOf(configuration, project)
  if (builds)
    statements.push({
      ...builds,
      row: (values) => {
        count.builds++
        reader.build(buildIn(values, project, idOf))
      },
    })
  const deployments = new Deployments(idOf, (deployment) => {
    count.deployments++
    count.commits += deployment.commits.length
    reader.deployment(deployment)
  })
  statements.push({ ...deploymentsOf(configuration, project), row: (values) => deployments.row(values) })
  await database.stream(credentials, statements)
  deployments.end()
  return count
}

/**
 * Passes all events of a project to the reader, as {@link readEvents} does.
 * @throws Blocked when the configuration names tables that the database does not have; Unmet as `readEvents` does
 */
export async function readEventsOf(platform: Platform, project: string, reader: EventReader): Promise<EventCount> {
  await ensureEventTables(platform)
  const credentials = await credentialsOf(platform, 'service')
  return readEvents(platform.database, credentials, platform.configuration, project, reader)
}

/**
 * Reads all events of a project into memory.
 * @param limit the largest number of events, commits included
 * @throws Blocked when there are more; Unmet as `readEvents` does
 */
async function eventsInMemory(platform: Platform, project: string, limit: number): Promise<ProjectEvents> {
  const deployments: ShippedDeployment[] = []
  const incidents: Incident[] = []
  const builds: Build[] = []
  let left = limit
  const keepIn =
    <T>(list: T[], sizeOf: (event: T) => number = () => 1) =>
    (event: T) => {
      left -= sizeOf(event)
      if (left < 0) throw tooMany(platform.configuration, project, limit)
      list.push(event)
    }
  await readEventsOf(platform, project, {
    incident: keepIn(incidents),
    build: keepIn(builds),
    deployment: keepIn(deployments, ({ commits }) => 1 + commits.length),
  })
  return { deployments, incidents, builds }
}

export type IdOf = (stored: string) => string

/**
 * Restores ids as they were posted: some services store them with the name of the project in front, its % and : encoded. Unless the
 * configuration says that they do not, the name is removed where an id has it.
 */
export function idsOf({ events }: Configuration, project: string): IdOf {
  if (events.idPrefix === 'none') return (stored) => stored
  const prefix = prefixOf(project)
  return (stored) => (stored.startsWith(prefix) ? stored.slice(prefix.length) : stored)
}

const prefixOf = (project: string) => `${project.replaceAll('%', '%25').replaceAll(':', '%3A')}:`

/** The ids under which the service may have stored a posted one. */
export function storedIds({ events: { idPrefix } }: Configuration, project: string, id: string): string[] {
  return [...(idPrefix === 'project' ? [] : [id]), ...(idPrefix === 'none' ? [] : [`${prefixOf(project)}${id}`])]
}

function incidentIn(
  showIncidents: CommandLine,
  [id, environment, severity, createdAt, resolvedAt, deploymentId]: readonly unknown[],
  project: string,
  idOf: IdOf,
): Incident {
  const created = instantOf(createdAt)
  if (created === null) throw undated(`incident ${String(id)}`, showIncidents)
  const named = text(deploymentId)
  return {
    type: 'incident',
    project,
    id: idOf(String(id)),
    environment: text(environment) ?? '',
    severity: text(severity),
    createdAt: created,
    resolvedAt: instantOf(resolvedAt),
    deploymentId: named === null ? null : idOf(named),
  }
}

function buildIn(
  [id, commit, stage, result, startedAt, finishedAt]: readonly unknown[],
  project: string,
  idOf: IdOf,
): Build {
  return {
    type: 'build',
    project,
    id: idOf(String(id)),
    commit: text(commit) ?? '',
    stage: text(stage) ?? '',
    result: text(result),
    startedAt: instantOf(startedAt),
    finishedAt: instantOf(finishedAt),
  }
}

type Draft = Omit<ShippedDeployment, 'commits'> & { readonly commits: DatedCommit[] }

/** Joins the rows of one deployment, one for each commit. */
class Deployments {
  private stored: unknown
  private draft: Draft | null = null

  constructor(
    private readonly idOf: IdOf,
    private readonly found: (deployment: ShippedDeployment) => void,
  ) {}

  row(values: readonly unknown[]): void {
    const [id, , , , , , , sha, authoredAt, committedAt] = values
    let { draft } = this
    if (draft === null || this.stored !== id) {
      this.end()
      draft = this.begin(values)
      this.draft = draft
      this.stored = id
    }
    if (typeof sha === 'string')
      draft.commits.push({ sha, authoredAt: instantOf(authoredAt), committedAt: instantOf(committedAt) })
  }

  end(): void {
    if (this.draft) this.found(this.draft)
    this.draft = null
  }

  private begin([id, repository, environment, result, startedAt, finishedAt, listsCommits]: readonly unknown[]): Draft {
    return {
      id: this.idOf(String(id)),
      repository: text(repository),
      environment: text(environment) ?? '',
      result: text(result),
      startedAt: instantOf(startedAt),
      finishedAt: instantOf(finishedAt),
      listsCommits: listsCommits === null || Number(listsCommits) !== 0,
      commits: [],
    }
  }
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
const instantOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))

const undated = (object: string, showIncidents: CommandLine) =>
  new Unmet({
    summary: `The database holds an invalid event: ${object} has no created_date.`,
    object,
    expected: 'a creation time',
    found: 'no created_date',
    remedy: [showIncidents],
  })

const tooMany = (configuration: Configuration, project: string, limit: number) =>
  new Blocked({
    summary: `The project ${project} has more than ${limit} events, too many to hold in memory.`,
    object: `project ${project}`,
    expected: `at most ${limit} deployments, commits, incidents and builds`,
    found: 'more',
    remedy: [inMySql({ configuration }, `SELECT COUNT(*) FROM deployments WHERE cicd_scope_id = ${sqlText(project)}`)],
  })

/**
 * All events of a project in memory, to find the definition that yields a number, or to show them.
 * @throws Blocked when there are more than 300,000; Unmet when the database cannot be read
 */
export async function eventsOfProject(platform: Platform, project: string): Promise<ProjectEvents> {
  return eventsInMemory(platform, project, mostEvents)
}

/**
 * The metrics that the stored events of a project yield.
 * @param as changes a deployment before it counts
 * @throws Unmet when the database cannot be read
 */
export async function recompute(
  platform: Platform,
  question: Question,
  as: (deployment: ShippedDeployment) => ShippedDeployment = (deployment) => deployment,
): Promise<Answer> {
  const oracle = new ProjectOracle(question)
  await readEventsOf(platform, question.project, {
    incident: (incident) => oracle.incident(incident),
    deployment: (deployment) => oracle.deployment(as(deployment)),
    build: (build) => oracle.build(build),
  })
  return oracle.result()
}

/** More events would take minutes to compute by every definition, and hundreds of megabytes. */
const mostEvents = 300000

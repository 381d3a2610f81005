/**
 * The tables of a stock DevLake that its DORA metrics are computed from: the columns that are read, and the parsed rows. Times
 * are milliseconds since 1970; DevLake stores UTC.
 */
import { z } from 'zod'

/** A DATETIME as mysql2 returns it or a dump writes it. */
const instant = z.union([
  z.date().transform((date) => date.getTime()),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/, 'expected a time such as 2026-03-01 09:00:00.000')
    .transform((text) => Date.parse(`${text.replace(' ', 'T')}Z`)),
])
export const sometime = instant.nullable()
export const name = z.string()
/** The time at which a row was written; null, as in an older recording: long ago. */
const written = sometime.default(null)
/** NULL and the empty text mean the same in these tables. */
export const text = z
  .string()
  .nullable()
  .transform((value) => value ?? '')

const labels = new Map<string, string>()
/** A text that many rows share, kept once: a lake has millions of rows, and the driver makes a text of its own for each. */
export const label = text.transform((value) => {
  const known = labels.get(value)
  if (known === undefined) labels.set(value, value)
  return known ?? value
})

/** The statement that reads a table, and the parser of its rows. */
export interface RowSource<Row> {
  readonly select: string
  readonly row: z.ZodType<Row>
  /** @param values of a row, in the order of the statement's columns */
  readonly rowOf: (values: readonly unknown[]) => Row
}

/** @param from the table, optionally with a condition */
export function table<Columns extends z.ZodRawShape, Row>(
  from: string,
  columns: Columns,
  parsed: (columns: z.output<z.ZodObject<Columns>>) => Row,
): RowSource<Row> {
  const names = Object.keys(columns)
  const row = z.object(columns).transform(parsed)
  return {
    select: `SELECT ${names.map((column) => `\`${column}\``).join(', ')} FROM ${from}`,
    row,
    rowOf: (values) => row.parse(Object.fromEntries(names.map((column, index) => [column, values[index]]))),
  }
}

/** An id, or its place among the ids, which needs less memory: ids only order rows. */
const idOf = (id: string): string | number => id

/** The sources of the parts of a `Lake`. */
export const lakeTables = {
  /** The scopes (`cicd_scopes`, `repos`, `boards`) of each project; written by a collection. */
  mappings: table(
    'project_mapping',
    { project_name: name, table: name, row_id: name },
    ({ project_name: project, table: kind, row_id: scope }) => ({ project, kind, scope }),
  ),
  /** A row for each commit of a deployment, with its own result, environment and times, in the order of the ids. */
  deploymentCommits: table(
    'cicd_deployment_commits ORDER BY id',
    {
      id: name,
      cicd_scope_id: label,
      cicd_deployment_id: text,
      result: label,
      environment: label,
      started_date: sometime,
      finished_date: sometime,
      commit_sha: name,
      repo_url: label,
      created_at: written,
    },
    (row) => ({
      id: idOf(row.id),
      scope: row.cicd_scope_id,
      deployment: row.cicd_deployment_id,
      result: row.result,
      environment: row.environment,
      startedAt: row.started_date,
      finishedAt: row.finished_date,
      commit: row.commit_sha,
      repository: row.repo_url,
      writtenAt: row.created_at,
    }),
  ),
  incidents: table(
    'incidents',
    { id: name, table: text, scope_id: text, created_date: sometime, resolution_date: sometime, created_at: written },
    (row) => ({
      id: row.id,
      kind: row.table,
      scope: row.scope_id,
      createdAt: row.created_date,
      resolvedAt: row.resolution_date,
      writtenAt: row.created_at,
    }),
  ),
  pullRequests: table(
    'pull_requests',
    {
      id: name,
      base_repo_id: text,
      merge_commit_sha: text,
      created_date: sometime,
      merged_date: sometime,
      created_at: written,
    },
    (row) => ({
      id: row.id,
      repository: row.base_repo_id,
      mergeCommit: row.merge_commit_sha,
      createdAt: row.created_date,
      mergedAt: row.merged_date,
      writtenAt: row.created_at,
    }),
  ),
  pullRequestCommits: table(
    'pull_request_commits',
    { pull_request_id: name, commit_authored_date: sometime },
    (row) => ({ pullRequest: row.pull_request_id, authoredAt: row.commit_authored_date }),
  ),
  /**
   * The months for which a panel can have a bar: from two years before DevLake was installed to ten years after
   * (20230511_add_calendar_months.go).
   */
  months: table('calendar_months', { month: name, month_timestamp: instant }, ({ month, month_timestamp: begin }) => ({
    name: month,
    begin,
  })),
  /** The commits in `newCommit` that are not in `oldCommit`. A large repository has many; the merge commits suffice. */
  commitsDiffs: table(
    'commits_diffs WHERE commit_sha IN (SELECT merge_commit_sha FROM pull_requests WHERE merged_date IS NOT NULL)',
    { new_commit_sha: name, old_commit_sha: name, commit_sha: name },
    (row) => ({ newCommit: row.new_commit_sha, oldCommit: row.old_commit_sha, commit: row.commit_sha }),
  ),
} as const

/** The rows of all projects: some panels read rows of other projects too. */
export type Lake = {
  readonly [Part in keyof typeof lakeTables]: readonly Readonly<z.output<(typeof lakeTables)[Part]['row']>>[]
} & {
  /** The end of the last collection of each project; absent, for one project or all: everything was collected. */
  readonly collectedUntil?: ReadonlyMap<string, number>
  /** The offsets of the zone of the database's sessions, oldest first; absent: UTC. */
  readonly offsets?: readonly Offset[]
  /** The panels by month have bars only for months that begin in the time range, as in old versions. */
  readonly onlyBegunMonths?: boolean
  /** The effects of the database's settings on the numbers, in words. */
  readonly notes?: readonly string[]
}

/** An offset of a time zone, until the next one of a list. Milliseconds. */
export interface Offset {
  /** The instant from which it is in force, since 1970. */
  readonly since: number
  readonly aheadOfUtc: number
}

export type DeploymentCommit = Lake['deploymentCommits'][number]
export type PullRequest = Lake['pullRequests'][number]

/** The ids of the scopes of one kind that belong to any of the projects. */
export function scopesOf({ mappings }: Pick<Lake, 'mappings'>, projects: readonly string[], kind: string): Set<string> {
  return new Set(
    mappings.filter((one) => one.kind === kind && projects.includes(one.project)).map(({ scope }) => scope),
  )
}

const byScope = new WeakMap<Lake['deploymentCommits'], ReadonlyMap<string, readonly DeploymentCommit[]>>()

/** The commits of the deployments of some projects. Rows are grouped by scope only once, because a lake has millions of them. */
export function deploymentCommitsOf(
  lake: Pick<Lake, 'deploymentCommits' | 'mappings'>,
  projects: readonly string[],
): DeploymentCommit[] {
  const { deploymentCommits } = lake
  const groups = byScope.get(deploymentCommits) ?? Map.groupBy(deploymentCommits, ({ scope }) => scope)
  byScope.set(deploymentCommits, groups)
  return [...scopesOf(lake, projects, 'cicd_scopes')].flatMap((scope) => groups.get(scope) ?? [])
}

/**
 * The rows from which the last collection of a project derived its links and durations. A webhook writes rows at any time, and
 * the next collection derives the rest. The commits of other projects' deployments are left out.
 */
export function collectedPart(lake: Lake, project: string): Lake {
  const until = lake.collectedUntil?.get(project)
  const deploymentCommits = deploymentCommitsOf(lake, [project])
  if (until === undefined) return { ...lake, deploymentCommits }
  const isCollected = ({ writtenAt }: { readonly writtenAt: number | null }) => writtenAt === null || writtenAt <= until
  return {
    ...lake,
    deploymentCommits: deploymentCommits.filter(isCollected),
    incidents: lake.incidents.filter(isCollected),
    pullRequests: lake.pullRequests.filter(isCollected),
  }
}

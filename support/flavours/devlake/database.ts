/**
 * The tables of stock DevLake that its DORA dashboards read, as its migrations created them in May 2026. Each has further
 * columns, which differ between versions and are not guaranteed.
 */
import type { Column, DatabaseStatements, Index, Table } from '../../contracts/contract'

const text = 'varchar(255)'
const time = 'datetime(3)'

const columns = (type: string, ...names: string[]): Column[] => names.map((name) => ({ name, type }))
const key = (...names: string[]): Column[] => names.map((name) => ({ name, type: text, nullable: false }))
/** Columns that are empty while the event is in progress, so they must be nullable. */
const open = (...names: string[]): Column[] => names.map((name) => ({ name, type: time, nullable: true }))

const primary = (...names: string[]): Index => ({ name: 'PRIMARY', columns: names, unique: true })
const on = (...names: string[]): Index => ({ columns: names, unique: false })

const table = (name: string, of: readonly Column[], indexes: readonly Index[], ...standsFor: string[]): Table => ({
  name,
  columns: of,
  indexes,
  openEnded: true,
  ...(standsFor.length > 0 ? { standsFor } : {}),
})

export const devlakeTables: readonly Table[] = [
  table(
    'cicd_deployments',
    [
      ...key('id'),
      ...columns(text, 'cicd_scope_id', 'environment'),
      ...columns('varchar(100)', 'result', 'status'),
      ...columns(time, 'created_date', 'started_date'),
      ...open('finished_date'),
      ...columns('double', 'duration_sec'),
    ],
    [primary('id'), on('cicd_scope_id')],
    'deployments',
    'cicd_deployments',
  ),
  table(
    'cicd_deployment_commits',
    [
      ...key('id', 'commit_sha'),
      ...columns(text, 'cicd_scope_id', 'cicd_deployment_id', 'environment', 'prev_success_deployment_commit_id'),
      ...columns('varchar(100)', 'result', 'status'),
      ...columns(time, 'created_date', 'started_date'),
      ...open('finished_date'),
      ...columns('varchar(500)', 'repo_url'),
    ],
    [primary('id', 'commit_sha'), on('cicd_scope_id'), on('repo_url')],
    'deployments',
  ),
  table(
    'project_mapping',
    key('project_name', 'table', 'row_id'),
    [primary('project_name', 'table', 'row_id')],
    'deployments',
    'incidents',
  ),
  table(
    'incidents',
    [
      ...key('id'),
      ...columns(text, 'table', 'scope_id', 'severity'),
      ...columns('varchar(100)', 'status'),
      ...columns(time, 'created_date'),
      ...open('resolution_date'),
      ...columns('bigint unsigned', 'lead_time_minutes'),
    ],
    [primary('id'), on('table', 'scope_id')],
  ),
  table(
    'project_incident_deployment_relationships',
    [...key('id'), { name: 'project_name', type: 'varchar(100)', nullable: false }, { name: 'deployment_id' }],
    [primary('id', 'project_name')],
    'incidents',
  ),
  table(
    'commits',
    [
      { name: 'sha', type: 'varchar(40)', nullable: false },
      ...columns(time, 'authored_date', 'committed_date'),
      ...columns(text, 'author_id', 'committer_id'),
    ],
    [primary('sha')],
  ),
  table(
    'commits_diffs',
    ['new_commit_sha', 'old_commit_sha', 'commit_sha'].map((name) => ({ name, type: 'varchar(40)', nullable: false })),
    [primary('new_commit_sha', 'old_commit_sha', 'commit_sha')],
    'commits',
  ),
  table(
    'pull_requests',
    [
      ...key('id'),
      ...columns('varchar(191)', 'base_repo_id'),
      ...columns(time, 'created_date'),
      ...open('merged_date'),
      ...columns('varchar(40)', 'merge_commit_sha'),
    ],
    [primary('id')],
    'commits',
  ),
  table(
    'project_pr_metrics',
    [
      ...key('id'),
      { name: 'project_name', type: 'varchar(100)', nullable: false },
      ...columns('bigint', 'pr_cycle_time'),
      { name: 'deployment_commit_id' },
    ],
    [primary('id', 'project_name')],
    'commits',
  ),
  table(
    'project_metric_settings',
    [...key('project_name', 'plugin_name'), { name: 'plugin_option' }, ...columns('tinyint', 'enable')],
    [primary('project_name', 'plugin_name')],
  ),
  table(
    'dora_benchmarks',
    [
      { name: 'id', type: 'bigint unsigned', nullable: false },
      ...columns(text, 'metric', 'low', 'medium', 'high', 'elite'),
      ...columns('varchar(20)', 'dora_report'),
    ],
    [primary('id')],
  ),
]

const finish = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', d.finished_date) DIV 1000 AS finished"
/** A project has the scopes that are mapped to it; a deployment belongs to a scope. */
const mapped = (database: string) =>
  `${database}.project_mapping pm ON pm.\`table\` = 'cicd_scopes' AND pm.row_id = d.cicd_scope_id`

export const devlakeStatements: DatabaseStatements = {
  deploymentsByProject: (database) =>
    `SELECT pm.project_name AS project, COUNT(*) AS deployments FROM ${database}.cicd_deployments d
     JOIN ${mapped(database)} WHERE d.finished_date >= ? AND d.finished_date < ?
     GROUP BY pm.project_name ORDER BY deployments DESC, project`,
  deploymentsOf: (database) =>
    `SELECT c.commit_sha AS \`commit\`, d.result, LOWER(d.environment) AS environment, ${finish}
     FROM ${database}.cicd_deployments d JOIN ${mapped(database)}
     LEFT JOIN (SELECT cicd_deployment_id, MIN(commit_sha) AS commit_sha FROM ${database}.cicd_deployment_commits
       GROUP BY cicd_deployment_id) c ON c.cicd_deployment_id = d.id
     WHERE pm.project_name = ?`,
}

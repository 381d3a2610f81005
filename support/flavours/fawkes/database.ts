/** The tables of the contract `fawkes`, from the platform's published database reference. */
import type { Column, DatabaseStatements, Index, Table } from '../../contracts/contract'

const text = 'varchar(255)'
const time = 'datetime(3)'

const columns = (type: string, ...names: string[]): Column[] => names.map((name) => ({ name, type }))
const key = (name: string, type: string): Column => ({ name, type, nullable: false })
/** Columns that are empty while the event is in progress, so they must be nullable. */
const open = (...names: string[]): Column[] =>
  names.map((name) => ({ name, type: time, nullable: true, noDefault: true }))
/** The times of an event: a default would be the time of its storing. */
const times = (...names: string[]): Column[] => names.map((name) => ({ name, type: time, noDefault: true }))
/** Columns that decide whether an event counts. */
const reported = (...names: string[]): Column[] => names.map((name) => ({ name, type: text, noDefault: true }))
/** The number of a row. */
const numbered: Column = { ...key('id', 'bigint'), autoIncrement: true }
const recorded = columns(time, 'created_at', 'updated_at')

const primary = (...names: string[]): Index => ({ name: 'PRIMARY', columns: names, unique: true })
/** The reference gives these no name: any index that begins with the column is accepted. */
const on = (...names: string[]): Index[] => names.map((name) => ({ columns: [name], unique: false }))
const named = (name: string, ...names: string[]): Index => ({ name, columns: names, unique: false })

export const fawkesTables: readonly Table[] = [
  {
    name: 'deployments',
    columns: [
      key('id', text),
      ...columns(text, 'name', 'status', 'original_status'),
      ...reported('cicd_scope_id', 'result', 'environment'),
      ...times('created_date', 'started_date'),
      ...open('finished_date'),
      ...columns('bigint', 'duration_sec'),
      ...reported('commit_sha'),
      ...columns(text, 'ref_name', 'repo_id', 'repo_url', 'prev_success_deployment_commit_id'),
      ...columns(text, 'display_title', 'url'),
      ...recorded,
    ],
    indexes: [
      primary('id'),
      ...on('cicd_scope_id', 'commit_sha', 'finished_date', 'environment', 'result'),
      named('idx_deployments_frequency', 'cicd_scope_id', 'environment', 'result', 'finished_date'),
      named('idx_deployments_leadtime', 'commit_sha', 'finished_date'),
      named('idx_deployments_cfr', 'cicd_scope_id', 'environment', 'result'),
    ],
  },
  {
    name: 'commits',
    columns: [
      key('sha', text),
      ...columns('int', 'additions', 'deletions', 'dev_eq'),
      ...columns('mediumtext', 'message'),
      ...columns(text, 'author_name', 'author_email'),
      ...times('authored_date'),
      ...columns(text, 'author_id', 'committer_name', 'committer_email'),
      ...times('committed_date'),
      ...columns(text, 'committer_id'),
      ...recorded,
    ],
    indexes: [primary('sha'), ...on('authored_date', 'author_id')],
  },
  {
    name: 'incidents',
    columns: [
      key('id', text),
      ...columns(text, 'issue_id', 'url', 'number', 'title'),
      ...columns('mediumtext', 'description'),
      ...reported('severity'),
      ...columns(text, 'priority', 'type', 'status', 'original_status'),
      ...times('created_date', 'updated_date'),
      ...open('closed_date'),
      ...columns('bigint', 'lead_time_minutes'),
      ...open('resolution_date'),
      ...recorded,
    ],
    indexes: [
      primary('id'),
      ...on('created_date', 'resolution_date', 'severity', 'status'),
      named('idx_incidents_mttr', 'severity', 'created_date', 'resolution_date'),
    ],
  },
  {
    name: 'cicd_deployments',
    columns: [
      key('id', text),
      ...columns(text, 'name', 'status'),
      ...reported('cicd_scope_id', 'result', 'environment'),
      ...times('created_date', 'started_date'),
      ...open('finished_date'),
      ...columns('bigint', 'duration_sec', 'queued_duration_sec'),
      ...columns(text, 'commit_sha', 'ref_name', 'repo_id', 'display_title', 'url'),
      ...recorded,
    ],
    indexes: [primary('id'), ...on('cicd_scope_id', 'commit_sha', 'environment', 'finished_date')],
  },
  {
    name: 'project_metric_settings',
    columns: [
      numbered,
      ...columns(text, 'project_name', 'plugin_name'),
      // JSON text and a flag; the reference gives no type for either.
      { name: 'plugin_option' },
      { name: 'enable' },
      ...recorded,
    ],
    indexes: [primary('id'), { columns: ['project_name', 'plugin_name'], unique: true }],
  },
  {
    name: 'dora_benchmarks',
    columns: [
      numbered,
      ...columns(text, 'metric_name', 'performance_level'),
      ...columns('decimal(10,2)', 'min_value', 'max_value'),
      { name: 'unit' },
      { name: 'description' },
      ...recorded,
    ],
    indexes: [primary('id'), { columns: ['metric_name', 'performance_level'], unique: true }],
  },
]

const finish = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', finished_date) DIV 1000 AS finished"

export const fawkesStatements: DatabaseStatements = {
  deploymentsByProject: (
    database,
  ) => `SELECT cicd_scope_id AS project, COUNT(*) AS deployments FROM ${database}.deployments
     WHERE finished_date >= ? AND finished_date < ? AND cicd_scope_id <> '' GROUP BY cicd_scope_id ORDER BY deployments DESC, project`,
  deploymentsOf: (database) =>
    `SELECT commit_sha AS \`commit\`, result, environment, ${finish} FROM ${database}.deployments WHERE cicd_scope_id = ?`,
}

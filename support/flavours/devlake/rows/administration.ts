/** The other rows of DevLake that show why the rows behind the metrics are not counted as intended. */
import { z } from 'zod'
import { label, name, sometime, table, text } from './rows'

/** Auto-increment keys: mysql2 returns numbers, a dump holds texts. */
const id = z.coerce.string()

const flag = z.coerce
  .number()
  .nullable()
  .transform((value) => value === 1)

/** The sources of the parts of an `Administration`. */
export const administrationTables = {
  /** The deployments that were reported as no success, with their own result, which the panels do not read. */
  deployments: table(
    "cicd_deployments WHERE result <> 'SUCCESS'",
    {
      id: name,
      cicd_scope_id: label,
      result: label,
      environment: label,
      started_date: sometime,
      finished_date: sometime,
    },
    (row) => ({
      id: row.id,
      scope: row.cicd_scope_id,
      result: row.result,
      environment: row.environment,
      startedAt: row.started_date,
      finishedAt: row.finished_date,
    }),
  ),
  /** `original_status` is the status in the source; `status` is TODO, IN_PROGRESS or DONE. */
  incidents: table(
    'incidents',
    {
      id: name,
      scope_id: text,
      incident_key: text,
      title: text,
      status: text,
      original_status: text,
      created_date: sometime,
      resolution_date: sometime,
    },
    (row) => ({
      id: row.id,
      scope: row.scope_id,
      key: row.incident_key,
      title: row.title,
      status: row.status,
      originalStatus: row.original_status,
      createdAt: row.created_date,
      resolvedAt: row.resolution_date,
    }),
  ),
  projects: table('projects', { name, description: text }, (row) => row),
  metricSettings: table(
    'project_metric_settings',
    { project_name: name, plugin_name: name, enable: z.coerce.number() },
    (row) => ({ project: row.project_name, plugin: row.plugin_name, enabled: row.enable !== 0 }),
  ),
  blueprints: table(
    '_devlake_blueprints',
    {
      id,
      project_name: text,
      enable: flag.default(true),
      is_manual: flag.default(false),
      cron_config: text.default(''),
      created_at: sometime.default(null),
    },
    (row) => ({
      id: row.id,
      project: row.project_name,
      /** A disabled blueprint refuses to be triggered. */
      enabled: row.enable,
      /** The schedule in cron's notation; null: it runs only on request. */
      schedule: row.enable && !row.is_manual && row.cron_config !== '' ? row.cron_config : null,
      createdAt: row.created_at,
    }),
  ),
  blueprintConnections: table(
    '_devlake_blueprint_connections',
    { blueprint_id: id, plugin_name: name, connection_id: id },
    (row) => ({ blueprint: row.blueprint_id, plugin: row.plugin_name, connection: row.connection_id }),
  ),
  /** The data scopes of the connections; webhooks have none. */
  blueprintScopes: table(
    '_devlake_blueprint_scopes',
    { blueprint_id: id, plugin_name: name, connection_id: id, scope_id: name },
    (row) => ({
      blueprint: row.blueprint_id,
      plugin: row.plugin_name,
      connection: row.connection_id,
      scope: row.scope_id,
    }),
  ),
  /** The builds of each scope, whether or not they are deployments. */
  builds: table(
    '(SELECT cicd_scope_id, COUNT(*) AS builds FROM cicd_pipelines GROUP BY cicd_scope_id) counted',
    { cicd_scope_id: text, builds: z.coerce.number() },
    (row) => ({ scope: row.cicd_scope_id, count: row.builds }),
  ),
  /** The webhook connections. A deleted one leaves the rows that it took. */
  webhooks: table('_tool_webhook_connections', { id }, (row) => row),
  pipelines: table(
    '_devlake_pipelines',
    { id, blueprint_id: id, status: text, message: text.default(''), finished_at: sometime.default(null) },
    (row) => ({
      id: Number(row.id),
      blueprint: row.blueprint_id,
      status: row.status,
      message: row.message,
      finishedAt: row.finished_at,
    }),
  ),
  /** The failed tasks of the last pipeline of each blueprint: a partial pipeline names no reason itself. */
  failedTasks: table(
    `_devlake_tasks WHERE status = 'TASK_FAILED' AND pipeline_id IN
      (SELECT MAX(id) FROM _devlake_pipelines WHERE finished_at IS NOT NULL GROUP BY blueprint_id)`,
    { pipeline_id: id, plugin: text, message: text },
    (row) => ({ pipeline: Number(row.pipeline_id), plugin: row.plugin, message: row.message }),
  ),
} as const

export type Administration = {
  readonly [Part in keyof typeof administrationTables]: readonly Readonly<
    z.output<(typeof administrationTables)[Part]['row']>
  >[]
}

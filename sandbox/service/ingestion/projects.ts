/** Creates projects with their settings, and removes them with all of their data. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { defaultOption } from '../records/settings'

export interface NewProject {
  readonly project: string
  readonly description?: string
  readonly team?: string | null
  /** The option of the plugin `dora`; the default option if absent. */
  readonly settings?: object
}

/** Stores the projects that do not exist yet, each with its settings. */
export async function storeProjects(
  transaction: Transaction,
  projects: readonly NewProject[],
  now: Date,
): Promise<void> {
  await transaction.insert(
    'INSERT IGNORE INTO projects (name, description, team, created_at, updated_at) VALUES ?',
    projects.map(({ project, description = '', team = null }) => [project, description, team, now, now]),
  )
  await transaction.insert(
    `INSERT IGNORE INTO project_metric_settings
       (project_name, plugin_name, plugin_option, enable, created_at, updated_at) VALUES ?`,
    projects.map(({ project, settings = defaultOption }) => [
      project,
      'dora',
      JSON.stringify(settings),
      true,
      now,
      now,
    ]),
  )
}

/** Replaces a project's settings for one plugin. */
export async function storeSettings(
  transaction: Transaction,
  project: string,
  settings: { readonly plugin: string; readonly option: object; readonly enable: boolean },
  now: Date,
): Promise<void> {
  await transaction.insert(
    `INSERT INTO project_metric_settings
       (project_name, plugin_name, plugin_option, enable, created_at, updated_at) VALUES ?
     ON DUPLICATE KEY UPDATE
       plugin_option = VALUES(plugin_option), enable = VALUES(enable), updated_at = VALUES(updated_at)`,
    [[project, settings.plugin, JSON.stringify(settings.option), settings.enable, now, now]],
  )
}

const named = z.object({ name: z.string() })

/**
 * Removes a project and all of its events, including those that wait for collection. Commits belong to repositories:
 * they are removed with the last project that deploys from their repository.
 * @returns false if there was no such project
 */
export async function removeProject(transaction: Transaction, project: string): Promise<boolean> {
  const values = { project }
  const repositories = await transaction.rows(
    named,
    `SELECT DISTINCT d.repo_id AS name FROM deployments d
     WHERE d.cicd_scope_id = :project AND d.repo_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM deployments o WHERE o.repo_id = d.repo_id AND o.cicd_scope_id <> :project)`,
    values,
  )
  const contained = `SELECT c.commit_sha FROM deployment_commits c JOIN deployments d ON d.id = c.deployment_id`
  const pushed = 'SELECT p.commit_sha FROM pushed_commits p WHERE p.repo_id'
  // An IN list must not be empty, and no repository has an empty name.
  const own = { ...values, repositories: ['', ...repositories.map(({ name }) => name)] }
  await transaction.run(
    `DELETE FROM commits WHERE
       (sha IN (${contained} WHERE d.cicd_scope_id = :project) OR sha IN (${pushed} IN (:repositories)))
       AND sha NOT IN (${contained} WHERE d.cicd_scope_id <> :project)
       AND sha NOT IN (${pushed} NOT IN (:repositories))`,
    own,
  )
  await transaction.run('DELETE FROM reviews WHERE repo_id IN (:repositories)', own)
  await transaction.run('DELETE FROM pushed_commits WHERE repo_id IN (:repositories)', own)
  for (const table of ['deployment_commits', 'deployment_origins']) {
    await transaction.run(
      `DELETE t FROM ${table} t JOIN deployments d ON d.id = t.deployment_id WHERE d.cicd_scope_id = :project`,
      values,
    )
  }
  await transaction.run(
    'DELETE i FROM incidents i JOIN incident_scopes s ON s.incident_id = i.id WHERE s.project_name = :project',
    values,
  )
  await transaction.run('DELETE FROM deployments WHERE cicd_scope_id = :project', values)
  await transaction.run('DELETE FROM cicd_deployments WHERE cicd_scope_id = :project', values)
  for (const table of [
    'incident_scopes',
    'builds',
    'operational_performance',
    'project_metric_settings',
    '_raw_webhook_events',
  ]) {
    await transaction.run(`DELETE FROM ${table} WHERE project_name = :project`, values)
  }
  return (await transaction.run('DELETE FROM projects WHERE name = :project', values)) > 0
}

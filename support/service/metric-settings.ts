import { z } from 'zod'
import { isAbsent } from '../basis/capability'
import { type CommandLine, sqlText } from '../basis/command'
import { Unmet } from '../basis/expectation'
import type { MetricSettings } from '../contracts/dora'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

/**
 * The settings in force, by project. A project without a row, or whose row is disabled, is absent: the defaults apply to it.
 * @throws Unmet when the settings of a project are invalid
 */
export async function settingsOfProjects(platform: Platform): Promise<ReadonlyMap<string, MetricSettings>> {
  const { plugin, option, defaults } = platform.contract.dora.settings
  const rows = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    `SELECT project_name AS project, CAST(plugin_option AS CHAR) AS \`option\`, enable AS enabled
     FROM \`${platform.configuration.database.name}\`.project_metric_settings WHERE plugin_name = ?`,
    [plugin],
  )
  const inForce = rows.filter(({ enabled }) => enabled !== 0)
  return new Map(
    inForce.map(({ project, option: text }) => {
      if (isAbsent(option)) return [project, defaults]
      const parsed = option.safeParse(optionOf(text))
      if (parsed.success) return [project, parsed.data]
      const [issue] = parsed.error.issues
      throw new Unmet({
        summary: `The settings of ${project} are invalid: ${issue?.path.join('.') || 'the option'} is wrong.`,
        object: `settings of ${project}`,
        expected: issue?.message ?? 'settings as JSON',
        found: text ?? 'nothing',
        remedy: [showSettings(platform, project)],
      })
    }),
  )
}

function optionOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return null
  }
}

/** The command that shows the settings of a project. */
export const showSettings = (platform: Pick<Platform, 'configuration' | 'contract'>, project: string): CommandLine =>
  inMySql(
    platform,
    `SELECT plugin_option, enable FROM project_metric_settings WHERE project_name = ${sqlText(project)} AND plugin_name = ${sqlText(platform.contract.dora.settings.plugin)}`,
  )

const row = z.looseObject({
  project: z.string(),
  option: z.string().nullable(),
  enabled: z.coerce.number(),
})

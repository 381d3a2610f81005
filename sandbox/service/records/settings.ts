/** The settings of a project for the plugin `dora`, from project_metric_settings. */
import { z } from 'zod'
import type { Transaction } from '../database/database'

export interface Settings {
  readonly frequencyWindowDays: number
  readonly frequencyEnvironment: string
  readonly stages: readonly string[]
  readonly failureRateWindowDays: number
  /** The severities that the mean time to restore counts, in lower case; null for all of them. */
  readonly severities: readonly string[] | null
}

const days = (fallback: number) => z.int().min(1).max(3_650).catch(fallback)

/** Each value that is missing or does not fit falls back to its default, so that one bad value spoils no other. */
const option = z
  .object({
    deployment_frequency: z
      .object({ window_days: days(7), environment: z.string().min(1).catch('production') })
      .catch({ window_days: 7, environment: 'production' }),
    lead_time: z
      .object({ stages: z.array(z.string()).min(1).catch(['development', 'review', 'production']) })
      .catch({ stages: ['development', 'review', 'production'] }),
    cfr: z.object({ window_days: days(30) }).catch({ window_days: 30 }),
    mttr: z.object({ severities: z.array(z.string()).min(1).nullable().catch(null) }).catch({ severities: null }),
  })
  .transform(
    (value): Settings => ({
      frequencyWindowDays: value.deployment_frequency.window_days,
      frequencyEnvironment: value.deployment_frequency.environment,
      stages: value.lead_time.stages,
      failureRateWindowDays: value.cfr.window_days,
      severities: value.mttr.severities?.map((severity) => severity.toLowerCase()) ?? null,
    }),
  )

/** What a project without settings of its own has; also the option that a new project is stored with. */
export const defaultOption = {
  deployment_frequency: { window_days: 7, environment: 'production' },
  lead_time: { stages: ['development', 'review', 'production'] },
  cfr: { window_days: 30 },
}

const defaults = option.parse(defaultOption)

/** Parses a stored option; what is not JSON, or no object, means the defaults. */
function parseSettings(text: string | null): Settings {
  try {
    return option.parse(JSON.parse(text ?? '{}'))
  } catch {
    return defaults
  }
}

const settingsRow = z.object({ project: z.string(), text: z.string().nullable() })

/** The settings in force, for each of the projects; a disabled row is not in force. */
export async function readSettings(
  transaction: Transaction,
  projects: readonly string[],
): Promise<ReadonlyMap<string, Settings>> {
  const stored = await transaction.rowsOr(
    [],
    settingsRow,
    `SELECT project_name AS project, plugin_option AS text FROM project_metric_settings
     WHERE plugin_name = 'dora' AND enable = 1`,
  )
  const found = new Map(stored.map((row) => [row.project, parseSettings(row.text)]))
  return new Map(projects.map((project) => [project, found.get(project) ?? defaults]))
}

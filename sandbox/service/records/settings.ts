/** A project's settings for the plugin `dora`, from project_metric_settings. */
import { z } from 'zod'
import type { Transaction } from '../database/database'

export interface Settings {
  readonly frequencyWindowDays: number
  readonly frequencyEnvironment: string
  readonly stages: readonly string[]
  readonly failureRateWindowDays: number
  /** Severities that count for the mean time to restore, in lower case; null for all. */
  readonly severities: readonly string[] | null
}

const days = (fallback: number) => z.int().min(1).max(3_650).catch(fallback)

/** A missing or invalid value falls back to its default, so that one bad value affects no other. */
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

/** The settings of a project that has none of its own. A new project is stored with them. */
export const defaultOption = {
  deployment_frequency: { window_days: 7, environment: 'production' },
  lead_time: { stages: ['development', 'review', 'production'] },
  cfr: { window_days: 30 },
}

const defaults = option.parse(defaultOption)

/** Parses a stored option. Anything but a JSON object means the defaults. */
function parseSettings(text: string | null): Settings {
  try {
    return option.parse(JSON.parse(text ?? '{}'))
  } catch {
    return defaults
  }
}

const settingsRow = z.object({ project: z.string(), text: z.string().nullable() })

/** The settings in force for each project. A disabled row is ignored. */
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

/** How often the service collects by its own word: DevLake stores the schedule of each blueprint. */
import { z } from 'zod'
import { Blocked, Unmet, unless } from '../basis/expectation'
import { day } from '../dora/definitions'
import { longestInterval } from '../formats/cron'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

interface CollectionSchedule {
  /** The longest time between two collections, in milliseconds. */
  readonly schedule: number
  /** In words. */
  readonly scheduledBy: string
}

const table = '_devlake_blueprints'
const row = z.looseObject({
  cron: z.string().nullable(),
  enabled: z.coerce.number(),
  manual: z.coerce.number().nullable(),
})

/**
 * Returns the schedule of the blueprint that runs least often. Returns undefined if there is no blueprint, if one runs on request or
 * by a schedule that cannot be read, or if one runs less often than once a day, which only the configuration can allow.
 */
export async function collectionSchedule(platform: Platform): Promise<CollectionSchedule | undefined> {
  const rows = await blueprints(platform).catch(unless([], Unmet, Blocked))
  const intervals = rows.flatMap(({ cron, enabled, manual }) =>
    enabled === 0 ? [] : [{ cron, schedule: (manual ? null : longestInterval(cron)) ?? Number.POSITIVE_INFINITY }],
  )
  const [least] = intervals.sort((one, other) => (one.schedule < other.schedule ? 1 : -1))
  if (least === undefined || least.schedule > day) return undefined
  return { schedule: least.schedule, scheduledBy: `the schedule "${least.cron}" of a blueprint` }
}

async function blueprints(platform: Platform): Promise<readonly z.infer<typeof row>[]> {
  const credentials = await credentialsOf(platform, 'service')
  const { name } = platform.configuration.database
  const [found] = await platform.database.rows(
    credentials,
    z.looseObject({ name: z.string() }),
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [name, table],
  )
  if (found === undefined) return []
  return platform.database.rows(
    credentials,
    row,
    `SELECT cron_config AS cron, enable AS enabled, is_manual AS manual FROM \`${name}\`.${table}`,
  )
}

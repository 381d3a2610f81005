import { z } from 'zod'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

const row = z.looseObject({ now: z.coerce.number() })

/**
 * The time by the clock of the database, in milliseconds since 1970 UTC: the clock of the machine that runs the suite may differ.
 * @throws Unmet when the database cannot be read
 */
export async function databaseClock(platform: Platform): Promise<number> {
  const [found] = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS now",
  )
  if (!found) throw new Error('The clock of the database returned no row.')
  return found.now
}

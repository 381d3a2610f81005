/** The table of the levels' bounds, which decides the levels that the service reports. */
import { z } from 'zod'
import { Blocked, Unmet } from '../basis/expectation'
import { type StoredBenchmarks, storedBenchmarks } from '../dora/stored-benchmarks'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

/** Reads the bounds in force. The published ones apply where the table cannot be read, which is an item of its own. */
export async function benchmarksOfPlatform(platform: Platform): Promise<StoredBenchmarks> {
  try {
    const rows = await platform.database.rows(
      await credentialsOf(platform, 'service'),
      row,
      `SELECT metric_name AS metric, performance_level AS level, min_value AS minimum, max_value AS maximum, unit
       FROM \`${platform.configuration.database.name}\`.dora_benchmarks`,
    )
    return storedBenchmarks(rows)
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return storedBenchmarks([])
    throw error
  }
}

const bound = z.coerce.number().nullable()
const row = z.looseObject({
  metric: z.string(),
  level: z.string(),
  minimum: bound,
  maximum: bound,
  unit: z.string().nullable(),
})

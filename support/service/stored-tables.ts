/** The tables that the database holds, and those of the configuration key `events` that it does not hold. */
import { z } from 'zod'
import { command, sqlName } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { rememberSuccess } from '../basis/memo'
import type { Configuration } from '../configuration/schema'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

export interface StoredColumn {
  readonly name: string
  /** The type without its length, in lower case, such as "varchar". */
  readonly type: string
}

/** The columns of each table and view, by its name. */
export type StoredTables = ReadonlyMap<string, readonly StoredColumn[]>

const row = z.looseObject({ table: z.string(), name: z.string(), type: z.string() })

/** Reads the tables and views that the user of the service can see. @throws Unmet or Blocked when the database cannot be read */
export async function readTables(platform: Platform): Promise<StoredTables> {
  const found = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    'SELECT table_name AS `table`, column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = ? ORDER BY table_name, ordinal_position',
    [platform.configuration.database.name],
  )
  const tables = new Map<string, StoredColumn[]>()
  for (const { table, name, type } of found)
    tables.set(table, [...(tables.get(table) ?? []), { name, type: type.toLowerCase() }])
  return tables
}

/** @throws Blocked when the configuration names a table or a column for events that the user of the service does not see */
export const ensureEventTables = rememberSuccess(async (platform: Platform): Promise<void> => {
  const { configuration } = platform
  const [wrong] =
    namedPlaces(configuration).length === 0 ? [] : missingPlaces(configuration, await readTables(platform))
  if (wrong === undefined) return
  throw new Blocked({
    summary: `The configuration names ${wrong.what}, which ${configuration.database.user} does not see in the database.`,
    object: `configuration key events.${wrong.key}`,
    expected: 'a table and its columns that exist, and that the user may read',
    found: wrong.found,
    remedy: [
      command`npx dora-acceptance init --output -`,
      inMySql(platform, wrong.exists ? `SHOW COLUMNS FROM ${sqlName(wrong.table)}` : 'SHOW TABLES'),
    ],
  })
})

interface MissingPlace {
  readonly key: string
  readonly table: string
  readonly what: string
  readonly found: string
  /** True if the table exists. */
  readonly exists: boolean
}

/** The tables and columns that the configuration names and the database does not have. Pure. */
function missingPlaces(configuration: Configuration, tables: StoredTables): MissingPlace[] {
  const known = new Map([...tables].map(([table, columns]) => [table.toLowerCase(), columns]))
  return namedPlaces(configuration).flatMap(({ key, table, columns }): MissingPlace[] => {
    const held = known.get(table.toLowerCase())?.map(({ name }) => name)
    if (held === undefined)
      return [{ key, table, what: `the table ${table}`, found: 'no such table is visible', exists: false }]
    const lacking = columns.find((one) => !held.some((name) => name.toLowerCase() === one.toLowerCase()))
    if (lacking === undefined) return []
    return [{ key, table, what: `the column ${lacking} of ${table}`, found: held.join(', '), exists: true }]
  })
}

function namedPlaces({ events }: Configuration) {
  const { deploymentCommits, listedCommits, incidents, builds } = events
  const { type, ...others } = builds ?? {}
  const places = {
    ...{ deploymentCommits, listedCommits, incidents },
    builds: builds && { ...others, table: builds.table, ...(type && { type: type.column }) },
  }
  return Object.entries(places).flatMap(([key, place]) => {
    if (!place) return []
    const { table, ...columns } = place
    return [{ key, table, columns: Object.values(columns) }]
  })
}

/** Section 6: the database, its tables, columns and indexes. MySQL 8 and MariaDB both count as MySQL. */
import { z } from 'zod'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Column, Index, Table } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { credentialsOf, type DatabaseUser } from '../service/database-credentials'

/** 6.1: the password that the Secret holds is the one that MySQL accepts. */
export async function expectLogin(platform: Platform, user: DatabaseUser): Promise<void> {
  const rows = await platform.database.rows(
    await credentialsOf(platform, user),
    z.looseObject({ version: z.string() }),
    'SELECT VERSION() AS version',
  )
  if (rows.length !== 1) throw new Error('SELECT VERSION() gave no row')
}

/** Rows of information_schema, whose column names MySQL 8 writes in capitals and MariaDB as they were asked for. */
async function describe<T>(
  platform: Platform,
  row: z.ZodType<T>,
  statement: string,
  ...values: string[]
): Promise<T[]> {
  return platform.database.rows(await credentialsOf(platform, 'service'), row, statement, values)
}

/** 6.2: the database exists, and holds any text. */
export async function expectDatabase(platform: Platform): Promise<void> {
  const { name } = platform.configuration.database
  const { characterSet } = platform.contract.database
  const [found] = await describe(
    platform,
    z.looseObject({ charset: z.string() }),
    'SELECT default_character_set_name AS charset FROM information_schema.schemata WHERE schema_name = ?',
    name,
  )
  const object = `database ${name}`
  const remedy = [shell(platform, `SHOW CREATE DATABASE ${name}`)]
  if (!found)
    throw new Unmet({
      summary: `The database ${name} does not exist.`,
      object,
      expected: 'it exists',
      found: 'none that the service user sees',
      remedy,
    })
  if (found.charset !== characterSet)
    throw new Unmet({
      summary: `The database ${name} has the character set ${found.charset}.`,
      object,
      expected: characterSet,
      found: found.charset,
      remedy,
    })
}

/** 6.3: it, or its counterparts. */
export async function expectTable(platform: Platform, name: string): Promise<void> {
  for (const table of tablesFor(platform, name)) await expectOneTable(platform, table)
}

async function expectOneTable(platform: Platform, { name }: Table): Promise<void> {
  const rows = await describe(
    platform,
    z.looseObject({ collation: z.string().nullable() }),
    'SELECT table_collation AS collation FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    platform.configuration.database.name,
    name,
  )
  const [found] = rows
  const object = `table ${name}`
  const remedy = [shell(platform, 'SHOW TABLES')]
  if (!found)
    throw new Unmet({
      summary: `The table ${name} does not exist.`,
      object,
      expected: 'it exists',
      found: 'none',
      remedy,
    })
  const { characterSet } = platform.contract.database
  if (!found.collation?.startsWith(`${characterSet}_`))
    throw new Unmet({
      summary: `The table ${name} has the collation ${found.collation}.`,
      object,
      expected: `a collation of ${characterSet}`,
      found: found.collation ?? 'none',
      remedy,
    })
}

const columnRow = z.looseObject({ name: z.string(), type: z.string(), nullable: z.string() })

/** 6.4: a missing, an extra and a changed column are three different findings. */
export async function expectColumns(platform: Platform, name: string): Promise<void> {
  const tables = tablesFor(platform, name)
  expectNone((await Promise.all(tables.map((table) => columnTroubles(platform, table)))).flat())
}

async function columnTroubles(platform: Platform, table: Table): Promise<Circumstances[]> {
  const tableName = table.name
  const rows = await describe(
    platform,
    columnRow,
    'SELECT column_name AS name, column_type AS type, is_nullable AS nullable FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
    platform.configuration.database.name,
    tableName,
  )
  const found = new Map(rows.map((row) => [row.name, row]))
  const remedy = [shell(platform, `DESCRIBE ${tableName}`)]
  const object = (column: string) => `column ${tableName}.${column}`
  const missing = table.columns
    .filter(({ name }) => !found.has(name))
    .map(({ name, type = 'any type' }) => ({
      summary: `The column ${tableName}.${name} is missing.`,
      object: object(name),
      expected: type,
      found: 'no such column',
      remedy,
    }))
  const documented = new Set(table.columns.map(({ name }) => name))
  const extra = rows
    .filter(({ name }) => !table.openEnded && !documented.has(name))
    .map(({ name, type }) => ({
      summary: `The column ${tableName}.${name} is not documented.`,
      object: object(name),
      expected: 'no such column',
      found: type,
      remedy,
    }))
  const changed = table.columns.flatMap((column) =>
    changeOf(column, found.get(column.name), object(column.name), remedy),
  )
  return [...missing, ...changed, ...extra]
}

function changeOf(
  { name, type, nullable }: Column,
  found: z.infer<typeof columnRow> | undefined,
  object: string,
  remedy: readonly string[],
): Circumstances[] {
  if (!found) return []
  const actual = plainType(found.type)
  if (type !== undefined && actual !== type)
    return [{ summary: `The column ${name} has another type.`, object, expected: type, found: actual, remedy }]
  const empty = found.nullable.toUpperCase() === 'YES'
  if (nullable !== undefined && empty !== nullable)
    return [
      {
        summary: `The column ${name} ${empty ? 'may' : 'may not'} be empty.`,
        object,
        expected: nullable ? 'NULL allowed' : 'NOT NULL',
        found: empty ? 'NULL allowed' : 'NOT NULL',
        remedy,
      },
    ]
  return []
}

/** MariaDB and MySQL before 8.0.19 add a display width to integers, which says nothing about what they hold. */
const plainType = (type: string) => type.toLowerCase().replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1')

const indexRow = z.looseObject({
  name: z.string(),
  column: z.string(),
  prefix: z.coerce.number().nullable(),
  nonUnique: z.coerce.number(),
})

/** 6.5: indexes with the order of their columns. */
export async function expectIndexes(platform: Platform, name: string): Promise<void> {
  const tables = tablesFor(platform, name)
  expectNone((await Promise.all(tables.map((table) => indexTroubles(platform, table)))).flat())
}

async function indexTroubles(platform: Platform, { name: tableName, indexes }: Table): Promise<Circumstances[]> {
  const rows = await describe(
    platform,
    indexRow,
    'SELECT index_name AS name, column_name AS `column`, sub_part AS prefix, non_unique AS nonUnique FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? ORDER BY index_name, seq_in_index',
    platform.configuration.database.name,
    tableName,
  )
  const found = new Map<string, { columns: string[]; unique: boolean }>()
  for (const { name, column, prefix, nonUnique } of rows) {
    const index = found.get(name) ?? { columns: [], unique: nonUnique === 0 }
    // An index over the beginning of a value is another one.
    index.columns.push(prefix === null ? column : `${column}(${prefix})`)
    found.set(name, index)
  }
  const remedy = [shell(platform, `SHOW INDEX FROM ${tableName}`)]
  return indexes.flatMap((index) => indexTrouble(index, found, tableName, remedy))
}

function indexTrouble(
  { name, columns, unique }: Index,
  found: ReadonlyMap<string, { columns: readonly string[]; unique: boolean }>,
  table: string,
  remedy: readonly string[],
): Circumstances[] {
  const list = (names: readonly string[]) => `(${names.join(', ')})`
  const expected = `${unique ? 'unique ' : ''}${list(columns)}`
  if (name === undefined) {
    const begins = [...found.values()].some(
      (index) =>
        (!unique || (index.unique && index.columns.length === columns.length)) &&
        columns.every((column, position) => index.columns[position] === column),
    )
    if (begins) return []
    const object = `index of ${table} on ${list(columns)}`
    return [
      {
        summary: `The table ${table} has no ${unique ? 'unique ' : ''}index on ${columns.join(', ')}.`,
        object,
        expected,
        found: 'none',
        remedy,
      },
    ]
  }
  const index = found.get(name)
  const object = `index ${table}.${name}`
  if (!index) return [{ summary: `The index ${name} of ${table} is missing.`, object, expected, found: 'none', remedy }]
  const same = index.columns.join() === columns.join()
  if (same && (!unique || index.unique)) return []
  const reordered = [...index.columns].sort().join() === [...columns].sort().join()
  return [
    {
      summary:
        reordered && !same
          ? `The index ${name} of ${table} has its columns in another order.`
          : `The index ${name} of ${table} is another one.`,
      object,
      expected,
      found: `${index.unique ? 'unique ' : ''}${list(index.columns)}`,
      remedy,
    },
  ]
}

/** The tables that stand for one of the checklist's. */
function tablesFor({ contract }: Platform, name: string): readonly Table[] {
  const tables = contract.database.tables.filter((table) => (table.standsFor ?? [table.name]).includes(name))
  if (tables.length === 0) throw new Error(`the contract ${contract.name} documents no table ${name}`)
  return tables
}

/** A statement as an operator would run it. */
function shell({ kubernetes, configuration }: Platform, statement: string): string {
  const { name, user } = configuration.database
  return `kubectl exec -it -n ${kubernetes.namespace} svc/${configuration.components.mysql.service} -- mysql -u ${user} -p ${name} -e '${statement}'`
}

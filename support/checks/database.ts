/** Section 6: checks of the database, its tables, columns and indexes. MySQL 8 and MariaDB are both accepted as MySQL. */

import { z } from 'zod'
import { type CommandLine, sqlName } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Index, Table } from '../contracts/contract'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { credentialsOf, type DatabaseUser, rowsForService } from '../service/database-credentials'
import { columnChanges, columnFields, columnRow } from './column-definitions'
import { ruleProblems } from './table-rules'

/** 6.1: checks that MySQL accepts the password in the user's Secret. */
export async function expectLogin(platform: Platform, user: DatabaseUser): Promise<void> {
  const rows = await platform.database.rows(
    await credentialsOf(platform, user),
    z.looseObject({ version: z.string() }),
    'SELECT VERSION() AS version',
  )
  if (rows.length !== 1) throw new Error('SELECT VERSION() returned no row')
}

/**
 * Queries information_schema. The statements name every column by an alias, because MySQL 8 returns the names in upper case
 * and MariaDB as they are written in the query.
 */
const queryInformationSchema = <T>(platform: Platform, row: z.ZodType<T>, statement: string, ...values: string[]) =>
  rowsForService(platform, row, statement, values)

/** 6.2: checks that the database exists, with a character set that can store any text. */
export async function expectDatabase(platform: Platform): Promise<void> {
  const { name } = platform.configuration.database
  const { characterSet } = platform.contract.database
  const [found] = await queryInformationSchema(
    platform,
    z.looseObject({ charset: z.string() }),
    'SELECT default_character_set_name AS charset FROM information_schema.schemata WHERE schema_name = ?',
    name,
  )
  const object = `database ${name}`
  const remedy = [inMySql(platform, `SHOW CREATE DATABASE ${sqlName(name)}`)]
  if (!found)
    throw new Unmet({
      summary: `The database ${name} does not exist.`,
      object,
      expected: 'exists',
      found: 'no such database is visible to the user of the service',
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

/** 6.3: checks that a table of the checklist exists, or the tables that replace it in this contract. */
export async function expectTable(platform: Platform, name: string): Promise<void> {
  for (const table of tablesFor(platform, name)) await expectOneTable(platform, table)
}

async function expectOneTable(platform: Platform, { name }: Table): Promise<void> {
  const rows = await queryInformationSchema(
    platform,
    z.looseObject({ collation: z.string().nullable(), engine: z.string().nullable() }),
    'SELECT table_collation AS collation, engine AS engine FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    platform.configuration.database.name,
    name,
  )
  const [found] = rows
  const object = `table ${name}`
  const remedy = [inMySql(platform, 'SHOW TABLES')]
  if (!found)
    throw new Unmet({
      summary: `The table ${name} does not exist.`,
      object,
      expected: 'exists',
      found: 'does not exist',
      remedy,
    })
  if (found.engine?.toLowerCase() !== 'innodb')
    throw new Unmet({
      summary: `The table ${name} has the engine ${found.engine ?? 'of a view'}, which undoes no failed transaction.`,
      object,
      expected: 'InnoDB',
      found: found.engine ?? 'no engine',
      remedy: [inMySql(platform, `SHOW CREATE TABLE ${sqlName(name)}`)],
    })
  const { characterSet } = platform.contract.database
  if (!found.collation?.startsWith(`${characterSet}_`))
    throw new Unmet({
      summary: `The table ${name} has the collation ${found.collation}.`,
      object,
      expected: `a collation of ${characterSet}`,
      found: found.collation ?? 'no collation',
      remedy,
    })
}

/** 6.4: checks the columns and the rules of the tables. Missing, undocumented and changed columns are different findings. */
export async function expectColumns(platform: Platform, name: string): Promise<void> {
  const tables = tablesFor(platform, name)
  expectNone((await Promise.all(tables.map((table) => columnProblems(platform, table)))).flat())
}

async function columnProblems(platform: Platform, table: Table): Promise<Circumstances[]> {
  const tableName = table.name
  const rows = await queryInformationSchema(
    platform,
    columnRow,
    `SELECT ${columnFields} FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
    platform.configuration.database.name,
    tableName,
  )
  const found = new Map(rows.map((row) => [row.name, row]))
  const remedy = [inMySql(platform, `DESCRIBE ${sqlName(tableName)}`)]
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
  const { characterSet } = platform.contract.database
  const changed = table.columns.flatMap((column) => {
    const row = found.get(column.name)
    const [change] = row ? columnChanges(column, row, characterSet) : []
    if (!change) return []
    const { says, ...values } = change
    return [{ summary: `The ${object(column.name)} ${says}.`, object: object(column.name), ...values, remedy }]
  })
  return [...missing, ...changed, ...extra, ...(await ruleProblems(platform, table))]
}

const indexRow = z.looseObject({
  name: z.string(),
  /** Null: an expression. */
  column: z.string().nullable(),
  prefix: z.coerce.number().nullable(),
  nonUnique: z.coerce.number(),
  INDEX_TYPE: z.string().default(''),
  /** Of MySQL 8. */
  IS_VISIBLE: z.string().nullish(),
  /** Of MariaDB. */
  IGNORED: z.string().nullish(),
})

/** The reason why queries for values or ranges cannot use an index; undefined if they can. */
const unusable = ({ INDEX_TYPE: type, IS_VISIBLE: visible, IGNORED: ignored }: z.infer<typeof indexRow>) =>
  visible?.toUpperCase() === 'NO'
    ? 'invisible'
    : ignored?.toUpperCase() === 'YES'
      ? 'ignored'
      : ['FULLTEXT', 'SPATIAL'].find((one) => one === type.toUpperCase())?.toLowerCase()

/** 6.5: checks that the documented indexes exist, with their columns in the documented order. */
export async function expectIndexes(platform: Platform, name: string): Promise<void> {
  const tables = tablesFor(platform, name)
  expectNone((await Promise.all(tables.map((table) => indexProblems(platform, table)))).flat())
}

async function indexProblems(platform: Platform, table: Table): Promise<Circumstances[]> {
  const { name: tableName, indexes } = table
  const rows = await queryInformationSchema(
    platform,
    indexRow,
    'SELECT index_name AS name, column_name AS `column`, sub_part AS prefix, non_unique AS nonUnique, s.* FROM information_schema.statistics s WHERE table_schema = ? AND table_name = ? ORDER BY index_name, seq_in_index',
    platform.configuration.database.name,
    tableName,
  )
  const found = new Map<string, { columns: string[]; unique: boolean }>()
  for (const row of rows) {
    const { name, column, prefix, nonUnique } = row
    const index = found.get(name) ?? { columns: [], unique: nonUnique === 0 }
    // An index on a prefix of a column differs from an index on the whole column.
    const part = prefix === null ? (column ?? '(expression)') : `${column}(${prefix})`
    const flaw = unusable(row)
    index.columns.push(flaw === undefined ? part : `${part} ${flaw}`)
    found.set(name, index)
  }
  const remedy = [inMySql(platform, `SHOW INDEX FROM ${sqlName(tableName)}`)]
  const documented = indexes.flatMap((index) => indexProblem(index, found, tableName, remedy))
  if (documented.length > 0 || table.openEnded) return documented
  return [...found].flatMap(([name, index]) => restriction(name, index, table, remedy))
}

/** A unique index refuses rows. It is harmless only where a documented one refuses at least as many. */
function restriction(
  name: string,
  { columns, unique }: IndexColumns,
  table: Table,
  remedy: readonly CommandLine[],
): Circumstances[] {
  const isImplied = table.indexes.some((one) => one.unique && one.columns.every((column) => columns.includes(column)))
  if (!unique || isImplied) return []
  return [
    {
      summary: `The index ${name} of ${table.name} is unique, so the table refuses rows that the service must store.`,
      object: `index ${table.name}.${name}`,
      expected: 'no unique index but the documented ones',
      found: definitionOf({ columns, unique }),
      remedy,
    },
  ]
}

type IndexColumns = Pick<Index, 'columns' | 'unique'>

function indexProblem(
  { name, ...documented }: Index,
  found: ReadonlyMap<string, IndexColumns>,
  table: string,
  remedy: readonly CommandLine[],
): Circumstances[] {
  const expected = definitionOf(documented)
  const { columns, unique } = documented
  if (name === undefined) {
    if ([...found.values()].some((index) => covers(index, documented))) return []
    const summary = `The table ${table} has no ${unique ? 'unique ' : ''}index on ${columns.join(', ')}.`
    const object = `index of ${table} on (${columns.join(', ')})`
    return [{ summary, object, expected, found: 'no such index', remedy }]
  }
  const index = found.get(name)
  const object = `index ${table}.${name}`
  if (!index)
    return [{ summary: `The index ${name} of ${table} is missing.`, object, expected, found: 'no such index', remedy }]
  const sameColumns = index.columns.join() === columns.join()
  if (sameColumns && (!unique || index.unique)) return []
  const reordered = !sameColumns && [...index.columns].sort().join() === [...columns].sort().join()
  const summary = `The index ${name} of ${table} ${reordered ? 'has its columns in the wrong order' : 'differs from the documented one'}.`
  return [{ summary, object, expected, found: definitionOf(index), remedy }]
}

const definitionOf = ({ columns, unique }: IndexColumns) => `${unique ? 'unique ' : ''}(${columns.join(', ')})`

/** Returns true if an index begins with the documented columns; a unique one must have exactly these. */
const covers = (index: IndexColumns, { columns, unique }: IndexColumns) =>
  (!unique || (index.unique && index.columns.length === columns.length)) &&
  columns.every((column, position) => index.columns[position] === column)

/** Returns the tables of this contract that correspond to a table of the checklist. */
function tablesFor({ contract }: Platform, name: string): readonly Table[] {
  const tables = contract.database.tables.filter((table) => (table.standsFor ?? [table.name]).includes(name))
  if (tables.length === 0) throw new Error(`The contract ${contract.name} does not document the table ${name}.`)
  return tables
}

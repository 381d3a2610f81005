/**
 * Rules of a table beyond its columns and indexes: triggers and scheduled events that change rows, constraints that refuse them, and
 * collations that keep columns from being compared. The documented tables have none.
 */
import { z } from 'zod'
import { sqlName } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { Table } from '../contracts/contract'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { rowsForService } from '../service/database-credentials'

const named = z.looseObject({ name: z.string(), kind: z.string() })
const trigger = named.extend({ table: z.string(), statement: z.string() })
const routine = z.looseObject({ name: z.string(), body: z.string().nullable() })
const partition = named.extend({ limit: z.string().nullable() })
const collated = z.looseObject({ table: z.string(), column: z.string(), collation: z.string() })

/** The findings about the rules of a table. */
export async function ruleProblems(platform: Platform, table: Table): Promise<Circumstances[]> {
  const changes = changesRowsOf(platform, table, await routinesOf(platform))
  const [triggers, events, partitions, constraints, collations] = await Promise.all([
    triggerProblems(platform, table, changes),
    eventProblems(platform, table, changes),
    partitionProblems(platform, table),
    table.openEnded ? [] : constraintProblems(platform, table),
    table.openEnded ? [] : collationProblems(platform, table),
  ])
  return [...triggers, ...events, ...partitions, ...constraints, ...collations]
}

/** Triggers of the table, and those of other tables that change its rows. */
async function triggerProblems(platform: Platform, { name: table }: Table, changes: Changes): Promise<Circumstances[]> {
  const triggers = await rowsForService(
    platform,
    trigger,
    "SELECT trigger_name AS name, CONCAT(action_timing, ' ', event_manipulation) AS kind, event_object_table AS `table`, action_statement AS statement FROM information_schema.triggers WHERE trigger_schema = ?",
    [platform.configuration.database.name],
  )
  return triggers
    .filter((one) => one.table === table || changes(one.statement))
    .map(({ name, kind, table: other }) => ({
      summary: `The trigger ${name} of ${other} changes ${other === table ? 'what is stored' : `the rows of ${table}`}.`,
      object: `trigger ${other}.${name}`,
      expected: 'no triggers: rows are stored as the service writes them',
      found: kind,
      remedy: [inMySql(platform, `SHOW CREATE TRIGGER ${sqlName(name)}`)],
    }))
}

type Changes = (statement: string) => boolean

/** The procedures of the database by their names in lower case. One that the user of the service may not read has no body. */
async function routinesOf(platform: Platform): Promise<ReadonlyMap<string, string>> {
  const routines = await rowsForService(
    platform,
    routine,
    'SELECT routine_name AS name, routine_definition AS body FROM information_schema.routines WHERE routine_schema = ?',
    [platform.configuration.database.name],
  )
  return new Map(routines.map(({ name, body }) => [name.toLowerCase(), body ?? '']))
}

/** A statement with the bodies of the procedures that it calls. */
function withCalled(statement: string, routines: ReadonlyMap<string, string>): string {
  const called = new Map([['', statement]])
  for (const [, text] of called)
    for (const [, name = ''] of text.matchAll(/\bCALL\s+(?:`?\w+`?\s*\.\s*)?`?(\w+)/gi))
      called.set(name.toLowerCase(), routines.get(name.toLowerCase()) ?? '')
  return [...called.values()].join('\n')
}

/** Recognizes statements that change rows of a table of the database; those that only read them may name it too. */
function changesRowsOf(
  { configuration }: Platform,
  { name: table }: Table,
  routines: ReadonlyMap<string, string>,
): Changes {
  const database = configuration.database.name.replaceAll(/\W/g, '\\$&')
  const change = new RegExp(
    `\\b(?:DELETE(?:\\s+[\\w.\`]+)*?\\s+FROM|UPDATE(?:\\s+(?:LOW_PRIORITY|IGNORE))*|(?:INSERT|REPLACE)(?:\\s+\\w+)*?\\s+INTO|TRUNCATE(?:\\s+TABLE)?)\\s+(?:\`?${database}\`?\\s*\\.\\s*)?\`?${table}(?![\\w$])`,
    'i',
  )
  return (statement) => change.test(withCalled(statement, routines))
}

/** Events that the database runs by itself, such as one that removes old rows: every surface then agrees on what is left. */
async function eventProblems(platform: Platform, { name: table }: Table, changes: Changes): Promise<Circumstances[]> {
  const events = await rowsForService(
    platform,
    named,
    "SELECT event_name AS name, event_definition AS kind FROM information_schema.events WHERE event_schema = ? AND status = 'ENABLED' AND @@GLOBAL.event_scheduler = 'ON'",
    [platform.configuration.database.name],
  )
  return events
    .filter(({ kind }) => changes(kind))
    .map(({ name, kind }) => ({
      summary: `The event ${name} changes the rows of ${table}.`,
      object: `event ${name} of ${table}`,
      expected: 'no events: rows stay as the service writes them',
      found: kind,
      remedy: [inMySql(platform, `SHOW CREATE EVENT ${sqlName(name)}`)],
    }))
}

/** Partitions by ranges or lists of values refuse rows with other values, unless one of them takes all others. */
async function partitionProblems(platform: Platform, { name: table }: Table): Promise<Circumstances[]> {
  const partitions = await rowsForService(
    platform,
    partition,
    "SELECT partition_name AS name, partition_method AS kind, partition_description AS `limit` FROM information_schema.partitions WHERE table_schema = ? AND table_name = ? AND (partition_method LIKE 'RANGE%' OR partition_method LIKE 'LIST%')",
    [platform.configuration.database.name, table],
  )
  if (partitions.length === 0 || partitions.some(({ limit }) => /^(?:MAXVALUE|DEFAULT)\b/i.test(limit ?? ''))) return []
  return [
    {
      summary: `The partitions of ${table} refuse rows that the service must store.`,
      object: `partitions of ${table}`,
      expected: 'no partitions, or one for all other values (MAXVALUE or DEFAULT)',
      found: partitions.map(({ name, kind, limit }) => `${name}: ${kind} ${limit ?? ''}`.trim()).join(', '),
      remedy: [inMySql(platform, `SHOW CREATE TABLE ${sqlName(table)}`)],
    },
  ]
}

async function constraintProblems(platform: Platform, table: Table): Promise<Circumstances[]> {
  const constraints = await rowsForService(
    platform,
    named,
    "SELECT constraint_name AS name, constraint_type AS kind FROM information_schema.table_constraints WHERE table_schema = ? AND table_name = ? AND constraint_type IN ('CHECK', 'FOREIGN KEY')",
    [platform.configuration.database.name, table.name],
  )
  // MariaDB checks the texts of a JSON column by a constraint with the name of the column.
  const open = table.columns.filter(({ type }) => type === undefined).map(({ name }) => name)
  return constraints
    .filter(({ name }) => !open.includes(name))
    .map(({ name, kind }) => ({
      summary: `The ${kind.toLowerCase()} constraint ${name} of ${table.name} refuses rows that the service must store.`,
      object: `constraint ${table.name}.${name}`,
      expected: 'no constraints but the documented indexes',
      found: `a ${kind.toLowerCase()} constraint`,
      remedy: [inMySql(platform, `SHOW CREATE TABLE ${sqlName(table.name)}`)],
    }))
}

/** Columns of different collations cannot be compared, so that no query joins them. */
async function collationProblems(platform: Platform, table: Table): Promise<Circumstances[]> {
  const { tables } = platform.contract.database
  const all = await rowsForService(
    platform,
    collated,
    'SELECT table_name AS `table`, column_name AS `column`, collation_name AS collation FROM information_schema.columns WHERE table_schema = ? AND collation_name IS NOT NULL',
    [platform.configuration.database.name],
  )
  const documented = all.filter(({ table, column }) =>
    tables.some(({ name, columns }) => name === table && columns.some((one) => one.name === column && one.type)),
  )
  const counts = new Map<string, number>()
  for (const { collation } of documented) counts.set(collation, (counts.get(collation) ?? 0) + 1)
  const [usual] = [...counts].sort(([, one], [, other]) => other - one).map(([collation]) => collation)
  const { characterSet } = platform.contract.database
  return documented
    .filter((one) => one.table === table.name && one.collation !== usual)
    .filter(({ collation }) => collation.startsWith(`${characterSet}_`))
    .map(({ column, collation }) => ({
      summary: `The column ${table.name}.${column} has the collation ${collation}, so it cannot be compared with the other columns.`,
      object: `column ${table.name}.${column}`,
      expected: usual ?? collation,
      found: collation,
      remedy: [inMySql(platform, `SHOW CREATE TABLE ${sqlName(table.name)}`)],
    }))
}

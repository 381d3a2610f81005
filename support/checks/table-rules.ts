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
const collated = z.looseObject({ table: z.string(), column: z.string(), collation: z.string() })

/** The findings about the rules of a table. */
export async function ruleProblems(platform: Platform, table: Table): Promise<Circumstances[]> {
  const [triggers, events, constraints, collations] = await Promise.all([
    triggerProblems(platform, table),
    eventProblems(platform, table),
    table.openEnded ? [] : constraintProblems(platform, table),
    table.openEnded ? [] : collationProblems(platform, table),
  ])
  return [...triggers, ...events, ...constraints, ...collations]
}

async function triggerProblems(platform: Platform, { name: table }: Table): Promise<Circumstances[]> {
  const triggers = await rowsForService(
    platform,
    named,
    "SELECT trigger_name AS name, CONCAT(action_timing, ' ', event_manipulation) AS kind FROM information_schema.triggers WHERE event_object_schema = ? AND event_object_table = ?",
    [platform.configuration.database.name, table],
  )
  return triggers.map(({ name, kind }) => ({
    summary: `The trigger ${name} of ${table} changes what is stored.`,
    object: `trigger ${table}.${name}`,
    expected: 'no triggers: rows are stored as the service writes them',
    found: kind,
    remedy: [inMySql(platform, `SHOW CREATE TRIGGER ${sqlName(name)}`)],
  }))
}

/** A statement that changes rows of a table; one that only reads them may name it too. */
const changesRowsOf = (table: string) =>
  new RegExp(
    `\\b(?:DELETE(?:\\s+[\\w.\`]+)*?\\s+FROM|UPDATE(?:\\s+(?:LOW_PRIORITY|IGNORE))*|(?:INSERT|REPLACE)(?:\\s+\\w+)*?\\s+INTO|TRUNCATE(?:\\s+TABLE)?)\\s+(?:\`?\\w+\`?\\s*\\.\\s*)?\`?${table}(?![\\w$])`,
    'i',
  )

/** Events that the database runs by itself, such as one that removes old rows: every surface then agrees on what is left. */
async function eventProblems(platform: Platform, { name: table }: Table): Promise<Circumstances[]> {
  const events = await rowsForService(
    platform,
    named,
    "SELECT event_name AS name, event_definition AS kind FROM information_schema.events WHERE event_schema = ? AND status = 'ENABLED' AND @@GLOBAL.event_scheduler = 'ON'",
    [platform.configuration.database.name],
  )
  const changes = changesRowsOf(table)
  return events
    .filter(({ kind }) => changes.test(kind))
    .map(({ name, kind }) => ({
      summary: `The event ${name} changes the rows of ${table}.`,
      object: `event ${name} of ${table}`,
      expected: 'no events: rows stay as the service writes them',
      found: kind,
      remedy: [inMySql(platform, `SHOW CREATE EVENT ${sqlName(name)}`)],
    }))
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

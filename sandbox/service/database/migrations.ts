/** The migrations of the schema. Each runs once, in order, and is recorded as Apache DevLake records its own. */
import { z } from 'zod'
import { until } from '../../basis/waiting'
import type { Log } from '../basis/log'
import { publishedBenchmarks } from './benchmarks'
import { type Database, errorCode, type Transaction } from './database'
import { documentedIndexes, documentedTables } from './documented-tables'
import { ownTables, sourceTables } from './own-tables'

interface Migration {
  readonly version: number
  readonly name: string
  readonly run: (transaction: Transaction) => Promise<void>
}

/** Errors that mean that an earlier attempt was interrupted before its migration was recorded. */
const alreadyThere = new Set(['ER_TABLE_EXISTS_ERROR', 'ER_DUP_KEYNAME'])

const statements = (list: readonly string[]) => async (transaction: Transaction) => {
  for (const statement of list) {
    await transaction.run(statement).catch((error: unknown) => {
      if (!alreadyThere.has(errorCode(error) ?? '')) throw error
    })
  }
}

const migrations: readonly Migration[] = [
  { version: 20260105000001, name: 'create the documented tables', run: statements(documentedTables) },
  { version: 20260105000002, name: 'create the indexes of the metrics', run: statements(documentedIndexes) },
  { version: 20260105000003, name: 'create the tables of the service', run: statements(ownTables) },
  { version: 20260105000004, name: 'store the benchmarks', run: storeBenchmarks },
  { version: 20260105000005, name: 'create the tables of the data sources', run: statements(sourceTables) },
]

async function storeBenchmarks(transaction: Transaction): Promise<void> {
  const now = new Date()
  await transaction.insert(
    `INSERT INTO dora_benchmarks
       (metric_name, performance_level, min_value, max_value, unit, description, created_at, updated_at) VALUES ?`,
    publishedBenchmarks.map((row) => [
      row.metric,
      row.level,
      row.minimum,
      row.maximum,
      row.unit,
      row.description,
      now,
      now,
    ]),
  )
}

const historyTable = '_devlake_migration_history'

/** Runs the pending migrations. DDL statements commit implicitly, so each migration is recorded separately. */
async function migrate(database: Database, log: Log): Promise<void> {
  await database.write((transaction) =>
    transaction.run(
      `CREATE TABLE IF NOT EXISTS ${historyTable} (
         script_version bigint NOT NULL PRIMARY KEY, script_name varchar(255) NOT NULL, created_at datetime(3) NOT NULL
       ) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
    ),
  )
  const done = await database.read((transaction) =>
    transaction.rows(z.object({ version: z.number() }), `SELECT script_version AS version FROM ${historyTable}`),
  )
  const pending = migrations.filter(({ version }) => !done.some((row) => row.version === version))
  for (const { version, name, run } of pending) {
    await database.write(async (transaction) => {
      await run(transaction)
      await transaction.insert(`INSERT INTO ${historyTable} (script_version, script_name, created_at) VALUES ?`, [
        [version, name, new Date()],
      ])
    })
    log.info(`migration ${version} done: ${name}`)
  }
}

/**
 * Migrates as soon as the database answers.
 * @throws Error if it does not answer within `deadline` milliseconds
 */
export async function migrateWhenReachable(
  database: Database,
  log: Log,
  deadline: number,
  signal: AbortSignal,
): Promise<void> {
  let announced = false
  const answers = async (): Promise<true> => {
    try {
      await database.ping()
      return true
    } catch (error) {
      if (!announced) log.warning(`waiting for the database: ${error instanceof Error ? error.message : String(error)}`)
      announced = true
      throw error
    }
  }
  await until(answers, { what: 'the database in DATABASE_URL answers', deadline, signal })
  await migrate(database, log)
}

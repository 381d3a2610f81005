/** All access to the database: pooled connections in UTC, transactions, and a timeout on every statement. */
import { setTimeout as delay } from 'node:timers/promises'
import { createPool, type Pool, type PoolConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import type { z } from 'zod'

/** In milliseconds. A slower statement fails and its connection is closed, because a dead server never answers. */
const statementTimeout = 3_000

/** Time to wait for a connection, in milliseconds. */
const acquireTimeout = 2_000

type Cell = string | number | boolean | Date | null
export type Values = Readonly<Record<string, Cell | readonly Cell[]>>

/** Rows per INSERT; stays well below any max_allowed_packet. */
const rowsAtOnce = 500

/** Statements of one transaction. Placeholders are named, as in `:project`; lists are expanded, as in `IN (:ids)`. */
export interface Transaction {
  /** Runs a query and parses each row with `row`. */
  rows<T>(row: z.ZodType<T>, sql: string, values?: Values): Promise<T[]>
  /** Like `rows`, but returns `fallback` if the table does not exist. */
  rowsOr<T>(fallback: readonly T[], row: z.ZodType<T>, sql: string, values?: Values): Promise<readonly T[]>
  /** Runs a statement and returns the number of affected rows. */
  run(sql: string, values?: Values): Promise<number>
  /** Runs `INSERT INTO … (columns) VALUES ?` for any number of rows, in batches. */
  insert(sql: string, rows: readonly (readonly Cell[])[]): Promise<void>
}

export interface Database {
  /** Reads from one consistent snapshot. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Writes all or nothing. Each statement may take `timeout` milliseconds. */
  write<T>(work: (transaction: Transaction) => Promise<T>, timeout?: number): Promise<T>
  /** Rejects if the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export function connect(url: string): Database {
  const pool = createPool({
    uri: url,
    timezone: 'Z',
    charset: 'utf8mb4',
    decimalNumbers: true,
    connectionLimit: 8,
    connectTimeout: acquireTimeout,
    namedPlaceholders: true,
  })
  pool.pool.on('connection', (connection) => connection.query("SET time_zone = '+00:00'"))

  async function transact<T>(
    begin: string,
    work: (transaction: Transaction) => Promise<T>,
    timeout = statementTimeout,
  ): Promise<T> {
    const connection = await acquire(pool)
    try {
      const own = statements(connection, statementTimeout)
      await own.run(begin)
      const result = await work(statements(connection, timeout))
      await own.run('COMMIT')
      connection.release()
      return result
    } catch (error) {
      await abandon(connection, error)
      throw error
    }
  }

  /** Rolls back. A statement that timed out would keep running on the server with its locks, so it is killed there. */
  async function abandon(connection: PoolConnection, error: unknown): Promise<void> {
    if (errorCode(error) === 'PROTOCOL_SEQUENCE_TIMEOUT') {
      connection.destroy()
      pool.query({ sql: `KILL ${connection.threadId}`, timeout: statementTimeout }).catch(() => undefined)
      return
    }
    try {
      await connection.query({ sql: 'ROLLBACK', timeout: statementTimeout })
      connection.release()
    } catch {
      connection.destroy()
    }
  }

  return {
    read: (work) => transact('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', work),
    write: (work, timeout) => transact('START TRANSACTION', work, timeout),
    ping: () => transact('START TRANSACTION READ ONLY', async () => undefined),
    close: () => pool.end(),
  }
}

async function acquire(pool: Pool): Promise<PoolConnection> {
  const abort = new AbortController()
  const pending = pool.getConnection()
  const late = delay(acquireTimeout, undefined, { signal: abort.signal }).then(
    () => {
      pending.then((connection) => connection.release()).catch(() => undefined)
      throw new Error(`no connection to the database within ${acquireTimeout} ms`)
    },
    // Aborted: the connection was opened or failed first.
    () => pending,
  )
  try {
    return await Promise.race([pending, late])
  } finally {
    abort.abort()
    late.catch(() => undefined)
  }
}

/** The error code of the server or driver, such as ER_NO_SUCH_TABLE or ECONNREFUSED. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function statements(connection: PoolConnection, timeout: number): Transaction {
  const send = (sql: string, values: Values) =>
    connection.query<ResultSetHeader | RowDataPacket[]>({ sql, values: mutable(values), timeout })
  const transaction: Transaction = {
    async rows(row, sql, values = {}) {
      const [rows] = await send(sql, values)
      return row.array().parse(rows)
    },
    async rowsOr(fallback, row, sql, values) {
      try {
        return await transaction.rows(row, sql, values)
      } catch (error) {
        if (errorCode(error) === 'ER_NO_SUCH_TABLE') return fallback
        throw error
      }
    },
    async run(sql, values = {}) {
      const [result] = await send(sql, values)
      return 'affectedRows' in result ? result.affectedRows : 0
    },
    async insert(sql, rows) {
      for (let first = 0; first < rows.length; first += rowsAtOnce) {
        const values = [rows.slice(first, first + rowsAtOnce)]
        await connection.query({ sql, values, timeout, namedPlaceholders: false })
      }
    },
  }
  return transaction
}

/** Copies each list, because the driver's types require mutable ones. */
function mutable(values: Values): Record<string, Cell | Cell[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isList(value) ? [...value] : value]))
}

const isList = (value: Cell | readonly Cell[]): value is readonly Cell[] => Array.isArray(value)

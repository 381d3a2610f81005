/**
 * A client for MySQL, over the route to its service. Every statement has a deadline. All statements run in a read-only
 * transaction, except the one that deletes rows by their primary key, which the configuration must allow.
 */
import type { ConnectionOptions, Connection as StreamingConnection } from 'mysql2'
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { z } from 'zod'
import { within } from '../basis/eventually'
import type { Configuration } from '../configuration/schema'
import type { Credentials } from './credentials'
import { databaseFailure, writeRefused } from './database-failures'
import type { Witness } from './exchange'
import type { Routes } from './routes'

export type { Credentials } from './credentials'

/** A statement whose rows are passed on one by one and not kept. */
export interface Streamed {
  readonly statement: string
  readonly values: readonly string[]
  /** Receives the values of a row in the order of the columns. */
  readonly row: (values: readonly unknown[]) => void
}

const keyOf = ({ user, password }: Credentials) => JSON.stringify([user, password])

const working = z.object({ working: z.coerce.number() })

export class Database {
  private readonly connections = new Map<string, Promise<Connection>>()

  constructor(
    private readonly routes: Pick<Routes, 'tcp'>,
    private readonly configuration: Configuration,
    private readonly witness: Witness,
    private readonly writes: boolean,
  ) {}

  /**
   * Runs one statement and returns its parsed rows.
   * @throws Unmet if MySQL cannot be reached, rejects the credentials, or does not answer in time
   */
  async rows<T>(
    credentials: Credentials,
    row: z.ZodType<T>,
    statement: string,
    values: readonly string[] = [],
  ): Promise<T[]> {
    const connection = await this.connect(credentials)
    const timeout = this.configuration.deadlines.request
    try {
      await connection.query({ sql: 'START TRANSACTION READ ONLY', timeout })
      const [rows] = await connection.query<RowDataPacket[]>({ sql: statement, values: [...values], timeout })
      await connection.query({ sql: 'COMMIT', timeout })
      this.witness(`SQL as ${credentials.user}: ${statement}`, rows)
      return rows.map((found) => row.parse(found))
    } catch (error) {
      throw this.lost(connection, error, credentials, statement)
    }
  }

  /**
   * Deletes rows of a table of the contract by their primary key.
   * @throws Blocked if the configuration does not allow it; Unmet as {@link rows} does
   */
  async deleteRows(credentials: Credentials, table: string, key: string, values: readonly string[]): Promise<void> {
    const { name } = this.configuration.database
    const statement = `DELETE FROM \`${name}\`.\`${table}\` WHERE \`${key}\` IN (${values.map(() => '?').join(', ')})`
    if (!this.writes) throw writeRefused(statement)
    const connection = await this.connect(credentials)
    const timeout = this.configuration.deadlines.request
    try {
      const [{ affectedRows }] = await connection.query<ResultSetHeader>({
        sql: statement,
        values: [...values],
        timeout,
      })
      this.witness(`SQL as ${credentials.user}: ${statement}`, `${affectedRows} rows`)
    } catch (error) {
      throw this.lost(connection, error, credentials, statement)
    }
  }

  /** Discards a connection: after a timeout or a failure it may still be waiting for an answer. */
  private lost(connection: Connection, error: unknown, credentials: Credentials, statement: string): unknown {
    connection.destroy()
    this.connections.delete(keyOf(credentials))
    return databaseFailure(error, credentials, statement, this.configuration)
  }

  /**
   * Runs statements on a separate connection, in one read-only snapshot, and passes each row on as it arrives. A row is read
   * from the connection only after the earlier rows were processed, so rows do not accumulate.
   * @throws Unmet if MySQL cannot be reached, refuses, or stops sending rows; an error of a row's receiver unchanged
   */
  async stream(credentials: Credentials, statements: readonly Streamed[]): Promise<void> {
    const { createConnection } = await import('mysql2')
    const connection = createConnection({
      ...(await this.optionsFor(credentials)),
      database: this.configuration.database.name,
    })
    // The next statement fails for the same reason, and its error is caught below.
    connection.on('error', () => {})
    const timeout = this.configuration.deadlines.request
    let current = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY'
    try {
      await connection.promise().query({ sql: current, timeout })
      for (const streamed of statements) {
        current = streamed.statement
        const rows = await this.rowsOf(connection, credentials, streamed)
        this.witness(`SQL as ${credentials.user}: ${current}`, `${rows} rows`)
      }
    } catch (error) {
      connection.destroy()
      throw databaseFailure(error, credentials, current, this.configuration)
    }
    await goodbye(connection.promise())
  }

  /**
   * Streams the rows of one statement and returns their number. A pause is tolerated while MySQL reports that it is still
   * working, because sorting a million rows takes time.
   */
  private rowsOf(
    connection: StreamingConnection,
    credentials: Credentials,
    { statement, values, row }: Streamed,
  ): Promise<number> {
    const { request, collection } = this.configuration.deadlines
    return new Promise((resolve, reject) => {
      let rows = 0
      let over = false
      const end = (error?: unknown) => {
        over = true
        clearTimeout(watch)
        if (error) reject(error)
        else resolve(rows)
      }
      let seen = { rows, at: performance.now() }
      const checkProgress = async () => {
        if (rows !== seen.rows) seen = { rows, at: performance.now() }
        const silence = performance.now() - seen.at
        const late = silence >= collection || (silence >= request && !(await this.isWorking(connection, credentials)))
        if (late && rows === seen.rows) throw Object.assign(new Error('no row'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })
        if (!over) watch = setTimeout(() => checkProgress().catch(end), request / 4)
      }
      let watch = setTimeout(() => checkProgress().catch(end), request / 4)
      connection
        .query({ sql: statement, values: [...values], rowsAsArray: true })
        .on('error', end)
        .on('result', (found: unknown) => {
          if (over || !Array.isArray(found)) return
          rows++
          try {
            row(found)
          } catch (error) {
            connection.destroy()
            end(error)
          }
        })
        .on('end', () => end())
    })
  }

  /** Checks whether MySQL is still executing the statement of a connection; after a restart of MySQL it is not. */
  private async isWorking({ threadId }: StreamingConnection, credentials: Credentials): Promise<boolean> {
    const [found] = await this.rows(
      credentials,
      working,
      "SELECT COUNT(*) AS working FROM information_schema.processlist WHERE id = ? AND command = 'Query'",
      [String(threadId)],
    )
    return found?.working === 1
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    const open = await Promise.allSettled(this.connections.values())
    this.connections.clear()
    await Promise.all(
      open.map(async (connection) => {
        if (connection.status === 'fulfilled') await goodbye(connection.value)
      }),
    )
  }

  /** Returns one connection per user and password: one successful login proves the credentials. */
  private connect(credentials: Credentials): Promise<Connection> {
    const key = keyOf(credentials)
    const known = this.connections.get(key) ?? this.open(credentials)
    this.connections.set(key, known)
    known.catch(() => this.connections.delete(key))
    return known
  }

  private async open(credentials: Credentials): Promise<Connection> {
    // Loaded on demand: most runs of a part of the checklist do not query the database.
    const { createConnection } = await import('mysql2/promise')
    try {
      const connection = await createConnection(await this.optionsFor(credentials))
      // A connection that is lost while idle is dropped, so that the next statement opens a new one.
      connection.on('error', () => this.connections.delete(keyOf(credentials)))
      return connection
    } catch (error) {
      throw databaseFailure(error, credentials, 'connect', this.configuration)
    }
  }

  private async optionsFor({ user, password }: Credentials): Promise<ConnectionOptions> {
    const { service, port } = this.configuration.components.mysql
    return {
      ...(await this.routes.tcp('mysql', { place: 'service', service, port })),
      user,
      password,
      connectTimeout: this.configuration.deadlines.request,
      timezone: 'Z',
      supportBigNumbers: true,
    }
  }
}

/** Closes a connection explicitly, because behind a port-forward a dropped connection may stay open on the server. */
async function goodbye(connection: Connection): Promise<void> {
  await within(connection.end(), 1000, () => new Error('MySQL did not close the connection')).catch(() =>
    connection.destroy(),
  )
}

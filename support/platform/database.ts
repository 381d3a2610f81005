/** MySQL, by the route to its service. Every statement runs in a read-only transaction, with a deadline. */
import type { ConnectionOptions, Connection as StreamingConnection } from 'mysql2'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { z } from 'zod'
import type { Configuration } from '../configuration/schema'
import { within } from '../eventually'
import { type Circumstances, Unmet } from '../expectation'
import { reasonOf, type Witness } from './kubernetes-api'
import type { Routes } from './routes'

export interface Credentials {
  readonly user: string
  readonly password: string
  /** Where the password came from, for messages: "Secret fawkes/devlake-db, key mysql-password". */
  readonly source: string
}

/** A statement whose rows are handed on one by one and not kept. */
export interface Streamed {
  readonly statement: string
  readonly values: readonly string[]
  /** The values of a row, in the order of the columns. */
  readonly row: (values: readonly unknown[]) => void
}

const keyOf = ({ user, password }: Credentials) => JSON.stringify([user, password])

export class Database {
  private readonly connections = new Map<string, Promise<Connection>>()

  constructor(
    private readonly routes: Routes,
    private readonly configuration: Configuration,
    private readonly witness: Witness,
  ) {}

  /**
   * Runs one statement and returns its rows, each parsed.
   * @throws Unmet when MySQL cannot be reached, refuses the credentials, or does not answer in time
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
      // After a timeout or a failure the connection may still wait for an answer, so it is never used again.
      connection.destroy()
      this.connections.delete(keyOf(credentials))
      throw this.unmet(error, credentials, statement)
    }
  }

  /**
   * Runs statements on a connection of their own, in one read-only snapshot, and hands their rows on as they come.
   * @throws Unmet when MySQL cannot be reached, refuses, or pauses for longer than a question may take
   */
  async stream(credentials: Credentials, statements: readonly Streamed[]): Promise<void> {
    const { createConnection } = await import('mysql2')
    const connection = createConnection({
      ...(await this.optionsFor(credentials)),
      database: this.configuration.database.name,
    })
    // Whatever is asked next fails for the same reason, and is caught.
    connection.on('error', () => {})
    const timeout = this.configuration.deadlines.request
    let asked = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY'
    try {
      await connection.promise().query({ sql: asked, timeout })
      for (const { statement, values, row } of statements) {
        asked = statement
        const rows = await this.streamOne(connection, { statement, values, row })
        this.witness(`SQL as ${credentials.user}: ${statement}`, `${rows} rows`)
      }
      await connection.promise().end()
    } catch (error) {
      connection.destroy()
      throw this.unmet(error, credentials, asked)
    }
  }

  /** Resolves with the number of rows; a pause that is too long ends it. */
  private streamOne(connection: StreamingConnection, { statement, values, row }: Streamed): Promise<number> {
    return new Promise((resolve, reject) => {
      let rows = 0
      let before = -1
      const watch = setInterval(() => {
        if (rows === before) end(Object.assign(new Error('no row'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' }))
        before = rows
      }, this.configuration.deadlines.request)
      const end = (error?: unknown) => {
        clearInterval(watch)
        if (error) reject(error)
        else resolve(rows)
      }
      connection
        .query({ sql: statement, values: [...values], rowsAsArray: true })
        .on('error', end)
        .on('result', (found: unknown) => {
          rows++
          try {
            if (Array.isArray(found)) row(found)
          } catch (error) {
            connection.destroy()
            end(error)
          }
        })
        .on('end', () => end())
    })
  }

  /** Says goodbye to MySQL: a connection that only vanishes may live on behind a port-forward. */
  async close(): Promise<void> {
    const open = await Promise.allSettled(this.connections.values())
    this.connections.clear()
    await Promise.all(
      open.map(async (connection) => {
        if (connection.status === 'rejected') return
        const done = connection.value.end()
        await within(done, 1000, () => new Error('MySQL did not say goodbye')).catch(() => connection.value.destroy())
      }),
    )
  }

  /** One connection for each user and password: to be let in once says it all. */
  private connect(credentials: Credentials): Promise<Connection> {
    const key = keyOf(credentials)
    const known = this.connections.get(key) ?? this.open(credentials)
    this.connections.set(key, known)
    known.catch(() => this.connections.delete(key))
    return known
  }

  private async open(credentials: Credentials): Promise<Connection> {
    // Loaded when it is needed: most runs of a part of the checklist do not ask the database.
    const { createConnection } = await import('mysql2/promise')
    try {
      const connection = await createConnection(await this.optionsFor(credentials))
      // A connection that is lost while nobody waits for it is found by the next statement.
      connection.on('error', () => this.connections.delete(keyOf(credentials)))
      return connection
    } catch (error) {
      throw this.unmet(error, credentials, 'connect')
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

  private unmet(error: unknown, { user, source }: Credentials, statement: string): unknown {
    const code = (error as { code?: unknown }).code
    if (typeof code !== 'string') return error
    return new Unmet(this.circumstances(code, error, user, source, statement))
  }

  private circumstances(code: string, error: unknown, user: string, source: string, statement: string): Circumstances {
    const { namespace, components } = this.configuration
    const object = `MySQL at Service ${namespace}/${components.mysql.service}`
    const logs = `kubectl logs -n ${namespace} -l '${Object.entries(components.mysql.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}' --tail=50`
    switch (code) {
      case 'ER_ACCESS_DENIED_ERROR':
        return {
          summary: `MySQL does not accept the password of ${user}.`,
          object: source,
          expected: `the password with which ${user} may connect`,
          found: 'access denied',
          remedy: [`kubectl describe secret -n ${namespace} ${this.configuration.secretNames.database.name}`, logs],
        }
      case 'ER_BAD_DB_ERROR':
      case 'ER_DBACCESS_DENIED_ERROR':
        return {
          summary: `The database ${this.configuration.database.name} does not exist, or ${user} may not use it.`,
          object,
          expected: `the database ${this.configuration.database.name}`,
          found: reasonOf(error),
          remedy: [logs],
        }
      case 'PROTOCOL_SEQUENCE_TIMEOUT':
        return {
          summary: 'MySQL did not answer in time.',
          object,
          expected: `an answer within ${this.configuration.deadlines.request / 1000} s`,
          found: `none to: ${statement}`,
          remedy: [logs],
        }
      default:
        return {
          summary: 'MySQL cannot be asked.',
          object,
          expected: `an answer to: ${statement}`,
          found: `${code}: ${reasonOf(error)}`,
          remedy: [logs, `kubectl get pods -n ${namespace}`],
        }
    }
  }
}

/**
 * MySQL, by the route to its service. Every statement has a deadline and runs in a read-only transaction, but for the one that
 * removes rows by their primary key, which the configuration has to allow.
 */
import type { ConnectionOptions, Connection as StreamingConnection } from 'mysql2'
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { z } from 'zod'
import { within } from '../basis/eventually'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import type { Configuration } from '../configuration/schema'
import { reasonOf, type Witness } from './exchange'
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
      throw this.lost(connection, error, credentials, statement)
    }
  }

  /**
   * Deletes rows of a table of the contract by their primary key.
   * @throws Blocked when the configuration does not allow it; Unmet as `rows` does
   */
  async deleteRows(credentials: Credentials, table: string, key: string, values: readonly string[]): Promise<void> {
    const { name } = this.configuration.database
    const statement = `DELETE FROM \`${name}\`.\`${table}\` WHERE \`${key}\` IN (${values.map(() => '?').join(', ')})`
    if (!this.writes) throw refused(statement)
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

  /** After a timeout or a failure a connection may still wait for an answer, so it is never used again. */
  private lost(connection: Connection, error: unknown, credentials: Credentials, statement: string): unknown {
    connection.destroy()
    this.connections.delete(keyOf(credentials))
    return this.unmet(error, credentials, statement)
  }

  /**
   * Runs statements on a connection of their own, in one read-only snapshot, and hands their rows on as they come: a row is
   * read from the connection when those before it have been dealt with, so none pile up.
   * @throws Unmet when MySQL cannot be reached, refuses, or falls silent; what a row's receiver throws, as it is
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
      for (const streamed of statements) {
        asked = streamed.statement
        const rows = await this.rowsOf(connection, credentials, streamed)
        this.witness(`SQL as ${credentials.user}: ${asked}`, `${rows} rows`)
      }
    } catch (error) {
      connection.destroy()
      throw this.unmet(error, credentials, asked)
    }
    await goodbye(connection.promise())
  }

  /** Resolves with the number of rows. A silence is borne while MySQL says that it works: sorting a million rows takes time. */
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
      const look = async () => {
        if (rows !== seen.rows) seen = { rows, at: performance.now() }
        const silence = performance.now() - seen.at
        const late = silence >= collection || (silence >= request && !(await this.isWorking(connection, credentials)))
        if (late && rows === seen.rows) throw Object.assign(new Error('no row'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })
        if (!over) watch = setTimeout(() => look().catch(end), request / 4)
      }
      let watch = setTimeout(() => look().catch(end), request / 4)
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

  /** Whether MySQL is still at the statement of a connection; one that vanished with a restart is not. */
  private async isWorking({ threadId }: StreamingConnection, credentials: Credentials): Promise<boolean> {
    const [found] = await this.rows(
      credentials,
      working,
      "SELECT COUNT(*) AS working FROM information_schema.processlist WHERE id = ? AND command = 'Query'",
      [String(threadId)],
    )
    return found?.working === 1
  }

  /** Says goodbye to MySQL on every connection. */
  async close(): Promise<void> {
    const open = await Promise.allSettled(this.connections.values())
    this.connections.clear()
    await Promise.all(
      open.map(async (connection) => {
        if (connection.status === 'fulfilled') await goodbye(connection.value)
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

  private unmet(error: unknown, credentials: Credentials, statement: string): unknown {
    if (error instanceof Unmet || error instanceof Blocked) return error
    const code = (error as { code?: unknown }).code
    if (typeof code !== 'string') return error
    return new Unmet(this.circumstances(code, error, credentials, statement))
  }

  private circumstances(
    code: string,
    error: unknown,
    { user, password, source }: Credentials,
    statement: string,
  ): Circumstances {
    const { namespace, components } = this.configuration
    const object = `MySQL at Service ${namespace}/${components.mysql.service}`
    const logs = `kubectl logs -n ${namespace} -l '${Object.entries(components.mysql.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}' --tail=50`
    switch (code) {
      case 'ER_ACCESS_DENIED_ERROR':
        return {
          summary: `MySQL does not accept the password of ${user}${oddityOf(password)}.`,
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
          reliesOn: [`Service ${namespace}/${components.mysql.service}`],
          expected: `an answer to: ${statement}`,
          found: `${code}: ${reasonOf(error)}`,
          remedy: [logs, `kubectl get pods -n ${namespace}`],
        }
    }
  }
}

/** What is easily put into a Secret and hard to see there, as by `echo` without -n. */
function oddityOf(password: string): string {
  if (password === '') return ', which is empty'
  if (/[\r\n]$/.test(password)) return ', which ends with a line break'
  return password.trim() === password ? '' : ', which has spaces around it'
}

const refused = (statement: string) =>
  new Blocked({
    summary: 'The configuration does not allow the run to change the database.',
    object: 'configuration key writes.database',
    expected: 'true, and writes.context equal to the context in use',
    found: `a question to run: ${statement}`,
  })

/** A connection that only vanishes may live on behind a port-forward. */
async function goodbye(connection: Connection): Promise<void> {
  await within(connection.end(), 1000, () => new Error('MySQL did not say goodbye')).catch(() => connection.destroy())
}

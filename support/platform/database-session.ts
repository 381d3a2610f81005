/**
 * A session with MySQL. Its transactions end by COMMIT or ROLLBACK, and the server itself ends what a killed run leaves: the
 * session, its statements and its waits for locks have time limits of their own there.
 */
import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2'
import { type BoundName, bounds, OutOfBounds } from '../basis/bounds'
import { within } from '../basis/eventually'
import { Turns } from '../basis/turns'

/** The time in seconds after which the server ends a session that asks nothing, or whose client reads nothing. */
const abandonedSeconds = 25

/** The time in milliseconds after which an idle session is closed. It is shorter than the server's limit. */
const idleMs = 10_000

/** The time in milliseconds that the client grants the server beyond the server's own limit of a statement. */
const graceMs = 1000

interface Question {
  readonly statement: string
  readonly values?: readonly string[]
}

/** Limits of the rows of one statement. */
interface RowLimits {
  readonly rows: BoundName
  readonly bytes: BoundName
}

/** The transactions in which statements run. */
const transactions = {
  read: 'START TRANSACTION READ ONLY',
  snapshot: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  write: 'START TRANSACTION READ WRITE',
} as const

/** The session ended before the work began, so that a new one can do it. */
export class SessionEnded extends Error {}

export class DatabaseSession {
  private readonly turns = new Turns(1)
  private idle: NodeJS.Timeout | undefined
  /** True if the session can no longer be used. */
  ended = false

  private constructor(
    private readonly connection: Connection,
    private readonly statementMs: number,
  ) {
    connection.on('error', () => {
      this.ended = true
    })
  }

  /**
   * Logs in and sets the limits of the session.
   * @param statementMs the time in milliseconds after which the server ends a statement
   */
  static async open(options: ConnectionOptions, statementMs: number): Promise<DatabaseSession> {
    // Loaded on demand: most runs of a part of the checklist do not query the database.
    const { createConnection } = await import('mysql2')
    const connection = createConnection({
      ...options,
      // Names the suite in performance_schema.session_connect_attrs, where an operator looks for the owner of a session.
      connectAttributes: { program_name: 'dora-acceptance' },
      enableKeepAlive: true,
      keepAliveInitialDelay: idleMs,
    })
    const session = new DatabaseSession(connection, statementMs)
    try {
      await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
      await session.run({ statement: limits(statementMs) })
      return session
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  /** The id by which the server knows the session. */
  get id(): number {
    return this.connection.threadId
  }

  /**
   * Runs work in one transaction, which no other work of this session can enter. It ends by COMMIT, after an error by ROLLBACK.
   * A session that does not answer any more is dropped, because nothing can be sent on it.
   */
  transaction<T>(kind: keyof typeof transactions, work: () => Promise<T>): Promise<T> {
    return this.turns.take(async () => {
      if (this.ended) throw new SessionEnded()
      clearTimeout(this.idle)
      try {
        await this.run({ statement: transactions[kind] })
        const result = await work()
        await this.run({ statement: 'COMMIT' })
        return result
      } catch (error) {
        if (this.ended) this.drop()
        else await this.run({ statement: 'ROLLBACK' }).catch(() => this.drop())
        throw error
      } finally {
        if (!this.ended) this.idle = setTimeout(() => void this.close(), idleMs).unref()
      }
    })
  }

  /** Runs a statement and returns the number of rows that it changed. */
  change({ statement, values = [] }: Question): Promise<number> {
    return new Promise((resolve, reject) => {
      this.connection.query(
        { sql: statement, values: [...values], timeout: this.statementMs + graceMs },
        (error, result) =>
          error ? reject(this.noted(error)) : resolve((result as { affectedRows?: number }).affectedRows ?? 0),
      )
    })
  }

  /** Runs a statement without rows. */
  private async run(question: Question): Promise<void> {
    await this.change(question)
  }

  /**
   * Passes the rows of a statement on as they arrive, and returns their number. A row is read from the connection only after the
   * earlier rows were processed, so rows do not accumulate.
   * @param receive gets a row: its values in the order of the columns, or by name
   * @param interrupt makes the server end the statement, when the rest of its rows is not wanted
   * @throws OutOfBounds, an error of the server, or one of the receiver, unchanged
   */
  each(
    { statement, values = [] }: Question,
    { rows: mostRows, bytes: mostBytes }: RowLimits,
    receive: { readonly list: (row: readonly unknown[]) => void } | { readonly named: (row: RowDataPacket) => void },
    interrupt: () => Promise<unknown>,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      let rows = 0
      let bytes = 0
      let failure: { readonly error: unknown; readonly interrupted: Promise<unknown> } | undefined
      // The server must end the statement before the transaction can be rolled back.
      const fail = (error: unknown) => {
        failure ??= { error, interrupted: interrupt().catch(() => this.drop(reject, error)) }
      }
      // An interruption that comes late would hit the next statement.
      const failed = ({ error, interrupted }: NonNullable<typeof failure>) => interrupted.then(() => reject(error))
      const watch = setTimeout(() => this.drop(reject, failure?.error ?? noAnswer()), this.statementMs + graceMs)
      this.connection
        .query({ sql: statement, values: [...values], rowsAsArray: 'list' in receive })
        .on('error', (error) => {
          clearTimeout(watch)
          if (failure) void failed(failure)
          else reject(this.noted(error))
        })
        .on('result', (found: unknown) => {
          if (failure || typeof found !== 'object' || found === null || 'affectedRows' in found) return
          rows++
          bytes += sizeOf(Array.isArray(found) ? found : Object.values(found))
          if (rows > bounds[mostRows].most) return fail(new OutOfBounds(mostRows))
          if (bytes > bounds[mostBytes].most) return fail(new OutOfBounds(mostBytes))
          try {
            if ('list' in receive) receive.list(found as unknown[])
            else receive.named(found as RowDataPacket)
          } catch (error) {
            fail(error)
          }
        })
        .on('end', () => {
          clearTimeout(watch)
          if (failure) void failed(failure)
          else resolve(rows)
        })
    })
  }

  /** Says goodbye to the server, because behind a port-forward a dropped connection may stay open there. */
  async close(): Promise<void> {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.idle)
    const goodbye = this.connection.promise().end()
    await within(goodbye, 1000, () => new Error('MySQL did not close the connection')).catch(() =>
      this.connection.destroy(),
    )
  }

  private noted(error: { readonly fatal?: boolean; readonly code?: string }): unknown {
    // After a timeout the answer may still come, and would be taken for that to the next statement.
    if (error.fatal || error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') this.drop()
    return error
  }

  private drop(reject?: (error: unknown) => void, error?: unknown): void {
    this.ended = true
    clearTimeout(this.idle)
    this.connection.destroy()
    reject?.(error)
  }
}

/**
 * Limits of a session, in MySQL and in MariaDB. The comments are executed by versions from the named one on: `/*!50708` by MySQL
 * only, because MariaDB skips the versions 50700 to 50999, and `/*M!` by MariaDB only
 * (https://mariadb.com/kb/en/comment-syntax).
 */
function limits(statementMs: number): string {
  const seconds = Math.ceil(statementMs / 1000)
  return `SET SESSION wait_timeout = ${abandonedSeconds}, net_read_timeout = ${abandonedSeconds}, \
net_write_timeout = ${abandonedSeconds}, innodb_lock_wait_timeout = ${seconds}, lock_wait_timeout = ${seconds}\
 /*!50708 , max_execution_time = ${statementMs} */ /*M!100101 , max_statement_time = ${statementMs / 1000} */`
}

const noAnswer = () => Object.assign(new Error('no answer in time'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })

/** An estimate of the size of a row in bytes. */
const sizeOf = (row: readonly unknown[]) =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8), 0)

/**
 * A client for MySQL, over the route to its service or to a host outside the cluster. Every statement has a deadline. All
 * statements run in a read-only transaction, except the one that deletes rows by their primary key, which the configuration must
 * allow.
 */
import type { z } from 'zod'
import { bounds, OutOfBounds } from '../basis/bounds'
import { Turns } from '../basis/turns'
import type { Configuration } from '../configuration/schema'
import type { Credentials } from './credentials'
import { databaseFailure, writeRefused } from './database-failures'
import { logIn } from './database-login'
import { type DatabaseSession, SessionEnded } from './database-session'
import type { Witness } from './exchange'
import type { OutsideHost, ReachedAddress } from './outside-host'
import type { ServicePort } from './ready-endpoint'

export type { Credentials } from './credentials'

/** A statement whose rows are passed on one by one and not kept. */
export interface Streamed {
  readonly statement: string
  readonly values: readonly string[]
  /** Receives the values of a row in the order of the columns. */
  readonly row: (values: readonly unknown[]) => void
}

interface WayToDatabase {
  tcp(part: string, target: ServicePort | OutsideHost): Promise<ReachedAddress>
}

interface KeptSession {
  readonly opening: Promise<DatabaseSession>
  session?: DatabaseSession
}

/** Sessions for single questions, and those in which many rows are read: with other limits of time. */
type Purpose = 'questions' | 'streams'

const kept = { rows: 'databaseRows', bytes: 'databaseBytes' } as const
const streamed = { rows: 'databaseStreamedRows', bytes: 'databaseStreamedBytes' } as const

export class Database {
  private readonly sessions = new Map<string, KeptSession>()
  private readonly turns: Turns

  /** @param authority the PEM certificate of the authority that signed the database's certificate */
  constructor(
    private readonly routes: WayToDatabase,
    private readonly configuration: Configuration,
    private readonly witness: Witness,
    private readonly writes: boolean,
    private readonly authority?: string,
  ) {
    this.turns = new Turns(configuration.load.parallelRequests)
  }

  /**
   * Runs one statement and returns its parsed rows.
   * @throws Unmet or Blocked if MySQL cannot be reached, rejects the login, or does not answer in time or within the bounds
   */
  rows<T>(
    credentials: Credentials,
    row: z.ZodType<T>,
    statement: string,
    values: readonly string[] = [],
  ): Promise<T[]> {
    return this.asking(
      'questions',
      credentials,
      () => statement,
      async (session) => {
        const found: unknown[] = []
        await session.transaction('read', () =>
          session.each({ statement, values }, kept, { named: (given) => found.push(given) }, () =>
            this.interrupt(session, credentials),
          ),
        )
        this.witness(`SQL as ${credentials.user}: ${statement}`, found)
        return found.map((given) => row.parse(given))
      },
    )
  }

  /**
   * Deletes rows of a table of the contract by their primary key.
   * @throws Blocked if the configuration does not allow it; otherwise as {@link rows} does
   */
  async deleteRows(credentials: Credentials, table: string, key: string, values: readonly string[]): Promise<void> {
    const { name } = this.configuration.database
    const statement = `DELETE FROM \`${name}\`.\`${table}\` WHERE \`${key}\` IN (${values.map(() => '?').join(', ')})`
    if (!this.writes) throw writeRefused(statement)
    await this.asking(
      'questions',
      credentials,
      () => statement,
      async (session) => {
        const changed = await session.transaction('write', () => session.change({ statement, values }))
        this.witness(`SQL as ${credentials.user}: ${statement}`, `${changed} rows`)
      },
    )
  }

  /**
   * Runs statements in one read-only snapshot, and passes each row on as it arrives.
   * @throws Unmet or Blocked as {@link rows} does; an error of a row's receiver unchanged
   */
  stream(credentials: Credentials, statements: readonly Streamed[]): Promise<void> {
    let current = 'connect'
    const read = async (session: DatabaseSession) => {
      const end = performance.now() + bounds.databaseSnapshotTime.most
      for (const { statement, values, row } of statements) {
        current = statement
        if (performance.now() > end) throw new OutOfBounds('databaseSnapshotTime')
        const count = await session.each({ statement, values }, streamed, { list: row }, () =>
          this.interrupt(session, credentials),
        )
        this.witness(`SQL as ${credentials.user}: ${statement}`, `${count} rows`)
      }
    }
    return this.asking(
      'streams',
      credentials,
      () => current,
      (session) => session.transaction('snapshot', () => read(session)),
    )
  }

  /** Closes every session. */
  async close(): Promise<void> {
    const open = await Promise.allSettled([...this.sessions.values()].map(({ opening }) => opening))
    this.sessions.clear()
    await Promise.all(open.map((session) => (session.status === 'fulfilled' ? session.value.close() : undefined)))
  }

  /** @param statement returns the statement that runs, for findings */
  private asking<T>(
    purpose: Purpose,
    credentials: Credentials,
    statement: () => string,
    ask: (session: DatabaseSession) => Promise<T>,
  ): Promise<T> {
    return this.turns.take(async () => {
      const address = await this.address()
      for (;;)
        try {
          return await ask(await this.session(purpose, address, credentials))
        } catch (error) {
          if (error instanceof SessionEnded) continue
          const reason = purpose === 'streams' && isLate(error) ? new OutOfBounds('databaseStatementTime') : error
          const { configuration } = this
          throw databaseFailure(reason, { credentials, statement: statement(), configuration, address })
        }
    })
  }

  /** Returns one session per purpose, user and password: one successful login proves the credentials. */
  private session(purpose: Purpose, address: ReachedAddress, credentials: Credentials): Promise<DatabaseSession> {
    const key = JSON.stringify([purpose, credentials.user, credentials.password])
    const known = this.sessions.get(key)
    if (known && !known.session?.ended) return known.opening
    const kept: KeptSession = { opening: this.open(address, credentials, purpose) }
    this.sessions.set(key, kept)
    kept.opening.then(
      (session) => {
        kept.session = session
      },
      () => this.sessions.delete(key),
    )
    return kept.opening
  }

  private open(address: ReachedAddress, credentials: Credentials, purpose: Purpose): Promise<DatabaseSession> {
    const { database, deadlines } = this.configuration
    const server = { address, tls: database.tls, authority: this.authority, connectMs: deadlines.request }
    return purpose === 'questions'
      ? logIn(server, credentials, deadlines.request)
      : logIn(server, credentials, bounds.databaseStatementTime.most, { database: database.name })
  }

  /** Makes the server end the statement of a session, so that its transaction can be rolled back. */
  private async interrupt({ id }: DatabaseSession, credentials: Credentials): Promise<void> {
    const other = await this.open(await this.address(), credentials, 'questions')
    try {
      await other.change({ statement: `KILL QUERY ${id}` })
    } finally {
      await other.close()
    }
  }

  private address(): Promise<ReachedAddress> {
    const { components, database } = this.configuration
    if (database.host !== undefined)
      return this.routes.tcp('mysql', { place: 'outside', host: database.host, port: database.port })
    const { service, port } = components.mysql
    return this.routes.tcp('mysql', { place: 'service', service, port })
  }
}

/** Checks whether the server, or the client after it, has ended a statement because of its time. */
function isLate(error: unknown): boolean {
  const { errno, code } = error as { readonly errno?: number; readonly code?: string }
  return errno === 1969 || errno === 3024 || code === 'PROTOCOL_SEQUENCE_TIMEOUT'
}

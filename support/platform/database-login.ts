/** Logs in to MySQL, encrypted where the server offers it, and finds out why a login is refused. */
import type { ConnectionOptions } from 'mysql2'
import { z } from 'zod'
import { LinePattern } from '../formats/line-pattern'
import type { Credentials } from './credentials'
import { DatabaseSession } from './database-session'
import { type Address, reasonOf } from './exchange'

/** The server, and how to connect to it. */
interface DatabaseServer {
  readonly address: Address
  readonly tls: 'off' | 'prefer' | 'require'
  /** PEM text of the authority that signed the certificate of the server; not verified if undefined. */
  readonly authority: string | undefined
  readonly connectMs: number
}

/** An error of MySQL's protocol or of mysql2. */
export type DatabaseError = Error & { readonly code?: string; readonly errno?: number; readonly sqlMessage?: string }

/** The cause of a refused login, where it could be found out. */
export type Cause = 'no TLS' | 'client certificate' | 'host' | 'password'

/** A login that failed, with what was found out about it. */
export class LoginFailure extends Error {
  constructor(
    readonly reason: DatabaseError,
    /** True if the password was sent over TLS. */
    readonly encrypted: boolean,
    /** The reason why TLS was not used, although it was tried. */
    readonly withoutTls: string | undefined,
    readonly foundOut?: Cause,
    /** The accounts of the user, as user@host. */
    readonly accounts: readonly string[] = [],
  ) {
    super(reason.message, { cause: reason })
  }
}

/** The number of ER_ACCESS_DENIED_ERROR, which MySQL sends for a wrong password, host or encryption alike. */
export const accessDenied = 1045

/**
 * Logs in.
 * @param statementMs the time in milliseconds after which the server ends a statement
 * @throws LoginFailure
 */
export async function logIn(
  server: DatabaseServer,
  credentials: Credentials,
  statementMs: number,
  more: ConnectionOptions = {},
): Promise<DatabaseSession> {
  try {
    return await connect(server, credentials, statementMs, more)
  } catch (error) {
    if (!(error instanceof LoginFailure) || error.reason.errno !== accessDenied) throw error
    throw await explained(error, server, credentials, statementMs)
  }
}

async function connect(
  { address, tls, authority, connectMs }: DatabaseServer,
  { user, password }: Credentials,
  statementMs: number,
  more: ConnectionOptions = {},
): Promise<DatabaseSession> {
  const { host, port } = address
  const options = {
    ...more,
    ...{ host, port, user, password },
    connectTimeout: connectMs,
    timezone: 'Z',
    supportBigNumbers: true,
  }
  let withoutTls: string | undefined
  if (tls !== 'off')
    try {
      const ssl = authority === undefined ? { rejectUnauthorized: false } : { ca: authority, rejectUnauthorized: true }
      return await DatabaseSession.open({ ...options, ssl }, statementMs)
    } catch (error) {
      const reason = error as DatabaseError
      const hasNone = reason.code === 'HANDSHAKE_NO_SSL_SUPPORT'
      const mayDoWithout = hasNone || (reason.code === 'HANDSHAKE_SSL_ERROR' && authority === undefined)
      if (tls === 'require' || !mayDoWithout) throw new LoginFailure(reason, !hasNone, undefined)
      withoutTls = hasNone ? 'the server offers no TLS' : reasonOf(reason)
    }
  try {
    return await DatabaseSession.open(options, statementMs)
  } catch (error) {
    throw new LoginFailure(error as DatabaseError, false, withoutTls)
  }
}

/** Finds out which of the causes that MySQL does not tell apart a refusal has: by TLS, or by the accounts of the user. */
async function explained(
  failure: LoginFailure,
  server: DatabaseServer,
  credentials: Credentials,
  statementMs: number,
): Promise<LoginFailure> {
  const { reason, encrypted, withoutTls } = failure
  const because = (cause: Cause, accounts?: readonly string[]) =>
    new LoginFailure(reason, encrypted, withoutTls, cause, accounts)
  if (server.tls === 'off' && (await admits({ ...server, tls: 'require', authority: undefined }, credentials)))
    return because('no TLS')
  const accounts = await accountsOf(server, credentials, statementMs)
  if (accounts === undefined) return failure
  const host = /@'([^']*)'/.exec(reason.message)?.[1]
  const matching = accounts.filter((account) => host === undefined || isFor(account.host, host))
  const named = accounts.map((account) => `${credentials.user}@${account.host}`)
  if (matching.length === 0) return because('host', named)
  if (matching.every(({ tls }) => tls === 'X509' || tls === 'SPECIFIED')) return because('client certificate', named)
  if (!encrypted && matching.every(({ tls }) => tls !== '')) return because('no TLS', named)
  return because('password', named)
}

async function admits(server: DatabaseServer, credentials: Credentials): Promise<boolean> {
  try {
    await (await connect(server, credentials, server.connectMs)).close()
    return true
  } catch {
    return false
  }
}

const account = z.looseObject({ host: z.string(), tls: z.string() })

/** Returns the accounts of a user; undefined if nobody may read them. */
async function accountsOf(
  server: DatabaseServer,
  { user, administrator }: Credentials,
  statementMs: number,
): Promise<z.infer<typeof account>[] | undefined> {
  if (!administrator) return undefined
  try {
    const session = await connect(server, await administrator(), statementMs)
    try {
      const found: z.infer<typeof account>[] = []
      await session.transaction('read', () =>
        session.each(
          { statement: 'SELECT Host AS host, ssl_type AS tls FROM mysql.user WHERE User = ?', values: [user] },
          { rows: 'databaseRows', bytes: 'databaseBytes' },
          { named: (row) => found.push(account.parse(row)) },
          async () => {},
        ),
      )
      return found
    } finally {
      await session.close()
    }
  } catch {
    // The reason is a finding of the administrator's own check.
    return undefined
  }
}

/** Checks whether the host of an account covers a client's host: by name, by a pattern with % and _, or by address and mask. */
export function isFor(pattern: string, host: string): boolean {
  const [network = '', mask] = pattern.split('/')
  const [address, bits, base] = [host, mask ?? '', network].map(numberOf)
  if (address !== undefined && bits !== undefined && base !== undefined) return (address & bits) === base
  const expression = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  // In linear time: the pattern comes from the database.
  return pattern === '' || new LinePattern(`(?i)^${expression}$`).test(host)
}

/** Returns an IPv4 address as a number, or undefined. */
function numberOf(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

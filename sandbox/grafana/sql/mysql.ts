/** Stand-in for Grafana's MySQL data source: connections, queries and error messages. */
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import { z } from 'zod'
import { messageOf } from '../../basis/errors'
import { parseFrom } from '../../basis/files'
import type { Table } from './frames'

const timeout = 30_000
const resolution = z.union([z.object({ port: z.number() }), z.object({ failure: z.string(), reason: z.string() })])

const driverError = z.object({
  code: z.string(),
  errno: z.number().optional(),
  sqlState: z.string().optional(),
  message: z.string(),
  sqlMessage: z.string().optional(),
})

/** The error codes whose messages Grafana shows to users. It only logs all other messages. */
const shownErrors = new Set(['ER_PARSE_ERROR', 'ER_BAD_FIELD_ERROR', 'ER_NO_SUCH_TABLE'])

/** The message of a failed query as Grafana and its database driver word it. */
export function queryErrorOf(error: unknown): string {
  const { data } = driverError.safeParse(error)
  if (data === undefined) return messageOf(error)
  const { code, errno, sqlState, message, sqlMessage } = data
  if (sqlState === undefined) return `failed to connect to server - ${message}`
  return shownErrors.has(code)
    ? `Error ${errno} (${sqlState}): ${sqlMessage ?? message}`
    : 'query failed - please inspect Grafana server log for details'
}

/** The fields of a data source that a connection needs. */
interface Source {
  readonly uid: string
  /** The host and the port, such as devlake-mysql:3306. */
  readonly url: string
  readonly user: string
  readonly database: string
  readonly jsonData: {
    readonly database?: string | undefined
    readonly timezone?: string | undefined
    readonly tlsSkipVerify?: boolean | null | undefined
  }
  readonly secureJsonData: Readonly<Record<string, string>>
}

/** A database client that answers the queries of data sources. */
export interface QueryClient {
  query(datasource: Source, sql: string): Promise<Table>
  close(): Promise<void>
}

/** Connection pools by data source. A changed data source gets a new pool. */
export class Mysql implements QueryClient {
  private readonly pools = new Map<string, { readonly key: string; readonly pool: Pool }>()

  /** @param dns the URL of a server that resolves services by `/resolve?host=&port=`; without it, host names are used directly */
  constructor(private readonly dns: string | undefined) {}

  async query(datasource: Source, sql: string): Promise<Table> {
    const pool = await this.poolOf(datasource)
    const [rows, fields] = await pool.query<RowDataPacket[][]>({ sql, rowsAsArray: true, timeout })
    return { columns: (fields ?? []).map(({ name, columnType }) => ({ name, type: columnType })), rows }
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map(({ pool }) => pool.end()))
    this.pools.clear()
  }

  private async poolOf(datasource: Source): Promise<Pool> {
    const { uid, url, user, jsonData, secureJsonData, database } = datasource
    const address = await this.addressOf(url)
    const given = {
      ...address,
      user,
      password: secureJsonData.password ?? '',
      database: jsonData.database ?? database,
      sessionZone: jsonData.timezone ?? '',
      ...(jsonData.tlsSkipVerify ? { ssl: { rejectUnauthorized: false } } : {}),
    }
    const key = JSON.stringify(given)
    const known = this.pools.get(uid)
    if (known?.key === key) return known.pool
    known?.pool.end().catch(() => undefined)
    const { sessionZone, ...options } = given
    const pool = createPool({
      ...options,
      timezone: 'Z',
      charset: 'utf8mb4',
      decimalNumbers: true,
      connectTimeout: 5_000,
      connectionLimit: 8,
    })
    if (sessionZone !== '') {
      pool.pool.on('connection', (connection) => connection.query('SET time_zone = ?', [sessionZone]))
    }
    this.pools.set(uid, { key, pool })
    return pool
  }

  private async addressOf(url: string): Promise<{ host: string; port: number }> {
    const [host = '', port = '3306'] = url.split(':')
    if (this.dns === undefined || host === '127.0.0.1') return { host, port: Number(port) }
    const answer = await fetch(`${this.dns}/resolve?${new URLSearchParams({ host, port })}`)
    const found = parseFrom(`the name resolution of ${url}`, resolution, await answer.json())
    if ('port' in found) return { host: '127.0.0.1', port: found.port }
    throw new Error(
      found.failure === 'unknown'
        ? `failed to connect to server - dial tcp: lookup ${host}: no such host`
        : `failed to connect to server - dial tcp ${url}: connect: connection refused`,
    )
  }
}

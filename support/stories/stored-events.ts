/** The rows that stories leave in the database: found, and removed where the configuration allows it, by primary key alone. */
import { z } from 'zod'
import type { Credentials } from '../platform/database'
import type { Platform } from '../platform/platform'
import type { Story } from './story'

const row = z.looseObject({ key: z.string() })

/** The tables that events are stored in, and their primary keys. */
const primaryKeys = { deployments: 'id', cicd_deployments: 'id', incidents: 'id', commits: 'sha' } as const
export type StoredTable = keyof typeof primaryKeys

/** Primary keys of rows, by table. */
export type StoredKeys = Readonly<Record<StoredTable, readonly string[]>>

const storedTables = Object.keys(primaryKeys) as StoredTable[]

/** Those that the events of stories get. */
export function keysOf(stories: readonly Story[], idPrefix: 'none' | 'project'): StoredKeys {
  const idOf = (project: string, id: string) => (idPrefix === 'project' ? `${project}:${id}` : id)
  const told = stories.flatMap(({ postings }) => postings.map(({ happening }) => happening))
  const deployments = told.flatMap((one) => (one.kind === 'deployment' ? [idOf(one.project, one.id)] : []))
  const incidents = told.flatMap((one) => (one.kind === 'incident' ? [idOf(one.project, one.id)] : []))
  const commits = told.flatMap((one) => (one.kind === 'push' ? one.commits.map(({ sha }) => sha) : []))
  return { deployments, cicd_deployments: deployments, incidents, commits }
}

export class StoredEvents {
  constructor(
    private readonly platform: Pick<Platform, 'configuration' | 'database'>,
    private readonly credentials: Credentials,
  ) {}

  /** What is left of the rows, in words such as "commits 3f2a…". @throws Unmet when the database cannot be asked */
  async remove(keys: StoredKeys): Promise<string[]> {
    const left: string[] = []
    for (const table of storedTables) {
      const column = primaryKeys[table]
      let found = await this.find(table, column, keys[table])
      if (found.length > 0 && this.platform.configuration.writes?.database) {
        await this.platform.database.deleteRows(this.credentials, table, column, found)
        found = await this.find(table, column, found)
      }
      left.push(...found.map((key) => `${table} ${key}`))
    }
    return left
  }

  private async find(table: string, column: string, keys: readonly string[]): Promise<string[]> {
    if (keys.length === 0) return []
    const found = await this.platform.database.rows(
      this.credentials,
      row,
      `SELECT \`${column}\` AS \`key\` FROM \`${this.platform.configuration.database.name}\`.\`${table}\`
       WHERE \`${column}\` IN (${keys.map(() => '?').join(', ')})`,
      keys,
    )
    return found.map(({ key }) => key)
  }
}

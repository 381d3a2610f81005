/** Finds the rows that stories leave in the database, and removes them by primary key if the configuration allows it. */
import { z } from 'zod'
import type { Leavings } from '../contracts/webhooks'
import type { Credentials } from '../platform/database'
import type { Platform } from '../platform/platform'
import { storedIds } from '../service/raw-events'
import type { Story } from './story'

const row = z.looseObject({ key: z.string() })

/** The rows that the events of stories may leave. */
export function leavingsOf(
  { configuration, contract }: Pick<Platform, 'configuration' | 'contract'>,
  stories: readonly Story[],
): readonly Leavings[] {
  const happenings = stories.flatMap(({ postings }) => postings.map(({ happening }) => happening))
  const projects = [...new Set(stories.flatMap((story) => story.projects))]
  return contract.webhooks.leavings(happenings, projects, (project, id) => storedIds(configuration, project, id))
}

export class StoredEvents {
  constructor(
    private readonly platform: Pick<Platform, 'configuration' | 'database'>,
    private readonly credentials: Credentials,
  ) {}

  /**
   * Removes rows if the configuration allows it.
   * @returns the table and the key of each row that remains, such as "commits 3f2a…"
   * @throws Unmet if the database cannot be queried
   */
  async remove(leavings: readonly Leavings[]): Promise<string[]> {
    const left: string[] = []
    const tables = await this.tables()
    for (const rows of leavings.filter((one) => tablesOf(one).every((table) => tables.has(table)))) {
      let found = await this.find(rows)
      if (found.length > 0 && this.platform.configuration.writes?.database) {
        await this.platform.database.deleteRows(this.credentials, rows.table, rows.key, found)
        found = await this.find(rows)
      }
      left.push(...found.map((key) => `${rows.table} ${key}`))
    }
    return left
  }

  /** The tables of the database. Versions of the service differ, and a table that does not exist holds no rows. */
  private async tables(): Promise<ReadonlySet<string>> {
    const found = await this.platform.database.rows(
      this.credentials,
      row,
      'SELECT TABLE_NAME AS `key` FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
      [this.platform.configuration.database.name],
    )
    return new Set(found.map(({ key }) => key))
  }

  /** The keys of the rows that exist. */
  private async find({ values, ...rows }: Leavings): Promise<string[]> {
    if (values.length === 0) return []
    const database = `\`${this.platform.configuration.database.name}\``
    const found = await this.platform.database.rows(
      this.credentials,
      row,
      `SELECT DISTINCT CAST(\`${rows.key}\` AS CHAR) AS \`key\` FROM ${database}.\`${rows.table}\`
       WHERE ${condition(rows, database, values.map(() => '?').join(', '))}`,
      values,
    )
    return found.map(({ key }) => key)
  }
}

type Found = Omit<Leavings, 'values'>

const tablesOf = ({ table, through }: Found): string[] => [table, ...(through ? tablesOf(through) : [])]

/** @param placeholders those of the values that the column of the last table holds */
function condition({ column, ending, through }: Found, database: string, placeholders: string): string {
  if (through)
    return `\`${column}\` IN (SELECT \`${through.key}\` FROM ${database}.\`${through.table}\`
       WHERE ${condition(through, database, placeholders)})`
  const value = ending ? `SUBSTRING_INDEX(\`${column}\`, ':', -1)` : `\`${column}\``
  return `${value} IN (${placeholders})`
}

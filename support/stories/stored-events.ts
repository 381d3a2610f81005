/** Finds the rows that stories leave in the database, and removes them by primary key if the configuration allows it. */
import { z } from 'zod'
import type { Leavings } from '../contracts/webhooks'
import type { Credentials } from '../platform/database'
import type { Platform } from '../platform/platform'
import type { Story } from './story'

const row = z.looseObject({ key: z.string() })

/** The rows that the events of stories may leave. */
export function leavingsOf(
  { configuration, contract }: Pick<Platform, 'configuration' | 'contract'>,
  stories: readonly Story[],
): readonly Leavings[] {
  const prefixed = configuration.events.idPrefix === 'project'
  const idOf = (project: string, id: string) => (prefixed ? `${project}:${id}` : id)
  const happenings = stories.flatMap(({ postings }) => postings.map(({ happening }) => happening))
  return contract.webhooks.leavings(happenings, idOf)
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
    for (const rows of leavings) {
      let found = await this.find(rows)
      if (found.length > 0 && this.platform.configuration.writes?.database) {
        await this.platform.database.deleteRows(this.credentials, rows.table, rows.key, found)
        found = await this.find(rows)
      }
      left.push(...found.map((key) => `${rows.table} ${key}`))
    }
    return left
  }

  /** The primary keys of the rows that exist. */
  private async find({ table, column, values, key }: Leavings): Promise<string[]> {
    if (values.length === 0) return []
    const found = await this.platform.database.rows(
      this.credentials,
      row,
      `SELECT \`${key}\` AS \`key\` FROM \`${this.platform.configuration.database.name}\`.\`${table}\`
       WHERE \`${column}\` IN (${values.map(() => '?').join(', ')})`,
      values,
    )
    return found.map(({ key }) => key)
  }
}

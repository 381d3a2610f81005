/** The rows that stories leave in the database: found, and removed where the configuration allows it, by primary key alone. */
import { z } from 'zod'
import type { Leavings } from '../contracts/webhooks'
import type { Credentials } from '../platform/database'
import type { Platform } from '../platform/platform'
import type { Story } from './story'

const row = z.looseObject({ key: z.string() })

export class StoredEvents {
  constructor(
    private readonly platform: Pick<Platform, 'configuration' | 'contract' | 'database'>,
    private readonly credentials: Credentials,
  ) {}

  /** What is left of the stories, in words such as "commits 3f2a…". @throws Unmet when the database cannot be asked */
  async remove(stories: readonly Story[]): Promise<string[]> {
    const left: string[] = []
    for (const leavings of this.leavingsOf(stories)) {
      let found = await this.find(leavings)
      if (found.length > 0 && this.platform.configuration.writes?.database) {
        await this.platform.database.deleteRows(this.credentials, leavings.table, leavings.key, found)
        found = await this.find(leavings)
      }
      left.push(...found.map((key) => `${leavings.table} ${key}`))
    }
    return left
  }

  /** The primary keys of what is there. */
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

  private leavingsOf(stories: readonly Story[]): readonly Leavings[] {
    const prefixed = this.platform.configuration.events.idPrefix === 'project'
    const idOf = (project: string, id: string) => (prefixed ? `${project}:${id}` : id)
    const told = stories.flatMap(({ postings }) => postings.map(({ happening }) => happening))
    return this.platform.contract.webhooks.leavings(told, idOf)
  }
}

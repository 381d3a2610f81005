/** The rows that stories leave in the database: found, and removed where the configuration allows it, by primary key alone. */
import { z } from 'zod'
import type { Leavings } from '../contracts/webhooks'
import type { Credentials } from '../platform/database'
import type { Platform } from '../platform/platform'
import type { Story } from './story'

const row = z.looseObject({ key: z.string() })

/** What the events of stories may leave. */
export function leavingsOf(
  { configuration, contract }: Pick<Platform, 'configuration' | 'contract'>,
  stories: readonly Story[],
): readonly Leavings[] {
  const prefixed = configuration.events.idPrefix === 'project'
  const idOf = (project: string, id: string) => (prefixed ? `${project}:${id}` : id)
  const told = stories.flatMap(({ postings }) => postings.map(({ happening }) => happening))
  return contract.webhooks.leavings(told, idOf)
}

export class StoredEvents {
  constructor(
    private readonly platform: Pick<Platform, 'configuration' | 'database'>,
    private readonly credentials: Credentials,
  ) {}

  /** What is left of the rows, in words such as "commits 3f2a…". @throws Unmet when the database cannot be asked */
  async remove(leavings: readonly Leavings[]): Promise<string[]> {
    const left: string[] = []
    for (const one of leavings) {
      let found = await this.find(one)
      if (found.length > 0 && this.platform.configuration.writes?.database) {
        await this.platform.database.deleteRows(this.credentials, one.table, one.key, found)
        found = await this.find(one)
      }
      left.push(...found.map((key) => `${one.table} ${key}`))
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
}

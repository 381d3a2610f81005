/** The last completed collection. Its time is the end of the windows "last N days". */
import { z } from 'zod'
import type { Transaction } from '../database/database'

const collection = z.object({ completedAt: z.date() })

/** The time of the last completed collection; undefined before the first. */
export async function lastCollection(transaction: Transaction): Promise<Date | undefined> {
  const [row] = await transaction.rows(collection, 'SELECT completed_at AS completedAt FROM collections WHERE id = 1')
  return row?.completedAt
}

export async function recordCollection(transaction: Transaction, completedAt: Date): Promise<void> {
  await transaction.run('REPLACE INTO collections (id, completed_at) VALUES (1, :completedAt)', { completedAt })
}

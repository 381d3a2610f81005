/** The inbox in which webhook events wait for the next collection, in the order of arrival. */
import { z } from 'zod'
import type { Database, Transaction } from '../database/database'
import { type Event, event } from './events'

/** Maximum number of events per collection; the rest wait for the next one. */
const eventsAtOnce = 20_000

export async function receive(database: Database, received: Event, now: Date): Promise<void> {
  await database.write((transaction) =>
    transaction.insert('INSERT INTO _raw_webhook_events (type, project_name, event, received_at) VALUES ?', [
      [received.type, 'project' in received ? received.project : null, JSON.stringify(received), now],
    ]),
  )
}

const waitingRow = z.object({ id: z.number(), event: z.string() })

export interface WaitingEvent {
  readonly id: number
  readonly event: Event
}

export async function waitingEvents(transaction: Transaction): Promise<readonly WaitingEvent[]> {
  const rows = await transaction.rows(
    waitingRow,
    `SELECT id, event FROM _raw_webhook_events WHERE collected_at IS NULL ORDER BY id LIMIT ${eventsAtOnce}`,
  )
  return rows.map(({ id, event: text }) => ({ id, event: event.parse(JSON.parse(text)) }))
}

export async function markCollected(transaction: Transaction, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await transaction.run('UPDATE _raw_webhook_events SET collected_at = :now WHERE id IN (:ids)', { ids, now })
}

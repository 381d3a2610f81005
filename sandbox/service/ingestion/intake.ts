/** The rules for accepting webhook events. Each can be replaced on its own. */
import type { Transaction } from '../database/database'
import type { Event } from './events'

export interface Intake {
  /** Refuses a body whose signature does not match. */
  readonly checksSignatures: boolean
  /** Refuses an invalid body; if false, it is answered like a valid one and dropped. */
  readonly refusesMalformed: boolean
  /** Takes a change of health for a successful sync. */
  readonly takesHealthForSync: boolean
  /** Returns the events that a collection stores, given those that it found. */
  readonly stored: (transaction: Transaction, events: readonly Event[]) => Promise<readonly Event[]>
}

export const canonicalIntake: Intake = {
  checksSignatures: true,
  refusesMalformed: true,
  takesHealthForSync: false,
  stored: async (_transaction, events) => events,
}

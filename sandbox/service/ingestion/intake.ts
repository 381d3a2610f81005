/** The rules by which a webhook's event is taken, each of which can be replaced alone. */
import type { Transaction } from '../database/database'
import type { Event } from './events'

export interface Intake {
  /** Whether a body whose signature does not fit is refused. */
  readonly checksSignatures: boolean
  /** Whether a body that does not fit is refused; otherwise it is answered like a good one, and forgotten. */
  readonly refusesMalformed: boolean
  /** Whether a change of health is a sync that succeeded. */
  readonly takesHealthForSync: boolean
  /** What a collection stores of the events that it found. */
  readonly stored: (transaction: Transaction, events: readonly Event[]) => Promise<readonly Event[]>
}

export const canonicalIntake: Intake = {
  checksSignatures: true,
  refusesMalformed: true,
  takesHealthForSync: false,
  stored: async (_transaction, events) => events,
}

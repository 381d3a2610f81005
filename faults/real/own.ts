/** Faults that only real controllers can show: what they write when clusters break as they do in practice. */
import type { Fault } from '../catalogue/fault'
import { databaseSecret, forceSync, store, untilReady } from './conditions'

export const ownFaults: readonly Fault[] = [
  {
    id: 'vault-engine-elsewhere',
    title: 'The ExternalSecret of the database reads an engine that Vault does not have',
    expects: { failed: ['1.1'], blocked: [] },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'is not synced' },
    apply: async (doors) => {
      const heal = await doors.patch(store, { spec: { provider: { vault: { path: 'kv' } } } })
      await forceSync(doors, databaseSecret)
      await untilReady(doors, databaseSecret, false)
      return async () => {
        await heal()
        await forceSync(doors, databaseSecret)
        await untilReady(doors, databaseSecret, true)
      }
    },
  },
]

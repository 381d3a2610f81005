/** Faults that only real controllers can show: what they write when clusters break as they do in practice. */
import { base64 } from '../catalogue/breaking'
import type { Fault } from '../catalogue/fault'
import type { Doors } from '../doors/doors'
import { databaseSecret, forceSync, resynced, store, untilReady } from './conditions'

/** Breaks the login to the secrets manager, and waits until the operator says so. */
async function withStore(doors: Doors, breakIt: () => Promise<() => Promise<void>>): Promise<() => Promise<void>> {
  const heal = await breakIt()
  await untilReady(doors, store, false)
  return async () => {
    await heal()
    await untilReady(doors, store, true)
    await resynced(doors)
  }
}

/** Changes the ExternalSecret of the database, and waits until the operator says that it cannot write the Secret. */
const withSecret = (spec: object) => async (doors: Doors) => {
  const heal = await doors.patch(databaseSecret, { spec })
  await untilReady(doors, databaseSecret, false)
  return async () => {
    await heal()
    await resynced(doors)
  }
}

/** An entry of the ExternalSecret of the database. */
const password = (remoteRef: { readonly key: string; readonly property: string }) => ({
  secretKey: 'mysql-password',
  remoteRef,
})
const rootPassword = {
  secretKey: 'mysql-root-password',
  remoteRef: { key: 'fawkes/devlake/db', property: 'mysql-root-password' },
}

const unsynced = { object: 'ExternalSecret fawkes/devlake-db', summary: 'is not synced' }

const inVault = (fields: object) => ({ spec: { provider: { vault: fields } } })

export const ownFaults: readonly Fault[] = [
  {
    id: 'vault-token-wrong',
    title: 'The token with which External Secrets logs in to Vault was revoked',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'permission denied' },
    apply: (doors) =>
      withStore(doors, () =>
        doors.patch(
          { kind: 'secret', name: 'vault-token', namespace: 'external-secrets' },
          { data: { token: base64('hvs.another') } },
        ),
      ),
  },
  {
    id: 'vault-login-missing',
    title: 'The Secret with the login to Vault does not exist',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'vault-login' },
    apply: (doors) =>
      withStore(doors, () => doors.patch(store, inVault({ auth: { tokenSecretRef: { name: 'vault-login' } } }))),
  },
  {
    id: 'vault-engine-elsewhere',
    title: 'The ExternalSecret of the database reads an engine that Vault does not have',
    expects: { failed: ['1.1'], blocked: [] },
    cause: unsynced,
    apply: async (doors) => {
      const heal = await doors.patch(store, inVault({ path: 'kv' }))
      await forceSync(doors, databaseSecret)
      await untilReady(doors, databaseSecret, false)
      return async () => {
        await heal()
        await resynced(doors)
      }
    },
  },
  {
    id: 'vault-path-missing',
    title: 'The ExternalSecret of the database reads a path that Vault does not have',
    expects: { failed: ['1.1'], blocked: [] },
    cause: unsynced,
    apply: withSecret({
      data: [rootPassword, password({ key: 'fawkes/devlake/database', property: 'mysql-password' })],
    }),
  },
  {
    id: 'vault-property-missing',
    title: 'The ExternalSecret of the database reads a property that the path does not have',
    expects: { failed: ['1.1'], blocked: [] },
    cause: unsynced,
    apply: withSecret({ data: [rootPassword, password({ key: 'fawkes/devlake/db', property: 'password' })] }),
  },
  {
    id: 'secret-template-broken',
    title: 'The template of the ExternalSecret of the database is malformed',
    expects: { failed: ['1.1'], blocked: [] },
    cause: unsynced,
    apply: withSecret({ target: { template: { data: { 'mysql-password': '{{ .password' } } } }),
  },
  {
    id: 'secret-store-unknown',
    title: 'The ExternalSecret of the database names a store that does not exist',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore safe', summary: 'does not exist' },
    apply: withSecret({ secretStoreRef: { name: 'safe' } }),
  },
  {
    id: 'store-pattern-malformed',
    title: 'The store names the namespaces that may use it by an asterisk, which is no regular expression',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'may not be used from the namespace fawkes' },
    apply: async (doors) => {
      const heal = await doors.patch(store, { spec: { conditions: [{ namespaceRegexes: ['*'] }] } })
      await forceSync(doors, databaseSecret)
      await untilReady(doors, databaseSecret, false)
      return async () => {
        await heal()
        await resynced(doors)
      }
    },
  },
  {
    id: 'vault-address-wrong',
    title: 'The store names an address at which no Vault answers',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'connection refused' },
    apply: (doors) => withStore(doors, () => doors.patch(store, inVault({ server: 'http://127.0.0.1:9' }))),
  },
]

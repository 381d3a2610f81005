/** Healthy variants of the ExternalSecrets and their store, with the real operator. */
import { namespace } from '../catalogue/breaking'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { beside, type Change } from './change'
import { databaseSecret, resynced, store, untilReady } from './conditions'

/** Patches the ExternalSecret of the database, and waits for its sync. */
const withSecret = (spec: object) => async (doors: Doors) => {
  const heal = await doors.patch(databaseSecret, { spec })
  await resynced(doors)
  return async () => {
    await heal()
    await resynced(doors)
  }
}

/** Patches the store, and waits until it is ready. */
const withStore = (spec: object) => async (doors: Doors) => {
  const heal = await doors.patch(store, { spec })
  await untilReady(doors, store, true)
  return async () => {
    await heal()
    await untilReady(doors, store, true)
  }
}

/** Reads the Secret of the database through a SecretStore in the namespace of the service. */
async function ownStore(doors: Doors): Promise<() => Promise<void>> {
  const { data } = (await doors.get({ kind: 'secret', name: 'vault-token', namespace: 'external-secrets' })) as {
    readonly data?: object
  }
  const { spec } = (await doors.get(store)) as unknown as { readonly spec: { readonly provider: { vault: object } } }
  const auth = { tokenSecretRef: { name: 'own-token', key: 'token' } }
  const removing = [
    await beside({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'own-token', namespace }, data })(doors),
    await beside(
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'SecretStore',
        metadata: { name: 'own', namespace },
        spec: { provider: { vault: { ...spec.provider.vault, auth } }, conditions: [{ namespaces: ['shop'] }] },
      },
      (doors) => untilReady(doors, { kind: 'secretstore', name: 'own', namespace }, true),
    )(doors),
  ]
  const heal = await withSecret({ secretStoreRef: { kind: 'SecretStore', name: 'own' } })(doors)
  return async () => {
    await heal()
    for (const remove of removing.reverse()) await remove()
  }
}

/** Copies the login of the store to the namespaces that read from it, and makes the store look there. */
async function ownLogins(doors: Doors): Promise<() => Promise<void>> {
  const login = { kind: 'secret', name: 'vault-token', namespace: 'external-secrets' }
  const { data } = (await doors.get(login)) as { readonly data?: object }
  const copies = [namespace, 'monitoring'].map((where) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: login.name, namespace: where },
    data,
  }))
  const remove = await create(doors, ...copies)
  const elsewhere = { auth: { tokenSecretRef: { name: login.name, namespace: null } } }
  const heal = await withStore({ provider: { vault: elsewhere } })(doors)
  await resynced(doors)
  return undoneInReverse([remove, heal])
}

export const secretVariants: readonly Change[] = [
  { id: 'secret-made-once', title: 'A Secret is made once', apply: withSecret({ refreshPolicy: 'CreatedOnce' }) },
  {
    id: 'secret-refreshed-on-change',
    title: 'A Secret is refreshed when its ExternalSecret changes',
    apply: withSecret({ refreshPolicy: 'OnChange' }),
  },
  {
    id: 'secret-without-interval',
    title: 'The refresh by time is turned off',
    apply: withSecret({ refreshInterval: '0' }),
  },
  {
    id: 'secret-refreshed-in-minutes',
    title: 'The interval is written as 1m30s',
    apply: withSecret({ refreshInterval: '1m30s' }),
  },
  {
    id: 'secret-kept',
    title: 'The Secret outlives its ExternalSecret',
    apply: withSecret({ target: { creationPolicy: 'Orphan' } }),
  },
  {
    id: 'secret-merged',
    title: 'The values are merged into a Secret of others',
    apply: withSecret({ target: { creationPolicy: 'Merge' } }),
  },
  {
    id: 'secret-extracted',
    title: 'All properties of an entry are read, and the Secret goes with the entry',
    apply: withSecret({
      data: null,
      dataFrom: [{ extract: { key: 'fawkes/devlake/db' } }],
      target: { deletionPolicy: 'Delete' },
    }),
  },
  {
    id: 'secret-templated',
    title: 'A template makes the Secret from the values',
    apply: withSecret({
      data: [
        { secretKey: 'user', remoteRef: { key: 'fawkes/devlake/db', property: 'mysql-password' } },
        { secretKey: 'root', remoteRef: { key: 'fawkes/devlake/db', property: 'mysql-root-password' } },
      ],
      target: { template: { data: { 'mysql-password': '{{ .user }}', 'mysql-root-password': '{{ .root }}' } } },
    }),
  },
]

export const storeVariants: readonly Change[] = [
  {
    id: 'store-for-the-namespace',
    title: 'The store names the namespaces that may use it',
    apply: withStore({ conditions: [{ namespaces: [namespace] }] }),
  },
  {
    id: 'store-for-a-pattern',
    title: 'The store names the namespaces by a pattern',
    apply: withStore({ conditions: [{ namespaceRegexes: ['^faw.*'] }] }),
  },
  {
    id: 'store-for-labels',
    title: 'The store selects the namespaces by label',
    apply: withStore({
      conditions: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
    }),
  },
  {
    id: 'store-refreshed-seldom',
    title: 'The store has an interval of its own',
    apply: withStore({ refreshInterval: 3600 }),
  },
  {
    id: 'store-with-conditions-of-its-own',
    title: 'A SecretStore has conditions, which hold for a ClusterSecretStore only',
    apply: ownStore,
  },
  {
    id: 'store-with-logins-of-namespaces',
    title: 'The store takes its login from the namespace of each ExternalSecret',
    apply: ownLogins,
  },
  {
    id: 'secret-of-another-team',
    title: 'The ExternalSecret of another team in another namespace is not synced',
    apply: beside(
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name: 'shop', namespace: 'monitoring' },
        spec: {
          secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
          data: [{ secretKey: 'password', remoteRef: { key: 'shop/none' } }],
        },
      },
      (doors) => untilReady(doors, { kind: 'externalsecret', name: 'shop', namespace: 'monitoring' }, false),
    ),
  },
]

/**
 * Stand-in for External Secrets Operator: reports whether a store is usable, and writes the Secrets of the ExternalSecrets with
 * values from the file that stands in for Vault.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubernetesObject, V1Pod, V1Secret } from '@kubernetes/client-node'
import ms, { type StringValue } from 'ms'
import { holdAnnotation } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { readVault, type Vault } from '../credentials/vault'
import { apply, type Condition, condition, isUnchanged, now } from './writing'

interface Store extends KubernetesObject {
  spec?: { provider?: { vault?: object } }
  status?: { conditions?: Condition[] }
}

interface ExternalSecret extends KubernetesObject {
  spec?: {
    refreshPolicy?: string
    refreshInterval?: string
    secretStoreRef?: { kind?: string; name?: string }
    target?: { name?: string; creationPolicy?: string }
    data?: { secretKey: string; remoteRef: { key: string; property?: string } }[]
    dataFrom?: { extract?: { key: string } }[]
  }
  status?: { refreshTime?: string; syncedResourceVersion?: string; conditions?: Condition[] }
}

/** The interval at which refresh intervals are checked, in milliseconds. */
const tick = 1_000

/** Changes with the specification, labels and annotations, so that an annotation such as force-sync triggers a refresh. */
function versionOf({ metadata }: KubernetesObject): string {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...annotations } = metadata?.annotations ?? {}
  const hash = createHash('sha256')
    .update(JSON.stringify([metadata?.labels, annotations]))
    .digest('hex')
  return `${metadata?.generation}-${hash.slice(0, 32)}`
}

/**
 * The values that an ExternalSecret refers to.
 * @throws Error in the provider's words when one does not exist
 */
function valuesFor({ spec }: ExternalSecret, vault: Vault): Record<string, string> {
  const entry = (key: string) => {
    const found = vault[key]
    if (found === undefined) throw new Error(`cannot read secret data from Vault: no entry ${key}`)
    return found
  }
  const values: Record<string, string> = {}
  for (const { extract } of spec?.dataFrom ?? []) if (extract !== undefined) Object.assign(values, entry(extract.key))
  for (const { secretKey, remoteRef } of spec?.data ?? []) {
    const found =
      remoteRef.property === undefined ? JSON.stringify(entry(remoteRef.key)) : entry(remoteRef.key)[remoteRef.property]
    if (found === undefined)
      throw new Error(`cannot find secret data for key: "${remoteRef.property}" in ${remoteRef.key}`)
    values[secretKey] = found
  }
  return values
}

/** The Secret that an ExternalSecret writes. */
function secretOf({ metadata, spec }: ExternalSecret, values: Readonly<Record<string, string>>): V1Secret {
  const { namespace, name, uid } = metadata ?? {}
  const { apiVersion, kind } = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' }
  const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
  const isOwned = (spec?.target?.creationPolicy ?? 'Owner') === 'Owner'
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: spec?.target?.name ?? name,
      namespace,
      labels: { 'reconcile.external-secrets.io/managed': 'true' },
      ...(isOwned ? { ownerReferences: [owner] } : {}),
    },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  } as V1Secret
}

/** Tests whether a Secret has the values and the owner that an ExternalSecret gives it. */
const isWritten = (existing: V1Secret | undefined, wanted: V1Secret): boolean =>
  existing !== undefined &&
  isDeepStrictEqual(existing.data ?? {}, wanted.data) &&
  (wanted.metadata?.ownerReferences ?? []).every(({ uid }) =>
    existing.metadata?.ownerReferences?.some((owner) => owner.uid === uid),
  )

export async function runExternalSecrets(
  cluster: Cluster,
  secrets: Cache<V1Secret>,
  pods: Cache<V1Pod>,
): Promise<void> {
  const stores = cluster.follow<Store>('ClusterSecretStore')
  const wanted = cluster.follow<ExternalSecret>('ExternalSecret')

  const checkStore = async (store: Store): Promise<void> => {
    let next: Condition = { type: 'Ready', status: 'True', reason: 'Valid', message: 'store validated' }
    try {
      if (store.spec?.provider?.vault === undefined) throw new Error('only the provider vault is served in the sandbox')
      readVault()
    } catch (error) {
      next = { type: 'Ready', status: 'False', reason: 'InvalidProviderConfig', message: (error as Error).message }
    }
    if (isUnchanged(store.status?.conditions, next)) return
    await cluster.mergeStatus('ClusterSecretStore', store, {
      capabilities: 'ReadWrite',
      conditions: [condition(store.status?.conditions, next)],
    })
  }

  /** A kubelet starts the containers that read a Secret only when it is there; the sandbox's has started them before. */
  const startReaders = async (namespace: string | undefined, secret: string | undefined): Promise<void> => {
    const readers = pods
      .items()
      .filter(
        ({ metadata, spec, status }) =>
          metadata?.namespace === namespace &&
          status?.phase === 'Running' &&
          spec?.containers.some(({ env }) => env?.some(({ valueFrom }) => valueFrom?.secretKeyRef?.name === secret)),
      )
    await Promise.all(
      readers.map((pod) => {
        const containerStatuses = (pod.status?.containerStatuses ?? []).map((container) => ({
          ...container,
          state: { running: { startedAt: now() } },
        }))
        return cluster.mergeStatus('Pod', pod, { containerStatuses })
      }),
    )
  }

  const isDue = (external: ExternalSecret): boolean => {
    const { refreshTime, syncedResourceVersion, conditions } = external.status ?? {}
    if (external.spec?.refreshPolicy === 'CreatedOnce' && refreshTime !== undefined) return false
    if (refreshTime === undefined || syncedResourceVersion !== versionOf(external)) return true
    // Like the real operator, it also restores a deleted Secret and retries one that it could not create.
    const target = external.spec?.target?.name ?? external.metadata?.name ?? ''
    const isWanted = external.spec?.target?.creationPolicy !== 'None'
    if (isWanted && secrets.find(external.metadata?.namespace, target) === undefined) return true
    if (!conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return true
    if (external.spec?.refreshPolicy === 'OnChange') return false
    const interval = ms((external.spec?.refreshInterval ?? '1h') as StringValue)
    return interval > 0 && Date.now() - Date.parse(refreshTime) >= interval
  }

  const sync = async (external: ExternalSecret): Promise<void> => {
    const { deletionTimestamp, annotations } = external.metadata ?? {}
    if (deletionTimestamp !== undefined || annotations?.[holdAnnotation] !== undefined || !isDue(external)) return
    const { name } = external.metadata ?? {}
    const previous = external.status?.conditions
    try {
      const reference = external.spec?.secretStoreRef
      const store = stores.find(undefined, reference?.name ?? '')
      if (reference?.kind !== 'ClusterSecretStore' || store === undefined) {
        throw new Error(`could not get ${reference?.kind ?? 'SecretStore'} "${reference?.name}", not found`)
      }
      const values = valuesFor(external, readVault())
      const { creationPolicy = 'Owner', name: target = name } = external.spec?.target ?? {}
      const secret = secretOf(external, values)
      const existing = secrets.find(external.metadata?.namespace, target ?? '')
      // Like the real operator, it writes only what differs: a write of equal values could look like a change of them.
      if (creationPolicy !== 'None' && !isWritten(existing, secret)) await apply(cluster.api, secret)
      if (existing === undefined) await startReaders(external.metadata?.namespace, target)
      const synced: Condition = { type: 'Ready', status: 'True', reason: 'SecretSynced', message: 'secret synced' }
      await cluster.mergeStatus('ExternalSecret', external, {
        refreshTime: now(),
        syncedResourceVersion: versionOf(external),
        binding: { name: external.spec?.target?.name ?? name },
        conditions: [condition(previous, synced)],
      })
    } catch (error) {
      const message = `could not get secret data from provider: ${(error as Error).message}`
      const failed: Condition = { type: 'Ready', status: 'False', reason: 'SecretSyncedError', message }
      if (!isUnchanged(previous, failed)) {
        await cluster.mergeStatus('ExternalSecret', external, { conditions: [condition(previous, failed)] })
      }
    }
  }

  const work = async () => {
    await Promise.all(stores.items().map(checkStore))
    await Promise.all(wanted.items().map(sync))
  }
  await reconcile('external-secrets', [stores, wanted, secrets], work, tick)
}

/**
 * Stand-in for External Secrets Operator: reports whether a store is usable, and writes the Secrets of the ExternalSecrets with
 * values from the file that stands in for Vault.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubernetesObject, V1Secret } from '@kubernetes/client-node'
import ms, { type StringValue } from 'ms'
import { messageOf } from '../basis/errors'
import { holdAnnotation } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { readVault, type Vault } from '../credentials/vault'
import { apply, type Condition, condition, ignoreMissing, isUnchanged, now, recordEvent } from './writing'

interface Store extends KubernetesObject {
  spec?: {
    controller?: string
    conditions?: { namespaces?: string[]; namespaceRegexes?: string[] }[]
    provider?: { vault?: object; fake?: object }
  }
  status?: { conditions?: Condition[] }
}

interface ExternalSecret extends KubernetesObject {
  spec?: {
    refreshPolicy?: string
    refreshInterval?: string
    secretStoreRef?: { kind?: string; name?: string }
    target?: { name?: string; creationPolicy?: string; deletionPolicy?: string }
    data?: { secretKey: string; remoteRef: { key: string; property?: string } }[]
    dataFrom?: { extract?: { key: string } }[]
  }
  status?: { refreshTime?: string; syncedResourceVersion?: string; conditions?: Condition[] }
}

const apiVersion = 'external-secrets.io/v1'

/** The conditions of the real operator, and the messages beside them. */
const ready = (reason: string, message: string): Condition => ({ type: 'Ready', status: 'True', reason, message })
const unready = (reason: string, message: string): Condition => ({ type: 'Ready', status: 'False', reason, message })
const outcomes = {
  synced: ready('SecretSynced', 'secret synced'),
  retained: ready('SecretSynced', 'secret retained due to DeletionPolicy=Retain'),
  nothingToMerge: ready('SecretMissing', 'secret will not be created due to CreationPolicy=Merge'),
  failed: unready('SecretSyncedError', 'could not get secret data from provider'),
  storeValid: ready('Valid', 'store validated'),
  storeInvalid: unready('ValidationFailed', 'unable to validate store'),
}

/** Tests whether a store may be used from a namespace. Selectors of namespaces are not evaluated here. */
const admits = ({ spec }: Store, namespace: string | undefined): boolean => {
  const { conditions = [] } = spec ?? {}
  const isNamed = ({ namespaces = [], namespaceRegexes = [] }: (typeof conditions)[number]) =>
    namespaces.includes(namespace ?? '') ||
    namespaceRegexes.some((pattern) => new RegExp(pattern).test(namespace ?? ''))
  return conditions.length === 0 || conditions.some(isNamed)
}

/** Tests whether the operator handles a store, by its class. */
const isHandled = ({ spec }: Store): boolean => !spec?.controller || spec.controller === 'default'

/** The interval at which refresh intervals are checked, in milliseconds. */
const tick = 1_000

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** The annotations without that of kubectl, which holds a whole object. */
function ownAnnotations(metadata: KubernetesObject['metadata']): Record<string, string> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...annotations } = metadata?.annotations ?? {}
  return annotations
}

/** Changes with the specification, labels and annotations, so that an annotation such as force-sync triggers a refresh. */
function versionOf({ metadata }: KubernetesObject): string {
  const hash = hashOf([metadata?.labels, ownAnnotations(metadata)])
  return `${metadata?.generation}-${hash.slice(0, 32)}`
}

/**
 * The values that an ExternalSecret refers to.
 * @throws Error in the provider's words when one does not exist
 */
function valuesFor({ spec }: ExternalSecret, vault: Vault): Record<string, string> {
  const entry = (key: string) => {
    const found = vault[key]
    if (found === undefined) throw new Error('Secret does not exist')
    return found
  }
  const values: Record<string, string> = {}
  const processing = (what: string, read: () => void) => {
    try {
      read()
    } catch (error) {
      throw new Error(`error processing ${what}, err: ${messageOf(error)}`)
    }
  }
  for (const [index, { extract }] of (spec?.dataFrom ?? []).entries())
    processing(`spec.dataFrom[${index}].extract`, () => {
      if (extract !== undefined) Object.assign(values, entry(extract.key))
    })
  for (const [index, { secretKey, remoteRef }] of (spec?.data ?? []).entries()) {
    const { key, property } = remoteRef
    processing(`spec.data[${index}] (key: ${key})`, () => {
      const found = property === undefined ? JSON.stringify(entry(key)) : entry(key)[property]
      if (found === undefined) throw new Error(`cannot find secret data for key: "${property}"`)
      values[secretKey] = found
    })
  }
  return values
}

/** The Secret that an ExternalSecret writes. */
function secretOf({ metadata, spec }: ExternalSecret, values: Readonly<Record<string, string>>): V1Secret {
  const { namespace, name, uid } = metadata ?? {}
  const owner = { apiVersion, kind: 'ExternalSecret', name, uid, controller: true, blockOwnerDeletion: true }
  const isOwned = (spec?.target?.creationPolicy ?? 'Owner') === 'Owner'
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: spec?.target?.name ?? name,
      namespace,
      // Like the real operator, it copies the labels and annotations of the ExternalSecret.
      labels: { ...metadata?.labels, 'reconcile.external-secrets.io/managed': 'true' },
      annotations: { ...ownAnnotations(metadata), 'reconcile.external-secrets.io/data-hash': hashOf(values) },
      ...(isOwned ? { ownerReferences: [owner] } : {}),
    },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  } as V1Secret
}

/** Tests whether each entry of the first is one of the second. */
const isPart = (part: Readonly<Record<string, string>> = {}, whole: Readonly<Record<string, string>> = {}): boolean =>
  Object.entries(part).every(([key, value]) => whole[key] === value)

/** Tests whether a Secret has the values, the labels, the annotations and the owner that an ExternalSecret gives it. */
const isWritten = (existing: V1Secret | undefined, wanted: V1Secret): boolean =>
  existing !== undefined &&
  isDeepStrictEqual(existing.data ?? {}, wanted.data) &&
  isPart(wanted.metadata?.labels, existing.metadata?.labels) &&
  isPart(wanted.metadata?.annotations, existing.metadata?.annotations) &&
  (wanted.metadata?.ownerReferences ?? []).every(({ uid }) =>
    existing.metadata?.ownerReferences?.some((owner) => owner.uid === uid),
  )

export async function runExternalSecrets(cluster: Cluster, secrets: Cache<V1Secret>): Promise<void> {
  const stores = cluster.follow<Store>('ClusterSecretStore')
  const wanted = cluster.follow<ExternalSecret>('ExternalSecret')

  /** The last error of each object by uid: a retry that fails in the same way is not told again. */
  const told = new Map<string, string>()
  const tell = async (kind: string, object: KubernetesObject, reason: string, message: string): Promise<void> => {
    const { uid = '' } = object.metadata ?? {}
    if (told.get(uid) === message) return
    told.set(uid, message)
    await recordEvent(
      cluster.api,
      'external-secrets',
      apiVersion,
      { ...object, kind },
      { type: 'Warning', reason, message },
    )
  }

  const checkStore = async (store: Store): Promise<void> => {
    if (!isHandled(store)) return
    const { vault, fake } = store.spec?.provider ?? {}
    let next = outcomes.storeValid
    try {
      if (vault !== undefined) readVault()
      else if (fake === undefined) throw new Error('failed to find registered store backend for type')
    } catch (error) {
      next = outcomes.storeInvalid
      await tell('ClusterSecretStore', store, 'ValidationFailed', messageOf(error))
    }
    if (isUnchanged(store.status?.conditions, next)) return
    await cluster.mergeStatus('ClusterSecretStore', store, {
      capabilities: 'ReadWrite',
      conditions: [condition(store.status?.conditions, next)],
    })
  }

  const isDue = (external: ExternalSecret): boolean => {
    const { refreshTime, syncedResourceVersion, conditions } = external.status ?? {}
    // Like the real operator, it also restores a deleted Secret and retries one that it could not create.
    const { name: target = external.metadata?.name ?? '', creationPolicy = 'Owner' } = external.spec?.target ?? {}
    const isMissing = secrets.find(external.metadata?.namespace, target) === undefined
    if (refreshTime === undefined || syncedResourceVersion === undefined) return true
    if (isMissing && ['Owner', 'Merge'].includes(creationPolicy)) return true
    const interval = ms((external.spec?.refreshInterval ?? '1h') as StringValue)
    // Created once, or never refreshed: later changes of the specification are ignored.
    if (external.spec?.refreshPolicy === 'CreatedOnce' || interval <= 0) return false
    if (syncedResourceVersion !== versionOf(external)) return true
    if (!conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return true
    if (external.spec?.refreshPolicy === 'OnChange') return false
    return Date.now() - Date.parse(refreshTime) >= interval
  }

  const sync = async (external: ExternalSecret): Promise<void> => {
    const { deletionTimestamp, annotations } = external.metadata ?? {}
    if (deletionTimestamp !== undefined || annotations?.[holdAnnotation] !== undefined || !isDue(external)) return
    const { name, namespace } = external.metadata ?? {}
    const { name: reference = '', kind } = external.spec?.secretStoreRef ?? {}
    const store = stores.find(undefined, reference)
    if (store !== undefined && !isHandled(store)) return
    const previous = external.status?.conditions
    try {
      if (kind !== 'ClusterSecretStore' || store === undefined)
        throw new Error(`could not get ${kind ?? 'SecretStore'} "${reference}", not found`)
      if (!admits(store, namespace))
        throw new Error(
          `using cluster store "${reference}" is not allowed from namespace "${namespace}": denied by spec.condition`,
        )
      const synced = await write(external, valuesFor(external, readVault()))
      told.delete(external.metadata?.uid ?? '')
      await cluster.mergeStatus('ExternalSecret', external, {
        refreshTime: now(),
        syncedResourceVersion: versionOf(external),
        binding: { name: external.spec?.target?.name ?? name },
        conditions: [condition(previous, synced)],
      })
    } catch (error) {
      await tell('ExternalSecret', external, 'UpdateFailed', messageOf(error))
      if (isUnchanged(previous, outcomes.failed)) return
      await cluster.mergeStatus('ExternalSecret', external, { conditions: [condition(previous, outcomes.failed)] })
    }
  }

  /** Deletes the Secrets that an ExternalSecret owns under a former name of its target, as the real operator does. */
  const removeFormer = async ({ metadata }: ExternalSecret, target: string | undefined): Promise<void> => {
    const former = secrets
      .items()
      .filter(
        ({ metadata: { name, namespace, ownerReferences = [] } = {} }) =>
          namespace === metadata?.namespace &&
          name !== target &&
          ownerReferences.some(({ uid }) => uid === metadata?.uid),
      )
    await Promise.all(
      former.map((secret) => ignoreMissing(cluster.api.delete({ ...secret, apiVersion: 'v1', kind: 'Secret' }))),
    )
  }

  /** Writes the values by the policies of the ExternalSecret, and returns what the operator says then. */
  const write = async (external: ExternalSecret, values: Readonly<Record<string, string>>): Promise<Condition> => {
    const { name, namespace } = external.metadata ?? {}
    const { creationPolicy = 'Owner', deletionPolicy = 'Retain', name: target = name } = external.spec?.target ?? {}
    if (Object.keys(values).length === 0 && deletionPolicy === 'Retain') return outcomes.retained
    const existing = secrets.find(namespace, target ?? '')
    if (creationPolicy === 'Merge' && existing === undefined) return outcomes.nothingToMerge
    if (creationPolicy === 'Owner') await removeFormer(external, target)
    const secret = secretOf(external, values)
    // Like the real operator, it writes only what differs: a write of equal values could look like a change of them.
    if (creationPolicy !== 'None' && !isWritten(existing, secret)) await apply(cluster.api, secret)
    return outcomes.synced
  }

  const work = async () => {
    await Promise.all(stores.items().map(checkStore))
    await Promise.all(wanted.items().map(sync))
  }
  await reconcile('external-secrets', [stores, wanted, secrets], work, tick)
}

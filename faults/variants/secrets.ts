/** Variants of the ExternalSecrets, their stores and their Secrets: sections 0 and 1 of the checklist. */
import { inService, namespace, restartLake, untilLakeIsOlder } from '../catalogue/breaking'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import type { Variant } from './variant'

const threeDaysAgo = () => `${new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 19)}Z`

/** True once the operator has handled the current specification. */
const isSynced = (doors: Doors, name: string) => async () => {
  const { metadata, status } = await doors.get(inService('externalsecret', name))
  return String(status?.syncedResourceVersion ?? '').split('-')[0] === String(metadata.generation)
}

/** Fields of an ExternalSecret's specification. */
type Specification = Readonly<Record<string, unknown>>

/** Changes the specification of an ExternalSecret, and waits until the operator has handled it, unless it ignores changes. */
async function specified(doors: Doors, name: string, spec: Specification): Promise<() => Promise<void>> {
  const heal = await doors.patch(inService('externalsecret', name), { spec })
  const undo = async () => {
    await heal()
    await until(`${name} to be synced again`, isSynced(doors, name))
  }
  if (spec.refreshPolicy === 'CreatedOnce' || spec.refreshInterval === '0') return undo
  return untilShown(undo, `${name} to be synced`, isSynced(doors, name))
}

/** An ExternalSecret whose last refresh was three days ago, which its policy allows. */
const seldomRefreshed = (id: string, title: string, name: string, spec: Specification): Variant => ({
  id,
  title,
  changes: [`ExternalSecret ${name}`],
  apply: async (doors) => {
    const undo = await specified(doors, name, spec)
    await doors.patch(inService('externalsecret', name), { status: { refreshTime: threeDaysAgo() } }, 'status')
    return undo
  },
})

/** An ExternalSecret that does not own its Secret. */
const unowned = (id: string, creationPolicy: string, name: string): Variant => ({
  id,
  title: `An ExternalSecret has the creation policy ${creationPolicy}, so it does not own its Secret`,
  changes: [`ExternalSecret ${name}`],
  apply: async (doors) => {
    const undo = await specified(doors, name, { target: { creationPolicy } })
    const owned = await doors.patch(inService('secret', name), { metadata: { ownerReferences: null } })
    return undoneInReverse([undo, owned])
  },
})

/**
 * Replaces an ExternalSecret by one of another name that writes the same Secret, and restarts the lake, which has read the
 * former Secret.
 */
async function renamed(doors: Doors, from: string, to: string): Promise<() => Promise<void>> {
  const secret = inService('secret', from)
  const { metadata: _metadata, ...rest } = await doors.get(inService('externalsecret', from))
  const replaced = async (change: () => Promise<unknown>) => {
    const { uid } = (await doors.get(secret)).metadata
    await change()
    const isNew = async () => (await doors.exists(secret)) && (await doors.get(secret)).metadata.uid !== uid
    await until('the Secret to be written anew', isNew)
    await restartLake(doors)
  }
  let undo: (() => Promise<void>)[] = []
  await replaced(async () => {
    undo = [await doors.delete(inService('externalsecret', from))]
    undo.push(await create(doors, { ...rest, metadata: { name: to, namespace } }))
  })
  return () => replaced(undoneInReverse(undo))
}

/** Annotates an ExternalSecret, which makes its operator refresh the values and write the annotation to the Secret. */
async function refreshedByAnnotation(doors: Doors, name: string): Promise<() => Promise<void>> {
  await untilLakeIsOlder(doors)
  const value = new Date().toISOString()
  const undo = await doors.patch(inService('externalsecret', name), {
    metadata: { annotations: { 'force-sync': value } },
  })
  return untilShown(undo, `the Secret ${name} to be annotated`, async () => {
    const annotations = (await doors.get(inService('secret', name))).metadata.annotations as Record<string, string>
    return annotations?.['force-sync'] === value
  })
}

const store = { kind: 'clustersecretstore', name: 'vault' }

export const secretVariants: readonly Variant[] = [
  seldomRefreshed('secret-created-once', 'A Secret was created once, three days ago', 'devlake-db', {
    refreshPolicy: 'CreatedOnce',
  }),
  seldomRefreshed(
    'secret-refreshed-on-change',
    'A Secret is refreshed only when its ExternalSecret changes',
    'devlake-secrets',
    {
      refreshPolicy: 'OnChange',
    },
  ),
  seldomRefreshed(
    'secret-without-interval',
    'A Secret is not refreshed by time: the interval is 0',
    'devlake-grafana-secrets',
    {
      refreshInterval: '0',
    },
  ),
  unowned('secret-orphaned-by-policy', 'Orphan', 'devlake-grafana-secrets'),
  unowned('secret-merged', 'Merge', 'devlake-db'),
  {
    id: 'secret-extracted',
    title: 'An ExternalSecret takes every property of an entry',
    changes: ['ExternalSecret devlake-grafana-secrets'],
    apply: (doors) =>
      specified(doors, 'devlake-grafana-secrets', {
        data: null,
        dataFrom: [{ extract: { key: 'fawkes/devlake/grafana' } }],
      }),
  },
  {
    id: 'secret-of-another-external-secret',
    title: 'An ExternalSecret of another name writes the Secret',
    changes: ['ExternalSecret devlake-secrets', 'Pod devlake-lake-0'],
    apply: (doors) => renamed(doors, 'devlake-secrets', 'devlake'),
  },
  {
    id: 'secret-refreshed-by-annotation',
    title: 'Somebody makes the operator refresh a Secret that the running pods have read; its values stay the same',
    changes: ['ExternalSecret devlake-secrets', 'Secret devlake-secrets', 'Pod devlake-lake-0'],
    apply: (doors) => refreshedByAnnotation(doors, 'devlake-secrets'),
  },
  {
    id: 'secret-labelled',
    title: 'Somebody labels and annotates a Secret that the running pods have read',
    changes: ['Secret devlake-secrets'],
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-secrets'), {
        metadata: { labels: { team: 'platform' }, annotations: { 'example.org/audited': 'yes' } },
      }),
  },
  {
    id: 'store-for-the-namespace',
    title: 'The store may be used from the namespace of the service only',
    changes: ['ClusterSecretStore vault'],
    apply: (doors) => doors.patch(store, { spec: { conditions: [{ namespaces: ['elsewhere', namespace] }] } }),
  },
  {
    id: 'store-by-expression',
    title: 'The store may be used from namespaces whose names match an expression',
    changes: ['ClusterSecretStore vault'],
    apply: (doors) => doors.patch(store, { spec: { conditions: [{ namespaceRegexes: ['^faw.*$'] }] } }),
  },
  {
    id: 'store-by-label',
    title: 'The store may be used from namespaces that a selector matches',
    changes: ['ClusterSecretStore vault'],
    apply: (doors) =>
      doors.patch(store, {
        spec: {
          conditions: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
          controller: 'default',
        },
      }),
  },
]

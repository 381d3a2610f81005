/** Faults that prevent pods from being created or scheduled: storage, quotas, node selection. Sections 0 and 3. */
import type { Doors, Reference } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import { inService, isRolledOut, namespace, provenByEvents, provenBySettings, provenOnSurfaces } from './breaking'
import type { Fault } from './fault'

const uiItems = { failed: ['3.1', '3.3'], blocked: ['4.1', '5.2'] }
const uiSet = inService('statefulset', 'devlake-ui')

interface Status {
  readonly phase?: string
  readonly readyReplicas?: number
}
const statusOf = async (doors: Doors, reference: Reference) => ((await doors.get(reference)).status ?? {}) as Status

/** Scales a StatefulSet and waits until that number of its pods is ready. */
async function scale(doors: Doors, name: string, replicas: number): Promise<void> {
  const reference = inService('statefulset', name)
  await doors.kubectl(['scale', 'statefulset', name, '-n', namespace, `--replicas=${replicas}`])
  await until(
    `${name} to have ${replicas} pods`,
    async () => ((await statusOf(doors, reference)).readyReplicas ?? 0) === replicas,
  )
}

const untilGone = (doors: Doors, reference: Reference) =>
  until(`${reference.name} to be gone`, async () => !(await doors.exists(reference)))

/** Creates a quota for the pods of the namespace, and waits until it counts those that exist. Returns a function that deletes it. */
async function withQuota(doors: Doors, pods: number): Promise<() => Promise<void>> {
  await doors.kubectl(['create', 'quota', 'too-small', '-n', namespace, `--hard=pods=${pods}`])
  const lift = async () => {
    await doors.kubectl(['delete', 'quota', 'too-small', '-n', namespace])
  }
  return untilShown(lift, 'the quota to count the pods', async () => {
    const { status } = await doors.get(inService('quota', 'too-small'))
    return Number((status as { used?: { pods?: string } } | undefined)?.used?.pods ?? 0) >= pods
  })
}

const claim = inService('pvc', 'devlake-mysql')

/** Replaces the database's claim. A claim cannot be changed in place, nor deleted while a pod uses it. */
async function claimAgain(doors: Doors, object: object): Promise<void> {
  await doors.kubectl(['scale', 'statefulset', 'devlake-mysql', '-n', namespace, '--replicas=0'])
  await untilGone(doors, inService('pod', 'devlake-mysql-0'))
  await doors.kubectl(['delete', 'pvc', 'devlake-mysql', '-n', namespace, '--ignore-not-found'])
  await doors.kubectl(['create', '-f', '-'], JSON.stringify(object))
}

/** Removes the uid of the deleted claim from the volume, which otherwise cannot be bound to a new claim of the same name. */
const forgetClaim = (doors: Doors) => {
  const forget = JSON.stringify({ spec: { claimRef: { uid: null, resourceVersion: null } } })
  return doors.kubectl(['patch', 'pv', 'devlake-mysql', '--type=merge', '-p', forget])
}

const claimOf = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    ...{ name: 'devlake-mysql', namespace },
    labels: { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/instance': 'devlake' },
  },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } }, ...spec },
})

/** Replaces the database's claim by the one of the healthy sandbox, and waits for the database. */
async function restoreClaim(doors: Doors): Promise<void> {
  await claimAgain(doors, claimOf({ storageClassName: 'standard', volumeName: 'devlake-mysql' }))
  await forgetClaim(doors)
  await until('the claim to be bound', async () => (await statusOf(doors, claim)).phase === 'Bound')
  await scale(doors, 'devlake-mysql', 1)
}

/** Deletes the database's claim although a pod uses it: without its finalizer, Kubernetes does not wait for the pod. */
async function deleteClaimByForce(doors: Doors): Promise<void> {
  await doors.kubectl(['delete', 'pvc', claim.name, '-n', namespace, '--wait=false'])
  await doors.patch(claim, { metadata: { finalizers: null } })
  await untilGone(doors, claim)
}

/** A fault of the database's claim that keeps it Pending, and the pod of the database with it. */
const unclaimed = (id: string, title: string, spec: object, summary: string): Fault => ({
  id,
  title,
  expects: {
    failed: ['0.3', '3.1'],
    blocked: [
      '3.2',
      '4.1',
      '6.1',
      '6.2',
      '6.3',
      '6.4',
      '6.5',
      '16.1',
      ...provenBySettings,
      ...provenByEvents,
      ...provenOnSurfaces,
    ],
  },
  cause: { object: 'PersistentVolumeClaim fawkes/devlake-mysql', summary },
  apply: async (doors) => {
    await claimAgain(doors, claimOf(spec))
    await doors.kubectl(['scale', 'statefulset', 'devlake-mysql', '-n', namespace, '--replicas=1'])
    await until('the pod to be Pending', () => doors.exists(inService('pod', 'devlake-mysql-0')))
    return () => restoreClaim(doors)
  },
})

export const schedulingFaults: readonly Fault[] = [
  {
    id: 'claim-being-deleted',
    title: 'The claim of the database is being deleted, held by the pod that mounts it',
    expects: { failed: ['0.3'], blocked: [] },
    cause: { object: 'PersistentVolumeClaim fawkes/devlake-mysql', summary: 'is being deleted' },
    apply: async (doors) => {
      await doors.kubectl(['delete', 'pvc', claim.name, '-n', namespace, '--wait=false'])
      return () => restoreClaim(doors)
    },
  },
  {
    id: 'claim-deleted',
    title: 'The claim of the database was deleted by force while a pod mounts it',
    expects: { failed: ['0.3'], blocked: [] },
    cause: { object: 'PersistentVolumeClaim fawkes/devlake-mysql', summary: 'does not exist' },
    apply: async (doors) => {
      await deleteClaimByForce(doors)
      return () => restoreClaim(doors)
    },
  },
  {
    id: 'claim-without-default-class',
    title: 'The claim of the database was created again without a storage class, and the cluster has no default class',
    expects: { failed: ['0.3'], blocked: [] },
    cause: {
      object: 'PersistentVolumeClaim fawkes/devlake-mysql',
      summary: 'it names no storage class, and the cluster has no default class',
    },
    apply: async (doors) => {
      const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'false' }
      const heal = await doors.patch(
        { kind: 'storageclass', name: 'standard' },
        { metadata: { annotations: isDefault } },
      )
      await deleteClaimByForce(doors)
      await doors.kubectl(['create', '-f', '-'], JSON.stringify(claimOf({})))
      return async () => {
        await heal()
        await restoreClaim(doors)
      }
    },
  },
  {
    id: 'database-on-an-empty-dir',
    title: 'The pod of the database mounts an empty directory instead of the claim',
    expects: { failed: ['0.3'], blocked: [] },
    cause: { object: 'PersistentVolumeClaim fawkes/devlake-mysql', summary: 'is mounted by no pod of the database' },
    apply: async (doors) => {
      const database = inService('statefulset', 'devlake-mysql')
      const heal = await doors.patch(database, {
        spec: { template: { spec: { volumes: [{ name: 'data', emptyDir: {} }] } } },
      })
      const shown = isRolledOut(doors, database)
      const undo = async () => {
        await heal()
        await until('the database to mount its claim again', shown)
      }
      return untilShown(undo, 'the database to mount the directory', shown)
    },
  },
  unclaimed(
    'storage-class-missing',
    'The claim of the database uses a storage class that does not exist',
    { storageClassName: 'fast' },
    'is Pending: the storage class fast does not exist',
  ),
  unclaimed(
    'volume-missing',
    'There is no volume for the claim of the database',
    { storageClassName: 'standard', volumeName: 'devlake-mysql-2' },
    'is Pending: no volume',
  ),
  {
    id: 'pods-refused-by-quota',
    title: 'A quota of the namespace leaves no room for the pod of the UI',
    expects: uiItems,
    cause: { object: 'StatefulSet fawkes/devlake-ui', summary: 'its pods are rejected' },
    blocksPods: true,
    apply: async (doors) => {
      const lift = await withQuota(doors, 1)
      await doors.kubectl(['delete', 'pod', 'devlake-ui-0', '-n', namespace])
      return async () => {
        await lift()
        await scale(doors, 'devlake-ui', 0)
        await scale(doors, 'devlake-ui', 1)
      }
    },
  },
  {
    id: 'one-of-two-replicas',
    title: 'The UI should have two pods, and a quota of the namespace leaves room for one',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: { object: 'StatefulSet fawkes/devlake-ui', summary: 'its pods are rejected' },
    blocksPods: true,
    apply: async (doors) => {
      const pods = (await doors.kubectl(['get', 'pods', '-n', namespace, '-o', 'name'])).trim().split('\n').length
      const lift = await withQuota(doors, pods)
      await doors.kubectl(['scale', 'statefulset', 'devlake-ui', '-n', namespace, '--replicas=2'])
      const undo = async () => {
        await lift()
        await scale(doors, 'devlake-ui', 1)
      }
      return untilShown(undo, 'the StatefulSet to count its pods', async () => {
        const { metadata, status } = await doors.get(uiSet)
        return status?.observedGeneration === metadata.generation
      })
    },
  },
  {
    id: 'workload-deleted',
    title: 'The StatefulSet of the UI was deleted',
    expects: uiItems,
    cause: {
      object: 'pods labelled app.kubernetes.io/name=devlake,app.kubernetes.io/component=ui',
      summary: 'No workload creates the pods of the ui',
    },
    apply: async (doors) => {
      const heal = await doors.delete(uiSet)
      await untilGone(doors, inService('pod', 'devlake-ui-0'))
      return async () => {
        await heal()
        await scale(doors, 'devlake-ui', 1)
      }
    },
  },
  {
    id: 'no-node-fits',
    title: 'The pod of the UI selects a node that the cluster does not have',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: { object: 'Pod fawkes/devlake-ui-0', summary: 'is Pending: 0/4 nodes are available: ' },
    apply: async (doors) => {
      const place = (nodeSelector: object | null) =>
        doors.kubectl([
          ...['patch', 'statefulset', 'devlake-ui', '-n', namespace, '--type=merge', '-p'],
          JSON.stringify({ spec: { template: { spec: { nodeSelector } } } }),
        ])
      await place({ disktype: 'nvme' })
      await until('the new pod to be Pending', async () => {
        const pod = inService('pod', 'devlake-ui-0')
        return (await doors.exists(pod)) && (await statusOf(doors, pod)).phase === 'Pending'
      })
      return async () => {
        await place(null)
        // A StatefulSet does not replace a pod that has never been ready.
        await scale(doors, 'devlake-ui', 0)
        await scale(doors, 'devlake-ui', 1)
      }
    },
  },
]

/** Variants of the pods and workloads: sections 0 and 3 of the checklist. */
import { setTimeout as pause } from 'node:timers/promises'
import { holdAnnotation } from '../../sandbox/cluster/backends'
import { containersOf, inService, isRolledOut, namespace } from '../catalogue/breaking'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import type { Variant } from './variant'

const ui = inService('statefulset', 'devlake-ui')
const labelsOf = (component: string) => ({
  'app.kubernetes.io/name': 'devlake',
  'app.kubernetes.io/instance': 'devlake',
  'app.kubernetes.io/component': component,
})

/** A workload of an optional part that is turned off. */
const turnedOff = (name: string, where: string, labels: Readonly<Record<string, string>>): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: where, labels },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'part', image: 'example.org/part:1' }] } },
  },
})

/** Sets the restarts of MySQL, the last of which ended long ago. */
async function restartedLongAgo(doors: Doors): Promise<() => Promise<void>> {
  const { status } = await doors.get(inService('pod', 'devlake-mysql-0'))
  const [running] = (status?.containerStatuses ?? []) as readonly object[]
  const finishedAt = `${new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 19)}Z`
  const terminated = { exitCode: 255, reason: 'Unknown', startedAt: finishedAt, finishedAt }
  return doors.holdPod(namespace, 'devlake-mysql-0', {
    containerStatuses: [{ ...running, restartCount: 1, lastState: { terminated } }],
  })
}

/** The time that a new pod takes to start: the run begins, and its deadline for a condition is not over. */
const startsWithinMs = 5000

/** Deletes the pod of the UI. The next one is not ready for a while, and does not answer. */
async function replacedMeanwhile(doors: Doors): Promise<() => Promise<void>> {
  const answer = { kind: 'answer', status: 503, type: 'text/plain', body: 'starting' } as const
  const start = doors.interfere({ process: 'ui', path: '.*', how: answer })
  await doors.kubectl(['delete', 'pod', `${ui.name}-0`, '-n', namespace, '--wait=false'])
  const started = pause(startsWithinMs).then(start)
  return async () => {
    await started
    await until('the UI to be ready', async () => (await doors.get(ui)).status?.readyReplicas === 1)
  }
}

export const podVariants: readonly Variant[] = [
  {
    id: 'sidecars-beside-the-ui',
    title: 'A proxy runs beside the UI, and another one as a sidecar among the init containers',
    changes: ['StatefulSet devlake-ui'],
    apply: async (doors) => {
      const initContainers = [{ name: 'mesh', image: 'example.org/mesh:1', restartPolicy: 'Always' }]
      const containers = [...(await containersOf(doors, ui)), { name: 'proxy', image: 'example.org/proxy:1' }]
      const heal = await doors.patch(ui, { spec: { template: { spec: { initContainers, containers } } } })
      const undo = async () => {
        await heal()
        await until('the UI to run alone again', isRolledOut(doors, ui))
      }
      return untilShown(undo, 'the UI to run with its sidecars', isRolledOut(doors, ui))
    },
  },
  {
    id: 'job-of-the-lake',
    title: 'A Job that has migrated the database has the labels of the lake',
    changes: ['Job devlake-migration'],
    apply: async (doors) => {
      const job = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'devlake-migration', namespace },
        spec: {
          template: {
            metadata: { labels: labelsOf('lake') },
            spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image: 'apache/devlake:v1.0.2' }] },
          },
        },
      }
      const undo = await create(doors, job)
      return untilShown(undo, 'the Job to be complete', async () => {
        const { status } = await doors.get(inService('job', job.metadata.name))
        return status?.succeeded === 1
      })
    },
  },
  {
    id: 'pod-on-its-way-out',
    title: 'A pod of the UI is being deleted beside the one that replaces it',
    changes: ['Pod devlake-ui-old'],
    apply: async (doors) => {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...{ name: 'devlake-ui-old', namespace, labels: labelsOf('ui') },
          finalizers: ['acceptance.example.org/held'],
        },
        spec: { containers: [{ name: 'ui', image: 'apache/devlake-config-ui:v1.0.1' }] },
      }
      const forget = await create(doors, pod)
      const reference = inService('pod', pod.metadata.name)
      await doors.kubectl(['delete', 'pod', pod.metadata.name, '-n', namespace, '--wait=false'])
      return async () => {
        await doors.patch(reference, { metadata: { finalizers: null } })
        await forget()
      }
    },
  },
  {
    id: 'pod-replaced-meanwhile',
    title: 'The pod of the UI is replaced while the run begins',
    changes: ['StatefulSet devlake-ui'],
    apply: replacedMeanwhile,
  },
  {
    id: 'evicted-pod-replaced',
    title: 'A pod of the UI was evicted two days ago, and another one has replaced it',
    changes: ['Pod devlake-ui-evicted'],
    apply: async (doors) => {
      const { uid } = (await doors.get(ui)).metadata
      const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: ui.name, uid }
      const name = 'devlake-ui-evicted'
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...{ name, namespace, labels: labelsOf('ui'), ownerReferences: [owner] },
          annotations: { [holdAnnotation]: 'true' },
        },
        spec: { nodeName: 'sandbox-worker-1', containers: [{ name: 'ui', image: 'apache/devlake-config-ui:v1.0.1' }] },
      }
      const undo = await create(doors, pod)
      const lastTransitionTime = `${new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 19)}Z`
      const condition = { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', lastTransitionTime }
      const failed = {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        conditions: [condition, { type: 'Ready', status: 'False', lastTransitionTime }],
        containerStatuses: null,
      }
      const evicted = async () => {
        await doors.patch(inService('pod', name), { status: failed }, 'status')
        const { status } = await doors.get(inService('pod', name))
        return status?.phase === 'Failed'
      }
      return untilShown(undo, 'the pod to be evicted', evicted)
    },
  },
  {
    id: 'mysql-restarted-long-ago',
    title: 'MySQL restarted with its node three days ago',
    changes: ['Pod devlake-mysql-0'],
    apply: restartedLongAgo,
  },
  {
    id: 'two-replicas',
    title: 'The UI has two pods',
    changes: ['StatefulSet devlake-ui'],
    apply: async (doors) => {
      const scale = async (replicas: number) => {
        await doors.kubectl(['scale', 'statefulset', ui.name, '-n', namespace, `--replicas=${replicas}`])
        await until(`the UI to have ${replicas} pods`, async () => {
          const { status } = await doors.get(ui)
          return status?.readyReplicas === replicas && status?.replicas === replicas
        })
      }
      await scale(2)
      return () => scale(1)
    },
  },
  {
    id: 'optional-parts-turned-off',
    title: 'The notifications and the login of ArgoCD, and the example of Grafana, are scaled to zero',
    changes: ['Deployment argocd-notifications-controller'],
    apply: async (doors) => {
      const ofArgoCd = (component: string) => ({
        'app.kubernetes.io/instance': 'argocd',
        'app.kubernetes.io/part-of': 'argocd',
        'app.kubernetes.io/component': component,
      })
      return undoneInReverse([
        await create(
          doors,
          turnedOff('argocd-notifications-controller', namespace, ofArgoCd('notifications-controller')),
          turnedOff('argocd-dex-server', namespace, ofArgoCd('dex-server')),
        ),
      ])
    },
  },
  {
    id: 'webhook-of-external-secrets-turned-off',
    title: 'The webhook of External Secrets is scaled to zero: it only validates',
    changes: ['Deployment external-secrets-webhook'],
    apply: async (doors) => {
      const webhook = { kind: 'deployment', name: 'external-secrets-webhook', namespace: 'external-secrets' }
      const replicas = async () => Number((await doors.get(webhook)).status?.readyReplicas ?? 0)
      const heal = await doors.patch(webhook, { spec: { replicas: 0 } })
      const undo = async () => {
        await heal()
        await until('the webhook to run again', async () => (await replicas()) === 1)
      }
      return untilShown(undo, 'the webhook to have no pod', async () => (await replicas()) === 0)
    },
  },
]

/** Faults of pods: section 3 of the checklist. */
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until } from '../doors/until'
import {
  answering,
  containersOf,
  endedWithLog,
  inService,
  namespace,
  needingGrafana,
  needingTheDatabase,
  scaleDown,
  surfacesOfTheLake,
  withoutEndpoints,
} from './breaking'
import { stopped } from './containers'
import type { Fault } from './fault'

const notReady = (message: string) => ({
  conditions: ['Ready', 'ContainersReady'].map((type) => ({
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message,
  })),
})

interface EarlierEnd {
  /** How long ago the previous container ended, in milliseconds. */
  readonly ago: number
  readonly exitCode: number
  readonly reason: string
  readonly restartCount: number
}

const endOf = ({ ago }: EarlierEnd) => `${new Date(Date.now() - ago).toISOString().slice(0, 19)}Z`

/** Shows the container of a pod as restarted. */
async function restarted(doors: Doors, pod: string, end: EarlierEnd): Promise<() => Promise<void>> {
  const { exitCode, reason, restartCount } = end
  const { status } = await doors.get(inService('pod', pod))
  const [running] = (status?.containerStatuses ?? []) as readonly object[]
  const finishedAt = endOf(end)
  const terminated = { exitCode, reason, startedAt: finishedAt, finishedAt }
  return doors.holdPod(namespace, pod, {
    containerStatuses: [{ ...running, restartCount, lastState: { terminated } }],
  })
}

/**
 * Shows a pod as restarted. The previous container has a log, as in a cluster where it really ended.
 * @param process writes the log of the pod; "others" for all pods without a process
 */
async function endedBefore(doors: Doors, pod: string, process: string, end: EarlierEnd): Promise<() => Promise<void>> {
  const forget = endedWithLog(process, endOf(end))
  return undoneInReverse([forget, await restarted(doors, pod, end)])
}

const mysqlEnded = (doors: Doors, end: EarlierEnd) => endedBefore(doors, 'devlake-mysql-0', 'mysql', end)

/** Gives a StatefulSet a new image that it does not roll out. */
async function withoutRollout(doors: Doors, name: string, image: string): Promise<() => Promise<void>> {
  const statefulSet = inService('statefulset', name)
  const containers = (await containersOf(doors, statefulSet)).map((container) => ({ ...container, image }))
  const heal = await doors.patch(statefulSet, {
    spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null }, template: { spec: { containers } } },
  })
  await until('the StatefulSet to know its new revision', async () => {
    const { metadata, status } = await doors.get(statefulSet)
    return status?.observedGeneration === metadata.generation
  })
  return heal
}

const ui = inService('pod', 'devlake-ui-0')

/** Gives the pod of the UI a finalizer. The undo lets the pod go that has it. */
async function heldUi(doors: Doors): Promise<() => Promise<void>> {
  await doors.patch(ui, { metadata: { finalizers: ['acceptance.example.org/held'] } })
  return async () => {
    await doors.patch(ui, { metadata: { finalizers: null } })
  }
}

export const podFaults: readonly Fault[] = [
  {
    id: 'ui-scaled-down',
    title: 'The UI is scaled to zero',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '5.2'] },
    cause: { object: 'StatefulSet fawkes/devlake-ui', summary: 'is scaled to 0' },
    apply: (doors) => scaleDown(doors, 'statefulset', 'devlake-ui', namespace),
  },
  {
    id: 'ui-evicted',
    title: 'The pod of the UI was evicted, and a finalizer keeps its StatefulSet from replacing it',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '5.2'] },
    cause: { object: 'Pod fawkes/devlake-ui-0', summary: 'failed (Evicted)' },
    apply: async (doors) => {
      const release = await heldUi(doors)
      const heal = await doors.holdPod(namespace, ui.name, {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        conditions: [{ type: 'Ready', status: 'False', reason: 'PodFailed' }],
        containerStatuses: null,
      })
      return undoneInReverse([heal, release])
    },
  },
  {
    id: 'ui-does-not-end',
    title: 'The pod of the UI is being deleted, and a finalizer holds it',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '5.2'] },
    cause: { object: 'Pod fawkes/devlake-ui-0', summary: 'is being deleted and does not end' },
    apply: async (doors) => {
      const release = await heldUi(doors)
      const heal = await doors.holdPod(namespace, ui.name, {})
      await doors.kubectl(['delete', 'pod', ui.name, '-n', namespace, '--wait=false', '--grace-period=1'])
      const deletedAt = async () => Date.parse(String((await doors.get(ui)).metadata.deletionTimestamp))
      await until('the time of the pod to be over', async () => Date.now() > (await deletedAt()))
      return undoneInReverse([heal, release])
    },
  },
  {
    id: 'grafana-health-check-fails',
    title: 'Grafana answers its health check with 503',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2', ...needingGrafana] },
    cause: { object: 'Pod fawkes/devlake-grafana-0', summary: 'is running but not ready' },
    apply: async (doors) => {
      const ready = async (status: string) => {
        const { conditions = [] } = ((await doors.get(inService('pod', 'devlake-grafana-0'))).status ?? {}) as {
          conditions?: readonly { type: string; status: string }[]
        }
        return conditions.some((condition) => condition.type === 'Ready' && condition.status === status)
      }
      const heal = doors.interfere({
        process: 'grafana',
        path: '^/api/health$',
        how: answering(503, '{"database":"failing"}'),
      })
      await until('Grafana to be unready', () => ready('False'))
      return async () => {
        await heal()
        await until('Grafana to be ready', () => ready('True'))
      }
    },
  },
  {
    id: 'grafana-cannot-start',
    title: 'The entry point in the image of Grafana is not executable',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '5.2', ...needingGrafana] },
    cause: {
      object: 'Pod fawkes/devlake-grafana-0',
      summary: 'container grafana cannot be started: exec: "/run.sh": permission denied',
    },
    apply: (doors) => {
      const waiting = { reason: 'RunContainerError', message: 'exec: "/run.sh": permission denied' }
      return doors.holdPod(namespace, 'devlake-grafana-0', {
        ...notReady('containers with unready status: [grafana]'),
        containerStatuses: [
          {
            name: 'grafana',
            image: 'apache/devlake-dashboard',
            imageID: '',
            ready: false,
            restartCount: 2,
            state: { waiting },
          },
        ],
      })
    },
  },
  {
    id: 'mysql-not-ready',
    title: 'MySQL fails its readiness probe',
    expects: { failed: ['3.1'], blocked: ['4.1', ...needingTheDatabase] },
    cause: { object: 'Pod fawkes/devlake-mysql-0', summary: 'is running but not ready: mysqladmin: connect' },
    apply: (doors) =>
      doors.holdPod(namespace, 'devlake-mysql-0', notReady('mysqladmin: connect to server at localhost failed')),
  },
  {
    id: 'mysql-restarted',
    title: 'MySQL crashed two minutes ago and is up again',
    expects: { failed: ['3.3'], blocked: [] },
    cause: { object: 'Pod fawkes/devlake-mysql-0', summary: 'container mysql crashed at' },
    apply: async (doors) => mysqlEnded(doors, { ago: 120_000, exitCode: 1, reason: 'Error', restartCount: 1 }),
  },
  {
    id: 'mysql-restarts-often',
    title: 'MySQL ran out of memory 143 times, the last time twelve minutes ago',
    expects: { failed: ['3.3'], blocked: [] },
    cause: { object: 'Pod fawkes/devlake-mysql-0', summary: 'container mysql restarted 143 times' },
    apply: async (doors) => mysqlEnded(doors, { ago: 720_000, exitCode: 137, reason: 'OOMKilled', restartCount: 143 }),
  },
  {
    id: 'ui-image-not-rolled-out',
    title: 'The StatefulSet of the UI has a new image, which its pod does not have',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: { object: 'StatefulSet fawkes/devlake-ui', summary: 'still has pods of an older revision' },
    apply: (doors) => withoutRollout(doors, 'devlake-ui', 'example.org/ui:next'),
  },
  {
    id: 'argocd-image-not-rolled-out',
    title: 'The application controller of ArgoCD has a new image, which its pod does not have',
    expects: { failed: ['0.6'], blocked: [] },
    cause: {
      object: 'StatefulSet fawkes/argocd-application-controller',
      summary: 'still has pods of an older revision',
    },
    apply: (doors) => withoutRollout(doors, 'argocd-application-controller', 'example.org/argocd:next'),
  },
  {
    id: 'argocd-restarts-often',
    title: 'The application controller of ArgoCD restarted 40 times, the last time two hours ago',
    expects: { failed: ['0.6'], blocked: [] },
    cause: {
      object: 'Pod fawkes/argocd-application-controller-0',
      summary: 'container application-controller restarted 40 times',
    },
    apply: (doors) =>
      endedBefore(doors, 'argocd-application-controller-0', 'others', {
        ...{ ago: 7_200_000, exitCode: 20, reason: 'Error' },
        restartCount: 40,
      }),
  },
  {
    id: 'pod-crash-loop',
    title: 'The pod of the lake is in CrashLoopBackOff',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '4.2', '5.2', '5.3', ...surfacesOfTheLake] },
    cause: { object: 'Pod fawkes/devlake-lake-0', summary: 'CrashLoopBackOff' },
    apply: async (doors) => {
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' }
      const finishedAt = `${new Date().toISOString().slice(0, 19)}Z`
      const terminated = { reason: 'Error', exitCode: 2, finishedAt }
      const forget = endedWithLog('lake', finishedAt)
      const heal = await withoutEndpoints(doors, 'devlake-lake', () =>
        doors.holdPod(namespace, 'devlake-lake-0', stopped('lake', 'apache/devlake', { waiting }, { terminated }, 7)),
      )
      return undoneInReverse([forget, heal])
    },
  },
]

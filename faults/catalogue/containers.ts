/** Faults of containers that cannot start or that crash: section 3 of the checklist. */
import { podLogOf } from '../../sandbox/basis/layout'
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until } from '../doors/until'
import {
  base64,
  endedWithLog,
  inService,
  isRolledOut,
  namespace,
  surfacesOfTheLake,
  withoutEndpoints,
} from './breaking'
import type { Fault } from './fault'

const unready = [
  { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
  { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady' },
]

/** The status of a pod whose only container is not running. */
export const stopped = (name: string, image: string, state: object, lastState: object = {}, restartCount = 0) => ({
  conditions: unready,
  containerStatuses: [{ name, image, imageID: '', ready: false, restartCount, state, lastState }],
})

const ui = (state: object, lastState?: object, restartCount?: number) => (doors: Doors) =>
  doors.holdPod(namespace, 'devlake-ui-0', stopped('ui', 'apache/devlake-config-ui', state, lastState, restartCount))

const uiPod = 'Pod fawkes/devlake-ui-0'
const uiItems = { failed: ['3.1', '3.3'], blocked: ['4.1', '5.2'] }

/** Records an event on the UI's pod as the kubelet would. The undo deletes it, because it must not outlive the fault. */
const event = async (doors: Doors, reason: string, message: string) => {
  const now = new Date().toISOString().replace(/\.\d+/, '')
  const name = 'devlake-ui-0'
  const { uid } = (await doors.get(inService('pod', name))).metadata
  await doors.kubectl(
    ['create', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${reason.toLowerCase()}`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
      ...{ type: 'Warning', reason, message, count: 3, firstTimestamp: now, lastTimestamp: now },
      source: { component: 'kubelet' },
    }),
  )
  return async () => {
    await doors.kubectl(['delete', 'event', '-n', namespace, `${name}.${reason.toLowerCase()}`])
  }
}

export const containerFaults: readonly Fault[] = [
  {
    id: 'memory-limit-exceeded',
    title: 'The UI is repeatedly killed because it exceeds its memory limit',
    expects: uiItems,
    cause: { object: uiPod, summary: 'it ran out of memory (OOMKilled)' },
    apply: async (doors) => {
      const finishedAt = new Date().toISOString()
      const terminated = { reason: 'OOMKilled', exitCode: 137, finishedAt }
      const forget = endedWithLog('ui', finishedAt)
      const crashing = ui({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } }, { terminated }, 5)
      return undoneInReverse([forget, await crashing(doors)])
    },
  },
  {
    id: 'image-not-found',
    title: 'The image of the UI does not exist in its registry',
    expects: uiItems,
    cause: { object: uiPod, summary: 'devlake-config-ui:v1.0.2 of container ui cannot be pulled (ImagePullBackOff)' },
    apply: ui({
      waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image: manifest unknown' },
    }),
  },
  {
    id: 'key-of-secret-unknown',
    title: 'The UI refers to a key that its Secret does not contain',
    expects: uiItems,
    // Otherwise a fault of the ExternalSecret that writes this Secret would be named as the cause.
    needs: ['1.1', '1.3'],
    cause: { object: uiPod, summary: "cannot be started: couldn't find key api-tokens in Secret" },
    apply: ui({
      waiting: {
        reason: 'CreateContainerConfigError',
        message: "couldn't find key api-tokens in Secret fawkes/devlake-secrets",
      },
    }),
  },
  {
    id: 'readiness-probe-fails',
    title: 'The UI is running but fails its readiness probe',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: {
      object: uiPod,
      summary: 'is running but not ready: Readiness probe failed: HTTP probe failed with statuscode: 503',
    },
    apply: async (doors) => {
      const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
      const forget = await event(doors, 'Unhealthy', message)
      const heal = await ui({ running: { startedAt: new Date().toISOString() } })(doors)
      return async () => {
        await heal()
        await forget()
      }
    },
  },
  {
    id: 'init-container-waits',
    title: 'An init container of the UI waits for a service that never answers',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: { object: uiPod, summary: 'its init container wait-for-lake does not end' },
    apply: async (doors) => {
      const set = inService('statefulset', 'devlake-ui')
      const name = 'wait-for-lake'
      const image = 'busybox:1.37'
      const shown = isRolledOut(doors, set)
      const remove = await doors.patch(set, { spec: { template: { spec: { initContainers: [{ name, image }] } } } })
      await until('the UI to have its init container', shown)
      const state = { running: { startedAt: new Date().toISOString() } }
      const heal = await doors.holdPod(namespace, 'devlake-ui-0', {
        phase: 'Pending',
        ...stopped('ui', 'apache/devlake-config-ui', { waiting: { reason: 'PodInitializing' } }),
        initContainerStatuses: [{ name, image, imageID: '', ready: false, restartCount: 0, state, lastState: {} }],
      })
      return async () => {
        await remove()
        await heal()
        await until('the UI to run without it', shown)
      }
    },
  },
  {
    id: 'volume-not-mounted',
    title: 'A volume of the UI refers to a Secret that does not exist',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: { object: uiPod, summary: 'cannot mount its volumes: MountVolume.SetUp failed' },
    apply: async (doors) => {
      const message = 'MountVolume.SetUp failed for volume "config" : secret "devlake-ui-config" not found'
      const forget = await event(doors, 'FailedMount', message)
      const heal = await doors.holdPod(namespace, 'devlake-ui-0', {
        phase: 'Pending',
        ...stopped('ui', 'apache/devlake-config-ui', { waiting: { reason: 'ContainerCreating' } }),
      })
      return async () => {
        await heal()
        await forget()
      }
    },
  },
  {
    id: 'volume-attached-elsewhere',
    title: 'The volume of a new pod of the UI is still attached to another node',
    expects: { failed: ['3.1'], blocked: ['4.1', '5.2'] },
    cause: { object: uiPod, summary: 'cannot mount its volumes: Multi-Attach error for volume' },
    apply: async (doors) => {
      const message = 'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node'
      const forget = await event(doors, 'FailedAttachVolume', message)
      const heal = await doors.holdPod(namespace, 'devlake-ui-0', {
        phase: 'Pending',
        ...stopped('ui', 'apache/devlake-config-ui', { waiting: { reason: 'ContainerCreating' } }),
      })
      return undoneInReverse([forget, heal])
    },
  },
  {
    id: 'crash-for-want-of-the-password',
    title: 'The lake crashes because the database rejects its password',
    expects: {
      failed: ['3.1', '3.2', '3.3', '6.1'],
      blocked: ['4.1', '4.2', '5.2', '5.3', '6.2', '6.3', '6.4', '6.5', ...surfacesOfTheLake],
    },
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-password',
      summary: 'does not accept the password of merico',
    },
    apply: async (doors) => {
      const line = "level=error msg=\"Error 1045 (28000): Access denied for user 'merico'@'10.244.0.8'\""
      const forget = doors.append(podLogOf('lake'), `${new Date().toISOString()} stdout F time="now" ${line}\n`)
      const secret = inService('secret', 'devlake-db')
      const restore = await doors.patch(secret, { data: { 'mysql-password': base64('not-the-password') } })
      const terminated = { reason: 'Error', exitCode: 1, finishedAt: new Date().toISOString() }
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s' }
      const heal = await withoutEndpoints(doors, 'devlake-lake', () =>
        doors.holdPod(namespace, 'devlake-lake-0', stopped('lake', 'apache/devlake', { waiting }, { terminated }, 5)),
      )
      return async () => {
        await restore()
        await forget()
        await heal()
      }
    },
  },
]

/** Section 3: checks of the service's pods. */

import { command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import type { Component } from '../contracts/contract'
import type { ContainerStatus, Pod } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { expectInside } from './outside-database'
import { placed } from './placed'
import { type Hindrance, lasting, type Outcome, outcomeOf, settled, startingMs } from './settled'
import { workloadProblems, workloadsOf } from './workloads'

/**
 * 3.1: checks that each pod of the component is running and ready, and that it has all pods that it should have. A rollout that goes
 * on gets the time to end.
 * @returns the pods
 */
export async function expectPodsReady(platform: Platform, component: Component): Promise<Pod[]> {
  await settled(platform, () => unreadinessOf(platform, component), `pods of the ${component}`)
  return podsOf(platform, component)
}

async function unreadinessOf(platform: Platform, component: Component): Promise<Outcome | undefined> {
  const { namespace, now } = placed(platform, component).kubernetes
  const pods = await currentPods(platform, component)
  if (pods.length === 0) return absenceOf(platform, component)
  const ofPods = pods.flatMap((pod): Hindrance[] => {
    const error = errorOf(namespace, pod)
    if (error) return [lasting(error)]
    const circumstances = unreadinessOfPod(namespace, pod)
    return circumstances ? [{ circumstances, mayEnd: mayBecomeReady(pod, now) }] : []
  })
  return outcomeOf(ofPods.length > 0 ? ofPods : workloadProblems(await workloadsOf(platform, component)))
}

/** True for a pod that is starting, and for one of a Job, which ends by itself. */
const mayBecomeReady = (pod: Pod, now: Date): boolean =>
  jobOf(pod) !== undefined || now.getTime() - createdAt(pod) < startingMs

/** 3.3: checks that no pod of the component is in an error state, crashed recently or restarts too often. */
export async function expectNoErrorState(platform: Platform, component: Component, now: Date): Promise<void> {
  const { namespace } = placed(platform, component).kubernetes
  const pods = await podsOf(platform, component)
  expectNone(
    pods.flatMap(
      (pod) => errorOf(namespace, pod) ?? recentCrashOf(namespace, pod, now) ?? restartsOf(namespace, pod, now) ?? [],
    ),
  )
}

/** Returns the pods of a component. While its workload is about to create them, it gets the time to do so. @throws Unmet without a pod */
export async function podsOf(platform: Platform, component: Component): Promise<Pod[]> {
  const absence = async () =>
    (await currentPods(platform, component)).length === 0 ? absenceOf(platform, component) : undefined
  await settled(platform, absence, `a pod of the ${component}`)
  return currentPods(platform, component)
}

/**
 * Finds pods by label, whatever kind of workload owns them. Pods that are being deleted do not count, nor those that have completed
 * with the earlier tries of their Jobs, nor the remains of pods that were replaced.
 */
async function currentPods(platform: Platform, component: Component): Promise<Pod[]> {
  const { kubernetes, configuration } = placed(platform, component)
  const found = await kubernetes.pods(configuration.components[component].labels)
  const all = found.filter(({ metadata }) => !metadata.deletionTimestamp)
  const completed = all.filter(({ status }) => status.phase === 'Succeeded')
  const now = kubernetes.now.getTime()
  return all.filter((pod) => !completed.some((other) => pod === other || hasEnded(pod, other)) && !isReplaced(pod, now))
}

/** The finding about a component without a pod, which ends if a workload is about to create one. */
async function absenceOf(platform: Platform, component: Component): Promise<Outcome> {
  await expectInside(platform, component)
  const { kubernetes, configuration } = placed(platform, component)
  const { labels } = configuration.components[component]
  const found = await kubernetes.pods(labels)
  const leaving = found.filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata }) => metadata.name)
  const problem = new Unmet({
    summary: `There is no pod of the ${component} in ${kubernetes.namespace}.`,
    object: `pods labelled ${selectorOf(labels)}`,
    reliesOn: [`pods labelled ${selectorOf(labels)}`],
    expected: 'at least one pod',
    found: leaving.length > 0 ? `only pods that are being deleted: ${leaving.join(', ')}` : 'no pod',
    remedy: [
      command`kubectl get pods -n ${kubernetes.namespace} -l ${selectorOf(labels)}`,
      command`kubectl get statefulsets,deployments -n ${kubernetes.namespace}`,
      comment`if its labels are different: configuration key components.${component}.labels`,
    ],
  })
  const workloads = await workloadsOf(platform, component)
  return { problem, mayEnd: workloads.length > 0 && workloadProblems(workloads).every(({ mayEnd }) => mayEnd) }
}

const jobOf = ({ metadata }: Pod) => metadata.ownerReferences.find(({ kind }) => kind === 'Job')

/** A CronJob names its Jobs after itself and the minute for which they are scheduled. */
const seriesOf = (pod: Pod) => jobOf(pod)?.name.replace(/-\d{8,}$/, '')

const createdAt = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '')

/** True for the earlier tries of a completed pod of a Job, those of earlier Jobs of the same CronJob among them. */
const hasEnded = (pod: Pod, completed: Pod): boolean =>
  (jobOf(pod) !== undefined && jobOf(pod)?.uid === jobOf(completed)?.uid) ||
  (seriesOf(pod) !== undefined && seriesOf(pod) === seriesOf(completed) && createdAt(pod) < createdAt(completed))

/**
 * True for what is left of a pod that was evicted, or that its node ended, a while ago: its owner has created another one, or lacks
 * a pod.
 */
function isReplaced(pod: Pod, now: number): boolean {
  const { metadata, status } = pod
  if (status.phase !== 'Failed' || metadata.ownerReferences.length === 0 || jobOf(pod)) return false
  const times = [
    ...status.conditions.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime ?? '')),
    ...containersOf(pod).map(({ state }) => Date.parse(state.terminated?.finishedAt ?? '')),
  ].filter((time) => !Number.isNaN(time))
  return now - Math.max(...(times.length > 0 ? times : [createdAt(pod)])) > recentMs
}

/** Waiting reasons of containers that are about to start. All others need an intervention. */
const startingReasons = ['', 'ContainerCreating', 'PodInitializing']

function errorOf(namespace: string, pod: Pod): Circumstances | undefined {
  for (const container of containersOf(pod)) {
    const reason = container.state.waiting?.reason ?? ''
    if (!startingReasons.includes(reason))
      return circumstances(namespace, pod, `container ${container.name} is in ${reason}`, container)
    const terminated = container.state.terminated
    if (terminated && (terminated.exitCode ?? 0) !== 0)
      return circumstances(
        namespace,
        pod,
        `container ${container.name} ended with exit code ${terminated.exitCode}`,
        container,
      )
  }
  if (pod.status.phase === 'Failed')
    return circumstances(namespace, pod, `failed (${pod.status.reason ?? 'no reason given'})`)
  return undefined
}

/** Detects a crash loop that looks healthy between two crashes, by a recent crash. */
function recentCrashOf(namespace: string, pod: Pod, now: Date): Circumstances | undefined {
  const container = runningIn(pod).find(({ lastState }) => {
    const { finishedAt, exitCode } = lastState.terminated ?? {}
    return (exitCode ?? 0) !== 0 && finishedAt !== undefined && now.getTime() - Date.parse(finishedAt) < recentMs
  })
  if (!container) return undefined
  const { reason, exitCode, finishedAt } = container.lastState.terminated ?? {}
  const problem = `container ${container.name} crashed at ${finishedAt} (${reason ?? 'no reason given'}, exit code ${exitCode})`
  return circumstances(namespace, pod, problem, container)
}

const recentMs = 10 * 60_000

/** The containers that run as long as the pod: also sidecars, which are init containers that go on. */
const runningIn = ({ status }: Pod) => [
  ...status.containerStatuses,
  ...status.initContainerStatuses.filter(({ state }) => state.running),
]

/**
 * Restarts that a healthy container may have: two while the parts that it needs come up, and one in each week for updates of its
 * node. More of them are a loop, whatever the exit code and however long ago the last one was.
 */
const toleratedRestarts = (ageMs: number) => 2 + Math.floor(ageMs / week)
const week = 7 * 86_400_000
const hour = 3_600_000

/** True if the last two of several restarts lie less than an hour apart, and the last one less than an hour ago. */
function isLooping({ restartCount, lastState }: ContainerStatus, now: Date): boolean {
  const { startedAt, finishedAt } = lastState.terminated ?? {}
  const [started, finished] = [Date.parse(startedAt ?? ''), Date.parse(finishedAt ?? '')]
  return restartCount > toleratedRestarts(0) && finished - started < hour && now.getTime() - finished < hour
}

function restartsOf(namespace: string, pod: Pod, now: Date): Circumstances | undefined {
  const ageMs = Math.max(0, now.getTime() - Date.parse(pod.metadata.creationTimestamp ?? now.toISOString()))
  const tolerated = toleratedRestarts(ageMs)
  const container = containersOf(pod).find((one) => one.restartCount > tolerated || isLooping(one, now))
  if (!container) return undefined
  const { reason, exitCode, finishedAt } = container.lastState.terminated ?? {}
  const last = finishedAt ? `, last at ${finishedAt} (${reason ?? 'no reason given'}, exit code ${exitCode})` : ''
  const problem = `container ${container.name} restarted ${container.restartCount} times in ${ageText(ageMs)}${last}`
  return {
    ...circumstances(namespace, pod, problem, container),
    expected:
      container.restartCount > tolerated
        ? `at most ${tolerated} restarts at this age: 2, and 1 for each week`
        : 'at least an hour between two restarts',
  }
}

function ageText(ms: number): string {
  const units = [
    ['days', 86_400_000],
    ['hours', 3_600_000],
    ['minutes', 60_000],
  ] as const
  const [name, unit] = units.find(([, length]) => ms >= 2 * length) ?? ['minutes', 60_000]
  return `${Math.max(1, Math.round(ms / unit))} ${name}`
}

function unreadinessOfPod(namespace: string, pod: Pod): Circumstances | undefined {
  if (pod.status.phase !== 'Running') {
    const unmet = pod.status.conditions.filter(({ status }) => status === 'False')
    const held = unmet.find(({ type }) => type === 'PodScheduled') ?? unmet.find(({ type }) => type === 'Initialized')
    const why = held ? (held.message ?? held.reason) : pod.status.message
    return circumstances(namespace, pod, `is ${pod.status.phase}${why ? ` (${why})` : ''}`)
  }
  const container = pod.status.containerStatuses.find(({ ready }) => !ready)
  if (container) {
    const reason = container.state.waiting?.reason
    return circumstances(
      namespace,
      pod,
      `container ${container.name} is not ready${reason ? ` (${reason})` : ''}`,
      container,
    )
  }
  const ready = pod.status.conditions.find(({ type }) => type === 'Ready')
  return ready?.status === 'True'
    ? undefined
    : circumstances(
        namespace,
        pod,
        `is not ready (${[ready?.reason, ready?.message].filter(Boolean).join(': ') || 'no reason given'})`,
      )
}

/** @param problem continues a sentence about the pod, or is a sentence about the given container */
function circumstances(namespace: string, pod: Pod, problem: string, container?: ContainerStatus): Circumstances {
  const { name } = pod.metadata
  const object = `Pod ${namespace}/${name}`
  const messages = [container?.state.waiting?.message, container?.lastState.terminated?.message]
    .filter(Boolean)
    .join('; ')
  const restarts = container ? `, restarts: ${container.restartCount}` : ''
  return {
    summary: container ? `${object}: ${problem}.` : `${object} ${problem}.`,
    object,
    reliesOn: [object],
    expected: 'running and ready',
    found: `phase ${pod.status.phase}, ${container ? problem : `the pod ${problem}`}${restarts}${messages ? `: ${messages}` : ''}`,
    remedy: [
      command`kubectl describe pod -n ${namespace} ${name}`,
      ...(container ? [command`kubectl logs -n ${namespace} ${name} -c ${container.name} --previous`] : []),
    ],
  }
}

const containersOf = ({ status }: Pod) => [...status.initContainerStatuses, ...status.containerStatuses]

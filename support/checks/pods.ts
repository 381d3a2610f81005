/** Section 3: checks of the service's pods. */

import { command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import type { Component } from '../contracts/contract'
import type { Pod } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { endlessAmong } from './endless-pods'
import { endOf, evictionsOf } from './evictions'
import { expectInside } from './outside-database'
import { placed } from './placed'
import { circumstancesOf, containersOf } from './pod-circumstances'
import { recentCrashOf, recentMs, restartsOf } from './restarts'
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
  if (ofPods.length > 0) return outcomeOf(ofPods)
  return outcomeOf([...workloadProblems(await workloadsOf(platform, component)), ...orphansAmong(namespace, pods)])
}

/** Returns a finding about the pods of a component if nothing owns any of them, as when their workload was deleted without them. */
function orphansAmong(namespace: string, pods: readonly Pod[]): Hindrance[] {
  const [first] = pods
  if (!first || pods.some(({ metadata }) => metadata.ownerReferences.length > 0)) return []
  const { name } = first.metadata
  const object = `Pod ${namespace}/${name}`
  return [
    lasting({
      summary: `${object} belongs to no workload, so nothing replaces it when it ends.`,
      object,
      explainsNothing: true,
      expected: 'an owner, such as a StatefulSet or a ReplicaSet',
      found: `no metadata.ownerReferences on ${pods.map(({ metadata }) => metadata.name).join(', ')}`,
      remedy: [
        command`kubectl get pod -n ${namespace} ${name} -o jsonpath='{.metadata.ownerReferences}'`,
        command`kubectl get statefulsets,deployments -n ${namespace}`,
      ],
    }),
  ]
}

/** True for a pod that is starting, and for one of a Job, which ends by itself. */
const mayBecomeReady = (pod: Pod, now: Date): boolean =>
  jobOf(pod) !== undefined || now.getTime() - createdAt(pod) < startingMs

/**
 * 3.3: checks that no pod of the component is in an error state, crashed recently, restarts too often, is evicted too often, or
 * does not end although it is being deleted.
 */
export async function expectNoErrorState(platform: Platform, component: Component, now: Date): Promise<void> {
  const { kubernetes, configuration } = placed(platform, component)
  const { namespace } = kubernetes
  const pods = await podsOf(platform, component)
  const all = await kubernetes.pods(configuration.components[component].labels)
  expectNone([
    ...pods.flatMap(
      (pod) => errorOf(namespace, pod) ?? recentCrashOf(namespace, pod, now) ?? restartsOf(namespace, pod, now) ?? [],
    ),
    ...(await evictionsOf(kubernetes.api, { namespace, owner: `the ${component}`, pods: all }, now)),
    ...(await endlessAmong(kubernetes, all, now)),
  ])
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
  return now - endOf(pod) > recentMs
}

/** Waiting reasons of containers that are about to start. All others need an intervention. */
const startingReasons = ['', 'ContainerCreating', 'PodInitializing']

function errorOf(namespace: string, pod: Pod): Circumstances | undefined {
  for (const container of containersOf(pod)) {
    const reason = container.state.waiting?.reason ?? ''
    if (!startingReasons.includes(reason))
      return circumstancesOf(namespace, pod, `container ${container.name} is in ${reason}`, container)
    const terminated = container.state.terminated
    if (terminated && (terminated.exitCode ?? 0) !== 0)
      return circumstancesOf(
        namespace,
        pod,
        `container ${container.name} ended with exit code ${terminated.exitCode}`,
        container,
      )
  }
  if (pod.status.phase === 'Failed')
    return circumstancesOf(namespace, pod, `failed (${pod.status.reason ?? 'no reason given'})`)
  return undefined
}

function unreadinessOfPod(namespace: string, pod: Pod): Circumstances | undefined {
  if (pod.status.phase !== 'Running') {
    const unmet = pod.status.conditions.filter(({ status }) => status === 'False')
    const held = unmet.find(({ type }) => type === 'PodScheduled') ?? unmet.find(({ type }) => type === 'Initialized')
    const why = held ? (held.message ?? held.reason) : pod.status.message
    return circumstancesOf(namespace, pod, `is ${pod.status.phase}${why ? ` (${why})` : ''}`)
  }
  const container = pod.status.containerStatuses.find(({ ready }) => !ready)
  if (container) {
    const reason = container.state.waiting?.reason
    return circumstancesOf(
      namespace,
      pod,
      `container ${container.name} is not ready${reason ? ` (${reason})` : ''}`,
      container,
    )
  }
  const ready = pod.status.conditions.find(({ type }) => type === 'Ready')
  return ready?.status === 'True'
    ? undefined
    : circumstancesOf(
        namespace,
        pod,
        `is not ready (${[ready?.reason, ready?.message].filter(Boolean).join(': ') || 'no reason given'})`,
      )
}

/** Sections 0 and 3: restarts and evictions by count and rate. Between two of them, a pod in a loop is ready. */
import { comment } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { ContainerStatus, Pod } from '../platform/core-resources'
import { circumstancesOf, containersOf } from './pod-circumstances'

/** Returns the finding about a crash loop that looks healthy between two crashes, by a recent crash. */
export function recentCrashOf(namespace: string, pod: Pod, now: Date): Circumstances | undefined {
  const container = runningIn(pod).find(({ lastState }) => {
    const { finishedAt, exitCode } = lastState.terminated ?? {}
    return (exitCode ?? 0) !== 0 && finishedAt !== undefined && now.getTime() - Date.parse(finishedAt) < recentMs
  })
  if (!container) return undefined
  const { reason, exitCode, finishedAt } = container.lastState.terminated ?? {}
  const problem = `container ${container.name} crashed at ${finishedAt} (${reason ?? 'no reason given'}, exit code ${exitCode})`
  return circumstancesOf(namespace, pod, problem, container)
}

/** The time in milliseconds for which the end of a pod or container counts as recent. */
export const recentMs = 10 * 60_000

/** The containers that run as long as the pod: also sidecars, which are init containers that go on. */
const runningIn = ({ status }: Pod) => [
  ...status.containerStatuses,
  ...status.initContainerStatuses.filter(({ state }) => state.running),
]

/**
 * Restarts that a healthy container may have: two while the parts that it needs come up, and one in each week for updates of its
 * node. More of them are a loop, whatever the exit code and however long ago the last one was. An eviction counts as a restart.
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

/** Returns the finding about a container that restarts too often, by count or by rate. */
export function restartsOf(namespace: string, pod: Pod, now: Date): Circumstances | undefined {
  const ageMs = Math.max(0, now.getTime() - Date.parse(pod.metadata.creationTimestamp ?? now.toISOString()))
  const tolerated = toleratedRestarts(ageMs)
  const container = containersOf(pod).find((one) => one.restartCount > tolerated || isLooping(one, now))
  if (!container) return undefined
  const { reason, exitCode, finishedAt } = container.lastState.terminated ?? {}
  const last = finishedAt ? `, last at ${finishedAt} (${reason ?? 'no reason given'}, exit code ${exitCode})` : ''
  const problem = `container ${container.name} restarted ${container.restartCount} times in ${ageText(ageMs)}${last}`
  return {
    ...circumstancesOf(namespace, pod, problem, container),
    expected:
      container.restartCount > tolerated
        ? `at most ${tolerated} restarts at this age: 2, and 1 for each week`
        : 'at least an hour between two restarts',
  }
}

/** The end of a pod that has ended, in milliseconds since 1970. */
export function endOf(pod: Pod): number {
  const times = [
    ...pod.status.conditions.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime ?? '')),
    ...containersOf(pod).map(({ state }) => Date.parse(state.terminated?.finishedAt ?? '')),
  ].filter((time) => !Number.isNaN(time))
  return Math.max(...(times.length > 0 ? times : [Date.parse(pod.metadata.creationTimestamp ?? '')]))
}

const isEvicted = ({ metadata, status }: Pod) =>
  status.phase === 'Failed' &&
  status.reason === 'Evicted' &&
  metadata.ownerReferences.every(({ kind }) => kind !== 'Job')

/**
 * Returns a finding about pods that their nodes evict too often, by count or by rate, as far as their remains show. Their owner
 * replaces each of them by a pod without restarts.
 * @param owner the object or component of the pods
 */
export function evictionsOf(namespace: string, owner: string, pods: readonly Pod[], now: Date): Circumstances[] {
  const evicted = pods.filter(isEvicted).sort((one, other) => endOf(other) - endOf(one))
  const [last, previous] = evicted
  if (!last || !previous) return []
  const replicas = Math.max(1, pods.filter(({ status }) => status.phase === 'Running').length)
  const ageMs = Math.max(0, now.getTime() - Math.min(...evicted.map(endOf)))
  const tolerated = replicas * toleratedRestarts(ageMs)
  const isFast = endOf(last) - endOf(previous) < hour && now.getTime() - endOf(last) < hour
  if (evicted.length <= tolerated && !(isFast && evicted.length > replicas * toleratedRestarts(0))) return []
  const at = new Date(endOf(last)).toISOString()
  const problem = `was evicted at ${at}, as the last of ${evicted.length} pods of ${owner} in ${ageText(ageMs)}`
  const found = circumstancesOf(namespace, last, problem)
  return [
    {
      ...found,
      expected:
        evicted.length > tolerated
          ? `at most ${tolerated} evictions in that time: 2, and 1 for each week${replicas > 1 ? ', for each pod' : ''}`
          : 'at least an hour between two evictions',
      found: last.status.message ?? found.found,
      remedy: [
        ...found.remedy,
        comment`nodes first evict pods that use more than they request: compare the requests of the pod with its use`,
      ],
    },
  ]
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

/** Sections 0 and 3: restarts by count and rate. Between two of them, a pod in a loop is ready. */
import type { Circumstances } from '../basis/expectation'
import { day, hour, minute } from '../dora/definitions'
import type { ContainerStatus, Pod } from '../platform/core-resources'
import { circumstancesOf, containersOf } from './pod-circumstances'

/** Returns the finding about a crash loop that looks healthy between two crashes, by a recent crash. */
export function recentCrashOf(namespace: string, pod: Pod, now: Date): Circumstances | undefined {
  const container = runningIn(pod).find(({ lastState }) => {
    const { finishedAt, exitCode = 0, reason } = lastState.terminated ?? {}
    // A program that ends by itself once a process of it was killed may exit with 0.
    const hasCrashed = exitCode !== 0 || reason === 'OOMKilled'
    return hasCrashed && now.getTime() - Date.parse(finishedAt ?? '') < recentMs
  })
  if (!container) return undefined
  const { reason, exitCode, finishedAt } = container.lastState.terminated ?? {}
  const problem = `container ${container.name} crashed at ${finishedAt} (${reason ?? 'no reason given'}, exit code ${exitCode})`
  return circumstancesOf(namespace, pod, problem, container)
}

/** The time in milliseconds for which the end of a pod or container counts as recent. */
export const recentMs = 10 * minute

/** The containers that run as long as the pod: also sidecars, which are init containers that go on. */
const runningIn = ({ status }: Pod) => [
  ...status.containerStatuses,
  ...status.initContainerStatuses.filter(({ state }) => state.running),
]

/**
 * Restarts that a healthy container may have: two while the parts that it needs come up, and one in each week for updates of its
 * node. More of them are a loop, whatever the exit code and however long ago the last one was. An eviction counts as a restart.
 */
export const toleratedRestarts = (ageMs: number) => 2 + Math.floor(ageMs / week)
const week = 7 * day

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

/** A length of time in words, in a unit of which it has at least two. */
export function ageText(ms: number): string {
  const units = [
    ['days', day],
    ['hours', hour],
    ['minutes', minute],
  ] as const
  const [name, unit] = units.find(([, length]) => ms >= 2 * length) ?? ['minutes', minute]
  return `${Math.max(1, Math.round(ms / unit))} ${name}`
}

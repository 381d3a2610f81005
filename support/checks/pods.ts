/** Section 3: checks of the service's pods and their logs. */

import { setImmediate } from 'node:timers/promises'
import { bounds, type Excess, unread } from '../basis/bounds'
import { command, comment } from '../basis/command'
import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { excerpt } from '../basis/redaction'
import type { Component } from '../contracts/contract'
import type { ContainerStatus, Pod } from '../platform/core-resources'
import { ownRequests } from '../platform/own-requests'
import type { Platform } from '../platform/platform'
import { isOwnLine, seenUntil } from './own-lines'

/** 3.1: checks that the component has pods, and that each is running and ready. @returns the pods */
export async function expectPodsReady(platform: Platform, component: Component): Promise<Pod[]> {
  const { kubernetes } = platform
  const pods = await podsOf(platform, component)
  expectNone(
    pods.flatMap((pod) => errorOf(kubernetes.namespace, pod) ?? unreadinessOf(kubernetes.namespace, pod) ?? []),
  )
  return pods
}

/** 3.3: checks that no pod of the component is in an error state or crashed recently. */
export async function expectNoErrorState(platform: Platform, component: Component, now: Date): Promise<void> {
  const { namespace } = platform.kubernetes
  const pods = await podsOf(platform, component)
  expectNone(pods.flatMap((pod) => errorOf(namespace, pod) ?? recentCrashOf(namespace, pod, now) ?? []))
}

/** Finds pods by label, whatever kind of workload owns them. Pods that are being deleted do not count. */
async function podsOf({ kubernetes, configuration }: Platform, component: Component): Promise<Pod[]> {
  const { labels } = configuration.components[component]
  const pods = (await kubernetes.pods(labels)).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  if (pods.length > 0) return pods
  throw new Unmet({
    summary: `There is no pod of the ${component} in ${kubernetes.namespace}.`,
    object: `pods labelled ${selectorOf(labels)}`,
    reliesOn: [`pods labelled ${selectorOf(labels)}`],
    expected: 'at least one pod',
    found: 'no pod',
    remedy: [
      command`kubectl get pods -n ${kubernetes.namespace} -l ${selectorOf(labels)}`,
      command`kubectl get statefulsets,deployments -n ${kubernetes.namespace}`,
      comment`if its labels are different: configuration key components.${component}.labels`,
    ],
  })
}

/** Waiting reasons of containers that will not start without intervention. */
const errorReasons =
  /^(CrashLoopBackOff|ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|CreateContainer(Config)?Error|RunContainerError|PreCreateHookError|PostStartHookError)$/

function errorOf(namespace: string, pod: Pod): Circumstances | undefined {
  for (const container of containersOf(pod)) {
    const reason = container.state.waiting?.reason ?? ''
    if (errorReasons.test(reason))
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
  const container = pod.status.containerStatuses.find(({ lastState }) => {
    const { finishedAt, exitCode } = lastState.terminated ?? {}
    return (exitCode ?? 0) !== 0 && finishedAt !== undefined && now.getTime() - Date.parse(finishedAt) < recentMs
  })
  if (!container) return undefined
  const { reason, exitCode, finishedAt } = container.lastState.terminated ?? {}
  const problem = `container ${container.name} crashed at ${finishedAt} (${reason ?? 'no reason given'}, exit code ${exitCode})`
  return circumstances(namespace, pod, problem, container)
}

const recentMs = 10 * 60_000

function unreadinessOf(namespace: string, pod: Pod): Circumstances | undefined {
  if (pod.status.phase !== 'Running') {
    const scheduled = pod.status.conditions.find(({ type }) => type === 'PodScheduled')
    const why = scheduled?.status === 'False' ? (scheduled.message ?? scheduled.reason) : pod.status.message
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
    : circumstances(namespace, pod, `is not ready (${ready?.reason ?? ready?.message ?? 'no reason given'})`)
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

/** Matches lines logged at level error or worse: logrus and klog text, JSON logs, and the level names of MySQL and most others. */
const errorLine =
  /\blevel=(?:error|fatal|panic)\b|"level":\s*"(?:error|fatal|panic)"|\b(?:ERROR|FATAL|PANIC)\b|^\S* ?panic: /

/** 3.2: checks that recent logs contain no error line, except for those that the configuration allows. @returns the number of lines */
export async function expectNoErrorLines(platform: Platform, component: Component): Promise<number> {
  const { kubernetes, configuration } = platform
  const { lookBack, allow } = configuration.logs
  let lineCount = 0
  const unmet: Circumstances[] = []
  const cut: Excess[] = []
  for (const pod of await podsOf(platform, component)) {
    const { metadata, spec } = pod
    for (const container of spec.containers) {
      expectStarted(kubernetes.namespace, pod, container.name)
      const log = await kubernetes.log(metadata.name, container.name, lookBack)
      const isError = (line: string) =>
        errorLine.test(line) && !allow.some((allowed) => allowed.test(line)) && !isOwnLine(line, ownRequests.refused)
      const { lines, errors, last } = await countLines(log, isError)
      lineCount += lines
      const object = `Pod ${kubernetes.namespace}/${metadata.name}, container ${container.name}`
      const shown = command`kubectl logs -n ${kubernetes.namespace} ${metadata.name} -c ${container.name} --since=${lookBack / 1000}s`
      // The API server cuts a log off without a word.
      if (Buffer.byteLength(log) >= bounds.containerLog.most)
        cut.push({
          bound: 'containerLog',
          object: `the log of ${object}`,
          remedy: [shown, comment`to read less of it: configuration key logs.lookBack`],
        })
      if (last === undefined) continue
      unmet.push({
        summary: `The log of ${object} contains errors.`,
        object,
        reliesOn: [`Pod ${kubernetes.namespace}/${metadata.name}`],
        expected: `no error line in the last ${lookBack / 60_000} minutes`,
        found: `${errors} error lines of ${lines}, the last: ${excerpt(last, 500)}${seenUntil(last, lookBack)}`,
        remedy: [shown, comment`if the line is harmless: configuration key logs.allow`],
      })
    }
  }
  expectNone(unmet)
  const [first] = cut
  if (first) throw unread(first)
  return lineCount
}

/** The time in milliseconds after which other work gets its turn: a signal must be heard while a log is read. */
const turnMs = 50

/** Counts the lines of a log that are not empty, and those among them that are errors; returns the last error, too. */
async function countLines(
  log: string,
  isError: (line: string) => boolean,
): Promise<{ lines: number; errors: number; last: string | undefined }> {
  let [lines, errors, turn] = [0, 0, performance.now()]
  let last: string | undefined
  for (let start = 0; start < log.length; ) {
    const found = log.indexOf('\n', start)
    const end = found < 0 ? log.length : found
    const line = log.slice(start, end)
    start = end + 1
    if (line === '') continue
    lines++
    if (isError(line)) {
      errors++
      last = line
    }
    if (performance.now() - turn < turnMs) continue
    await setImmediate()
    turn = performance.now()
  }
  return { lines, errors, last }
}

/** @throws Blocked when a container has never started: its missing log proves nothing about errors */
function expectStarted(namespace: string, pod: Pod, name: string): void {
  const status = pod.status.containerStatuses.find((container) => container.name === name)
  if (status?.state.running || status?.state.terminated || status?.lastState.terminated) return
  const object = `Pod ${namespace}/${pod.metadata.name}`
  throw new Blocked({
    summary: `${object} has no log: its container ${name} has never started.`,
    object: `${object}, container ${name}`,
    reliesOn: [object],
    expected: 'a container that is running or has run',
    found: `phase ${pod.status.phase}${status?.state.waiting?.reason ? `, ${status.state.waiting.reason}` : ''}`,
    remedy: [command`kubectl describe pod -n ${namespace} ${pod.metadata.name}`],
  })
}

/** Section 3, logs: checks that the recent logs of a component contain no errors. */

import { setImmediate } from 'node:timers/promises'
import { bounds, type Excess, unread } from '../basis/bounds'
import { command, comment } from '../basis/command'
import { Blocked, type Circumstances, expectNone } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Component } from '../contracts/contract'
import { isUnansweredByDatabase } from '../formats/database-errors'
import { LogEntries, type LoggedError } from '../formats/log-entries'
import type { Pod } from '../platform/core-resources'
import { databaseOf, toDatabase } from '../platform/database-commands'
import { ownRequests } from '../platform/own-requests'
import type { Platform } from '../platform/platform'
import { runningContainersOf } from '../platform/running-containers'
import { isOwnLine, seenUntil } from './own-lines'
import { podsOf } from './pods'

/** 3.2: checks that recent logs contain no error line, except for those that the configuration allows. @returns the number of lines */
export async function expectNoErrorLines(platform: Platform, component: Component): Promise<number> {
  const { kubernetes, configuration } = platform
  const { lookBack, allow } = configuration.logs
  const database = { service: configuration.components.mysql.service, port: configuration.database.port }
  let lineCount = 0
  const unmet: Circumstances[] = []
  const cut: Excess[] = []
  for (const pod of await podsOf(platform, component)) {
    const { metadata } = pod
    for (const container of runningContainersOf(pod)) {
      expectStarted(kubernetes.namespace, pod, container.name)
      const log = await kubernetes.log(metadata.name, container.name, lookBack)
      const isCounted = ({ lines }: LoggedError) =>
        !lines.some((one) => allow.some((allowed) => allowed.test(one))) &&
        !isOwnLine(lines.join('\n'), ownRequests.refused)
      const isOfDatabase = (error: LoggedError) => error.lines.some((line) => isUnansweredByDatabase(line, database))
      const { lines, errors, ofDatabase, last } = await readLog(log, isCounted, isOfDatabase)
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
        // While the database does not answer, that is the cause. Afterwards the lines stand for themselves.
        reliesOn: [
          `Pod ${kubernetes.namespace}/${metadata.name}`,
          ...(ofDatabase === errors ? [...databaseOf(configuration), toDatabase(component, configuration)] : []),
        ],
        expected: `no error line in the last ${lookBack / 60_000} minutes`,
        found: `${errors} ${errors === 1 ? 'error' : 'errors'} in ${lines} lines, the last: ${excerpt(last, 500)}${seenUntil(last, lookBack)}`,
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

/**
 * Counts the lines of a log that are not empty, the errors that count, and those of them that speak of the database; returns the
 * first line of the last error, too.
 */
async function readLog(
  log: string,
  isCounted: (error: LoggedError) => boolean,
  isOfDatabase: (error: LoggedError) => boolean,
): Promise<{ lines: number; errors: number; ofDatabase: number; last: string | undefined }> {
  let [lines, errors, ofDatabase, turn] = [0, 0, 0, performance.now()]
  let last: string | undefined
  const entries = new LogEntries()
  const take = (error: LoggedError | undefined) => {
    if (!error || !isCounted(error)) return
    errors++
    if (isOfDatabase(error)) ofDatabase++
    last = error.line
  }
  for (let start = 0; start < log.length; ) {
    const found = log.indexOf('\n', start)
    const end = found < 0 ? log.length : found
    const line = log.slice(start, end)
    start = end + 1
    if (line === '') continue
    lines++
    take(entries.next(line))
    if (performance.now() - turn < turnMs) continue
    await setImmediate()
    turn = performance.now()
  }
  take(entries.end())
  return { lines, errors, ofDatabase, last }
}

/** @throws Blocked when a container has never started: its missing log proves nothing about errors */
function expectStarted(namespace: string, pod: Pod, name: string): void {
  const { containerStatuses, initContainerStatuses } = pod.status
  const status = [...containerStatuses, ...initContainerStatuses].find((container) => container.name === name)
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

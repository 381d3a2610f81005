/** The sandbox's one way to wait: for a condition, up to a deadline, and never for something that can no longer happen. */
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from './errors'

export interface Waiting {
  /** The failure in words that complete "… within 30 s", such as "etcd was not ready". */
  readonly what: string
  /** Milliseconds; see deadlines.ts. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
  /** Throws when the condition can no longer be met. */
  readonly stillPossible?: () => void
}

/**
 * Polls until the condition returns something other than undefined, and returns that. An error of the condition means
 * "not yet".
 * @throws Error that names the condition and the last error, when the deadline or the time of the caller's signal is over
 */
export async function until<T>(condition: () => Promise<T | undefined> | T | undefined, waiting: Waiting): Promise<T> {
  const { what, deadline, signal, stillPossible } = waiting
  const end = performance.now() + deadline
  let lastError: string | undefined
  const reason = () => (lastError === undefined ? '' : `: ${lastError}`)
  const assertNotAborted = () => {
    if (signal?.aborted !== true) return
    if (signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError')
      throw new Error(`${what} within the time that the caller allows${reason()}`)
    throw signal.reason
  }
  for (let interval = 20; ; interval = Math.min(interval * 1.5, 250)) {
    assertNotAborted()
    stillPossible?.()
    try {
      const found = await condition()
      if (found !== undefined) return found
      lastError = undefined
    } catch (error) {
      lastError = messageOf(error)
    }
    if (performance.now() > end) throw new Error(`${what} within ${deadline / 1000} s${reason()}`)
    await pause(interval, undefined, { signal }).catch(assertNotAborted)
  }
}

/**
 * The one way to wait: for a condition, with a deadline, and with the last thing seen in the message when it does not come.
 * Every duration is in milliseconds; the clock is monotonic.
 */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Blocked, Unmet } from './expectation'

/** Growing intervals: quick answers are seen quickly, slow ones are not asked for all the time. */
const intervals = [100, 250, 500, 1000] as const

export interface Waiting {
  readonly deadlineMs: number
  /** Ends the wait early, with the reason of the abortion. */
  readonly signal?: AbortSignal
}

/**
 * Asks until `look` returns without an unmet expectation, and answers what it returned. The deadline holds for the looks
 * too: one that does not come back in time is left behind.
 * @throws the last Unmet or Blocked when the deadline has passed; anything else that `look` throws, at once
 */
export async function eventually<T>(look: () => Promise<T>, { deadlineMs, signal }: Waiting): Promise<T> {
  const end = performance.now() + deadlineMs
  let last: Error = new Error(
    `Not one look ended within ${deadlineMs / 1000} s: what it asks has no deadline of its own.`,
  )
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    try {
      const seen = within(look(), Math.max(0, end - performance.now()), () => last)
      return await (signal ? unlessAborted(seen, signal) : seen)
    } catch (error) {
      if (!(error instanceof Unmet || error instanceof Blocked)) throw error
      last = error
      const left = end - performance.now()
      if (left <= 0) throw error
      const interval = intervals[Math.min(attempt, intervals.length - 1)] ?? 1000
      // An abortion ends the pause; the reason of it is thrown above.
      await pause(Math.min(interval, left), undefined, signal ? { signal } : {}).catch(() => {})
    }
  }
}

/** The answer of a promise, or the reason of the abortion when that comes first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController()
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => Promise.reject(signal.reason))
  try {
    return await Promise.race([promise, aborted])
  } finally {
    done.abort()
  }
}

/** The answer of a promise, or what `late` makes when it takes longer than the deadline. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, late: () => Error): Promise<T> {
  const done = new AbortController()
  // The timer keeps the process alive: one that ends while it waits for a lost answer ends with success.
  const timer = pause(deadlineMs, undefined, { signal: done.signal }).then(
    () => Promise.reject(late()),
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([promise, timer])
  } finally {
    done.abort()
  }
}

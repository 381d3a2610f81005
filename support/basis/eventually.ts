/**
 * The one way to wait for a condition: with a deadline, and with the last failure in the error when the deadline passes.
 * Every duration is in milliseconds; the clock is monotonic.
 */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Blocked, Unmet } from './expectation'

/** Growing intervals: a quick answer is noticed quickly, and a slow one is not requested all the time. */
const intervals = [100, 250, 500, 1000] as const

export interface Waiting {
  readonly deadlineMs: number
  /** Ends the wait early, with the reason of the abort. */
  readonly signal?: AbortSignal
  /**
   * True if a check consists of many requests, each with a deadline of its own: then only its repetition ends at the deadline, and
   * what it found is not lost.
   */
  readonly endsItself?: boolean
}

/**
 * Repeats a check until it succeeds, and returns its result. The deadline covers the attempts too, unless they end by themselves:
 * one that does not end in time is abandoned.
 * @throws the last Unmet or Blocked when the deadline has passed; any other error of the check at once
 */
export async function eventually<T>(check: () => Promise<T>, { deadlineMs, signal, endsItself }: Waiting): Promise<T> {
  const end = performance.now() + deadlineMs
  let last: Error = new Error(
    `No check ended within ${deadlineMs / 1000} s: a request in it has no deadline of its own.`,
  )
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    try {
      const left = Math.max(0, end - performance.now())
      const result = endsItself ? check() : within(check(), left, () => last)
      return await (signal ? unlessAborted(result, signal) : result)
    } catch (error) {
      if (!(error instanceof Unmet || error instanceof Blocked)) throw error
      last = error
      const left = end - performance.now()
      if (left <= 0) throw error
      const interval = intervals[Math.min(attempt, intervals.length - 1)] ?? 1000
      // An abort ends the pause; its reason is thrown above.
      await pause(Math.min(interval, left), undefined, signal ? { signal } : {}).catch(() => {})
    }
  }
}

/** The result of a promise; rejects with the reason of the abort when that comes first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController()
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => Promise.reject(signal.reason))
  try {
    return await Promise.race([promise, aborted])
  } finally {
    done.abort()
  }
}

/** The result of a promise; rejects with the error of `late` when the deadline passes first. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, late: () => Error): Promise<T> {
  const done = new AbortController()
  // The timer keeps the process alive: a process that ends while it waits for a lost answer would end with exit code 0.
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

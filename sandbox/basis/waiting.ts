/** The sandbox's one way to wait: for a condition, with a deadline, and never for something that has already died. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Waiting {
  /** What is waited for, in words that complete "… within 30 s: ". */
  readonly what: string
  /** Milliseconds. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
  /** Throws when waiting has become pointless. */
  readonly stillPossible?: () => void
}

/** Polls until the condition answers something else than undefined. Errors of the condition count as "not yet". */
export async function until<T>(condition: () => Promise<T | undefined> | T | undefined, waiting: Waiting): Promise<T> {
  const end = performance.now() + waiting.deadline
  let lastError = 'the condition did not hold'
  for (let interval = 20; ; interval = Math.min(interval * 1.5, 250)) {
    waiting.signal?.throwIfAborted()
    waiting.stillPossible?.()
    try {
      const found = await condition()
      if (found !== undefined) return found
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error)
    }
    if (performance.now() > end) throw new Error(`${waiting.what} within ${waiting.deadline / 1000} s: ${lastError}`)
    await pause(interval, undefined, { signal: waiting.signal })
  }
}

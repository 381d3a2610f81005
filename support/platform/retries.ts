/** Sends a request to the Kubernetes API again, within its deadline, where the server asks for it or its answer got lost. */
import { setTimeout as pause } from 'node:timers/promises'
import { reasonOf } from './exchange'

/** The most times that one request is sent, as by kubectl. */
const attempts = 10

/** The pause after a refusal that names none, and after a lost connection, in milliseconds. */
const defaultPauseMs = 250

interface Answer {
  readonly status: number
  /** The header Retry-After: seconds, or undefined. */
  readonly retryAfter?: string | undefined
}

/**
 * Sends a request until there is an answer that is final, or until the deadline, and returns the last answer. A read is repeated
 * after a refusal for now (429, or a 5xx with Retry-After) and after a lost connection; when half of its deadline has passed, it
 * is sent a second time, and the first answer counts. A write is repeated only after 429, with which the server has done nothing.
 * @param send sends the request once, until the signal
 */
export async function askPersistently<T extends Answer>(
  send: (signal: AbortSignal) => Promise<T>,
  effect: 'read' | 'write',
  deadlineMs: number,
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (let attempt = 1; ; attempt++) {
    const left = Math.max(0, Math.floor(end - performance.now()))
    const isLast = attempt === attempts
    let waitMs: number | undefined
    try {
      const answer = effect === 'read' ? await hedged(send, left) : await send(AbortSignal.timeout(left))
      waitMs = waitAfter(answer, effect)
      if (waitMs === undefined || isLast || performance.now() + waitMs >= end) return answer
    } catch (error) {
      if (effect === 'write' || isLast || !isLost(error) || performance.now() + defaultPauseMs >= end) throw error
      waitMs = defaultPauseMs
    }
    await pause(waitMs)
  }
}

/** Returns the milliseconds to wait before the request is sent again; undefined if the answer is final. */
function waitAfter({ status, retryAfter }: Answer, effect: 'read' | 'write'): number | undefined {
  const seconds = retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined
  if (status === 429) return seconds === undefined ? defaultPauseMs : seconds * 1000
  return effect === 'read' && status >= 500 && seconds !== undefined ? seconds * 1000 : undefined
}

/** API servers move clients to another server by GOAWAY, and after a refusal close all streams of the connection. */
const isLost = (error: unknown) =>
  /GOAWAY|other side closed|ECONNRESET|EPIPE|socket hang up|reset by peer|before secure TLS/i.test(
    `${reasonOf(error)} ${String((error as NodeJS.ErrnoException)?.code)}`,
  )

/** Sends a read, and once more when half of the time has passed without an answer. The first answer counts. */
async function hedged<T>(send: (signal: AbortSignal) => Promise<T>, leftMs: number): Promise<T> {
  const done = new AbortController()
  const signal = AbortSignal.any([AbortSignal.timeout(leftMs), done.signal])
  const first = send(signal)
  try {
    const ended = first.then(
      () => false,
      () => false,
    )
    const isSlow = await Promise.race([ended, pause(leftMs / 2, true, { signal: done.signal })])
    if (!isSlow) return await first
    return await Promise.any([first, send(signal)]).catch(({ errors: [error] }: AggregateError) =>
      Promise.reject(error),
    )
  } finally {
    done.abort()
  }
}

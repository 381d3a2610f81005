import { setTimeout as pause } from 'node:timers/promises'

/**
 * Waits for a condition of the platform. The default deadline is far above what any controller needs.
 * @param what completes "timed out waiting for", such as "the claim to be bound"
 * @throws Error when the deadline passes
 */
export async function until(what: string, holds: () => Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`timed out after ${deadlineMs / 1000} s waiting for ${what}`)
    await pause(100)
  }
}

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

/**
 * Waits until a change shows, and returns its undo.
 * @throws Error when it does not show in time, once it is undone: a fault that cannot be applied must leave nothing behind
 */
export async function untilShown(
  undo: () => Promise<void>,
  what: string,
  holds: () => Promise<boolean>,
): Promise<() => Promise<void>> {
  try {
    await until(what, holds)
  } catch (error) {
    await undo()
    throw error
  }
  return undo
}

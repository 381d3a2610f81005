import { setTimeout as pause } from 'node:timers/promises'

/** Waits for a condition of the platform; the deadline is far above what any controller needs. */
export async function until(what: string, holds: () => Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`)
    await pause(100)
  }
}

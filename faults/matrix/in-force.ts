/** Applies changes of the platform one after the other, and undoes them in reverse, so that each finds the state that it left behind. */
import type { Doors } from '../doors/doors'

/** A fault or a variant. */
export interface Change {
  readonly id: string
  readonly apply: (doors: Doors) => Promise<() => Promise<void>>
}

/** @throws Error that names the change that cannot be applied or undone, once the earlier ones are undone */
export async function whileInForce<T>(
  doors: Doors,
  [change, ...others]: readonly Change[],
  act: () => Promise<T>,
): Promise<T> {
  if (!change) return act()
  const undo = await named(change, 'applied', change.apply(doors))
  try {
    return await whileInForce(doors, others, act)
  } finally {
    await named(change, 'undone', undo())
  }
}

async function named<T>({ id }: Change, what: 'applied' | 'undone', work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new Error(`${id} cannot be ${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

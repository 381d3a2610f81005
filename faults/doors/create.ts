import type { Doors } from './doors'

/** Creates objects. Returns a function that deletes them. */
export async function create(doors: Doors, ...objects: readonly object[]): Promise<() => Promise<void>> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  await doors.kubectl(['create', '-f', '-'], list)
  return async () => {
    await doors.kubectl(['delete', '--ignore-not-found', '-f', '-'], list)
  }
}

/** Undoes several changes, the last one first. */
export const undoneInReverse = (undos: readonly (() => Promise<void>)[]) => async (): Promise<void> => {
  for (const undo of [...undos].reverse()) await undo()
}

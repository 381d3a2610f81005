/** Follows a deployment: what does not hold yet is judged again, at growing intervals, until a whole run finds that all holds. */
import type { ItemRecord, ItemState, Verdict } from '../record/verdict'

/** The parts of a record that a watch needs. */
export type WatchedRun = Pick<Verdict, 'items' | 'exitCode' | 'verdict' | 'problems'>

export interface Watch {
  /** Judges these items, or everything that was asked for; only reads. */
  readonly judge: (items: readonly string[] | 'all') => Promise<WatchedRun>
  /** Shows the state of all items after each round. @param waitMs until the next round; null when the watch is over */
  readonly show: (items: readonly ItemRecord[], waitMs: number | null) => void
  /** Resolves after some milliseconds. */
  readonly wait: (ms: number) => Promise<void>
}

const firstWaitMs = 5_000
const longestWaitMs = 60_000
const growth = 1.5

const unheld: readonly ItemState[] = ['error', 'failed', 'blocked']

/** An item that a later round may find to hold. A person's word does not come by waiting, and a derived item follows the others. */
const isAwaited = ({ how, status }: Pick<ItemRecord, 'how' | 'status'>): boolean =>
  how !== 'attested' && how !== 'derived' && unheld.includes(status)

/**
 * Watches until a whole run finds no item that could still come to hold.
 * @returns that run
 * @throws Error when a run has a problem of its own, which no waiting mends
 */
export async function watchUntilHeld({ judge, show, wait }: Watch): Promise<WatchedRun> {
  let known = await whole(judge)
  for (let waitMs = firstWaitMs; ; ) {
    const awaited = known.items.filter(isAwaited).map(({ id }) => id)
    if (awaited.length === 0) {
      show(known.items, null)
      return known
    }
    show(known.items, waitMs)
    await wait(waitMs)
    const round = await judge(awaited)
    const found = new Map(round.items.filter(({ id }) => awaited.includes(id)).map((item) => [item.id, item]))
    const items = known.items.map((item) => found.get(item.id) ?? item)
    const left = items.filter(isAwaited).length
    // Something moved: the next thing may follow soon.
    waitMs = left < awaited.length ? firstWaitMs : Math.min(waitMs * growth, longestWaitMs)
    known = left === 0 ? await whole(judge) : { ...known, items }
  }
}

async function whole(judge: Watch['judge']): Promise<WatchedRun> {
  const run = await judge('all')
  const [problem] = run.problems
  if (problem !== undefined) throw new WatchEnded(problem)
  return run
}

/** A run has a problem of its own, such as a configuration that cannot be used. */
export class WatchEnded extends Error {}

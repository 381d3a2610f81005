/** Selects the part of the catalogue that `npm test` runs. Pure. */
import { type Grouped, itemsOf, scopeOf } from './groups'

/**
 * A small set of faults that still fails every item that any fault fails. It is a greedy cover: the next fault is the one that
 * fails the most remaining items. Ties go to a fault without pages and stories, which are slow, then to one with fewer red
 * items, which can share its run with more faults, then to the first.
 */
export function representativeOf<T extends Grouped>(faults: readonly T[]): T[] {
  const quickFirst = [...faults].sort(
    (one, other) => Number(isSlow(one)) - Number(isSlow(other)) || itemsOf(one).length - itemsOf(other).length,
  )
  const left = new Set(faults.flatMap(({ expects }) => expects.failed))
  const chosen = new Set<T>()
  while (left.size > 0) {
    const gains = quickFirst.map(({ expects }) => expects.failed.filter((id) => left.has(id)).length)
    const best = quickFirst[gains.indexOf(Math.max(...gains))]
    if (!best) break
    chosen.add(best)
    for (const id of best.expects.failed) left.delete(id)
  }
  return faults.filter((fault) => chosen.has(fault))
}

const isSlow = (fault: Grouped) => scopeOf(fault) !== 'plain'

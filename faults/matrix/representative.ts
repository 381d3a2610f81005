/** The part of the catalogue that `npm test` tries. Pure. */
import { type Grouped, itemsOf, scopeOf } from './groups'

/**
 * So few faults that every item which a fault fails is failed by one of them: always the one next that fails most of what is
 * left. Of equal ones that is one that needs no pages and no stories, which take longer, then one that turns fewer items red,
 * for it shares its run with more, then the first.
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

/** Which faults share a run, and in which order the runs follow each other. Pure. */
import type { Fault } from './fault'

/** What a fault is judged by: stories alone, everything but stories where it is seen on pages, else no pages either. */
export type Scope = 'plain' | 'pages' | 'stories'

export type Grouped = Pick<Fault, 'expects' | 'needs' | 'stories' | 'pages'>

export const scopeOf = ({ stories, pages }: Grouped): Scope => (stories ? 'stories' : pages ? 'pages' : 'plain')

/** The scopes that together look at everything that these faults are judged by: what pages show is more than what is plain. */
export function scopesOf(faults: readonly Grouped[]): Scope[] {
  const scopes = [...new Set(faults.map(scopeOf))]
  return scopes.includes('pages') ? scopes.filter((scope) => scope !== 'plain') : scopes
}

/** The items that a fault turns red. */
export const itemsOf = ({ expects }: Grouped): readonly string[] => [...expects.failed, ...expects.blocked]

/** Whether one turns red what the other turns red too, or needs. */
const disturbs = (one: Grouped, other: Grouped) =>
  itemsOf(one).some((id) => itemsOf(other).includes(id) || (other.needs ?? []).includes(id))

const areApart = (fault: Grouped, group: readonly Grouped[]): boolean =>
  !group.some((other) => disturbs(fault, other) || disturbs(other, fault))

const scopeOfAll = ([first]: readonly Grouped[]): Scope | undefined => first && scopeOf(first)

/**
 * Each fault in one group; those of a group are judged by the same scenarios, and no two turn the same item red. The faults
 * with most items choose first, and each goes where fewest are: what a group that fails costs is that each is run again.
 */
export function groupsOf<T extends Grouped>(faults: readonly T[]): T[][] {
  const groups: T[][] = []
  for (const fault of [...faults].sort((one, other) => itemsOf(other).length - itemsOf(one).length)) {
    const open = groups.filter((group) => scopeOfAll(group) === scopeOf(fault) && areApart(fault, group))
    const [smallest] = open.sort((one, other) => one.length - other.length)
    if (smallest) smallest.push(fault)
    else groups.push([fault])
  }
  return groups
}

/** Whether a run of these faults that is exactly what they expect shows that an earlier fault left nothing behind. */
export function isProvenBy(earlier: Grouped, group: readonly Grouped[]): boolean {
  const looked = scopeOfAll(group)
  const isLookedAt = looked === scopeOf(earlier) || (looked === 'pages' && scopeOf(earlier) === 'plain')
  return isLookedAt && areApart(earlier, group)
}

/** The groups, each followed by the one that proves most of what was healed before. */
export function inOrder<T extends Grouped>(groups: readonly (readonly T[])[]): (readonly T[])[] {
  const left = [...groups]
  const ordered: (readonly T[])[] = []
  let healed: readonly T[] = []
  while (left.length > 0) {
    const proven = left.map((group) => healed.filter((fault) => isProvenBy(fault, group)).length)
    const [next = []] = left.splice(proven.indexOf(Math.max(...proven)), 1)
    ordered.push(next)
    healed = [...healed.filter((fault) => !isProvenBy(fault, next)), ...next]
  }
  return ordered
}

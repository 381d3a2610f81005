/** Which faults share a run, and in which order the runs follow each other. Pure. */
import type { Fault } from '../catalogue/fault'

/** What a fault is judged by: stories alone, or everything but stories; pages only where it is seen on them. */
export type Scope = 'plain' | 'pages' | 'stories' | 'stories with pages'

export type Grouped = Pick<Fault, 'expects' | 'needs' | 'stories' | 'pages'>

/** The scope that looks at the same, and on pages too. */
const withPages: Readonly<Partial<Record<Scope, Scope>>> = { plain: 'pages', stories: 'stories with pages' }

export function scopeOf({ stories, pages }: Grouped): Scope {
  const scope = stories ? 'stories' : 'plain'
  return (pages && withPages[scope]) || scope
}

/** What a group is judged by. */
export const scopeOfAll = (group: readonly Grouped[]): Scope | undefined => {
  const widest = group.find(({ pages }) => pages) ?? group[0]
  return widest && scopeOf(widest)
}

/** The scopes that together look at everything that these faults are judged by. */
export function scopesOf(faults: readonly Grouped[]): Scope[] {
  const scopes = [...new Set(faults.map(scopeOf))]
  return scopes.filter((scope) => !scopes.some((other) => other === withPages[scope]))
}

/** The items that a fault turns red. */
export const itemsOf = ({ expects }: Grouped): readonly string[] => [...expects.failed, ...expects.blocked]

/** Whether one turns red what the other turns red too, or needs. */
const disturbs = (one: Grouped, other: Grouped) =>
  itemsOf(one).some((id) => itemsOf(other).includes(id) || (other.needs ?? []).includes(id))

const areApart = (fault: Grouped, group: readonly Grouped[]): boolean =>
  !group.some((other) => disturbs(fault, other) || disturbs(other, fault))

/** Stories share a run with those that are seen on pages; all else is so quick without pages that it has runs of its own. */
const areAlike = (one: Grouped, [other]: readonly Grouped[]): boolean =>
  one.stories ? other?.stories === true : other !== undefined && scopeOf(one) === scopeOf(other)

/**
 * Each fault in one group; those of a group are judged by the same scenarios, and no two turn the same item red. The faults
 * with most items choose first, and each goes where fewest are: what a group that fails costs is that each is run again.
 */
export function groupsOf<T extends Grouped>(faults: readonly T[]): T[][] {
  const groups: T[][] = []
  for (const fault of [...faults].sort((one, other) => itemsOf(other).length - itemsOf(one).length)) {
    const open = groups.filter((group) => areAlike(fault, group) && areApart(fault, group))
    const [smallest] = open.sort((one, other) => one.length - other.length)
    if (smallest) smallest.push(fault)
    else groups.push([fault])
  }
  return groups
}

/** Whether a run of these faults that is exactly what they expect shows that an earlier fault left nothing behind. */
export function isProvenBy(earlier: Grouped, group: readonly Grouped[]): boolean {
  const looked = scopeOfAll(group)
  const isLookedAt = looked === scopeOf(earlier) || looked === withPages[scopeOf(earlier)]
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

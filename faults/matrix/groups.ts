/** Groups faults that can share a run, and orders the runs. Pure. */
import type { Fault } from '../catalogue/fault'

/** The scenarios that judge a fault: only stories, or everything except stories; browser pages only where they show it. */
export type Scope = 'plain' | 'pages' | 'stories' | 'stories with pages'

export type Grouped = Pick<Fault, 'expects' | 'needs' | 'beside' | 'hides' | 'stories' | 'pages'> & {
  readonly cause?: Pick<Fault['cause'], 'object'> & Partial<Pick<Fault['cause'], 'summary'>>
}

/** The scope that covers the same scenarios and the pages as well. */
const withPages: Readonly<Partial<Record<Scope, Scope>>> = { plain: 'pages', stories: 'stories with pages' }

export function scopeOf({ stories, pages }: Grouped): Scope {
  const scope = stories ? 'stories' : 'plain'
  return (pages && withPages[scope]) || scope
}

/** The scope that covers every fault of a group, or undefined for an empty group. */
export const scopeOfAll = (group: readonly Grouped[]): Scope | undefined => {
  const widest = group.find(({ pages }) => pages) ?? group[0]
  return widest && scopeOf(widest)
}

/** The fewest scopes that together cover all of these faults. */
export function scopesOf(faults: readonly Grouped[]): Scope[] {
  const scopes = [...new Set(faults.map(scopeOf))]
  return scopes.filter((scope) => !scopes.some((other) => other === withPages[scope]))
}

/** The items that a fault turns red, whether failed or blocked. */
export const itemsOf = ({ expects }: Pick<Fault, 'expects'>): readonly string[] => [
  ...expects.failed,
  ...expects.blocked,
]

/** True if one fault turns red an item that the other turns red or needs, unless their checks name both. */
const disturbs = (one: Grouped, other: Grouped, namesBoth: (id: string) => boolean = () => false) =>
  itemsOf(one).some((id) => (itemsOf(other).includes(id) && !namesBoth(id)) || (other.needs ?? []).includes(id))

const areApart = (fault: Grouped, group: readonly Grouped[]): boolean =>
  !group.some((other) => disturbs(fault, other) || disturbs(other, fault))

/** Items that name whatever blocks them: those that compare the events with the surfaces (support/checks/numbers/instruments.ts). */
const namesAllBlockers = /^(?:18\.[245]|21\.[3-6])$/

/** Samples are counted only where nothing else blocks the comparison (support/checks/numbers/reconciliation.ts). */
const isOfSamples = ({ cause }: Grouped) => cause?.summary?.startsWith('There is no data yet') ?? false

const isNamedBesideOthers = (fault: Grouped, id: string) =>
  fault.beside?.includes(id) || (namesAllBlockers.test(id) && fault.expects.blocked.includes(id) && !isOfSamples(fault))

/** True if one fault keeps a dashboard from being compared that the other one is about. */
const hides = ({ hides: dashboard }: Grouped, { cause }: Grouped): boolean =>
  dashboard !== undefined &&
  (cause?.object === `dashboard ${dashboard}` || (cause?.object ?? '').startsWith(`panel ${dashboard} / `))

/** Of more wrong panels, the suite may report one cause for all (support/checks/numbers/panel-troubles.ts). */
const mostBeside = 5

/** True if each item that the fault and one of a group turn red has a check that names both. */
function mayShare(fault: Grouped, group: readonly Grouped[]): boolean {
  const withItem = (id: string) => group.filter((other) => itemsOf(other).includes(id))
  return (
    itemsOf(fault).every((id) => withItem(id).length < mostBeside) &&
    !group.some((other) => {
      const isTold = fault.cause?.object !== other.cause?.object && !hides(fault, other) && !hides(other, fault)
      const namesBoth = (id: string) => isTold && [fault, other].every((one) => isNamedBesideOthers(one, id))
      return disturbs(fault, other, namesBoth) || disturbs(other, fault, namesBoth)
    })
  )
}

/** Items without which pages show something else, or nothing: Grafana, the database, and the projects that the service names. */
const neededByPages = /^(?:0\.3|1\.3|3\.1|4\.1|6\.\d|7\.\d|11\.\d|15\.\d|16\.\d|18\.1|18\.3|21\.7)$/

/** True if pages show the platform as it is without the fault. */
const isUnseenOnPages = (fault: Grouped): boolean => !itemsOf(fault).some((id) => neededByPages.test(id))

/**
 * Stories share a run whether or not pages show them. Other faults run so quickly without pages that those with pages are kept apart,
 * except that a run with pages also takes faults that pages cannot show.
 */
function areAlike(one: Grouped, group: readonly Grouped[]): boolean {
  const [other] = group
  if (other === undefined || one.stories || other.stories) return one.stories === true && other?.stories === true
  const scope = scopeOfAll(group)
  return scope === scopeOf(one) || (scope === 'pages' && isUnseenOnPages(one))
}

/**
 * Puts each fault into one group. The faults of a group are judged by the same scenarios, and two turn the same item red only where
 * its check names both.
 * As in DSATUR (D. Brélaz, 1979), the fault that the fewest groups can take is placed next, since every group that it loses may make
 * it need one of its own; of several, the one with the most items. Faults with pages go first. Each goes into the smallest group that
 * can take it: if a group fails, all of it runs again.
 */
export function groupsOf<T extends Grouped>(faults: readonly T[]): T[][] {
  const groups: T[][] = []
  const left = new Map(faults.map((fault) => [fault, new Set<T[]>()]))
  for (;;) {
    const [next] = [...left].sort(
      ([one, groupsOfOne], [other, groupsOfOther]) =>
        Number(other.pages ?? false) - Number(one.pages ?? false) ||
        groupsOfOne.size - groupsOfOther.size ||
        itemsOf(other).length - itemsOf(one).length,
    )
    if (!next) return groups
    const [fault, taking] = next
    const [group = []] = [...taking].sort((one, other) => one.length - other.length)
    const isNew = group.push(fault) === 1
    if (isNew) groups.push(group)
    left.delete(fault)
    for (const [other, groupsOfOther] of left) {
      const fits = (isNew || groupsOfOther.has(group)) && areAlike(other, group) && mayShare(other, group)
      if (fits) groupsOfOther.add(group)
      else groupsOfOther.delete(group)
    }
  }
}

/** True if a run that matches exactly what this group expects also proves that an earlier fault left nothing behind. */
export function isProvenBy(earlier: Grouped, group: readonly Grouped[]): boolean {
  const scope = scopeOfAll(group)
  const isCovered = scope === scopeOf(earlier) || scope === withPages[scopeOf(earlier)]
  return isCovered && areApart(earlier, group)
}

/** Orders the groups so that each is followed by the one that proves the most undone faults. */
export function inOrder<T extends Grouped>(groups: readonly (readonly T[])[]): (readonly T[])[] {
  const left = [...groups]
  const ordered: (readonly T[])[] = []
  let undone: readonly T[] = []
  while (left.length > 0) {
    const proven = left.map((group) => undone.filter((fault) => isProvenBy(fault, group)).length)
    const [next = []] = left.splice(proven.indexOf(Math.max(...proven)), 1)
    ordered.push(next)
    undone = [...undone.filter((fault) => !isProvenBy(fault, next)), ...next]
  }
  return ordered
}

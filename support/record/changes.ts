/**
 * What changed since the last run: its record beside this one, item by item and cause by cause. Pure. Only what both looked
 * at is compared, and records of different platforms, contracts or checklists are not: they would say nothing.
 */
import type { Cause, ItemState, Verdict, VerdictName } from './verdict'

/** What is needed of the record of the last run. */
export interface Earlier {
  readonly verdict: VerdictName
  readonly finishedAt: string
  readonly platform: Pick<Verdict['platform'], 'server' | 'namespace'>
  readonly scope: Pick<Verdict['scope'], 'contract'>
  readonly suite: Pick<Verdict['suite'], 'checklistSha256'>
  readonly items: readonly { readonly id: string; readonly status: ItemState }[]
  readonly causes: readonly Pick<Cause, 'id' | 'summary' | 'object' | 'items'>[]
  readonly digest: string
}

export interface ItemChange {
  readonly id: string
  readonly text: string
  readonly before: ItemState
  readonly now: ItemState
}

export interface Changes {
  readonly last: Pick<Earlier, 'verdict' | 'finishedAt'>
  /** Failed, blocked or in error now, and not then. */
  readonly newlyFailed: readonly ItemChange[]
  /** Passed now, and not then. */
  readonly newlyPassed: readonly ItemChange[]
  /** In another state than then, and neither of the above. */
  readonly otherwise: readonly ItemChange[]
  readonly newCauses: readonly Cause[]
  readonly goneCauses: Earlier['causes']
  /** Items that one of the two runs did not look at. */
  readonly uncompared: number
}

const wrong: readonly ItemState[] = ['error', 'failed', 'blocked']

/** @returns a sentence where there is nothing to compare with */
export function changesBetween(last: Earlier, verdict: Verdict): Changes | string {
  const differing = Object.entries(mustBeEqual).find(([, of]) => of(last) === null || of(last) !== of(verdict))
  if (differing) return `${differing[0]} (${differing[1](last) ?? 'not known'}), so it is not compared.`
  if (last.digest === verdict.digest) return 'The last record here is that of this very run.'

  const before = new Map(last.items.map(({ id, status }) => [id, status]))
  const both = verdict.items.flatMap(({ id, text, status: now }) => {
    const then = before.get(id)
    return then === undefined || then === 'not run' || now === 'not run' ? [] : [{ id, text, before: then, now }]
  })
  const changed = both.filter(({ before, now }) => before !== now)
  const newlyFailed = changed.filter(({ before, now }) => wrong.includes(now) && !wrong.includes(before))
  const newlyPassed = changed.filter(({ now }) => now === 'passed')
  const compared = new Set(both.map(({ id }) => id))
  const without = <T extends Pick<Cause, 'id' | 'items'>>(causes: readonly T[], others: Earlier['causes']) =>
    causes.filter(({ id, items }) => !others.some((other) => other.id === id) && items.some((one) => compared.has(one)))
  return {
    last,
    newlyFailed,
    newlyPassed,
    otherwise: changed.filter((change) => !newlyFailed.includes(change) && !newlyPassed.includes(change)),
    newCauses: without(verdict.causes, last.causes),
    goneCauses: without(last.causes, verdict.causes),
    uncompared: verdict.items.length - both.length,
  }
}

/** What two records must have in common, by what is said where they have not. */
const mustBeEqual: Readonly<Record<string, (of: Earlier | Verdict) => string | null>> = {
  'The last record here is of another platform': ({ platform }) => platform.server,
  'The last record here is of another namespace': ({ platform }) => platform.namespace,
  'The last record here was judged by another contract': ({ scope }) => scope.contract,
  'The last record here was judged by another checklist': ({ suite }) => suite.checklistSha256,
}

/**
 * Compares the record of the last run with this one, item by item and cause by cause. Pure. Only items that both runs
 * checked are compared. Records of different platforms, contracts or checklists are not compared, because their
 * differences would say nothing about the deployment.
 */
import type { Cause, ItemState, Verdict, VerdictName } from './verdict'

/** The members of the last run's record that the comparison needs. */
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

export interface ChangesSinceLastRun {
  readonly last: Pick<Earlier, 'verdict' | 'finishedAt'>
  /** Items that are failed, blocked or in error now, but were not in the last run. */
  readonly newlyFailed: readonly ItemChange[]
  /** Items that pass now, but did not in the last run. */
  readonly newlyPassed: readonly ItemChange[]
  /** Items that changed their state in any other way. */
  readonly otherwise: readonly ItemChange[]
  readonly newCauses: readonly Cause[]
  readonly goneCauses: Earlier['causes']
  /** Number of items that one of the two runs did not check. */
  readonly uncompared: number
}

const wrong: readonly ItemState[] = ['error', 'failed', 'blocked']

/** Compares two records. @returns a sentence that says why, if they cannot be compared */
export function changesBetween(last: Earlier, verdict: Verdict): ChangesSinceLastRun | string {
  const differing = Object.entries(mustBeEqual).find(([, of]) => of(last) === null || of(last) !== of(verdict))
  if (differing) return `${differing[0]} (${differing[1](last) ?? 'unknown'}), so the two runs are not compared.`
  if (last.digest === verdict.digest) return 'The previous record in this directory is from this same run.'

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

/** The values that two comparable records share, keyed by the sentence for a difference. */
const mustBeEqual: Readonly<Record<string, (of: Earlier | Verdict) => string | null>> = {
  'The last run checked another platform': ({ platform }) => platform.server,
  'The last run checked another namespace': ({ platform }) => platform.namespace,
  'The last run used another contract': ({ scope }) => scope.contract,
  'The last run used another checklist': ({ suite }) => suite.checklistSha256,
}

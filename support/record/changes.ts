/**
 * Compares the record of the last conclusive run with this one, item by item and cause by cause. Pure. An item that was not
 * checked is neither failed nor mended, and a cause is gone only if the items that it affected were checked again. Records of
 * different platforms, contracts or checklists are not compared, because their differences would say nothing about the deployment.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import {
  type CauseChange,
  type ChangesSinceLastRun,
  type ItemChange,
  type ItemState,
  itemStates,
  type Verdict,
  type VerdictName,
  verdictNames,
} from './verdict'

const text = z.string()

/** The members of the last run's record that the comparison needs. */
export interface Earlier {
  readonly verdict: VerdictName
  readonly finishedAt: string
  readonly platform: Pick<Verdict['platform'], 'server' | 'namespace'>
  readonly scope: Pick<Verdict['scope'], 'contract'>
  readonly suite: Pick<Verdict['suite'], 'checklistSha256'>
  readonly items: readonly { readonly id: string; readonly status: ItemState }[]
  readonly causes: readonly CauseChange[]
}

export const earlierSchema: z.ZodType<Earlier> = z.object({
  verdict: z.enum(verdictNames),
  finishedAt: z.iso.datetime(),
  platform: z.object({ server: text.nullable(), namespace: text }),
  scope: z.object({ contract: text }),
  suite: z.object({ checklistSha256: text }),
  items: z.array(z.object({ id: text, status: z.enum(itemStates) })),
  causes: z.array(z.object({ id: text, summary: text, object: text, items: z.array(text) })),
})

export type { ChangesSinceLastRun, ItemChange } from './verdict'

const unchecked: readonly ItemState[] = ['blocked', 'not run', 'error']
const broken: readonly ItemState[] = ['failed', 'blocked', 'error']

/** This run, before its digests are added. */
type Current = Pick<Verdict, 'platform' | 'scope' | 'suite' | 'items' | 'causes' | 'finishedAt'>

/** Compares two records. @returns a sentence that says why, if they cannot be compared */
export function changesBetween(last: Earlier, current: Current): ChangesSinceLastRun | string {
  const differing = Object.entries(mustBeEqual).find(([, of]) => of(last) === null || of(last) !== of(current))
  if (differing) return `${differing[0]} (${differing[1](last) ?? 'unknown'}), so the two runs are not compared.`
  const states = ({ items }: Earlier | Current) => items.map(({ id, status }) => `${id} ${status}`)
  if (last.finishedAt === current.finishedAt && isDeepStrictEqual(states(last), states(current)))
    return 'The previous record in this directory is from this same run.'

  const selected = current.scope.filter !== null || current.scope.shard !== null
  const before = new Map(last.items.map(({ id, status }) => [id, status]))
  const both = current.items.flatMap(({ id, text, status: now }) => {
    const then = before.get(id)
    return then === undefined || then === 'not run' || (selected && now === 'not run')
      ? []
      : [{ id, text, before: then, now }]
  })
  const groups = Map.groupBy(
    both.filter(({ before, now }) => before !== now),
    kindOf,
  )
  return {
    last: { verdict: last.verdict, finishedAt: last.finishedAt },
    newlyFailed: groups.get('newly failed') ?? [],
    mended: groups.get('mended') ?? [],
    noLongerChecked: groups.get('no longer checked') ?? [],
    otherwise: groups.get('otherwise') ?? [],
    ...causesBetween(last, current, new Set(both.map(({ id }) => id))),
    uncompared: current.items.length - both.length,
  }
}

function kindOf({ before, now }: ItemChange): 'newly failed' | 'mended' | 'no longer checked' | 'otherwise' {
  if (now === 'passed' && broken.includes(before)) return 'mended'
  if (now === 'failed' && !broken.includes(before)) return 'newly failed'
  return unchecked.includes(now) && !unchecked.includes(before) ? 'no longer checked' : 'otherwise'
}

/** @param compared ids of the items that both runs contain */
function causesBetween(last: Earlier, { items, causes }: Current, compared: ReadonlySet<string>) {
  const left = new Set(items.filter(({ status }) => unchecked.includes(status)).map(({ id }) => id))
  const without = (all: readonly CauseChange[], others: readonly CauseChange[]): CauseChange[] =>
    all
      .filter(({ id }) => !others.some((other) => other.id === id))
      .map(({ id, summary, object, items }) => ({ id, summary, object, items }))
  return {
    newCauses: without(causes, last.causes).filter(({ items }) => items.some((id) => compared.has(id))),
    goneCauses: without(last.causes, causes).filter(
      ({ items }) => items.some((id) => compared.has(id)) && !items.some((id) => left.has(id)),
    ),
  }
}

/** The values that two comparable records share, keyed by the sentence for a difference. */
const mustBeEqual: Readonly<Record<string, (of: Earlier | Current) => string | null>> = {
  'The last run checked another platform': ({ platform }) => platform.server,
  'The last run checked another namespace': ({ platform }) => platform.namespace,
  'The last run used another contract': ({ scope }) => scope.contract,
  'The last run used another checklist': ({ suite }) => suite.checklistSha256,
}

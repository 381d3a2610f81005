/** Divides the matrix between sandboxes that run side by side, and merges their records. Pure. */
import type { Fault } from '../catalogue/fault'
import type { Variant } from '../variants/variant'
import { groupsOf } from './groups'
import type { Matrix } from './record'
import { independentGroups } from './variants'

/** A part of a matrix: its number, counted from 1, and how many parts there are. */
export interface Shard {
  readonly number: number
  readonly of: number
}

/** The faults and variants of a shard. Those that can share a run stay together. */
export function shardOf(
  { faults, variants }: { readonly faults: readonly Fault[]; readonly variants: readonly Variant[] },
  { number, of }: Shard,
) {
  const own = <T>(groups: readonly (readonly T[])[]) => groups.filter((_, at) => at % of === number - 1).flat()
  return { faults: own(groupsOf(faults)), variants: own(independentGroups(variants)) }
}

/**
 * Merges the records of all shards. Unproven is what no shard has proven.
 * @throws Error without a record
 */
export function merged(shards: readonly Matrix[]): Matrix {
  const [first] = shards
  if (!first) throw new Error('There is no record of a shard.')
  const all = <T>(listOf: (shard: Matrix) => readonly T[]) => shards.flatMap(listOf)
  const sum = (numberOf: (shard: Matrix) => number) => shards.reduce((total, shard) => total + numberOf(shard), 0)
  const inEach = (listOf: (shard: Matrix) => readonly string[]) =>
    listOf(first).filter((name) => shards.every((shard) => listOf(shard).includes(name)))
  const stopped = all(({ stopped }) => (stopped ? [stopped] : []))
  return {
    total: sum(({ total }) => total),
    killed: sum(({ killed }) => killed),
    survived: all(({ survived }) => survived),
    collateral: all(({ collateral }) => collateral),
    variants: all(({ variants }) => variants),
    findings: inEach(({ findings }) => findings),
    ...(shards.every(({ unproven }) => unproven)
      ? {
          unproven: {
            items: inEach(({ unproven }) => unproven?.items ?? []),
            scenarios: inEach(({ unproven }) => unproven?.scenarios ?? []),
            findings: inEach(({ unproven }) => unproven?.findings ?? []),
          },
        }
      : {}),
    spent: {
      runs: sum(({ spent }) => spent.runs),
      runningMs: sum(({ spent }) => spent.runningMs),
      typingMs: sum(({ spent }) => spent.typingMs),
    },
    ...(stopped.length > 0 ? { stopped: stopped.join(' ') } : {}),
    durationMs: Math.max(...shards.map(({ durationMs }) => durationMs)),
    faults: all(({ faults }) => faults),
  }
}

/** The shards of the matrix: which faults each has, and what their records say together. */
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import { groupsOf } from '../../../faults/matrix/groups'
import { type Matrix, matrixOf } from '../../../faults/matrix/record'
import { merged, shardOf } from '../../../faults/matrix/shards'
import { variants } from '../../../faults/variants'
import { fault } from '../../fixtures/faults'

const record = (id: string, more: Partial<Matrix> = {}): Matrix => ({
  ...matrixOf([fault(id, ['1.1'])], [], {
    variants: [],
    findings: [],
    spent: { runs: 2, runningMs: 30, typingMs: 1 },
    durationMs: 50,
  }),
  ...more,
})

describe('the shards', () => {
  it('have each fault and each variant once, and no more runs than the whole', () => {
    const parts = [1, 2, 3].map((number) => shardOf({ faults: catalogue, variants }, { number, of: 3 }))
    const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).sort()
    expect(ids(parts.flatMap(({ faults }) => faults))).toEqual(ids(catalogue))
    expect(ids(parts.flatMap((part) => part.variants))).toEqual(ids(variants))
    const runs = parts.map(({ faults }) => groupsOf(faults).length)
    expect(runs.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(groupsOf(catalogue).length)
  })
})

describe('the records of the shards', () => {
  it('are added up, and last as long as the longest', () => {
    const both = merged([
      record('a', { killed: 1, survived: [] }),
      record('b', { durationMs: 70, stopped: 'It stopped.' }),
    ])
    expect(both).toMatchObject({ total: 2, killed: 1, survived: ['b'], stopped: 'It stopped.', durationMs: 70 })
    expect(both.spent).toEqual({ runs: 4, runningMs: 60, typingMs: 2 })
  })

  it('leave unproven what no shard has proven', () => {
    const unproven = (...items: string[]) => ({ unproven: { items, scenarios: items, findings: items } })
    expect(merged([record('a', unproven('1.1', '2.1')), record('b', unproven('2.1', '3.1'))]).unproven).toEqual({
      items: ['2.1'],
      scenarios: ['2.1'],
      findings: ['2.1'],
    })
    expect(merged([record('a', unproven('1.1')), record('b')]).unproven).toBeUndefined()
  })
})

/** The faults that `npm test` runs still fail every item that any fault fails. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import type { Fault } from '../../../faults/catalogue/fault'
import { representativeOf } from '../../../faults/matrix/representative'
import { fault } from '../../fixtures/faults'

const failedBy = (faults: readonly Fault[]) => [...new Set(faults.flatMap(({ expects }) => expects.failed))].sort()
const ids = (faults: readonly Fault[]) => faults.map(({ id }) => id)

describe('the representative faults', () => {
  it('fail every item that any fault fails, with no redundant fault', () => {
    const failed = fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(failed, { maxLength: 12 }), (all) => {
        const faults = all.map((items, index) => fault(String(index), items))
        const chosen = representativeOf(faults)
        expect(failedBy(chosen)).toEqual(failedBy(faults))
        expect(chosen.length).toBeLessThanOrEqual(failedBy(faults).length)
        expect(representativeOf(faults)).toEqual(chosen)
      }),
    )
  })

  it('are those that fail the most items, in the order of the catalogue', () => {
    const faults = [fault('a', ['1']), fault('b', ['2']), fault('ab', ['1', '2']), fault('c', ['3'])]
    expect(ids(representativeOf(faults))).toEqual(['ab', 'c'])
  })

  it('need no pages and no stories where a plain fault fails as many items', () => {
    const faults = [
      fault('shown', ['1'], { pages: true }),
      fault('story', ['1'], { stories: true }),
      fault('plain', ['1']),
    ]
    expect(ids(representativeOf(faults))).toEqual(['plain'])
  })

  it('of the catalogue number less than half of its faults', () => {
    expect(failedBy(representativeOf(catalogue))).toEqual(failedBy(catalogue))
    expect(representativeOf(catalogue).length).toBeLessThan(catalogue.length / 2)
  })
})

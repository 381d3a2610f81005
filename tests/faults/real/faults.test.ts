/** The faults and the variants of the real controllers are consistent with the catalogue, and say what they leave out. */
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import { notReused, realFaults, reused } from '../../../faults/real/faults'
import { realVariants } from '../../../faults/real/variants'

const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id)

describe('the faults and variants of the real controllers', () => {
  it.each([
    ['faults', ids(realFaults)],
    ['variants', ids(realVariants)],
  ])('%s have unique ids in kebab case', (_, given) => {
    expect(new Set(given).size).toBe(given.length)
    for (const id of given) expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  })

  it('run faults that the catalogue has', () => {
    for (const id of reused) expect(ids(realFaults)).toContain(id)
  })

  it('give a reason for faults of the catalogue that they do not run, and for no other', () => {
    for (const [id, reason] of Object.entries(notReused)) {
      expect(ids(catalogue)).toContain(id)
      expect(ids(realFaults)).not.toContain(id)
      expect(reason).not.toBe('')
    }
  })
})

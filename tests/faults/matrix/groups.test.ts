/** Faults that share a run are independent, and grouping loses none. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import type { Fault } from '../../../faults/catalogue/fault'
import { groupsOf, inOrder, isProvenBy, itemsOf, scopeOf, scopesOf } from '../../../faults/matrix/groups'
import { fault } from '../../fixtures/faults'

const item = fc.constantFrom('1.1', '1.2', '2.1', '2.2', '3.1', '3.2', '18.1', '21.1', '21.2')
const anyFaults = fc
  .array(
    fc.record({
      failed: fc.uniqueArray(item, { minLength: 1, maxLength: 4 }),
      blocked: fc.uniqueArray(item, { maxLength: 4 }),
      scope: fc.constantFrom({}, { stories: true }, { pages: true }, { stories: true, pages: true }),
    }),
    { maxLength: 30 },
  )
  .map((made) =>
    made.map(({ failed, blocked, scope }, index) =>
      fault(String(index), failed, { expects: { failed, blocked }, ...scope }),
    ),
  )

function expectGroups(groups: readonly (readonly Fault[])[], faults: readonly Fault[]): void {
  expect(
    groups
      .flat()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(faults.map(({ id }) => id).sort())
  for (const group of groups) {
    const scopes = new Set(group.map((one) => (one.stories ? 'stories' : scopeOf(one))))
    if (scopes.size > 1) expect([...scopes].sort()).toEqual(['pages', 'plain'])
    // Pages show nothing as it is without the pods or the stored events.
    if (scopes.size > 1)
      for (const one of group.filter((plain) => scopeOf(plain) === 'plain'))
        for (const needed of ['3.1', '18.1']) expect(itemsOf(one)).not.toContain(needed)
    for (const one of group) expect(isProvenBy({ ...one, expects: { failed: [], blocked: [] } }, group)).toBe(true)
    for (const [index, one] of group.entries())
      for (const other of group.slice(index + 1))
        for (const id of itemsOf(one).filter((id) => itemsOf(other).includes(id)))
          expect([
            ...[one, other].map(({ beside, expects }) => beside?.includes(id) || expects.blocked.includes(id)),
            one.cause.object === other.cause.object,
          ]).toEqual([true, true, false])
  }
}

describe('groups', () => {
  it('with pages take faults that pages cannot show', () => {
    const shown = fault('shown', ['16.2'], { pages: true })
    expect(groupsOf([fault('unseen', ['10.3']), shown])).toEqual([[shown, expect.objectContaining({ id: 'unseen' })]])
    expect(groupsOf([fault('seen', ['6.1']), shown])).toHaveLength(2)
    expect(groupsOf([fault('told', ['10.3'], { stories: true }), shown])).toHaveLength(2)
  })

  it('are as few as two where two suffice, in whatever order the faults come', () => {
    // Each fault turns red the items of its pairs: a1 and b1, a2 and b2, a3 and b3 have none in common.
    const pairs = { a1: ['1.1', '1.2'], b1: ['2.1', '3.1'], a2: ['2.1', '2.2'], b2: ['1.1', '3.2'], a3: ['3.1', '3.2'] }
    const faults = Object.entries({ ...pairs, b3: ['1.2', '2.2'] }).map(([id, failed]) => fault(id, failed))
    expect(groupsOf(faults)).toHaveLength(2)
    fc.assert(
      fc.property(fc.shuffledSubarray(faults, { minLength: faults.length }), (shuffled) => {
        expect(groupsOf(shuffled)).toHaveLength(2)
      }),
    )
  })

  it('hold each fault once; those of a group have one scope and no item in common', () => {
    fc.assert(fc.property(anyFaults, (faults) => expectGroups(groupsOf(faults), faults)))
  })

  it('are neither changed nor lost when they are ordered', () => {
    fc.assert(
      fc.property(anyFaults, (faults) => {
        const groups = groupsOf(faults)
        expect(new Set(inOrder(groups))).toEqual(new Set(groups))
        expect(inOrder(groups)).toHaveLength(groups.length)
      }),
    )
  })

  it('hold faults of one item whose check names both, if their objects differ, and at most five', () => {
    const beside = { beside: ['1.1'] }
    const [one, other] = [fault('one', ['1.1'], beside), fault('other', ['1.1'], beside)]
    expect(groupsOf([one, other])).toEqual([[one, other]])
    expect(groupsOf([one, { ...other, cause: { ...one.cause, summary: 'is late' } }])).toHaveLength(2)
    expect(groupsOf([one, fault('alone', ['1.1'])])).toHaveLength(2)
    expect(groupsOf([one, fault('both', ['1.1', '2.1'], beside), fault('second', ['2.1'], beside)])).toHaveLength(2)
    const many = Array.from({ length: 6 }, (_, index) => fault(String(index), ['1.1'], beside))
    expect(groupsOf(many).map(({ length }) => length)).toEqual([5, 1])
  })

  it('hold faults that block the comparison of the metrics, but not one that fails it', () => {
    const blocking = (id: string, failed: string, blocked: string) =>
      fault(id, [failed], { expects: { failed: [failed], blocked: [blocked] } })
    const one = blocking('one', '6.1', '21.6')
    expect(groupsOf([one, blocking('other', '10.3', '21.6')])).toHaveLength(1)
    expect(groupsOf([one, blocking('failing', '21.6', '10.4')])).toHaveLength(2)
    expect(groupsOf([blocking('first', '6.1', '7.3'), blocking('second', '10.3', '7.3')])).toHaveLength(2)
    const cause = { object: 'database', summary: 'There is no data yet: no sample of the lead time' }
    expect(groupsOf([one, { ...blocking('counted', '10.3', '21.6'), cause }])).toHaveLength(2)
  })

  it('of the catalogue number less than a fifth of its faults', () => {
    const groups = groupsOf(catalogue)
    expectGroups(groups, catalogue)
    expect(groups.length).toBeLessThan(catalogue.length / 5)
  })

  it('are ordered so that each one proves that the one before was undone, where possible', () => {
    const [a, b, c] = [fault('a', ['1.1']), fault('b', ['1.1', '2.1']), fault('c', ['3.1'])]
    expect(inOrder([[a], [b], [c]])).toEqual([[a], [c], [b]])
  })
})

describe('a fault is proven to be undone', () => {
  const undone = fault('undone', ['1.1'])

  it('by a run of the same scenarios that expects other items', () => {
    expect(isProvenBy(undone, [fault('next', ['2.1'])])).toBe(true)
    expect(isProvenBy(undone, [fault('next', ['2.1']), fault('other', ['1.1'])])).toBe(false)
    const beside = { beside: ['1.1'] }
    expect(isProvenBy({ ...undone, ...beside }, [fault('next', ['1.1'], beside)])).toBe(false)
  })

  it('by a run with pages if pages do not show it, but not by a run without pages if they do', () => {
    const shown = fault('shown', ['2.1'], { pages: true })
    expect(isProvenBy(undone, [shown])).toBe(true)
    expect(isProvenBy(shown, [undone])).toBe(false)
  })

  it('by a run of stories only if a story showed it', () => {
    const story = fault('story', ['2.1'], { stories: true })
    expect(isProvenBy(undone, [story])).toBe(false)
    expect(isProvenBy(story, [fault('next', ['3.1'], { stories: true })])).toBe(true)
  })
})

describe('the scopes of faults', () => {
  it('are each covered once, and plain ones by the run with pages if there is one', () => {
    const [plain, shown, story] = [fault('a', []), fault('b', [], { pages: true }), fault('c', [], { stories: true })]
    expect(scopesOf([plain, plain])).toEqual(['plain'])
    expect(scopesOf([plain, shown, story])).toEqual(['pages', 'stories'])
    expect(scopesOf([story, fault('d', [], { stories: true, pages: true })])).toEqual(['stories with pages'])
    expect(scopesOf([])).toEqual([])
  })
})

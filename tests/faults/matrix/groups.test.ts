/** Faults that share a run do not touch each other, and none is lost. */
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
    expect(new Set(group.map((one) => (one.stories ? 'stories' : scopeOf(one)))).size).toBe(1)
    for (const one of group) expect(isProvenBy({ ...one, expects: { failed: [], blocked: [] } }, group)).toBe(true)
    const items = group.flatMap((one) => [...new Set(itemsOf(one))])
    expect(new Set(items).size).toBe(items.length)
  }
}

describe('groups', () => {
  it('hold each fault once, of one scope, no two with an item in common', () => {
    fc.assert(fc.property(anyFaults, (faults) => expectGroups(groupsOf(faults), faults)))
  })

  it('stay what they are when they are ordered', () => {
    fc.assert(
      fc.property(anyFaults, (faults) => {
        const groups = groupsOf(faults)
        expect(new Set(inOrder(groups))).toEqual(new Set(groups))
        expect(inOrder(groups)).toHaveLength(groups.length)
      }),
    )
  })

  it('of the catalogue are so few that most faults share their run', () => {
    const groups = groupsOf(catalogue)
    expectGroups(groups, catalogue)
    expect(groups.length).toBeLessThan(catalogue.length / 2)
  })

  it('come so that the next one proves the one before healed, where there is one that can', () => {
    const [a, b, c] = [fault('a', ['1.1']), fault('b', ['1.1', '2.1']), fault('c', ['3.1'])]
    expect(inOrder([[a], [b], [c]])).toEqual([[a], [c], [b]])
  })
})

describe('a fault is proven healed', () => {
  const healed = fault('healed', ['1.1'])

  it('by a run of the same scenarios that expects other items', () => {
    expect(isProvenBy(healed, [fault('next', ['2.1'])])).toBe(true)
    expect(isProvenBy(healed, [fault('next', ['2.1']), fault('other', ['1.1'])])).toBe(false)
  })

  it('by a run with pages where it is not seen on them, and never the other way round', () => {
    const shown = fault('shown', ['2.1'], { pages: true })
    expect(isProvenBy(healed, [shown])).toBe(true)
    expect(isProvenBy(shown, [healed])).toBe(false)
  })

  it('by no story, unless a story showed it', () => {
    const told = fault('told', ['2.1'], { stories: true })
    expect(isProvenBy(healed, [told])).toBe(false)
    expect(isProvenBy(told, [fault('next', ['3.1'], { stories: true })])).toBe(true)
  })
})

describe('the scopes of faults', () => {
  it('are each looked at once, and plain ones with the pages where there are any', () => {
    const [plain, shown, told] = [fault('a', []), fault('b', [], { pages: true }), fault('c', [], { stories: true })]
    expect(scopesOf([plain, plain])).toEqual(['plain'])
    expect(scopesOf([plain, shown, told])).toEqual(['pages', 'stories'])
    expect(scopesOf([told, fault('d', [], { stories: true, pages: true })])).toEqual(['stories with pages'])
    expect(scopesOf([])).toEqual([])
  })
})

/** Wrong numbers on panels: one cause for each trouble, whatever the number of panels, projects and ranges that show it. */
import { describe, expect, it } from 'vitest'
import { comment } from '../../../../support/basis/command'
import { type NumberOnPanel, troublesOf } from '../../../../support/checks/numbers/panel-troubles'

const number = (panel: string, likely: readonly string[] = [], project = 'catalog'): NumberOnPanel => ({
  object: `panel ${panel}`,
  owner: `${project} (last 30 days)`,
  source: 'its events',
  isDrawn: false,
  place: [project, 'last 30 days', panel],
  shows: `The panel ${panel} shows`,
  quantity: 'deployments',
  expected: '5',
  found: '4',
  likely,
  remedy: [comment`open the panel`],
})
const objects = (numbers: readonly NumberOnPanel[]) => troublesOf(numbers).map(({ object }) => object)

describe('a panel with a wrong number', () => {
  it('is a trouble of its own, for all projects that show it', () => {
    const [first, second, ...others] = troublesOf([number('A'), number('B'), number('A', [], 'payments')])
    expect(others).toEqual([])
    expect(first).toMatchObject({
      object: 'panel A',
      summary: 'The panel A shows 4 for the deployments of catalog (last 30 days); its events yield 5.',
    })
    expect(first?.found).toContain('payments | last 30 days | A | deployments | 5 | 4')
    expect(first?.found).not.toContain('| B |')
    expect(second?.object).toBe('panel B')
  })

  it('shares its trouble with the panels that have the same likely reason', () => {
    const numbers = [
      number('A', ['failures count', 'open incidents count']),
      number('B', ['failures count']),
      number('C'),
    ]
    const [first, second, ...others] = troublesOf(numbers)
    expect(others).toEqual([])
    expect(first).toMatchObject({ object: 'panel A' })
    expect(first?.summary).toMatch(/Likely reason: failures count\.$/)
    expect(first?.found).toContain('| B |')
    expect(second?.object).toBe('panel C')
  })

  it('is named with a reason that explains it', () => {
    const [found] = troublesOf([number('A'), number('A', ['failures count'], 'payments')])
    expect(found?.summary).toMatch(/ of payments \(last 30 days\); .* Likely reason: failures count\.$/)
  })

  it('is another trouble than what is only drawn wrongly', () => {
    const drawn = { ...number('A', ['the axis is logarithmic']), isDrawn: true }
    const [first, second, ...others] = troublesOf([number('A', ['failures count']), drawn, drawn])
    expect(others).toEqual([])
    expect(first?.summary).toMatch(/failures count\.$/)
    expect(second?.summary).toMatch(/the axis is logarithmic\.$/)
  })

  it('is one of many with a single trouble, where more panels are wrong than can have one each', () => {
    const panels = ['A', 'B', 'C', 'D', 'E', 'F']
    expect(objects(panels.map((panel) => number(panel)))).toHaveLength(6)
    expect(objects([...panels, 'G'].map((panel) => number(panel)))).toEqual(['panel A'])
  })
})

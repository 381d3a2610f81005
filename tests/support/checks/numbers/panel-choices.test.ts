/** Panels that show something else than the reader of the page chooses, and panels of the same title. */
import { describe, expect, it } from 'vitest'
import { panelDifferences, withoutRepeated, wrongTables } from '../../../../support/checks/numbers/panel-comparison'
import type { DashboardNames } from '../../../../support/contracts/dashboards'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import type { PanelView } from '../../../../support/platform/grafana-pages'

const names: DashboardNames = {
  ...{ uid: 'd', title: 'D' },
  panels: { Frequency: [{ quantity: 'deployment frequency', by: 'last' }] },
  tables: { Latest: { rows: 'deployments', columns: { Deployment: 'id' } } },
}
const window = { start: 0, end: 30 * 864e5 }

const panel = (change: Partial<PanelView> = {}, value = 2): PanelView => ({
  ...{ id: 1, type: 'stat', title: 'Frequency', timezone: 'utc', errors: [], text: `${value} / day` },
  fieldConfig: { defaults: {}, overrides: [] },
  columns: [{ name: 'Value', isNumber: true, values: [value] }],
  ...change,
})
const chart = (value: number): PanelView => panel({ type: 'timeseries', text: 'Value' }, value)

function differences(...views: readonly PanelView[]) {
  const page = { views, expected: { 'deployment frequency': 2 }, window, precision: fawkes.dora.precision }
  return panelDifferences(names, page, () => true).wrong.map(({ drawn, reading }) => drawn?.found ?? reading.value)
}

describe('a panel', () => {
  it('shows the chosen range', () => {
    expect(differences(panel())).toEqual([])
    expect(differences(panel({ ownTime: 'timeFrom 7d' }))).toEqual(['times of its own (timeFrom 7d)'])
    expect(differences(panel({ ownTime: 'timeShift 1w' }, 3))).toEqual(['times of its own (timeShift 1w)'])
  })

  it('shows the whole project, and not a part of it in each of its copies', () => {
    expect(differences(panel({ repeat: 'project', copies: 1 }))).toEqual([])
    expect(differences(panel({ repeat: 'team', copies: 2 }))).toEqual(['2 copies, one for each team'])
  })

  it('is compared with each of the same title and kind', () => {
    expect(differences(panel(), panel())).toEqual([])
    expect(differences(panel(), panel({}, 3))).toEqual([3])
    expect(differences(panel({ type: 'gauge', text: '' }, 3), panel())).toEqual([3])
  })

  it('is found beside a chart of its title, which may show anything', () => {
    expect(differences(chart(7), panel())).toEqual([])
    expect(differences(chart(7))).toEqual([7])
  })
})

describe('a table', () => {
  const row = { time: 1, id: 'd1' }
  const table = (id: string, change: Partial<PanelView> = {}): PanelView => ({
    ...panel({ type: 'table', title: 'Latest', text: id, ...change }),
    columns: [{ name: 'Deployment', isNumber: false, values: [id] }],
  })
  const found = (...views: readonly PanelView[]) =>
    wrongTables(names, views, () => [row], fawkes.dora.precision).map(({ difference }) => difference.found)

  it('shows the chosen range, and agrees with each of its title', () => {
    expect(found(table('d1'))).toEqual([])
    expect(found(table('d1', { ownTime: 'timeFrom 7d' }))).toEqual(['times of its own (timeFrom 7d)'])
    expect(found(table('d1'), table('d2'))).toEqual(['d2'])
    expect(found(panel())).toEqual(['Frequency'])
  })
})

describe('panels that are repeated for each project', () => {
  const views = [panel({ repeat: 'project' })]

  it('are not compared with several projects together', () => {
    const { names: left, repeated } = withoutRepeated(names, views, 'project')
    expect([left.panels, Object.keys(left.tables ?? {}), repeated]).toEqual([{}, ['Latest'], ['Frequency']])
  })

  it('are compared with one project, and where they are repeated for something else', () => {
    for (const variable of [undefined, 'team'])
      expect(withoutRepeated(names, views, variable)).toMatchObject({ names, repeated: [] })
  })
})

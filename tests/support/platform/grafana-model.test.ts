/** What Grafana's model of a dashboard says of its queries, in the forms that it has had. */
import { describe, expect, it } from 'vitest'
import { dashboardModel, datasourcesOf, isUsed, optionsQuery } from '../../../support/platform/grafana-model'

const model = (panels: readonly object[], list: readonly object[] = []) =>
  dashboardModel.parse({ meta: {}, dashboard: { uid: 'd', title: 'D', panels, templating: { list } } })

function asked(panel: object, list: readonly object[] = []): (string | null)[] {
  const { panels, variables } = model([{ id: 1, type: 'stat', ...panel }], list)
  const [first] = panels
  return first ? datasourcesOf(first, variables) : []
}

describe('the data source of a query', () => {
  it('is that of the query, else that of the panel, else the default one', () => {
    const target = { rawSql: 'SELECT 1' }
    expect(asked({ datasource: { uid: 'b' }, targets: [{ ...target, datasource: { uid: 'a' } }, target] })).toEqual([
      'a',
      'b',
    ])
    expect(asked({ targets: [target] })).toEqual([null])
    expect(asked({ datasource: 'by name', targets: [target] })).toEqual(['by name'])
  })

  it('is what a variable stands for', () => {
    const list = [{ name: 'source', type: 'datasource', current: { value: 'lake' } }]
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so Grafana writes it
    for (const uid of ['$source', '${source}', '${source:raw}'])
      expect(asked({ datasource: { uid }, targets: [{}] }, list)).toEqual(['lake'])
  })

  it('is none of a query that is hidden, and of those that Grafana answers itself', () => {
    expect(asked({ datasource: { uid: '-- Dashboard --' }, targets: [{}] })).toEqual([])
    expect(asked({ datasource: { uid: 'a' }, targets: [{ hide: true }] })).toEqual([])
  })
})

describe('the folder of a dashboard', () => {
  const folderOf = (meta: object) => dashboardModel.parse({ meta, dashboard: { uid: 'd', title: 'D' } }).folder

  it('is none where it lies in no folder, which Grafana calls General', () => {
    expect(folderOf({ folderTitle: 'General', folderUid: '' })).toBe('')
    expect(folderOf({ folderTitle: 'General', folderUid: 'a-folder-of-that-name' })).toBe('General')
    expect(folderOf({ folderTitle: 'DORA Metrics' })).toBe('DORA Metrics')
  })
})

describe('a variable', () => {
  const uses = (rawSql: string) => {
    const [panel] = model([{ id: 1, type: 'stat', targets: [{ rawSql }] }]).panels
    return panel !== undefined && isUsed('team', panel)
  }

  it('is used in each of the ways in which Grafana writes it, and not by a longer name', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so Grafana writes it
    for (const sql of ["= '$team'", 'IN (${team})', 'IN (${team:sqlstring})', 'IN ([[team]])', '[[team:csv]]'])
      expect([sql, uses(sql)]).toEqual([sql, true])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so Grafana writes it
    for (const sql of ['team = 1', '$teams', '${teammate}', '[[teams]]']) expect([sql, uses(sql)]).toEqual([sql, false])
  })

  it('has options by a query, which is a text or an object that holds one', () => {
    const list = [
      { name: 'a', type: 'query', query: 'SELECT 1', datasource: { uid: 'lake' } },
      { name: 'b', type: 'query', query: { rawSql: 'SELECT 2' } },
      { name: 'c', type: 'custom', query: 'one,two' },
    ]
    expect(model([], list).variables.map(optionsQuery)).toEqual([
      { sql: 'SELECT 1', datasource: 'lake' },
      { sql: 'SELECT 2', datasource: null },
      null,
    ])
  })
})

describe('panels', () => {
  it('in a folded row are not looked at, and a row is none', () => {
    const inside = { id: 3, type: 'stat', title: 'unseen' }
    const { panels } = model([
      { id: 1, type: 'stat', title: 'seen' },
      { id: 2, type: 'row', collapsed: true, panels: [inside] },
    ])
    expect(panels.map(({ title }) => title)).toEqual(['seen'])
  })
})

/** The queries, folder and variables of a dashboard, read from the forms that Grafana's model has had. */
import { describe, expect, it } from 'vitest'
import {
  dashboardModel,
  datasourcesOf,
  isUsed,
  optionsQuery,
  sendsQueries,
  sourceOf,
  transformationsOf,
  variableIn,
} from '../../../support/platform/grafana-model'

const model = (panels: readonly object[], list: readonly object[] = []) =>
  dashboardModel.parse({ meta: {}, dashboard: { uid: 'd', title: 'D', panels, templating: { list } } })

const panelOf = (panel: object) => {
  const [first] = model([{ id: 1, type: 'stat', ...panel }]).panels
  if (!first) throw new Error('There is no panel.')
  return first
}
const datasources = (panel: object) => datasourcesOf(panelOf(panel))

describe('the data source of a query', () => {
  it('is that of the query, else that of the panel, else the default', () => {
    const target = { rawSql: 'SELECT 1' }
    expect(
      datasources({ datasource: { uid: 'b' }, targets: [{ ...target, datasource: { uid: 'a' } }, target] }),
    ).toEqual(['a', 'b'])
    expect(datasources({ targets: [target] })).toEqual([null])
    expect(datasources({ datasource: 'by name', targets: [target] })).toEqual(['by name'])
  })

  it('is a variable in each of Grafana’s notations', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation
    for (const uid of ['$source', '${source}', '${source:raw}']) {
      expect(datasources({ datasource: { uid }, targets: [{}] })).toEqual([uid])
      expect(variableIn(uid)).toBe('source')
    }
    expect(variableIn('lake')).toBeUndefined()
  })

  it('is omitted for a hidden query and for data sources that Grafana itself provides', () => {
    expect(datasources({ datasource: { uid: '-- Dashboard --' }, targets: [{}] })).toEqual([])
    expect(datasources({ datasource: { uid: 'a' }, targets: [{ hide: true }] })).toEqual([])
  })
})

describe('the queries of a panel', () => {
  const expression = { refId: 'B', datasource: { type: '__expr__', uid: '__expr__' } }
  const hidden = { refId: 'A', hide: true, datasource: { uid: 'lake' }, rawSql: "SELECT 1 WHERE name = '$team'" }

  it('include hidden ones from which an expression is computed', () => {
    const panel = panelOf({ targets: [hidden, expression] })
    expect(datasourcesOf(panel)).toEqual(['lake'])
    expect(isUsed('team', panel)).toBe(true)
    expect(sendsQueries(panel)).toBe(true)
    expect(isUsed('team', panelOf({ targets: [hidden, { refId: 'B' }] }))).toBe(false)
  })

  it('are not sent for kinds of panels without data, nor to Grafana itself', () => {
    expect(sendsQueries(panelOf({ targets: [{}] }))).toBe(true)
    expect(sendsQueries(panelOf({ targets: [] }))).toBe(false)
    expect(sendsQueries(panelOf({ targets: [{ hide: true }] }))).toBe(false)
    expect(sendsQueries(panelOf({ type: 'text', targets: [{}] }))).toBe(false)
    expect(datasources({ type: 'text', targets: [{ datasource: { uid: 'gone' } }] })).toEqual([])
    expect(sendsQueries(panelOf({ datasource: { uid: '-- Grafana --' }, targets: [{}] }))).toBe(false)
  })

  it('are those of another panel whose answer it draws', () => {
    const shared = { id: 2, type: 'timeseries', datasource: { uid: '-- Dashboard --' }, targets: [{ panelId: 1 }] }
    const { panels } = model([{ id: 1, type: 'stat', targets: [{}] }, shared])
    expect(panels.map((panel) => sourceOf(panel, panels).id)).toEqual([1, 1])
    expect(panels.map(sendsQueries)).toEqual([true, false])
    const lost = model([{ ...shared, targets: [{ panelId: 7 }] }]).panels
    expect(lost.map((panel) => sourceOf(panel, lost).id)).toEqual([2])
  })

  it('are sorted in ascending order where the direction is left out or empty', () => {
    const options = { sortBy: [{ displayName: 'Time', desc: null }, { displayName: 'Id' }] }
    expect(model([{ id: 1, type: 'table', options }]).panels[0]?.options?.sortBy?.map(({ desc }) => desc)).toEqual([
      false,
      false,
    ])
  })

  it('are followed by the transformations of the other panel only where its query asks for them', () => {
    const idsOf = (query: object) => {
      const shared = { datasource: { uid: '-- Dashboard --' }, targets: [{ panelId: 1, ...query }] }
      const { panels } = model([
        { id: 1, type: 'table', targets: [{}], transformations: [{ id: 'limit' }] },
        { id: 2, type: 'table', ...shared, transformations: [{ id: 'sortBy' }] },
      ])
      return panels.map((panel) => transformationsOf(panel, panels).map(({ id }) => id))
    }
    expect(idsOf({})).toEqual([['limit'], ['sortBy']])
    expect(idsOf({ withTransforms: true })).toEqual([['limit'], ['limit', 'sortBy']])
  })
})

describe('the folder of a dashboard', () => {
  const folderOf = (meta: object) => dashboardModel.parse({ meta, dashboard: { uid: 'd', title: 'D' } }).folder

  it('is empty for a dashboard outside all folders, which Grafana reports as General', () => {
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

  it('is found in each of Grafana’s notations, but not as part of a longer name', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation
    for (const sql of ["= '$team'", 'IN (${team})', 'IN (${team:sqlstring})', 'IN ([[team]])', '[[team:csv]]'])
      expect([sql, uses(sql)]).toEqual([sql, true])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation
    for (const sql of ['team = 1', '$teams', '${teammate}', '[[teams]]']) expect([sql, uses(sql)]).toEqual([sql, false])
  })

  it('takes its options from a query, which is a text or an object that contains one', () => {
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
  it('exclude rows and the panels of a collapsed row', () => {
    const inside = { id: 3, type: 'stat', title: 'unseen' }
    const { panels } = model([
      { id: 1, type: 'stat', title: 'seen' },
      { id: 2, type: 'row', collapsed: true, panels: [inside] },
    ])
    expect(panels.map(({ title }) => title)).toEqual(['seen'])
  })

  it('have the ids that the page gives them', () => {
    const { panels } = model([
      { type: 'stat' },
      { id: 4, type: 'stat' },
      { id: 4, type: 'stat' },
      { id: 2, type: 'row', panels: [{ id: 9, type: 'stat' }, { type: 'stat' }] },
      { id: 0, type: 'stat' },
    ])
    expect(panels.map(({ id }) => id)).toEqual([10, 4, 11, 13])
  })

  it('keep transformations without options, which Grafana takes from its defaults', () => {
    const { transformations } = panelOf({
      transformations: [
        { id: 'limit', disabled: null },
        { id: 'reduce', options: {} },
      ],
    })
    expect(transformations.map(({ id }) => id)).toEqual(['limit', 'reduce'])
  })

  it('are repeated with the row above them', () => {
    const { panels } = model([
      { id: 1, type: 'stat' },
      { id: 2, type: 'row', repeat: 'project' },
      { id: 3, type: 'stat' },
      { id: 4, type: 'stat', repeat: 'team' },
      { id: 5, type: 'row' },
      { id: 6, type: 'stat' },
    ])
    expect(panels.map(({ repeat }) => repeat)).toEqual([undefined, 'project', 'team', undefined])
  })
})

/** The data source that a page uses for a query, where the model names it by a variable. */
import { describe, expect, it } from 'vitest'
import { datasourceNamed } from '../../../../support/checks/dashboards/chosen-datasource'
import { dashboardModel } from '../../../../support/platform/grafana-model'

const source = (uid: string, name: string, type = 'mysql', isDefault = false) => ({
  ...{ uid, name, type, isDefault, url: '', database: '' },
})
const all = [
  source('u-other', 'other', 'prometheus', true),
  source('u-lake', 'lake'),
  source('u-Archive', 'Archive', 'mysql'),
]

function chosen(reference: string | null, variable: object = {}, given = all) {
  const list = [{ name: 'source', type: 'datasource', query: 'mysql', ...variable }]
  const { variables } = dashboardModel.parse({ meta: {}, dashboard: { uid: 'd', title: 'D', templating: { list } } })
  return datasourceNamed(reference, given, variables)?.uid
}

describe('the data source of a query', () => {
  it('is named by its uid or its name, or is the default one', () => {
    expect(chosen('u-lake')).toBe('u-lake')
    expect(chosen('lake')).toBe('u-lake')
    expect(chosen(null)).toBe('u-other')
    expect(chosen('gone')).toBeUndefined()
  })

  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation
  it.each(['$source', '${source}', '${source:raw}'])('is the stored choice of the variable in %s', (reference) => {
    expect(chosen(reference, { current: { value: 'u-lake', text: 'lake' } })).toBe('u-lake')
    expect(chosen(reference, { current: { value: 'lake' } })).toBe('u-lake')
    expect(chosen(reference, { current: { value: ['u-lake'] } })).toBe('u-lake')
  })

  it('is the first one of the type where the choice is not stored, or not here', () => {
    expect(chosen('$source')).toBe('u-Archive')
    expect(chosen('$source', { current: {} })).toBe('u-Archive')
    expect(chosen('$source', { current: { value: 'u-of-another-grafana', text: 'lake of another' } })).toBe('u-Archive')
    expect(chosen('$source', { regex: '/^lake$/' })).toBe('u-lake')
    expect(chosen('$source', { query: 'postgres' })).toBeUndefined()
  })

  it('is the default one of the type for the choice "default"', () => {
    const given = [source('u-a', 'a'), source('u-z', 'z', 'mysql', true)]
    expect(chosen('$source', { current: { value: 'default', text: 'default' } }, given)).toBe('u-z')
  })

  it('is the value of a variable of another type', () => {
    expect(chosen('$source', { type: 'constant', query: 'lake', current: { value: 'lake' } })).toBe('u-lake')
  })
})

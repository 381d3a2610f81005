/** The transformations of a panel that may change the values of a column before they are drawn. */
import { describe, expect, it } from 'vitest'
import { changingTransformation } from '../../../../support/checks/numbers/drawn-transformations'
import { dashboardModel } from '../../../../support/platform/grafana-model'
import { withShownNames } from '../../../../support/platform/shown-names'

/** The transformation that changes the failed deployments on three days. */
function changing(transformations: readonly object[], type = 'timeseries'): string | undefined {
  const dashboard = { uid: 'd', title: 'D', panels: [{ id: 1, type, transformations }] }
  const [panel] = dashboardModel.parse({ meta: {}, dashboard }).panels
  if (!panel) throw new Error('There is no panel.')
  const columns = [
    { name: 'Time', isNumber: false, isTime: true as const, values: [0, 1, 2], query: 'A' },
    { name: 'Failed', isNumber: true, values: [0, 1, 2], query: 'A' },
    { name: 'Successful', isNumber: true, values: [4, 4, 4], query: 'A' },
  ]
  const drawn = { ...panel, columns: withShownNames(columns, panel.transformations) }
  return changingTransformation({ ...drawn, timezone: '', errors: [], text: '' }, 'Failed')
}

describe('the transformations of a chart', () => {
  const rename = { id: 'organize', options: { renameByName: { Failed: 'Failures' } } }
  const shortened = { id: 'renameByRegex', options: { regex: '/^Fail.*/', renamePattern: 'F' } }
  const filter = (id: string, value: unknown, rest: object = {}) => ({
    id: 'filterByValue',
    options: { filters: [{ fieldName: 'Failed', config: { id, options: { value } } }], ...rest },
  })

  it.each([
    ['is for annotations', [{ id: 'reduce', options: {}, topic: 'annotations' }]],
    ['is for another query', [{ id: 'reduce', options: {}, filter: { id: 'byRefId', options: 'B' } }]],
    ['is for other queries', [{ id: 'reduce', options: {}, filter: { id: 'byRefId', options: '/^[BC]$/' } }]],
    [
      'keeps its new name',
      [rename, { id: 'filterFieldsByName', options: { include: { names: ['Time', 'Failures'] } } }],
    ],
    ['keeps its old name', [rename, { id: 'filterFieldsByName', options: { include: { names: ['Time', 'Failed'] } } }]],
    [
      'keeps its new name by a pattern',
      [shortened, { id: 'filterFieldsByName', options: { include: { pattern: 'F' } } }],
    ],
    [
      'drops a name that it has only later',
      [{ id: 'filterFieldsByName', options: { exclude: { pattern: 'F' } } }, shortened],
    ],
    [
      'converts another column',
      [
        {
          id: 'convertFieldType',
          options: { conversions: [{ targetField: 'Successful', destinationType: 'string' }] },
        },
      ],
    ],
    [
      'converts it to its own type',
      [{ id: 'convertFieldType', options: { conversions: [{ targetField: 'Failed', destinationType: 'number' }] } }],
    ],
    ['converts nothing', [{ id: 'convertFieldType', options: { conversions: [{}] } }]],
    ['formats other times', [{ id: 'formatTime', options: { timeField: 'Created', outputFormat: 'YYYY' } }]],
    ['keeps its query', [{ id: 'filterByRefId', options: { include: 'A|B' } }]],
    ['filters by nothing', [{ id: 'filterByValue', options: { filters: [] } }]],
    ['keeps all rows', [filter('isNotNull', undefined)]],
    ['keeps all rows above a bound', [filter('greaterOrEqual', '0', { match: 'all' })]],
    ['excludes no row', [filter('lower', 0, { type: 'exclude' })]],
    ['sorts its rows', [{ id: 'sortBy', options: { sort: [{ field: 'Failed', desc: true }] } }]],
  ])('are right if one %s', (_, transformations) => {
    expect(changing(transformations)).toBeUndefined()
  })

  it.each([
    ['is for values', [{ id: 'reduce', options: {}, topic: 'series' }]],
    ['is for its query', [{ id: 'reduce', options: {}, filter: { id: 'byRefId', options: 'A|B' } }]],
    ['is for a frame by its name', [{ id: 'reduce', options: {}, filter: { id: 'byName', options: 'B' } }]],
    ['drops its new name', [rename, { id: 'filterFieldsByName', options: { exclude: { names: ['Failures'] } } }]],
    ['drops its new name and more', [rename, { id: 'organize', options: { excludeByName: { Failures: true } } }]],
    [
      'converts it to a text',
      [{ id: 'convertFieldType', options: { conversions: [{ targetField: 'Failed', destinationType: 'string' }] } }],
    ],
    ['drops its query', [{ id: 'filterByRefId', options: { include: '/^B/' } }]],
    ['drops a row', [filter('greater', 0)]],
    ['excludes a row', [filter('greater', 1, { type: 'exclude' })]],
    [
      'filters by a column that does not exist',
      [{ id: 'filterByValue', options: { filters: [{ fieldName: 'Other', config: { id: 'isNull' } }] } }],
    ],
    ['filters by a variable', [filter('greaterOrEqual', '$least')]],
    ['filters in a way that is not known', [filter('regex', '.*')]],
  ])('are wrong if one %s', (_, transformations) => {
    expect(changing(transformations)).toBe(transformations.at(-1)?.id)
  })
})

describe('the rows of a gauge', () => {
  const gauge = (field: string, desc?: boolean) =>
    changing([{ id: 'sortBy', options: { sort: [{ field, desc }] } }], 'gauge')

  it('may be sorted as they are already, because the gauge draws the last', () => {
    expect(gauge('Time')).toBeUndefined()
    expect(gauge('Failed', false)).toBeUndefined()
    expect(gauge('Other', true)).toBeUndefined()
    expect(gauge('Time', true)).toBe('sortBy')
  })
})

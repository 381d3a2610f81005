/** Charts whose queries return the right values and that draw them wrongly. */
import { describe, expect, it } from 'vitest'
import { axisDifference } from '../../../../support/checks/numbers/drawn-axis'
import { shiftedDays } from '../../../../support/checks/numbers/drawn-panels'
import { dashboardModel } from '../../../../support/platform/grafana-model'
import type { PanelView } from '../../../../support/platform/grafana-pages'

const day = 86_400_000
const values = { Failed: [0, 1, 2], Successful: [4, 4, 4] }

/** A chart of failed and successful deployments on three days. */
function chart(model: object, shown: Readonly<Record<string, readonly number[]>> = values): PanelView {
  const given = { id: 1, type: 'timeseries', title: 'Deployments', ...model }
  const parsed = dashboardModel.parse({
    meta: {},
    dashboard: { uid: 'd', title: 'D', timezone: 'utc', panels: [given] },
  })
  const [panel] = parsed.panels
  if (!panel) throw new Error('There is no panel.')
  const columns = [
    { name: 'Time', isNumber: false, isTime: true as const, values: [0, day, 2 * day] },
    ...Object.entries(shown).map(([name, all]) => ({ name, isNumber: true, values: all })),
  ]
  const { id, type, title, fieldConfig, transformations, options } = panel
  const timezone = options?.timezone?.[0] ?? parsed.timezone
  return { id, type, title, fieldConfig, transformations, timezone, columns, errors: [], text: 'Failed' }
}
const override = (name: string, properties: Readonly<Record<string, unknown>>) => ({
  fieldConfig: {
    defaults: { custom: { drawStyle: 'bars' } },
    overrides: [
      {
        matcher: { id: 'byName', options: name },
        properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
      },
    ],
  },
})
const defaults = (all: object) => ({ fieldConfig: { defaults: all } })
const found = (model: object, kind: 'count' | 'minutes' | 'percent' = 'count', column = 'Failed') =>
  axisDifference(chart(model), column, kind)

describe('the axis of a chart', () => {
  it.each([
    ['without options', {}],
    ['with ends that show all values', defaults({ min: 0, max: 10, custom: { drawStyle: 'bars' } })],
    ['stacked below its end', defaults({ max: 6, custom: { stacking: { mode: 'normal' } } })],
    ['with the label of its unit', defaults({ custom: { axisLabel: 'Deployments per day' } })],
    ['with a symmetric logarithm for lines', defaults({ custom: { scaleDistribution: { type: 'symlog' } } })],
    ['with a name of its own', override('Failed', { displayName: 'Failed deployments' })],
    ['with points only', defaults({ custom: { drawStyle: 'line', lineWidth: 0, showPoints: 'always' } })],
    ['with a color of its own', override('Failed', { color: { mode: 'fixed', fixedColor: 'red' } })],
    ['with another series hidden', override('Successful', { 'custom.hideFrom': { viz: true } })],
  ])('is right %s', (_, model) => {
    expect(found(model)).toBeNull()
  })

  it('is judged where a series has more values than a call takes', () => {
    const many = { Failed: Array.from({ length: 200_000 }, (_, index) => index % 7) }
    expect(axisDifference(chart(defaults({ max: 5 }), many), 'Failed', 'count')?.found).toBe('an axis up to 5')
  })

  it.each([
    ['ends below a value', defaults({ max: 1 }), 'an axis up to 1'],
    ['ends below a stack', defaults({ max: 5, custom: { stacking: { mode: 'normal' } } }), 'an axis up to 5'],
    ['starts above a value', defaults({ min: 1 }), 'an axis from 1'],
    ['ends below a value of one series', override('Failed', { max: 1 }), 'an axis up to 1'],
    [
      'is logarithmic with a value of 0',
      defaults({ custom: { scaleDistribution: { type: 'log' } } }),
      'a logarithmic axis',
    ],
    [
      'draws a series in no color',
      override('Failed', { color: { mode: 'fixed', fixedColor: 'transparent' } }),
      'a series without lines, fills and points',
    ],
    [
      'draws a series without lines and fills',
      override('Failed', { 'custom.lineWidth': 0, 'custom.fillOpacity': 0 }),
      'a series without lines, fills and points',
    ],
    [
      'names another unit',
      defaults({ custom: { axisLabel: 'Failures per week' } }),
      'the axis label "Failures per week"',
    ],
    ['shows shares', defaults({ custom: { stacking: { mode: 'percent' } } }), 'shares of 100 %'],
    ['turns values around', override('Failed', { 'custom.transform': 'negative-Y' }), 'values changed by negative-Y'],
    ['hides the series', override('Failed', { 'custom.hideFrom': { viz: true } }), 'no series'],
    ['swaps names', override('Failed', { displayName: 'Successful' }), 'the series Failed under the name Successful'],
    [
      'limits rows',
      { transformations: [{ id: 'limit', options: { limitField: 1 } }] },
      'values changed by the transformation limit',
    ],
    [
      'drops a column by its name',
      { transformations: [{ id: 'filterFieldsByName', options: { include: { pattern: '/^(Time|Succ.*)$/' } } }] },
      'values changed by the transformation filterFieldsByName',
    ],
    [
      'keeps a calculation only',
      { transformations: [{ id: 'calculateField', options: { replaceFields: true } }] },
      'values changed by the transformation calculateField',
    ],
    [
      'has options of an unknown form',
      { transformations: [{ id: 'organize', options: 'none' }] },
      'values changed by the transformation organize',
    ],
    [
      'keeps other columns',
      { transformations: [{ id: 'organize', options: { includeByName: { Successful: true, Failed: false } } }] },
      'values changed by the transformation organize',
    ],
    [
      'keeps the columns that a variable names',
      {
        transformations: [{ id: 'filterFieldsByName', options: { byVariable: true, include: { variable: '$shown' } } }],
      },
      'values changed by the transformation filterFieldsByName',
    ],
    [
      'is changed in a way with a name of JavaScript’s own',
      { transformations: [{ id: 'constructor', options: {} }] },
      'values changed by the transformation constructor',
    ],
    [
      'reduces its rows',
      { transformations: [{ id: 'reduce', options: {} }] },
      'values changed by the transformation reduce',
    ],
    [
      'hides the series by its values',
      {
        fieldConfig: {
          overrides: [
            {
              matcher: { id: 'byValue', options: { reducer: 'max', op: 'lte', value: 2 } },
              properties: [{ id: 'custom.hideFrom', value: { viz: true } }],
            },
          ],
        },
      },
      'no series',
    ],
    [
      'drops a column',
      { transformations: [{ id: 'organize', options: { excludeByName: { Failed: true } } }] },
      'values changed by the transformation organize',
    ],
  ])('is wrong if it %s', (_, model, mark) => {
    expect(found(model)?.found).toBe(mark)
  })

  it('is wrong if it draws bars from another start than 0, or on a logarithm', () => {
    const bars = (options: object) => axisDifference(chart(defaults(options), { Failed: [3, 4] }), 'Failed', 'count')
    expect(bars({ min: 2, custom: { drawStyle: 'bars' } })?.found).toBe('an axis from 2')
    expect(bars({ min: 2, custom: { drawStyle: 'line' } })).toBeNull()
    expect(bars({ custom: { drawStyle: 'bars', scaleDistribution: { type: 'log' } } })?.found).toContain('bars on')
    expect(bars({ custom: { drawStyle: 'points', scaleDistribution: { type: 'log' } } })).toBeNull()
  })

  it.each([
    ['minutes', 'Lead time (hours)'],
    ['percent', 'Ratio'],
    ['count', 'Rate in %'],
  ] as const)('is wrong in %s under the label "%s"', (kind, axisLabel) => {
    expect(found(defaults({ custom: { axisLabel } }), kind)?.reason).toContain('another unit')
  })

  it('may keep its values through transformations that only join them', () => {
    const transformations = [
      { id: 'joinByField', options: {} },
      { id: 'limit', disabled: true, options: {} },
      { id: 'organize', options: { renameByName: { Failed: 'Failures' } } },
    ]
    expect(found({ transformations })).toBeNull()
    const kept = [
      { id: 'filterFieldsByName', options: { include: { names: ['Time', 'Failed'] } } },
      { id: 'filterFieldsByName', options: { exclude: { pattern: '/^Succ/' } } },
      { id: 'filterFieldsByName', options: { include: { names: [] } } },
      { id: 'organize', options: { excludeByName: {}, includeByName: { Successful: false } } },
      { id: 'calculateField', options: { alias: 'Total', mode: 'reduceRow', reduce: { reducer: 'sum' } } },
      { id: 'limit', options: { limitField: 3 } },
      { id: 'limit', options: { limitField: '100' } },
      { id: 'joinByField', options: { mode: 'inner' } },
      { id: 'renameByRegex', options: { regex: '/F/', renamePattern: 'f' } },
    ]
    for (const one of kept) expect([one, found({ transformations: [one] })]).toEqual([one, null])
    const swapped = [{ id: 'organize', options: { renameByName: { Failed: 'Successful' } } }]
    expect(found({ transformations: swapped })?.found).toContain('organize')
  })
})

describe('the only numbers of a chart', () => {
  const points = (transformation: object, names: readonly string[] = ['A']) => {
    const view = chart({ transformations: [transformation] }, { Value: [1, 2, 3] })
    const text = { name: 'Title', isNumber: false, values: ['a', 'b', 'c'] }
    const columns = [...view.columns, text].map((one, index) => ({ ...one, query: names[index] ?? 'A' }))
    return axisDifference({ ...view, columns }, undefined, 'count')
  }

  it('stay where a column of text is dropped', () => {
    expect(points({ id: 'organize', options: { excludeByName: { Title: true } } })).toBeNull()
    expect(points({ id: 'organize', options: { excludeByName: { Value: true } } })?.found).toContain('organize')
    expect(points({ id: 'organize', options: { excludeByName: { Time: true } } })?.found).toContain('organize')
  })

  it('lose rows where the answers of two queries are joined by what both have', () => {
    const inner = { id: 'joinByField', options: { mode: 'inner' } }
    expect(points(inner)).toBeNull()
    expect(points(inner, ['A', 'B'])?.found).toContain('joinByField')
    expect(points({ id: 'joinByField', options: { mode: 'outer' } }, ['A', 'B'])).toBeNull()
  })
})

describe('the days of a chart', () => {
  it('are shifted by the time zone of its own axis, and by bars before their days', () => {
    expect(shiftedDays(chart({}))).toBeNull()
    expect(shiftedDays(chart({ options: { timezone: ['Australia/Brisbane'] } }))?.found).toContain('+10:00')
    const before = defaults({ custom: { drawStyle: 'bars', barAlignment: -1 } })
    expect(shiftedDays(chart(before))?.found).toBe('bars over the day before')
  })
})

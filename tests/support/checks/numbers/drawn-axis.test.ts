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
    const swapped = [{ id: 'organize', options: { renameByName: { Failed: 'Successful' } } }]
    expect(found({ transformations: swapped })?.found).toContain('organize')
  })
})

describe('the days of a chart', () => {
  it('are shifted by the time zone of its own axis, and by bars before their days', () => {
    expect(shiftedDays(chart({}), 0)).toBeNull()
    expect(shiftedDays(chart({ options: { timezone: ['Australia/Brisbane'] } }), 0)?.found).toContain('+10:00')
    const before = defaults({ custom: { drawStyle: 'bars', barAlignment: -1 } })
    expect(shiftedDays(chart(before), 0)?.found).toBe('bars over the day before')
  })
})

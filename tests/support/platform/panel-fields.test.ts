/** The options of a field, by the matchers that overrides of Grafana's model have. */
import { describe, expect, it } from 'vitest'
import type { Column } from '../../../support/platform/panel-answers'
import { fieldConfig, optionsOfField } from '../../../support/platform/panel-fields'

const column = (values: readonly unknown[]): Column => ({ name: 'Lead time', isNumber: true, values, query: 'A' })

const unitBy = (matcher: object, values: readonly unknown[] = [30, null, 90]) => {
  const overrides = [{ matcher, properties: [{ id: 'unit', value: 'h' }] }]
  return optionsOfField(fieldConfig.parse({ defaults: { unit: 'm' }, overrides }), column(values)).unit
}
const byValue = (reducer: string, op?: string, value?: number) => ({ id: 'byValue', options: { reducer, op, value } })

describe('an override', () => {
  it.each([
    { id: 'byName', options: 'Lead time' },
    { id: 'byNames', options: { mode: 'exclude', names: ['p95'] } },
    { id: 'byRegexp', options: '/^lead/i' },
    { id: 'byRegexp', options: 'Lead.*' },
    { id: 'byRegexpOrNames', options: { names: ['Lead time'] } },
    { id: 'byRegexpOrNames', options: { pattern: '/time$/', names: [] } },
    { id: 'byType', options: 'number' },
    { id: 'numeric' },
    { id: 'byFrameRefID', options: 'A' },
    byValue('lastNotNull', 'gte', 90),
    byValue('firstNotNull', 'lt', 31),
    byValue('max', 'gt', 89),
    byValue('min', 'lte', 30),
    byValue('mean', 'eq', 60),
    byValue('sum', 'neq', 0),
    byValue('range', 'gte', 60),
    byValue('count', 'eq', 2),
    byValue('last', 'eq', 90),
    byValue('p95', 'eq', 90),
    byValue('p1', 'eq', 30),
    byValue('median', 'eq', 60),
    byValue('stdDev', 'eq', 30),
    byValue('variance', 'eq', 900),
    byValue('diff', 'eq', 60),
    byValue('diffperc', 'eq', 200),
    byValue('delta', 'eq', 60),
    byValue('step', 'eq', 60),
    byValue('logmin', 'eq', 30),
    byValue('changeCount', 'eq', 1),
    byValue('countAll', 'eq', 3),
    byValue('current', 'eq', 90),
    byValue('avg', 'eq', 60),
    byValue('total', 'eq', 120),
    byValue('mean', 'neq'),
  ])('matches by %j', (matcher) => {
    expect(unitBy(matcher)).toBe('h')
  })

  it.each([
    { id: 'byName', options: 'Lead' },
    { id: 'byRegexp', options: 'Lead' },
    { id: 'byType', options: 'time' },
    { id: 'byFrameRefID', options: 'B' },
    byValue('lastNotNull', 'gt', 90),
    byValue('allIsZero'),
    byValue('allIsNull'),
    byValue('count', 'gte', 3),
    byValue('last', 'gte'),
    byValue('an unknown calculation', 'gte', 0),
    byValue('constructor', 'gte', 0),
    byValue('p0', 'gte', 0),
    byValue('p100', 'gte', 0),
    byValue('last', 'constructor', 90),
    { id: 'byValue' },
    { id: 'byRegexp', options: '/(/' },
    { id: 'an unknown matcher', options: 'Lead time' },
  ])('does not match by %j', (matcher) => {
    expect(unitBy(matcher)).toBe('m')
  })

  it('compares a missing value for equality only', () => {
    expect(unitBy(byValue('last', 'neq', 0), [30, null])).toBe('h')
    expect(unitBy(byValue('mean', 'neq', 0), [null])).toBe('h')
    expect(unitBy(byValue('last', 'lte', 0), [30, null])).toBe('m')
    expect(unitBy(byValue('step', 'lt', 5), [30])).toBe('m')
  })

  it('takes the nearest value for a percentile, and skips the restart of a counter', () => {
    expect(unitBy(byValue('p50', 'eq', 3), [4, 1, 2, 3])).toBe('h')
    expect(unitBy(byValue('delta', 'eq', 3), [1, 2, 0, 5, 7])).toBe('h')
    expect(unitBy(byValue('logmin', 'eq', 2), [0, 2, 7])).toBe('h')
  })

  it('matches values that are all 0, or all missing', () => {
    expect(unitBy(byValue('allIsZero'), [0, null, 0])).toBe('h')
    expect(unitBy(byValue('allIsNull'), [null])).toBe('h')
    expect(unitBy(byValue('lastNotNull', 'gte', 0), [null])).toBe('m')
  })

  it('matches by the name that the panel gives all of its fields', () => {
    const unitOf = (matcher: object) =>
      optionsOfField(
        fieldConfig.parse({
          defaults: { unit: 'm', displayName: 'p95 in production' },
          overrides: [{ matcher, properties: [{ id: 'unit', value: 'h' }] }],
        }),
        column([30]),
      ).unit
    expect(unitOf({ id: 'byName', options: 'p95 in production' })).toBe('h')
    expect(unitOf({ id: 'byNames', options: { names: ['p95 in production'] } })).toBe('h')
    expect(unitOf({ id: 'byRegexp', options: '/production$/' })).toBe('h')
    expect(unitOf({ id: 'byRegexp', options: 'Lead time' })).toBe('m')
  })

  it.each([-1, 1.5, 101, 1e300])('of %d decimals, which no number can have, is as good as none', (decimals) => {
    expect(optionsOfField(fieldConfig.parse({ defaults: { decimals } }), column([1])).decimals).toBeUndefined()
  })

  it('with names of JavaScript’s own, or a path of any length, changes nothing else', () => {
    const ids = ['constructor.prototype.unit', '__proto__.unit', `custom${'.a'.repeat(100_000)}`]
    const overrides = [
      { matcher: { id: 'byName', options: 'Lead time' }, properties: ids.map((id) => ({ id, value: 'h' })) },
    ]
    const config = fieldConfig.parse({ defaults: { unit: 'm' }, overrides })
    expect(optionsOfField(config, column([1])).unit).toBe('m')
    expect(Reflect.get({}, 'unit')).toBeUndefined()
  })

  it('may match by as many values as a chart has', () => {
    const values = Array.from({ length: 300_000 }, (_, index) => index)
    expect(unitBy(byValue('range', 'gte', 299_999), values)).toBe('h')
  })

  it('changes options at any depth', () => {
    const properties = [
      { id: 'custom.hideFrom.viz', value: true },
      { id: 'custom.axisLabel', value: 'hours' },
    ]
    const config = fieldConfig.parse({
      defaults: { custom: { drawStyle: 'bars', hideFrom: { legend: true } } },
      overrides: [{ matcher: { id: 'byName', options: 'Lead time' }, properties }],
    })
    expect(optionsOfField(config, column([1])).custom).toMatchObject({
      ...{ drawStyle: 'bars', axisLabel: 'hours' },
      hideFrom: { legend: true, viz: true },
    })
  })
})

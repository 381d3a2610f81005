/** Panels whose queries return the right number and that draw something else. */
import { describe, expect, it } from 'vitest'
import { drawnDifference, shiftedDays, wrongThresholds } from '../../../../support/checks/numbers/drawn-panels'
import { dashboardModel } from '../../../../support/platform/grafana-model'
import type { PanelView } from '../../../../support/platform/grafana-pages'

/** A panel as Grafana's model describes it, with one value. */
function panel(model: object, text: string, values: readonly (number | null)[] = [90]): PanelView {
  const parsed = dashboardModel.parse({
    meta: {},
    dashboard: { uid: 'd', title: 'D', panels: [{ id: 1, type: 'stat', title: 'Lead Time', ...model }] },
  })
  const [one] = parsed.panels
  if (!one) throw new Error('There is no panel.')
  const { id, type, title, fieldConfig, options } = one
  const columns = [{ name: 'Lead time', isNumber: true, values, query: 'A' }]
  return { id, type, title, fieldConfig, options, timezone: parsed.timezone, columns, errors: [], text }
}

const quantity = 'lead time' as const
const minutes = { fieldConfig: { defaults: { unit: 'm' } } }
const differs = (view: PanelView, expected: number | null = 90) => drawnDifference(view, { quantity }, expected, 0.05)

describe('a big number', () => {
  it('is drawn as the events yield it, with or without the name of its series', () => {
    expect(differs(panel(minutes, '1.50 hours'))).toBeNull()
    expect(differs(panel(minutes, 'Lead time1.50 hours'))).toBeNull()
    const renamed = { fieldConfig: { defaults: { unit: 'm', displayName: 'Mean' } } }
    expect(differs(panel(renamed, 'Mean1.50 hours'))).toBeNull()
  })

  it('differs by its unit, which is named', () => {
    const view = panel({ fieldConfig: { defaults: { unit: 'h' } } }, '3.75 days')
    expect(differs(view)).toEqual({
      found: '"3.75 days"',
      reason: 'the query returns the expected number, but the panel draws another (unit h)',
    })
  })

  it('differs by a value mapping', () => {
    const mappings = [{ type: 'range', options: { from: null, to: null, result: { text: '0 %' } } }]
    const view = panel({ fieldConfig: { defaults: { unit: 'm', mappings } } }, '0 %')
    expect(differs(view)?.reason).toBe('the text is not this number with its unit (unit m, 1 value mappings)')
  })

  it('differs if no value is drawn although the query returns one', () => {
    expect(differs(panel(minutes, 'No data'))?.found).toBe('"No data"')
    expect(differs(panel(minutes, ''))?.found).toBe('nothing')
  })

  it('differs if a number is drawn although the query returns none', () => {
    expect(differs(panel(minutes, 'No data', []), null)).toBeNull()
    expect(differs(panel(minutes, '0 min', [null]), null)?.found).toBe('"0 min"')
    expect(differs(panel(minutes, 'Elite', [null]), null)?.found).toBe('"Elite"')
  })

  it('may draw a count of 0 as 0 or as no data, and as nothing else', () => {
    const count = (text: string) => drawnDifference(panel({}, text, []), { quantity: 'deployments' }, 0, 0)
    expect(count('0')).toBeNull()
    expect(count('No data')).toBeNull()
    expect(count('5')?.found).toBe('"5"')
  })

  it('differs by an override of its field', () => {
    const overrides = [{ matcher: { id: 'byRegexp', options: '/^Lead/' }, properties: [{ id: 'unit', value: 'h' }] }]
    const view = panel({ fieldConfig: { defaults: { unit: 'm' }, overrides } }, '3.75 days')
    expect(differs(view)?.reason).toContain('(unit h)')
  })
})

describe('a big number with its change', () => {
  const changed = { ...minutes, options: { showPercentChange: true } }

  it('is drawn before it', () => {
    expect(differs(panel(changed, '1.50 hours0%'))).toBeNull()
    expect(differs(panel(changed, '1.50 hours200%', [30, 90]))).toBeNull()
    expect(differs(panel(changed, '1.50 hours-33.3%', [135, 90]))).toBeNull()
    expect(differs(panel(changed, '1.50 hours∞%', [0, 90]))).toBeNull()
    expect(differs(panel(changed, '1.50 hours'))).toBeNull()
    const counts = panel({ options: { showPercentChange: true } }, '1450%', [14, 21])
    expect(drawnDifference(counts, { quantity: 'deployments' }, 14, 0)).toBeNull()
  })

  it('differs if the number before it does', () => {
    expect(differs(panel(changed, '2.50 hours0%'))?.found).toBe('"2.50 hours"')
    expect(differs(panel(changed, '1.50 hours50%'))).not.toBeNull()
    expect(differs(panel(minutes, '1.50 hours0%'))?.found).toBe('"1.50 hours0%"')
  })
})

describe('a big number under a name with variables', () => {
  const named = (displayName: string) => ({ fieldConfig: { defaults: { unit: 'm', displayName } } })

  it('is drawn after any value of the variables', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation
    expect(differs(panel(named('${__field.name} of $project'), 'Lead time of shop1.50 hours'))).toBeNull()
    expect(differs(panel(named('$project'), 'checkout1.50 hours'))).toBeNull()
    expect(differs(panel(named('$project'), '1.50 hours'))).toBeNull()
  })

  it('differs if no part of the text is it', () => {
    expect(differs(panel(named('$project'), 'checkout2.50 hours'))?.found).toBe('"checkout2.50 hours"')
    expect(differs(panel(named('$project'), 'checkout11.50 hours'))?.found).toBe('"checkout11.50 hours"')
  })
})

describe('a chart', () => {
  const chart = (fieldConfig: object, text = 'Lead time') => differs(panel({ type: 'timeseries', fieldConfig }, text))

  it.each([[{ defaults: { unit: 'm' } }], [{ defaults: { unit: 'dtdurationm' } }]])(
    'has the unit of its values: %j',
    (config) => {
      expect(chart(config)).toBeNull()
    },
  )

  it.each([['h'], ['s'], ['percent'], ['short'], [undefined]])('differs by the unit %s', (unit) => {
    expect(chart({ defaults: { unit } })?.found).toBe(`the unit ${unit ?? 'none'}`)
  })

  it('differs if it replaces numbers by texts, but not if it names missing values', () => {
    const mapped = (mapping: object) => chart({ defaults: { unit: 'm', mappings: [mapping] } })
    expect(mapped({ type: 'value', options: { '90': { text: '0' } } })?.found).toBe('mapped values')
    expect(mapped({ type: 'special', options: { match: 'null', result: { text: 'none' } } })).toBeNull()
    expect(mapped({ type: 'range', options: { from: 0, to: 99, result: { color: 'green' } } })).toBeNull()
    expect(mapped({ id: 0, op: '=', type: 1, value: 'null', text: 'N/A' })).toBeNull()
  })

  it.each([
    ['the fields of its query', { id: 'byFrameRefID', options: 'A' }],
    ['all but one series', { id: 'byNames', options: { mode: 'exclude', names: ['p95'] } }],
    ['series by their values', { id: 'byValue', options: { reducer: 'lastNotNull', op: 'gte', value: 0 } }],
    ['named series', { id: 'byNames', options: { names: ['Lead time', 'p95'] } }],
  ])('differs by an override of %s', (_, matcher) => {
    const overrides = [{ matcher, properties: [{ id: 'unit', value: 'h' }] }]
    const fieldConfig = { defaults: { unit: 'm' }, overrides }
    const view = panel({ type: 'timeseries', targets: [{ refId: 'A' }, { refId: 'B', hide: true }], fieldConfig }, '')
    expect(differs(view)?.found).toBe('the unit h')
    const other = { ...view, columns: view.columns.map((column) => ({ ...column, query: 'B' })) }
    if (matcher.id === 'byFrameRefID') expect(differs(other)).toBeNull()
  })

  it('differs if it draws no data', () => {
    expect(chart({ defaults: { unit: 'm' } }, 'Data outside time rangeZoom to data')?.reason).toContain('draws none')
  })
})

describe('a gauge', () => {
  const gauge = (calcs: readonly string[] | undefined, values: readonly (number | null)[], reduced: object = {}) =>
    differs(
      panel({ ...minutes, type: 'gauge', options: { reduceOptions: { calcs, ...reduced } } }, 'Lead time', values),
      values.findLast((value) => value !== null) ?? null,
    )

  it('draws the last value', () => {
    expect(gauge([], [30, 90])).toBeNull()
    expect(gauge(['last'], [30, 90])).toBeNull()
    expect(gauge(['mean'], [90])).toBeNull()
    expect(gauge(['mean'], [30, 90])?.found).toBe('the calculation mean')
    expect(gauge(['count'], [90])?.found).toBe('the calculation count')
    expect(gauge(['current'], [30, 90])).toBeNull()
    expect(gauge(['p95'], [90])).toBeNull()
    expect(gauge(['p95'], [30, 90])?.found).toBe('the calculation p95')
    expect(gauge(['count'], [1])?.found).toBe('the calculation count')
  })

  it('draws nothing for a missing last value, unless it leaves missing values out', () => {
    expect(gauge(undefined, [90, null])).toBeNull()
    expect(gauge(['lastNotNull'], [90, null])).toBeNull()
    expect(gauge(['last'], [90, null])?.found).toBe('the calculation last')
    expect(gauge([], [90, null])?.found).toBe('the calculation last')
    expect(gauge(['mean'], [null, 90])).toBeNull()
    expect(gauge(['first'], [null, 90])?.found).toBe('the calculation first')
    expect(gauge(['mean'], [null])).toBeNull()
  })

  it('draws the column of the number', () => {
    expect(gauge([], [90], { fields: '/^Lead/' })).toBeNull()
    expect(gauge([], [90], { fields: '/^p95$/' })?.reason).toBe('the panel draws other columns than Lead time')
  })

  it('draws each row as a value only if there is one', () => {
    expect(gauge(['mean'], [90], { values: true })).toBeNull()
    expect(gauge([], [30, 90], { values: true })?.found).toBe('2 values')
  })
})

describe('thresholds', () => {
  it('in percent need fixed ends, because one value alone is always at the start of its range', () => {
    const thresholds = { mode: 'percentage', steps: [{ color: 'green' }, { color: 'red', value: 80 }] }
    const view = (defaults: object, type = 'stat') =>
      wrongThresholds(panel({ type, fieldConfig: { defaults: { thresholds, ...defaults } } }, '1.5 hours'), quantity)
    expect(view({ unit: 'm' })?.found).toBe('thresholds in percent of the range of the drawn values')
    expect(view({ unit: 'm', min: 0 })?.found).toBeDefined()
    expect(view({ unit: 'm', min: 0, max: 1440 })).toBeNull()
    expect(view({ unit: 'm' }, 'gauge')).toBeNull()
  })

  const steps = (...all: readonly (readonly [string, number | null])[]) => {
    const thresholds = { mode: 'absolute', steps: all.map(([color, value]) => ({ color, value })) }
    return panel({ fieldConfig: { defaults: { unit: 'm', thresholds } } }, '1.5 hours')
  }

  it('run from good to bad for a duration, and from bad to good for a frequency', () => {
    const better = steps(['red', null], ['yellow', 60], ['green', 1440])
    const worse = steps(['dark-green', null], ['semi-dark-yellow', 60], ['#e24d42', 100], ['red', 1440])
    expect(wrongThresholds(worse, quantity)).toBeNull()
    expect(wrongThresholds(better, 'deployment frequency')).toBeNull()
    expect(wrongThresholds(better, quantity)?.reason).toBe('the colors call bad values good')
    expect(wrongThresholds(worse, 'deployment frequency')?.reason).toBe('the colors call bad values good')
  })

  it('ascend', () => {
    const view = steps(['green', null], ['orange', 1440], ['yellow', 60])
    expect(wrongThresholds(view, quantity)?.reason).toContain('not in ascending order')
  })

  it('are not compared for a count', () => {
    expect(wrongThresholds(steps(['red', null], ['green', 3]), 'deployments')).toBeNull()
  })
})

describe('the days of a series', () => {
  const start = Date.UTC(2026, 2, 1)
  const daily = (shift: number, timezone = '') => ({
    ...panel({ type: 'timeseries' }, 'Deployments', [1, 2]),
    columns: [{ name: 'Time', isNumber: false, isTime: true as const, values: [start + shift, start + shift + 864e5] }],
    timezone,
  })

  it('start at 0:00 UTC', () => {
    expect(shiftedDays(daily(0))).toBeNull()
    expect(shiftedDays(daily(0, 'utc'))).toBeNull()
    expect(shiftedDays(daily(36e6))?.found).toBe('days that start at 10:00 UTC')
    expect(shiftedDays(daily(-36e6))?.found).toBe('days that start at 14:00 UTC')
    expect(shiftedDays(daily(0, 'Australia/Brisbane'))?.found).toBe('UTC days on an axis of UTC+10:00')
  })

  const across = (timezone: string, ...starts: readonly string[]) => {
    const values = starts.map((text) => Date.parse(text))
    return shiftedDays({ ...daily(0, timezone), columns: [{ name: 'Time', isNumber: false, isTime: true, values }] })
  }

  it('are those of another zone also where its daylight saving begins', () => {
    const shifted = across('', '2026-03-07T05:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z')
    expect(shifted?.found).toBe('days that start at 05:00 UTC')
    expect(across('', '2026-10-26T00:00Z', '2026-10-24T23:00Z')?.found).toBe('days that start at 23:00 UTC')
    expect(across('', '2026-03-07T05:00Z', '2026-03-07T06:00Z')).toBeNull()
  })

  it('are judged by the offset that the zone of the axis has on them', () => {
    expect(across('Europe/London', '2026-01-01', '2026-01-02')).toBeNull()
    expect(across('Europe/London', '2026-03-28', '2026-03-29', '2026-03-30')?.found).toBe(
      'UTC days on an axis of UTC+01:00',
    )
  })

  it('are not those of single events', () => {
    const events = [{ name: 'Time', isNumber: false, isTime: true as const, values: [start + 5, start + 7777] }]
    expect(shiftedDays({ ...daily(0), columns: events })).toBeNull()
  })
})

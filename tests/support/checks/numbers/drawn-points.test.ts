/** A chart of single events draws each at its time with its duration. */
import { describe, expect, it } from 'vitest'
import { pointDifference } from '../../../../support/checks/numbers/drawn-points'
import type { PanelView } from '../../../../support/platform/grafana-pages'

const minute = 60_000
const noon = Date.UTC(2026, 2, 8, 12)
const rows = [
  { id: 'd2', time: noon, minutes: 30 },
  { id: 'd1', time: noon - 600 * minute, minutes: 90 },
]

function chart(points: readonly (readonly [time: number, minutes: number])[]): PanelView {
  const columns = [
    { name: 'Time', isNumber: false, isTime: true as const, values: points.map(([time]) => time) },
    { name: 'Lead time', isNumber: true, values: points.map(([, minutes]) => minutes) },
  ]
  const fieldConfig = { defaults: {}, overrides: [] }
  return { id: 1, type: 'timeseries', title: 'Lead Time', timezone: 'utc', fieldConfig, columns, errors: [], text: '' }
}
const found = (...points: readonly (readonly [time: number, minutes: number])[]) =>
  pointDifference(chart(points), rows, 0.05)

describe('the points of a chart', () => {
  it('are right in any order, and in whole seconds', () => {
    expect(found([noon - 600 * minute, 90], [noon, 30])).toBeNull()
    expect(found([noon, 30.04], [noon - 600 * minute - 999, 90])).toBeNull()
  })

  it('are wrong at another time, such as that of the first commit, although their mean is right', () => {
    expect(found([noon - 690 * minute, 90], [noon - 30 * minute, 30])).toEqual({
      says: 'draws a point that is no event',
      expected: '90 min at 2026-03-08T02:00:00.000Z',
      found: '90 min at 2026-03-08T00:30:00.000Z',
    })
  })

  it('are wrong if two durations are swapped', () => {
    expect(found([noon - 600 * minute, 30], [noon, 90])?.found).toBe('30 min at 2026-03-08T02:00:00.000Z')
  })
})

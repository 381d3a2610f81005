/** The value of a quantity, read from the answers to a panel's queries. */
import { describe, expect, it } from 'vitest'
import { readingsOf } from '../../../../support/checks/numbers/panel-readings'
import type { ShownQuantity } from '../../../../support/contracts/dashboards'
import { type Column, panelAnswer } from '../../../../support/platform/panel-answers'

const numbers = (name: string, ...values: readonly (number | null)[]): Column => ({ name, isNumber: true, values })
const texts = (name: string, ...values: readonly string[]): Column => ({ name, isNumber: false, values })

const fieldConfig = { defaults: {}, overrides: [] }
const panel = { id: 1, type: 'timeseries', title: 'P', fieldConfig, timezone: '', errors: [], text: '' }

function valueIn(columns: readonly Column[], shown: Omit<ShownQuantity, 'quantity'>) {
  const quantity = 'deployments'
  const names = { uid: 'd', title: 'D', panels: { P: [{ quantity, ...shown } as const] } }
  return readingsOf(names, [{ ...panel, columns }])[0]?.value
}

describe('a panel', () => {
  it.each([
    ['last', 3],
    ['sum', 6],
    ['mean', 2],
    ['count', 3],
  ] as const)('reads the %s of its only column of numbers, without the gaps', (by, expected) => {
    expect(valueIn([texts('Time', 'a'), numbers('N', 1, null, 2, 3, null)], { by })).toBe(expected)
  })

  it('reads the named column if there are several', () => {
    const columns = [numbers('Successful', 5, 6), numbers('Failed', 1, 0)]
    expect(valueIn(columns, { by: 'sum', column: 'Failed' })).toBe(1)
    expect(valueIn(columns, { by: 'sum' })).toBeUndefined()
    expect(valueIn(columns, { by: 'sum', column: 'Aborted' })).toBeUndefined()
  })

  it('adds up its numbers by UTC day', () => {
    const [evening, morning] = [Date.UTC(2026, 2, 1, 23), Date.UTC(2026, 2, 2, 1)]
    const times: Column = { name: 'Time', isNumber: false, isTime: true, values: [evening, morning, morning] }
    expect(valueIn([times, numbers('N', 2, 3, 4)], { by: 'sum by day' })).toBe('2026-03-01: 2, 2026-03-02: 7')
    expect(valueIn([times, numbers('N', 2, 3, null)], { by: 'count by day' })).toBe('2026-03-01: 1, 2026-03-02: 1')
    expect(valueIn([numbers('N', 2)], { by: 'sum by day' })).toBeUndefined()
  })

  it('has no data without rows, or with only empty rows', () => {
    expect(valueIn([], { by: 'sum' })).toBeNull()
    expect(valueIn([numbers('N')], { by: 'count' })).toBeNull()
    expect(valueIn([numbers('N', null, null)], { by: 'sum' })).toBeNull()
  })

  it('has no value if it is missing', () => {
    const names = { uid: 'd', title: 'D', panels: { P: [{ quantity: 'deployments', by: 'sum' } as const] } }
    expect(readingsOf(names, [])).toEqual([
      { panel: 'P', quantity: 'deployments', by: 'sum', value: undefined, text: '' },
    ])
  })
})

describe('an answer of the query endpoint', () => {
  it('is parsed into columns', () => {
    const frame = {
      schema: {
        fields: [
          { name: 'Time', type: 'time' },
          { name: 'N', type: 'number' },
        ],
      },
      data: {
        values: [
          [1, 2],
          [3, 4],
        ],
      },
    }
    expect(panelAnswer(200, JSON.stringify({ results: { A: { status: 200, frames: [frame] } } }))).toEqual({
      columns: [
        { name: 'Time', isNumber: false, isTime: true, values: [1, 2], query: 'A' },
        { name: 'N', isNumber: true, values: [3, 4], query: 'A' },
      ],
      errors: [],
    })
  })

  it('is an error if a query failed or if it is not an answer to a query', () => {
    const failed = { results: { A: { status: 400, error: 'db query error', frames: [] } } }
    expect(panelAnswer(400, JSON.stringify(failed))).toEqual({ columns: [], errors: ['db query error'] })
    expect(panelAnswer(502, '<html>Bad gateway').errors).toEqual(['status 502: <html>Bad gateway'])
    expect(panelAnswer(undefined, '').errors).toEqual(['status none: '])
  })
})

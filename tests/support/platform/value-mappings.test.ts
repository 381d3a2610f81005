/** The texts that value mappings of Grafana draw in place of values, in the forms of all versions. */
import { describe, expect, it } from 'vitest'
import { mappedText, mapsNumbers } from '../../../support/platform/value-mappings'

const result = { text: 'other' }
const range = (from: number | null, to: number | null) => ({ type: 'range', options: { from, to, result } })
const special = (match: string) => ({ type: 'special', options: { match, result } })

describe('a value', () => {
  it.each([
    [{ type: 'value', options: { '90': result } }, 90],
    [{ type: 'value', options: { success: result } }, 'success'],
    [range(0, 100), 90],
    [range(null, 100), 5],
    [{ type: 'range', options: { from: 90, result } }, 90],
    [{ type: 'regex', options: { pattern: '/^succ.*/', result } }, 'success'],
    [special('null'), null],
    [special('null+nan'), Number.NaN],
    [special('nan'), 'success'],
    [{ type: 'range', options: { to: 100, result } }, -5],
    [special('empty'), ''],
    [special('true'), true],
    [{ id: 0, op: '=', type: 1, value: 'null', text: 'other' }, null],
    [{ id: 0, op: '=', type: 1, value: '90', text: 'other' }, 90],
    [{ id: 0, type: 2, from: '0', to: '100', text: 'other' }, 90],
  ])('is replaced by the mapping %j', (mapping, value) => {
    expect(mappedText([mapping], value)).toBe('other')
  })

  it.each([
    [{ type: 'value', options: { '90': { color: 'red' } } }, 90],
    [{ type: 'value', options: { null: result } }, null],
    [{ type: 'value', options: {} }, 'constructor'],
    [range(0, 89), 90],
    [range(null, 100), -5],
    [range(90, null), 90],
    [range(0, 100), null],
    [{ type: 'regex', options: { pattern: '/9/', result } }, 90],
    [special('null'), 0],
    [{ id: 0, op: '=', type: 1, value: 'null', text: 'N/A' }, 0],
    [{ type: 'of another version' }, 90],
  ])('is drawn in spite of the mapping %j', (mapping, value) => {
    expect(mappedText([mapping], value)).toBeUndefined()
  })

  it('is replaced by a pattern in part, or by groups of it', () => {
    const mapped = (pattern: string, text: string) =>
      mappedText([{ type: 'regex', options: { pattern, result: { text } } }], 'prod-eu')
    expect(mapped('/^prod/', 'production')).toBe('production-eu')
    expect(mapped('(.*)-eu', '$1')).toBe('prod')
    expect(mapped('prod', 'production')).toBeUndefined()
  })

  it('is replaced by the first mapping that fits, also if that changes the color only', () => {
    expect(mappedText([{ type: 'value', options: { '90': { color: 'red' } } }, range(0, 100)], 90)).toBeUndefined()
  })
})

describe('numbers', () => {
  it.each([
    [true, { type: 'value', options: { '7': result } }],
    [true, range(0, 1)],
    [true, { id: 0, type: 1, value: '0', text: 'none' }],
    [false, { type: 'value', options: { '7': { text: '7.0', color: 'red' } } }],
    [false, { type: 'value', options: { '7': { color: 'red' } } }],
    [false, { type: 'value', options: { success: result } }],
    [false, { type: 'range', options: { from: 0, to: 1, result: { color: 'red' } } }],
    [false, { type: 'regex', options: { pattern: '.*', result } }],
    [false, special('null+nan')],
    [false, { id: 0, op: '=', type: 1, value: 'null', text: 'N/A' }],
  ])('are replaced (%s) by %j', (expected, mapping) => {
    expect(mapsNumbers([mapping])).toBe(expected)
  })
})

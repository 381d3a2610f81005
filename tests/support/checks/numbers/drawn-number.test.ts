/** Numbers read from the texts that Grafana draws. */
import { describe, expect, it } from 'vitest'
import { agreesWithDrawn, drawnNumber } from '../../../../support/checks/numbers/drawn-number'

/** Compares a drawn text with the value, whose surfaces report it to one tenth. */
const draws = (text: string, kind: 'minutes' | 'percent' | 'perDay' | 'count', value: number, title = '') => {
  const drawn = drawnNumber(text, kind, title)
  return drawn !== null && agreesWithDrawn(drawn, value, kind === 'count' ? 0 : kind === 'perDay' ? 0.005 : 0.05)
}

describe('a drawn number', () => {
  it.each([
    ['42.3 min', 'minutes', 42.34],
    ['42.3 mins', 'minutes', 42.34],
    ['1.5 hours', 'minutes', 90],
    ['1.5 hour', 'minutes', 90],
    ['30 s', 'minutes', 0.5],
    ['3.75 days', 'minutes', 5400],
    ['1.2 weeks', 'minutes', 12_096],
    ['1 hour, 30 minutes', 'minutes', 90.4],
    ['01:30:00', 'minutes', 90],
    ['1 d 01:30:00', 'minutes', 1530],
    ['12.5%', 'percent', 12.5],
    ['12.5 %', 'percent', 12.5],
    ['12.5 percent', 'percent', 12.5],
    ['1.43 / day', 'perDay', 1.4286],
    ['1.43 per day', 'perDay', 1.4286],
    ['10 / week', 'perDay', 10 / 7],
    ['3', 'count', 3],
    ['1,234', 'count', 1234],
    ['1.23 K', 'count', 1234],
    ['3 deployments', 'count', 3],
    ['0', 'count', 0],
  ] as const)('is %j for a %s of %d', (text, kind, value) => {
    expect(draws(text, kind, value)).toBe(true)
  })

  it('takes its unit from the title where the text has none', () => {
    expect(draws('1.5', 'minutes', 90, 'Lead Time (hours)')).toBe(true)
    expect(draws('1.5', 'minutes', 90, 'Median Lead Time for Changes in Hours')).toBe(true)
    expect(draws('90', 'minutes', 90, 'Lead Time for Changes')).toBe(false)
    expect(draws('12.5', 'percent', 12.5, 'Failed deployments in percent')).toBe(true)
    expect(draws('1.43', 'perDay', 1.43, 'Deployments per day')).toBe(true)
  })

  it.each([
    ['another unit', '3.75 days', 'minutes', 90],
    ['another unit without a scale', '90 hours', 'minutes', 90],
    ['a mapped text', '0 %', 'percent', 12.5],
    ['a mapped text of another kind', '0 %', 'minutes', 90],
    ['a word', 'elite', 'minutes', 90],
    ['no data', 'No data', 'count', 3],
    ['nothing', '', 'count', 3],
    ['a number without its unit', '90', 'minutes', 90],
    ['a share for a percentage', '0.13', 'percent', 12.5],
    ['a frequency of another period', '1.43 / week', 'perDay', 1.43],
    ['a frequency without a period', '1.43', 'perDay', 1.43],
    ['too few decimals', '1 / day', 'perDay', 1.43],
    ['a rate rounded to nothing', '0%', 'percent', 0.4],
    ['a duration as a count', '3 min', 'count', 3],
    ['two numbers', '3 of 4', 'count', 3],
    ['the opposite sign', '-3', 'count', 3],
  ] as const)('is not %s', (_, text, kind, value) => {
    expect(draws(text, kind, value)).toBe(false)
  })
})

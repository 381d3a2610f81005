import { describe, expect, it } from 'vitest'
import { expandMacros } from '../../../sandbox/grafana/sql/macros'

/** A variable in Grafana's syntax. */
const braced = (name: string) => `$\{${name}}`

describe('the macros of the MySQL data source', () => {
  const range = { from: 1_772_409_600_123, to: 1_773_014_400_999 }
  const expanded = (sql: string) => expandMacros(sql, range).sql

  it.each([
    [
      '$__timeFilter(d.finished_date)',
      'd.finished_date BETWEEN FROM_UNIXTIME(1772409600) AND FROM_UNIXTIME(1773014400)',
    ],
    ['$__timeFrom()', 'FROM_UNIXTIME(1772409600)'],
    ['$__timeTo()', 'FROM_UNIXTIME(1773014400)'],
    ["$__timeGroup(finished_date, '1d')", 'UNIX_TIMESTAMP(finished_date) DIV 86400 * 86400'],
    ["$__timeGroupAlias(finished_date,'15m')", 'UNIX_TIMESTAMP(finished_date) DIV 900 * 900 AS "time"'],
    ['$__unixEpochFilter(t)', 't >= 1772409600 AND t <= 1773014400'],
    ['$__unixEpochFrom()', '1772409600'],
    ['$__time(created)', 'UNIX_TIMESTAMP(created) as time_sec'],
  ])('%s', (macro, sql) => {
    expect(expanded(macro)).toBe(sql)
  })

  it.each([
    "name = '$project'",
    `name IN (${braced('project')})`,
    `name IN (${braced('project:sqlstring')})`,
    "'$.mttr.severities'",
  ])('leave %s unchanged, because the page inserts variables', (sql) => {
    expect(expanded(sql)).toBe(sql)
  })

  it('return the value for intervals without a row', () => {
    expect(expandMacros("$__timeGroup(t, '1d', 0)", range).fill).toEqual({ interval: 86_400, value: 0 })
    expect(expandMacros("$__timeGroup(t, '1d', NULL)", range).fill).toEqual({ interval: 86_400, value: null })
  })

  it.each([
    ['$__nothing(x)', 'unknown macro __nothing'],
    ['$__timeFilter()', 'missing time column argument for macro __timeFilter'],
    ["$__timeGroup(t, 'soon')", "error parsing interval 'soon'"],
    ['SELECT user()', 'invalid query'],
  ])('reject %s', (sql, message) => {
    expect(() => expanded(sql)).toThrow(message)
  })
})

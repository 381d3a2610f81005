/** The comparison of panels: exact texts, bars in any order, and nothing beyond them. */
import { describe, expect, it } from 'vitest'
import { type ExpectedPanel, shows } from '../../../../../support/flavours/devlake/oracle/panels'

const bars: ExpectedPanel = {
  id: 5,
  metric: 'change failure rate',
  name: 'bars',
  rows: [
    ['26/10', 0.25],
    ['26/11', null],
  ],
  hasData: true,
}
const stat: ExpectedPanel = { ...bars, rows: [['25.0%(medium)']] }
const levels: ExpectedPanel = {
  ...bars,
  id: 8,
  rows: [
    ['Lead time for changes', 'elite'],
    ['Change failure rate', null],
  ],
}

const named = (columns: readonly (readonly unknown[])[]) =>
  columns.map((values, index) => ({ name: `column ${index}`, values }))

/** An answer of the overview: a text in the column of the level, nothing in the other columns. */
const overview = (...rows: readonly (readonly [metric: string, ...cells: (string | null)[]])[]) =>
  ['metric', 'metric_hidden', 'low', 'medium', 'high', 'elite'].map((name, index) => ({
    name,
    values: rows.map((row) => row[index] ?? null),
  }))
const leadTime = ['Lead time for changes', 'Lead-time-for-changes'] as const
const failures = ['Change failure rate', 'Change-failure-rate', null, null, null, null] as const

describe('a panel', () => {
  it.each([
    [
      'bars',
      bars,
      [
        ['26/10', '26/11'],
        [0.25, null],
      ],
    ],
    [
      'bars in another order',
      bars,
      [
        ['26/11', '26/10'],
        [null, '0.2500'],
      ],
    ],
    ['bars that are rounded to four decimals', { ...bars, rows: [['26/10', 1 / 3]] }, [['26/10'], [0.3333]]],
    ['a text', stat, [['25.0%(medium)']]],
    ['no bars where there is no month', { ...bars, rows: [] }, []],
  ])('shows %s', (_, expected, columns) => {
    expect(shows(expected, named(columns))).toBe(true)
  })

  it.each([
    [
      'another number',
      bars,
      [
        ['26/10', '26/11'],
        [0.2502, null],
      ],
    ],
    [
      '0 where there is no data',
      bars,
      [
        ['26/10', '26/11'],
        [0.25, 0],
      ],
    ],
    [
      'no data where there is a number',
      bars,
      [
        ['26/10', '26/11'],
        [null, null],
      ],
    ],
    ['a month less', bars, [['26/10'], [0.25]]],
    [
      'a month more',
      bars,
      [
        ['26/09', '26/10', '26/11'],
        [0, 0.25, null],
      ],
    ],
    ['another text', stat, [['25.0%(low)']]],
    ['nothing', stat, []],
  ])('is wrong with %s', (_, expected, columns) => {
    expect(shows(expected, named(columns))).toBe(false)
  })

  it('shows levels by its filled columns, whatever their texts', () => {
    expect(shows(levels, overview(failures, [...leadTime, null, null, null, 'Less than a day']))).toBe(true)
  })

  it.each([
    ['another level', overview(failures, [...leadTime, null, null, 'Less than a week', null])],
    ['two levels', overview(failures, [...leadTime, null, null, 'Less than a week', 'Less than a day'])],
    ['no level', overview(failures, [...leadTime, null, null, null, null])],
    [
      'a level where there is none',
      overview([...failures.slice(0, 2), '> 15%'] as [string], [...leadTime, null, null, null, '< 1 d']),
    ],
    ['another metric', overview(failures, ['Rework', 'Rework', null, null, null, 'Less than a day'])],
    ['a metric less', overview([...leadTime, null, null, null, 'Less than a day'])],
  ])('shows wrong levels with %s', (_, columns) => {
    expect(shows(levels, columns)).toBe(false)
  })
})

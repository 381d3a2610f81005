/** Whether a panel shows what it must: a text as it is, bars in any order, and nothing that is not there. */
import { describe, expect, it } from 'vitest'
import { type ExpectedPanel, shows } from '../../../support/dora/devlake/panels'

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
    expect(shows(expected, columns)).toBe(true)
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
  ])('does not show what it must with %s', (_, expected, columns) => {
    expect(shows(expected, columns)).toBe(false)
  })
})

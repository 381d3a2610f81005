/** Stories as tables: the events that they describe, and errors in tables. */
import { describe, expect, it } from 'vitest'
import { rangeIn, readingIn } from '../../../support/checks/numbers/story-numbers'
import { fawkesWebhooks } from '../../../support/flavours/fawkes/webhooks'
import { storyOf, tellsStory } from '../../../support/stories/story-sentences'
import { instantOf, lengthOf } from '../../../support/stories/story-times'

const now = Date.parse('2026-03-10T15:30:00Z')
const at = (text: string) => Date.parse(text)

const pickle = (...steps: [text: string, ...rows: string[][]][]) => ({
  uri: 'features/story.feature',
  location: { line: 7 },
  steps: steps.map(([text, ...rows], index) => ({
    id: String(index),
    astNodeIds: [],
    text,
    argument: { dataTable: { rows: rows.map((row) => ({ cells: row.map((value) => ({ value })) })) } },
  })),
})

const read = (...steps: [text: string, ...rows: string[][]][]) => storyOf(pickle(...steps), 'p', now)

describe('a time in a story', () => {
  it.each([
    ['3 days ago at 09:00', '2026-03-07T09:00:00Z'],
    ['3 days ago 09:00', '2026-03-07T09:00:00Z'],
    ['1 day ago at 23:59:59.999', '2026-03-09T23:59:59.999Z'],
    ['3 days ago at 01:00 +02:00', '2026-03-06T23:00:00Z'],
    ['3 days ago at 23:30 -01:30', '2026-03-08T01:00:00Z'],
    ['the last 31 December at 23:59:59.999', '2025-12-31T23:59:59.999Z'],
    ['the last 1 January at 00:00', '2026-01-01T00:00:00Z'],
    ['the last 2 January at 00:00', '2026-01-02T00:00:00Z'],
    ['the last day of February at 12:00', '2026-02-28T12:00:00Z'],
    ['the last 2 March at 00:00', '2026-03-02T00:00:00Z'],
  ])('can be %s', (text, instant) => {
    expect(instantOf(text, now)).toBe(at(instant))
  })

  it('can be 29 February, and lies at most 400 days back', () => {
    const leap = Date.parse('2028-03-01T00:00:00Z')
    expect(instantOf('the last day of February at 00:00', leap)).toBe(at('2028-02-29T00:00:00Z'))
    expect(instantOf('the last day of February at 00:00', leap - 1)).toBe(at('2027-02-28T00:00:00Z'))
    expect(instantOf('the last 31 December at 00:00', leap)).toBe(at('2027-12-31T00:00:00Z'))
  })

  it.each(['yesterday', '3 days ago', '3 days ago at', '09:00', '3 days ago at 9:00'])('cannot be %s', (text) => {
    expect(() => instantOf(text, now)).toThrow(`found "${text}"`)
  })

  it('can be a duration', () => {
    expect([lengthOf('12 h'), lengthOf('45 min'), lengthOf('90 s')]).toEqual([43_200_000, 2_700_000, 90_000])
    expect(() => lengthOf('an hour')).toThrow('found "an hour"')
  })
})

describe('a story', () => {
  it('has events with ids that are unique to it', () => {
    const story = read([
      'these deployments were reported',
      ['id', 'finished', 'result', 'commits'],
      ['d1', '3 days ago at 09:00', 'failure', 'c1, c2'],
    ])
    expect(story).toMatchObject({ scenario: 'features/story.feature:7', projects: ['p'], settings: {} })
    const [posting] = story.postings
    expect(posting).toMatchObject({
      late: false,
      spoiled: null,
      happening: {
        project: 'p',
        id: 'p-d1',
        outcome: 'failure',
        environment: 'production',
        finishedAt: at('2026-03-07T09:00:00Z'),
      },
    })
    const { happening } = posting ?? {}
    expect(happening?.kind === 'deployment' && happening.commits.every((sha) => /^[0-9a-f]{40}$/.test(sha))).toBe(true)
  })

  it('repeats the event of a row at intervals', () => {
    const { postings } = read([
      'these deployments were reported',
      ['id', 'finished', 'times', 'every'],
      ['d', '6 days ago at 06:00', '3', '12 h'],
    ])
    expect(
      postings.map(({ happening }) => happening.kind === 'deployment' && [happening.id, happening.finishedAt]),
    ).toEqual([
      ['p-d', at('2026-03-04T06:00:00Z')],
      ['p-d-2', at('2026-03-04T18:00:00Z')],
      ['p-d-3', at('2026-03-05T06:00:00Z')],
    ])
  })

  it('distinguishes late events and spoiled events', () => {
    const { postings } = read(
      ['these incidents were reported after the first collection', ['id', 'created'], ['i1', '2 days ago at 10:00']],
      [
        'these malformed events are reported',
        ['webhook', 'field', 'value'],
        ['incidents', 'id', '17'],
        ['commits', 'ref', ''],
      ],
    )
    expect(postings.map(({ late, spoiled }) => [late, spoiled])).toEqual([
      [true, null],
      [false, { by: 'field', field: 'id', value: 17 }],
      [false, { by: 'field', field: 'ref', value: undefined }],
    ])
  })

  it('names the row or the column that it cannot read', () => {
    expect(() => read(['these deployments were reported', ['id', 'finished'], ['d1', 'soon']])).toThrow(
      'row "d1 | soon": expected a time',
    )
    expect(() => read(['these deployments were reported', ['id', 'color'], ['d1', 'red']])).toThrow('not "color"')
  })

  it.each([
    ['these deployments were reported', true],
    ['these deployments are reported', true],
    ['these deployments are reported after the first collection', true],
    ['these commits were pushed', true],
    ['these commits were reported', false],
    ['these deployments', false],
    ['exactly these deployments are stored', false],
    ['the deployments were reported', false],
  ])('has the sentence "%s": %s', (text, isOfStory) => {
    expect(tellsStory(pickle([text, ['id']]))).toBe(isOfStory)
  })
})

describe('an event of the contract', () => {
  it('has the documented form of the webhooks', () => {
    const { postings } = read(['these incidents were reported', ['id', 'created'], ['i1', '2 days ago at 10:00']])
    const [posting] = postings
    expect(posting && fawkesWebhooks.event(posting.happening, null)).toEqual({
      route: 'incidents',
      body: {
        id: 'p-i1',
        title: 'An incident of an acceptance story',
        service: 'p',
        severity: 'high',
        status: 'open',
        createdDate: '2026-03-08T10:00:00.000Z',
        environment: 'production',
      },
    })
  })
})

describe('an expectation of a story', () => {
  it('is a number with its unit, a level, or no data', () => {
    expect(
      readingIn(
        [
          ['lead time', '4 h 15 min'],
          ['deployment frequency', '1.43 a day'],
          ['lead time level', 'high'],
          ['change failure rate', 'no data'],
          ['deployments by day', '3 days ago: 2, 2 days ago: 1'],
        ],
        now,
      ),
    ).toEqual({
      'lead time': 255,
      'deployment frequency': 1.43,
      'lead time level': 'high',
      'change failure rate': null,
      'deployments by day': '2026-03-07: 2, 2026-03-08: 1',
    })
  })

  it.each([[['lead tim', '1 h']], [['deployments', 'many']], [['lead time level', 'good']]])('refuses %j', (row) => {
    expect(() => readingIn([row], now)).toThrow(/expected/)
  })

  it('covers a named range or a custom one', () => {
    expect(rangeIn('the last 30 days', now)).toBe('last30days')
    expect(rangeIn('3 days ago at 00:00 to 2 days ago at 00:00', now)).toEqual({
      start: at('2026-03-07T00:00:00Z'),
      end: at('2026-03-08T00:00:00Z'),
    })
  })
})

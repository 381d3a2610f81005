/** The age of numbers on which every surface agrees. */
import { describe, expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
import { skewInWords, staleness, unknownAge } from '../../../../support/checks/numbers/freshness'

const minute = 60_000
const now = Date.UTC(2026, 2, 8, 12)
const deadlines = { collection: 5 * minute, schedule: 60 * minute }
const ended = (surface: string, age: number, at: number | undefined = now) => ({
  ...{ project: 'checkout', surface, range: 'last 7 days', end: now - age * minute, at },
  command: command`curl`,
})
const clocks = { database: now, service: now, cluster: now }
const finding = (...ends: ReturnType<typeof ended>[]) => staleness(ends, clocks, deadlines)

describe('the numbers of a service', () => {
  it('are fresh up to the time between two collections and the time of one', () => {
    expect(finding(ended('REST /api/dora/metrics', 64), ended('REST /api/dora/mttr', 0, undefined))).toBeUndefined()
  })

  it('are old if every surface is, or one of them', () => {
    expect(finding(ended('REST /api/dora/metrics', 3 * 1440))?.object).toBe('collection of the service')
    const one = finding(ended('REST /api/dora/metrics', 1), ended('REST /api/dora/mttr', 120))
    expect(one?.object).toBe('range of REST /api/dora/mttr')
  })

  it('name the schedule of the service where it says it, and then no key that would change it', () => {
    const of = (scheduledBy?: string) =>
      staleness([ended('REST /api/dora/metrics', 120)], clocks, { ...deadlines, scheduledBy })
    expect(of()?.expected).toContain('(deadlines.collection and deadlines.schedule)')
    expect(of()?.remedy.join('\n')).toContain('set deadlines.schedule')
    const stated = of('the schedule "0 * * * *" of a blueprint')
    expect(stated?.expected).toContain('(deadlines.collection and the schedule "0 * * * *" of a blueprint)')
    expect(stated?.remedy.join('\n')).not.toContain('deadlines.schedule')
  })

  it('are old by the clock of the database, although the answer of a cache has a time of its own', () => {
    const cached = now - 3 * 1440 * minute
    expect(finding(ended('REST /api/dora/metrics', 3 * 1440 + 1, cached))?.summary).toContain('is 3 days old')
  })

  it('are old by the clock of the service, although the clock of the database is behind', () => {
    expect(finding(ended('REST /api/dora/metrics', 0, now + 180 * minute))?.summary).toContain('is 3 h old')
  })

  it('are wrong if they end in the future of both clocks', () => {
    expect(finding(ended('REST /api/dora/metrics', -10))?.summary).toContain('ends in the future')
  })
})

describe('the clocks of the service and its database', () => {
  /** The finding and the evidence if the last collection ended some minutes before the time of the service. */
  const judged = (age: number, service: number, database = 0, cluster = 0) => {
    const [at, atDatabase, atCluster] = [service, database, cluster].map((by) => now + by * minute) as [
      ...[number, number, number],
    ]
    const skewed = { database: atDatabase, service: at, cluster: atCluster }
    const stated = { ...ended('REST /api/dora/metrics', age, at), end: at - age * minute }
    return { finding: staleness([stated], skewed, deadlines), words: skewInWords(skewed) }
  }

  it('are named where they alone make the numbers old', () => {
    expect(judged(5, -90).finding).toMatchObject({
      summary: 'The clock of the service is 90 min behind that of its database, so the age of the numbers is unknown.',
      object: 'clock of the service',
    })
    expect(judged(5, 0, 90).finding).toMatchObject({
      summary:
        'The clock of the database is 90 min ahead of that of the service, so the age of the numbers is unknown.',
      object: 'clock of the database',
    })
  })

  it('do not excuse numbers that are old by the clock of the service, too', () => {
    expect(judged(120, -90).finding?.object).toBe('collection of the service')
  })

  it('may differ within the time between two collections, and the evidence says so', () => {
    expect(judged(5, -45)).toEqual({
      ...{ finding: undefined, words: ['the clock of the service is 45 min behind that of its database'] },
    })
    expect(judged(5, 60)).toEqual({
      ...{ finding: undefined, words: ['the clock of the service is 60 min ahead of that of its database'] },
    })
    expect(judged(5, 0).words).toEqual([])
  })
})

describe('a range', () => {
  /** Answers within three seconds, whose ranges end as the service says. */
  const answers = (endOf: (at: number) => number, count = 24) =>
    Array.from({ length: count }, (_, index) => {
      const at = now + index * 125
      return { ...ended('REST /api/dora/metrics', 0, Math.floor(at / 1000) * 1000), end: endOf(at) }
    })

  it('that ends with each question does not say when the last collection ended', () => {
    const atOnce = answers((at) => now + Math.floor((at - now) / 250) * 40).map((one) => ({ ...one, at: now }))
    expect(unknownAge(atOnce)?.found).toContain('24 answers with 12 different ends')
    expect(unknownAge(answers((at) => at))).toMatchObject({
      summary: 'The time of the last collection is unknown: each range of the service ends when it is asked for.',
      found: '24 answers with 24 different ends, each within a second of its answer',
    })
  })

  it('may name the question in whole seconds, or in answers that do not say their time', () => {
    const inWholeSeconds = answers((at) => Math.floor(at / 1000) * 1000, 96)
    expect(unknownAge(inWholeSeconds)?.found).toContain('96 answers with 12 different ends')
    const timeless = answers((at) => at).map((one) => ({ ...one, at: undefined }))
    expect(unknownAge(timeless)?.found).toBe('24 answers with 24 different ends, each in an answer without a Date')
    expect(unknownAge(timeless.map((one) => ({ ...one, end: now })))).toBeUndefined()
  })

  it('ends with a collection, however often there is one', () => {
    expect(unknownAge(answers(() => now - 5 * minute))).toBeUndefined()
    expect(unknownAge(answers((at) => Math.floor(at / 1000) * 1000))).toBeUndefined()
    expect(unknownAge(answers((at) => Math.floor(at / 200) * 200))).toBeUndefined()
    expect(unknownAge(answers((at) => at - 4000))).toBeUndefined()
    expect(unknownAge(answers((at) => at, 3))).toBeUndefined()
    expect(unknownAge([])).toBeUndefined()
  })

  it('ends with the collection of its own project, also in answers that do not say their time', () => {
    const ofProjects = Array.from({ length: 24 }, (_, index) => ({
      ...ended(`REST of project ${index}`, index * 7),
      at: undefined,
    }))
    expect(unknownAge(ofProjects)).toBeUndefined()
  })
})

/** The age of numbers on which every surface agrees. */
import { describe, expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
import { staleness } from '../../../../support/checks/numbers/freshness'

const minute = 60_000
const now = Date.UTC(2026, 2, 8, 12)
const deadlines = { collection: 5 * minute, schedule: 60 * minute }
const ended = (surface: string, age: number, at: number | undefined = now) => ({
  ...{ project: 'checkout', surface, range: 'last 7 days', end: now - age * minute, at },
  command: command`curl`,
})
const finding = (...ends: ReturnType<typeof ended>[]) => staleness(ends, now, deadlines)

describe('the numbers of a service', () => {
  it('are fresh up to the time between two collections and the time of one', () => {
    expect(finding(ended('REST /api/dora/metrics', 64), ended('REST /api/dora/mttr', 0, undefined))).toBeUndefined()
  })

  it('are old if every surface is, or one of them', () => {
    expect(finding(ended('REST /api/dora/metrics', 3 * 1440))?.object).toBe('collection of the service')
    const one = finding(ended('REST /api/dora/metrics', 1), ended('REST /api/dora/mttr', 120))
    expect(one?.object).toBe('range of REST /api/dora/mttr')
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

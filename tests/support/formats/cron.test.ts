/** How often something runs by a schedule in cron's notation. */
import { describe, expect, it } from 'vitest'
import { longestInterval } from '../../../support/formats/cron'

const day = 86_400_000

describe('a schedule', () => {
  it.each<[string, number | null]>([
    ['0 0 * * *', 1],
    ['0 6,18 * * *', 1],
    ['*/5 * * * *', 1 / 24],
    ['0 0 * * 1', 7],
    ['0 0 1 * *', 31],
    ['0 0 1 1 *', 366],
    ['CRON_TZ=Europe/Berlin 0 0 * * *', 1],
    ['@weekly', 7],
    ['@every 12h', 0.5],
    ['@every later', null],
    ['every other day', null],
  ])('%s has at most %s days between two runs', (schedule, days) => {
    expect(longestInterval(schedule)).toBe(days === null ? null : days * day)
  })
})

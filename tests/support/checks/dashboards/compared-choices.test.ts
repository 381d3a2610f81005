/** The projects and ranges of the dashboards that are compared on one day, and on the days after it. */
import { describe, expect, it } from 'vitest'
import {
  type ComparedChoice,
  comparedChoicesOf,
  rangesOfDay,
} from '../../../../support/checks/dashboards/compared-choices'

const day = 86_400_000
const end = Date.UTC(2026, 2, 8, 12)
const lengths = [7, 30, 90]
const chosenOn = (projects: readonly string[], date: number) =>
  comparedChoicesOf(['checkout', 'payments'], projects, { start: date - 30 * day, end: date }, lengths)
const named = ({ project, window }: ComparedChoice) => `${project} ${(window.end - window.start) / day}`

describe('the projects and ranges whose dashboards are compared', () => {
  it('are all of them on a platform of three projects', () => {
    const { choices, leftOut } = chosenOn(['catalog', 'checkout', 'payments'], end)
    const all = ['catalog', 'checkout', 'payments'].flatMap((project) => lengths.map((days) => `${project} ${days}`))
    expect(choices.map(named).sort()).toEqual(all.sort())
    expect(leftOut).toEqual({ projects: 0, ranges: 0 })
  })

  it('are a few on one day of a large platform, and all in the course of days', () => {
    const projects = ['checkout', 'payments', ...Array.from({ length: 38 }, (_, index) => `project ${index}`)]
    const seen = new Set<string>()
    for (let date = 0; date < 20; date++) {
      const { choices, leftOut } = chosenOn(projects, end + date * day)
      expect(choices.length).toBeLessThanOrEqual(2 + 3 + 2 + 4)
      const names = choices.map(named)
      expect(new Set(names).size).toBe(names.length)
      const compared = names.filter((name) => name.startsWith('project') && name.endsWith(' 30')).length
      expect(leftOut.projects).toBe(38 - compared)
      expect(leftOut.ranges).toBe(39 * 2 - (choices.length - 2 - compared - 2))
      for (const name of names) seen.add(name)
    }
    expect(seen.size).toBe(40 * 3)
  })
})

describe('the relative ranges that are compared', () => {
  it('are one on each day, and in the course of days those of the dashboard too', () => {
    const own = { from: 'now-45d', to: 'now-15d' }
    const dates = Array.from({ length: 20 }, (_, date) => rangesOfDay([own], end + date * day))
    expect(dates.every(({ length }) => length === 1)).toBe(true)
    const seen = new Set(dates.flat().map(({ from, to }) => `${from} to ${to}`))
    expect([...seen]).toEqual(expect.arrayContaining(['now-45d to now-15d', 'now-6M to now', 'now-1M/M to now-1M/M']))
  })
})

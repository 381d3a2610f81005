/** Comparison of reported values, the selection of projects, and the data structures of the oracle. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenProjects } from '../../../support/checks/numbers/chosen-projects'
import { differences, shown, shownBoth } from '../../../support/dora/comparison'
import { Samples } from '../../../support/dora/samples'
import { SeenCommits } from '../../../support/dora/seen-commits'
import { fawkesDora } from '../../../support/flavours/fawkes/dora'

const { precision } = fawkesDora

describe('a reported value', () => {
  it.each([
    [10 / 7, 1.43, true],
    [10 / 7, 1.4, false],
    [10 / 7, 1.428571, true],
    [1.425, 1.43, true],
    [0, null, false],
    [null, 0, false],
    [null, null, true],
  ])('%s reported as %s agrees: %s', (expected, found, agrees) => {
    const quantity = 'deployment frequency'
    expect(differences({ [quantity]: expected }, { [quantity]: found }, precision)).toHaveLength(agrees ? 0 : 1)
  })

  it('must be exact if it is a count or a level', () => {
    const expected = { deployments: 3, 'lead time level': 'elite' } as const
    const found = { deployments: 4, 'lead time level': 'high' } as const
    expect(differences(expected, found, precision)).toEqual([
      { quantity: 'deployments', expected: 3, found: 4 },
      { quantity: 'lead time level', expected: 'elite', found: 'high' },
    ])
  })

  it('shows only the differing days if it is a series', () => {
    const expected = { 'deployments by day': '2026-03-01: 2, 2026-03-04: 1' }
    const [difference] = differences(expected, { 'deployments by day': '2026-03-01: 2, 2026-03-05: 1' }, precision)
    if (!difference) throw new Error('expected a difference')
    expect(shownBoth(difference)).toEqual(['2026-03-04: 1', '2026-03-05: 1'])
    expect(shownBoth({ ...difference, found: '2026-03-01: 2, 2026-03-01: 2, 2026-03-04: 1' })).toEqual([
      'none',
      '2026-03-01: 2',
    ])
    expect(shownBoth({ ...difference, found: '2026-03-01: 2' })).toEqual(['2026-03-04: 1', 'none'])
  })

  it('cannot differ if the surface does not report it', () => {
    expect(differences({ deployments: 3 }, {}, precision)).toEqual([])
  })

  it('is shown with its unit', () => {
    expect([shown('lead time', 12.5), shown('deployments', 3), shown('lead time', null)]).toEqual([
      '12.5 min',
      '3',
      'no data',
    ])
  })
})

describe('the checked projects', () => {
  it('are all projects, sorted by name', () => {
    expect(chosenProjects(['b', 'a'], { atMost: 2 }, 0)).toEqual(['a', 'b'])
  })

  it('are the configured ones', () => {
    expect(chosenProjects(['b', 'a'], { only: ['b'], atMost: 20 }, 0)).toEqual(['b'])
  })

  it('are a sample that rotates with the date if there are too many', () => {
    const on = (day: number) => chosenProjects(['e', 'd', 'c', 'b', 'a'], { atMost: 2 }, day * 86_400_000)
    expect([on(0), on(1), on(2), on(3)]).toEqual([['a', 'd'], ['b', 'e'], ['c'], ['a', 'd']])
  })

  it('are all in the sample of one of the next days, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, atMost) => {
        const all = Array.from({ length: count }, (_, index) => `p${index}`)
        const samples = all.map((_, day) => chosenProjects(all, { atMost }, day * 86_400_000))
        expect(new Set(samples.flat()).size).toBe(count)
        expect(Math.max(...samples.map(({ length }) => length))).toBeLessThanOrEqual(atMost)
      }),
    )
  })
})

describe('the checked projects of runs that do not happen every day', () => {
  it.each<[string, (day: number) => boolean]>([
    ['once a week', (day) => day % 7 === 4],
    ['from Monday to Friday', (day) => ![2, 3].includes(day % 7)],
    ['at weekends', (day) => [2, 3].includes(day % 7)],
  ])('are all in one of the samples: %s', (_, runs) => {
    for (let count = 1; count <= 45; count++) {
      const all = Array.from({ length: count }, (_, index) => `p${index}`)
      const days = Array.from({ length: count * 14 }, (_, day) => 20_000 + day).filter(runs)
      const samples = days.map((day) => chosenProjects(all, { atMost: 1 }, day * 86_400_000))
      expect(new Set(samples.flat()).size, `${count} projects`).toBe(count)
      expect(samples.every(({ length }) => length === 1)).toBe(true)
    }
  })
})

describe('the shipped commits', () => {
  it('behave like a set', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[0-9a-f]{0,12}$/), { maxLength: 300 }), (shas) => {
        const seen = new SeenCommits()
        const known = new Set<string>()
        for (const sha of shas) {
          expect(seen.add(sha)).toBe(!known.has(sha))
          known.add(sha)
        }
      }),
    )
  })
})

describe('samples', () => {
  it('have percentiles and a mean between the smallest and the largest sample', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, fraction) => {
        const samples = new Samples()
        for (const value of values) samples.add(value)
        const [least, greatest] = [Math.min(...values), Math.max(...values)]
        for (const number of [samples.percentile(fraction), samples.mean()]) {
          expect(number).toBeGreaterThanOrEqual(least - 1e-6)
          expect(number).toBeLessThanOrEqual(greatest + 1e-6)
        }
      }),
    )
  })
})

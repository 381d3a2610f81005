/** The numbers of the reports: those of several projects together are those of all their events. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publishedBenchmarks } from '../../../support/dora/benchmarks'
import { metricsOf } from '../../../support/dora/compute'
import { day } from '../../../support/dora/definitions'
import { fourMetrics, levelsOf, measuredMetric, measuredValue, together } from '../../../support/dora/measured'

const window = { start: 0, end: 30 * day }
const incident = (id: string, createdAt: number, minutes: number) => ({
  ...{ type: 'incident' as const, project: 'p', id, environment: 'production', severity: 'high', createdAt },
  ...{ resolvedAt: createdAt + minutes * 60_000, deploymentId: null },
})
const deployment = (id: string, finishedAt: number, result: string) => ({
  ...{ id, repository: null, environment: 'production', result, startedAt: finishedAt - 1000, finishedAt },
  ...{ listsCommits: true, commits: [] },
})

describe('the numbers of several projects together', () => {
  it('are those of all events, whatever project they belong to', () => {
    const events = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 29 * day }),
        minutes: fc.integer({ min: 1, max: 5000 }),
        fails: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 4 }), (projects) => {
        const numbers = projects.map((all, project) => {
          const deployments = all.map(({ at, fails }, index) =>
            deployment(`d${project}-${index}`, at, fails ? 'FAILURE' : 'SUCCESS'),
          )
          const incidents = all.map(({ at, minutes }, index) => incident(`i${project}-${index}`, at, minutes))
          return metricsOf(
            { deployments, incidents, builds: [] } as never,
            { project: 'p', windows: [window] } as never,
          )
        })
        const sum = together(numbers, 30, publishedBenchmarks)
        const count = projects.flat().length
        const successes = projects.flat().filter(({ fails }) => !fails).length
        expect(sum.deploymentFrequency).toMatchObject({
          deployments: successes,
          perDay: count === 0 ? null : successes / 30,
        })
        const minutes = projects.flat().filter(({ at, minutes }) => at + minutes * 60_000 < window.end)
        const mean = minutes.reduce((total, one) => total + one.minutes, 0) / minutes.length
        if (minutes.length === 0) expect(sum.timeToRestore.mean).toBeNull()
        else expect(sum.timeToRestore.mean).toBeCloseTo(mean, 6)
        expect(sum.timeToRestore.incidents).toBe(minutes.length)
      }),
      { numRuns: 50 },
    )
  })

  it('have no data where no project has any', () => {
    const sum = together([], 30, publishedBenchmarks)
    for (const metric of fourMetrics)
      expect(measuredValue(metric, sum)).toEqual({ value: null, shown: 'no data', level: null, samples: 0 })
  })
})

describe('a metric in the record', () => {
  it('says its definition, the bounds of its levels, and the projects that were left out', () => {
    const { definition, levels, range, of, all } = measuredMetric('lead time', [], {
      days: 30,
      benchmarks: publishedBenchmarks,
      of: 12,
    })
    expect(definition).toMatch(/^Mean time from the first new commit/)
    expect(levels).toBe('elite: less than 1 h; high: less than 1 d; medium: less than 7 d; low otherwise')
    expect({ range, of, shown: all.shown }).toEqual({ range: 'last 30 days', of: 12, shown: 'no data' })
    expect(levelsOf('deployment frequency', publishedBenchmarks)).toBe(
      'elite: more than 1 in a day; high: at least 1 in 7 days; medium: at least 1 in 30 days; low otherwise',
    )
  })
})

/** The generated history: the same for the same seed, and rich enough for every metric with any seed. */
import { describe, expect, it } from 'vitest'
import { generateHistory } from '../../../sandbox/service/history/history'
import { type Event, eventsOf } from '../../../sandbox/service/ingestion/events'

const end = new Date('2026-11-23T18:20:01.000Z')
const day = 86_400_000
const projects = ['catalog', 'checkout', 'payments']

const recent = (time: Date | null): boolean => time !== null && end.getTime() - time.getTime() < 6.9 * day

function timesOf(event: Event): Date[] {
  return Object.values(event).filter((value): value is Date => value instanceof Date)
}

describe('the history', () => {
  it('is the same for the same seed and differs for another', () => {
    expect(generateHistory(7, end)).toEqual(generateHistory(7, end))
    expect(generateHistory(7, end)).not.toEqual(generateHistory(8, end))
  })

  it('covers three projects of three teams and spans 120 days up to the start', () => {
    const history = generateHistory(1, end)
    const described = eventsOf('project', history)
    expect(described.map(({ project }) => project).sort()).toEqual(projects)
    expect(new Set(described.map(({ team }) => team)).size).toBe(3)
    const finishes = eventsOf('deployment', history).flatMap(timesOf)
    const first = Math.min(...finishes.map(Number))
    expect((end.getTime() - first) / day).toBeGreaterThan(115)
    expect((end.getTime() - first) / day).toBeLessThan(121)
  })

  const seeds = Array.from({ length: 40 }, (_, index) => index)

  it.each(seeds)('with seed %i has data for every metric in its last week and nothing after its end', (seed) => {
    const history = generateHistory(seed, end)
    expect(history.flatMap(timesOf).filter((time) => time >= end)).toEqual([])
    for (const project of projects) {
      const own = history.filter((event) => 'project' in event && event.project === project)
      const isProduction = ({ environment }: { environment: string }) => environment.toLowerCase() === 'production'
      const deployments = eventsOf('deployment', own).filter(isProduction)
      const incidents = eventsOf('incident', own).filter(isProduction)
      expect(deployments.filter(({ result, finishedAt }) => result === 'SUCCESS' && recent(finishedAt))).not.toEqual([])
      const restored = incidents.filter(({ resolvedAt }) => recent(resolvedAt))
      expect(restored.map(({ severity }) => severity)).toEqual(expect.arrayContaining(['critical', 'high', 'low']))
      expect(incidents.filter(({ resolvedAt }) => resolvedAt === null)).not.toEqual([])
      expect(eventsOf('build', own).filter(({ finishedAt }) => recent(finishedAt))).not.toEqual([])
    }
    const deployments = eventsOf('deployment', history)
    expect(new Set(deployments.map(({ result }) => result))).toEqual(new Set(['SUCCESS', 'FAILURE', 'ABORTED']))
    expect(deployments.some(({ environment }) => environment === 'staging')).toBe(true)
  })

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'has a failed deployment of each project in its last month, even %i days later',
    (days) => {
      const later = new Date(end.getTime() + days * day)
      for (const seed of seeds) {
        const failed = eventsOf('deployment', generateHistory(seed, later)).filter(
          ({ result, environment, finishedAt }) =>
            result === 'FAILURE' &&
            environment.toLowerCase() === 'production' &&
            later.getTime() - (finishedAt?.getTime() ?? 0) < 29 * day,
        )
        expect([...new Set(failed.map(({ project }) => project))].sort()).toEqual(projects)
      }
    },
  )
})

/** The oracle on the edge cases of the definitions, with values worked out by hand. The numbers are those of the cases. */
import { describe, expect, it } from 'vitest'
import { compute, eventsOf } from '../../../support/dora/compute'
import type { Commit, Deployment, DoraEvent, Incident } from '../../../support/dora/events'
import { Interpretation, likeliest } from '../../../support/dora/interpretation'
import type { Metrics } from '../../../support/dora/metrics'

const at = (text: string) => Date.parse(text)
const week = { start: at('2026-03-01T00:00:00Z'), end: at('2026-03-08T00:00:00Z') }

const commit = (sha: string, authored: string, committed = authored): Commit => ({
  type: 'commit',
  sha,
  repository: 'shop/checkout',
  authoredAt: at(authored),
  committedAt: at(committed),
})

interface Told {
  readonly result?: string | null
  readonly environment?: string
  readonly started?: string
  readonly commits?: readonly string[]
  readonly repository?: string
  readonly project?: string
}

const deployment = (id: string, finished: string | null, told: Told = {}): Deployment => ({
  type: 'deployment',
  project: told.project ?? 'checkout',
  id,
  repository: told.repository ?? 'shop/checkout',
  environment: told.environment ?? 'production',
  result: told.result === undefined ? 'SUCCESS' : told.result,
  startedAt: told.started === undefined ? null : at(told.started),
  finishedAt: finished === null ? null : at(finished),
  commits: told.commits ?? [],
  listsCommits: told.commits !== undefined,
})

const incident = (id: string, created: string, resolved: string | null, told: Partial<Incident> = {}): Incident => ({
  type: 'incident',
  project: 'checkout',
  id,
  environment: 'production',
  severity: 'high',
  createdAt: at(created),
  resolvedAt: resolved === null ? null : at(resolved),
  deploymentId: null,
  ...told,
})

function metricsOf(events: readonly DoraEvent[], window = week): Metrics {
  const [metrics] = compute(events, { project: 'checkout', windows: [window], explained: true }).windows
  if (!metrics) throw new Error('no metrics')
  return metrics
}

const noon = (date: number) => `2026-03-0${date}T12:00:00Z`

describe('deployment frequency', () => {
  it('of ten successes in a week is 1.43 a day, and elite', () => {
    const events = Array.from({ length: 10 }, (_, index) => deployment(`d${index}`, noon(1 + (index % 7))))
    const { perDay, deployments, level } = metricsOf(events).deploymentFrequency
    expect(perDay).toBeCloseTo(1.428571, 6)
    expect({ deployments, level }).toEqual({ deployments: 10, level: 'elite' })
  })

  it('1 and 2: counts a success at the start of the window, and none at its end', () => {
    const events = [deployment('d1', '2026-03-01T00:00:00Z'), deployment('d2', '2026-03-08T00:00:00Z')]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it('3 and 4: puts a finish into its UTC day', () => {
    const events = [deployment('d1', '2026-03-02T23:59:59.999Z'), deployment('d2', '2026-03-08T01:00:00+02:00')]
    const { series } = metricsOf(events).deploymentFrequency
    expect(series.filter(({ deployments }) => deployments > 0)).toEqual([
      { date: '2026-03-02', deployments: 1 },
      { date: '2026-03-07', deployments: 1 },
    ])
    expect(series).toHaveLength(7)
  })

  it('5: counts what was started before the window and finished in it', () => {
    const events = [deployment('d1', '2026-03-01T00:05:00Z', { started: '2026-02-28T23:50:00Z' })]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it('6 and 8: takes the same id again as its newer state', () => {
    const events = [deployment('d1', noon(2), { result: 'FAILURE' }), deployment('d1', noon(2))]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
    expect(metricsOf(events).changeFailureRate.percent).toBe(0)
  })

  it.each(['ABORTED', 'RUNNING', null])('10: leaves out a deployment whose result is %s, and says so', (result) => {
    const metrics = metricsOf([deployment('d1', noon(2), { result })])
    expect(metrics.deploymentFrequency.perDay).toBeNull()
    expect(metrics.changeFailureRate.percent).toBeNull()
    expect(metrics.leftOut).toHaveLength(1)
  })

  it.each(['staging', ''])('11: leaves out the environment "%s"', (environment) => {
    expect(metricsOf([deployment('d1', noon(2), { environment })]).deploymentFrequency.perDay).toBeNull()
  })

  it('compares the environment without regard to case', () => {
    expect(metricsOf([deployment('d1', noon(2), { environment: 'PRODUCTION' })]).deploymentFrequency.deployments).toBe(
      1,
    )
  })

  it('12: is null without any deployment, and so are lead time and failure rate', () => {
    const { deploymentFrequency, leadTime, changeFailureRate, timeToRestore } = metricsOf([])
    expect([deploymentFrequency.perDay, leadTime.mean, changeFailureRate.percent, timeToRestore.mean]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('13: is 0 with failures only, without a level, and the failure rate is 100 %', () => {
    const { deploymentFrequency, changeFailureRate } = metricsOf([deployment('d1', noon(2), { result: 'FAILURE' })])
    expect(deploymentFrequency).toMatchObject({ perDay: 0, deployments: 0, level: null })
    expect(changeFailureRate).toMatchObject({ percent: 100, deployments: 1, failed: 1 })
  })

  it('35: keeps the same id of two projects apart', () => {
    const events = [deployment('d1', noon(2)), deployment('d1', noon(2), { project: 'payments' })]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it.each([
    [1, 'high'],
    [2, 'high'],
    [7, 'high'],
    [8, 'elite'],
  ] as const)('of %i in a week is %s', (count, level) => {
    const events = Array.from({ length: count }, (_, index) => deployment(`d${index}`, noon(1 + (index % 7))))
    expect(metricsOf(events).deploymentFrequency.level).toBe(level)
  })
})

describe('lead time for changes', () => {
  it('of a commit at 09:00 that was deployed at 13:15 is 4 h 15 min', () => {
    const events = [commit('c1', '2026-03-02T09:00:00Z'), deployment('d1', '2026-03-02T13:15:00Z', { commits: ['c1'] })]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 255, p50: 255, p95: 255, samples: 1, level: 'high' })
  })

  it('9: is one sample from the earliest of several commits', () => {
    const events = [
      commit('c1', '2026-03-02T10:00:00Z'),
      commit('c2', '2026-03-02T09:00:00Z'),
      commit('c3', '2026-03-02T11:00:00Z'),
      deployment('d1', '2026-03-02T12:00:00Z', { commits: ['c1', 'c2', 'c3'] }),
    ]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 180, samples: 1 })
  })

  it('24: leaves a sample out that was authored after the finish, and says so', () => {
    const events = [commit('c1', '2026-03-02T13:00:00Z'), deployment('d1', noon(2), { commits: ['c1'] })]
    const { leadTime, leftOut } = metricsOf(events)
    expect(leadTime.samples).toBe(0)
    expect(leftOut).toEqual([expect.objectContaining({ type: 'deployment', id: 'd1' })])
  })

  it('25: is from the authored date of a rebased commit', () => {
    const events = [
      commit('c1', '2026-03-01T12:00:00Z', '2026-03-02T11:00:00Z'),
      deployment('d1', noon(2), { commits: ['c1'] }),
    ]
    expect(metricsOf(events).leadTime.mean).toBe(1440)
  })

  it('26: carries the commits of a failure over to the next success', () => {
    const events = [
      commit('c1', '2026-03-02T09:00:00Z'),
      commit('c2', '2026-03-02T11:00:00Z'),
      deployment('d1', '2026-03-02T10:00:00Z', { commits: ['c1'], result: 'FAILURE' }),
      deployment('d2', noon(2), { commits: ['c1', 'c2'] }),
    ]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 180, samples: 1 })
  })

  it('27: has no sample of a rollback, which is a deployment all the same', () => {
    const events = [
      commit('c1', '2026-03-02T09:00:00Z'),
      commit('c2', '2026-03-03T09:00:00Z'),
      deployment('d1', noon(2), { commits: ['c1'] }),
      deployment('d2', noon(3), { commits: ['c1', 'c2'] }),
      deployment('d3', noon(4), { commits: ['c1'] }),
    ]
    expect(metricsOf(events).leadTime.samples).toBe(2)
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(3)
  })

  it('29: of exactly an hour is high, not elite', () => {
    const events = [commit('c1', '2026-03-02T11:00:00Z'), deployment('d1', noon(2), { commits: ['c1'] })]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 60, level: 'high' })
  })

  it('36: has no sample of a first deployment that lists no commits', () => {
    const first = { ...deployment('d1', noon(2), { commits: ['c1'] }), listsCommits: false }
    expect(metricsOf([commit('c1', '2026-03-02T09:00:00Z'), first]).leadTime.samples).toBe(0)
  })

  it('37: goes by the times of retries, not by the order of their arrival', () => {
    const events = [
      deployment('d3', noon(4), { commits: ['c1'] }),
      deployment('d2', noon(3), { commits: ['c1'], result: 'FAILURE' }),
      deployment('d1', noon(2), { commits: ['c1'] }),
      commit('c1', '2026-03-02T11:00:00Z'),
    ]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 60, samples: 1 })
  })

  it('interpolates its percentiles between the closest ranks', () => {
    const events = [1, 2, 3, 4].flatMap((hours, index) => [
      commit(`c${index}`, `2026-03-02T${String(12 - hours).padStart(2, '0')}:00:00Z`),
      deployment(`d${index}`, noon(2), { commits: [`c${index}`] }),
    ])
    const { mean, p50, p95 } = metricsOf(events).leadTime
    expect([mean, p50]).toEqual([150, 150])
    // 60, 120, 180, 240: the rank 0.95 * 3 = 2.85 lies between 180 and 240.
    expect(p95).toBeCloseTo(231, 9)
  })
})

describe('change failure rate', () => {
  it('of two deployments in twenty with an incident is 10 %, and high', () => {
    const events: DoraEvent[] = Array.from({ length: 20 }, (_, index) => deployment(`d${index}`, noon(1 + (index % 7))))
    events.push(
      incident('i1', noon(2), null, { deploymentId: 'd1' }),
      incident('i2', noon(3), null, { deploymentId: 'd2' }),
    )
    expect(metricsOf(events).changeFailureRate).toEqual({ percent: 10, deployments: 20, failed: 2, level: 'high' })
  })

  it('7: of a failure and then a success under another id is 50 %', () => {
    const events = [deployment('d1', noon(2), { result: 'Failed' }), deployment('d2', noon(3), { result: 'Succeeded' })]
    expect(metricsOf(events).changeFailureRate.percent).toBe(50)
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it('14 and 15: counts a deployment once, however many incidents it has, and whether it failed too', () => {
    const events = [
      deployment('d1', noon(2)),
      deployment('d2', noon(3), { result: 'Error' }),
      incident('i1', '2026-03-02T13:00:00Z', '2026-03-02T13:30:00Z'),
      incident('i2', '2026-03-02T14:00:00Z', '2026-03-02T15:30:00Z'),
      incident('i3', '2026-03-03T14:00:00Z', null, { deploymentId: 'd2' }),
    ]
    expect(metricsOf(events).changeFailureRate).toMatchObject({ deployments: 2, failed: 2 })
    expect(metricsOf(events).timeToRestore).toMatchObject({ mean: 60, incidents: 2 })
  })

  it('16: gives an incident at the instant of a finish to the deployment before', () => {
    const events = [
      deployment('d1', noon(2)),
      deployment('d2', noon(9)),
      deployment('d3', noon(3)),
      incident('i1', noon(3), null),
    ]
    const first = metricsOf(events, { start: at(noon(2)), end: at('2026-03-02T13:00:00Z') })
    const second = metricsOf(events, { start: at(noon(3)), end: at('2026-03-03T13:00:00Z') })
    expect([first.changeFailureRate.failed, second.changeFailureRate.failed]).toEqual([1, 0])
  })

  it('17: is not moved by an incident before any deployment, which is restored all the same', () => {
    const events = [incident('i1', noon(1), '2026-03-01T13:00:00Z'), deployment('d1', noon(2))]
    expect(metricsOf(events).changeFailureRate.percent).toBe(0)
    expect(metricsOf(events).timeToRestore.mean).toBe(60)
  })

  it('18: counts an incident after the end of the window, which the time to restore does not', () => {
    const events = [deployment('d1', noon(7)), incident('i1', '2026-03-09T00:00:00Z', '2026-03-09T01:00:00Z')]
    expect(metricsOf(events).changeFailureRate.percent).toBe(100)
    expect(metricsOf(events).timeToRestore.mean).toBeNull()
  })

  it.each([
    [1, 20, 'elite'],
    [2, 20, 'high'],
    [3, 20, 'medium'],
    [4, 20, 'low'],
  ] as const)('28: of %i failures in %i is %s', (failed, total, level) => {
    const events = Array.from({ length: total }, (_, index) =>
      deployment(`d${index}`, noon(2), { result: index < failed ? 'FAILURE' : 'SUCCESS' }),
    )
    expect(metricsOf(events).changeFailureRate.level).toBe(level)
  })

  it('gives an incident that names an unknown deployment to none', () => {
    const events = [deployment('d1', noon(2)), incident('i1', noon(3), null, { deploymentId: 'gone' })]
    expect(metricsOf(events).changeFailureRate.percent).toBe(0)
  })
})

describe('mean time to restore', () => {
  it('of an incident from 14:00 to 14:45 is 45 min, and elite', () => {
    const events = [incident('i1', '2026-03-02T14:00:00Z', '2026-03-02T14:45:00Z')]
    expect(metricsOf(events).timeToRestore).toMatchObject({ mean: 45, incidents: 1, level: 'elite' })
  })

  it('19: takes the full duration of an incident that began before the window', () => {
    expect(metricsOf([incident('i1', '2026-02-28T23:00:00Z', '2026-03-01T01:00:00Z')]).timeToRestore.mean).toBe(120)
  })

  it('20: is null with open incidents only, which count for the failure rate', () => {
    const { timeToRestore, changeFailureRate } = metricsOf([deployment('d1', noon(2)), incident('i1', noon(3), null)])
    expect([timeToRestore.mean, changeFailureRate.percent]).toEqual([null, 100])
  })

  it('21: of an incident that was resolved at its creation is 0 and elite, not null', () => {
    expect(metricsOf([incident('i1', noon(2), noon(2))]).timeToRestore).toMatchObject({ mean: 0, level: 'elite' })
  })

  it('22: leaves out what was resolved before its creation, and says so', () => {
    const { timeToRestore, leftOut } = metricsOf([incident('i1', noon(3), noon(2))])
    expect(timeToRestore.incidents).toBe(0)
    expect(leftOut).toEqual([{ type: 'incident', id: 'i1', reason: 'resolved before it was created' }])
  })

  it('23: of a reopened incident is from its first creation to its last resolution', () => {
    const events = [
      incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T10:30:00Z'),
      incident('i1', '2026-03-02T11:00:00Z', '2026-03-02T12:00:00Z'),
    ]
    expect(metricsOf(events).timeToRestore).toMatchObject({ mean: 120, incidents: 1 })
  })

  it('30: counts a low incident, unless the settings name other severities', () => {
    const low = incident('i1', noon(2), '2026-03-02T13:00:00Z', { severity: 'low' })
    expect(metricsOf([low]).timeToRestore.incidents).toBe(1)
    const [chosen] = compute([low], { project: 'checkout', windows: [week], severities: ['HIGH'] }).windows
    expect(chosen?.timeToRestore.incidents).toBe(0)
  })
})

describe('rework', () => {
  it('of five repeats in fifty builds is 10 %', () => {
    const events = Array.from({ length: 50 }, (_, index): DoraEvent => {
      const finishedAt = at(noon(2)) + index * 60_000
      const commit = `c${index < 45 ? index : index - 45}`
      return {
        type: 'build',
        project: 'checkout',
        id: `b${index}`,
        commit,
        stage: 'unit',
        result: null,
        startedAt: null,
        finishedAt,
      }
    })
    expect(metricsOf(events).rework).toEqual({ percent: 10, builds: 50, repeats: 5 })
  })
})

describe('another definition', () => {
  const question = { project: 'checkout', windows: [week] }
  const events = [
    deployment('d1', noon(2)),
    deployment('d2', noon(3)),
    deployment('d3', noon(4), { result: 'FAILURE' }),
  ]
  const found = (found: number) => ({ window: 0, quantity: 'deployments' as const, found, tolerance: 0 })

  it('is named when it gives the number that was found', () => {
    const interpretation = new Interpretation(eventsOf(events, 'checkout'), question)
    expect(interpretation.explaining(found(3))).toEqual(['failed deployments are counted as deployments'])
    expect(interpretation.explaining(found(17))).toEqual([])
  })

  const named = (told: readonly DoraEvent[], reported: Parameters<Interpretation['explaining']>[0], windows = [week]) =>
    new Interpretation(eventsOf(told, 'checkout'), { ...question, windows }).explaining(reported)

  it('is named for a number that is right but in another unit', () => {
    const told = [incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T13:00:00Z')]
    const reported = { window: 0, quantity: 'time to restore', found: 3, tolerance: 0.01 } as const
    expect(named(told, reported)).toEqual(['it is in hours instead of minutes'])
    expect(named(told, { ...reported, found: 10_800 })).toEqual(['it is in seconds instead of minutes'])
  })

  it('is named for a window that is not that of the settings', () => {
    const days = (length: number) => ({ start: week.end - length * 86_400_000, end: week.end })
    const windows = [days(7), days(30), days(90), days(3), days(60)]
    const told = [deployment('d1', noon(2)), deployment('d2', noon(7)), deployment('d3', '2026-02-20T12:00:00Z')]
    const reported = { window: 3, quantity: 'completed deployments', found: 3, tolerance: 0 } as const
    expect(named(told, reported, windows)).toContain('the window of the settings is ignored for one of 30 days')
    expect(named(told, { ...reported, window: 0 }, windows)).not.toContain(
      'the window of the settings is ignored for one of 30 days',
    )
  })

  it('is named for a level at its bound, and for no data that is a number', () => {
    const hour = [incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z')]
    expect(named(hour, { window: 0, quantity: 'time to restore level', found: 'elite', tolerance: 0 })).toContain(
      'a duration at the bound of a level reaches it',
    )
    const half = Array.from({ length: 10 }, (_, index) =>
      deployment(`d${index}`, noon(1 + (index % 7)), index === 0 ? { result: 'FAILURE' } : {}),
    )
    expect(named(half, { window: 0, quantity: 'change failure rate level', found: 'medium', tolerance: 0 })).toContain(
      'a failure rate at the bound of a level does not reach it',
    )
    expect(named([], { window: 0, quantity: 'lead time', found: 0, tolerance: 0.05 })).toEqual([
      'no data is reported as 0',
    ])
  })

  it('is named for an incident before any deployment, and for one that is restored at once', () => {
    const early = [deployment('d1', noon(3)), deployment('d2', noon(4)), incident('i1', noon(2), noon(5))]
    expect(named(early, { window: 0, quantity: 'failed deployments', found: 1, tolerance: 0 })).toEqual([
      'incidents before any deployment are attributed to the first one',
    ])
    const instant = [incident('i1', noon(2), noon(2)), incident('i2', noon(3), '2026-03-03T12:10:00Z')]
    expect(named(instant, { window: 0, quantity: 'resolved incidents', found: 1, tolerance: 0 })).toContain(
      'durations of 0 minutes are left out',
    )
  })

  it('is likeliest when it explains the most', () => {
    expect(likeliest([['a', 'b'], ['b'], [], ['c']])).toEqual(['b'])
    expect(likeliest([[], []])).toEqual([])
  })
})

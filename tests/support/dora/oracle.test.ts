/** The oracle on the edge cases of the definitions, with values worked out by hand. Titles start with the case's number. */
import { describe, expect, it } from 'vitest'
import { compute, eventsOf } from '../../../support/dora/compute'
import type { Commit, Deployment, DoraEvent, Incident } from '../../../support/dora/events'
import { Interpretation, likeliest } from '../../../support/dora/interpretation'
import type { Metrics, Quantity } from '../../../support/dora/metrics'

const at = (text: string) => Date.parse(text)
const week = { start: at('2026-03-01T00:00:00Z'), end: at('2026-03-08T00:00:00Z') }

const commit = (sha: string, authored: string, committed = authored): Commit => ({
  type: 'commit',
  sha,
  repository: 'shop/checkout',
  authoredAt: at(authored),
  committedAt: at(committed),
})

interface DeploymentDetails {
  readonly result?: string | null
  readonly environment?: string
  readonly started?: string
  readonly commits?: readonly string[]
  readonly repository?: string
  readonly project?: string
}

const deployment = (id: string, finished: string | null, details: DeploymentDetails = {}): Deployment => ({
  type: 'deployment',
  project: details.project ?? 'checkout',
  id,
  repository: details.repository ?? 'shop/checkout',
  environment: details.environment ?? 'production',
  result: details.result === undefined ? 'SUCCESS' : details.result,
  startedAt: details.started === undefined ? null : at(details.started),
  finishedAt: finished === null ? null : at(finished),
  commits: details.commits ?? [],
  listsCommits: details.commits !== undefined,
})

const incident = (id: string, created: string, resolved: string | null, details: Partial<Incident> = {}): Incident => ({
  type: 'incident',
  project: 'checkout',
  id,
  environment: 'production',
  severity: 'high',
  createdAt: at(created),
  resolvedAt: resolved === null ? null : at(resolved),
  deploymentId: null,
  ...details,
})

function metricsOf(events: readonly DoraEvent[], window = week): Metrics {
  const [metrics] = compute(events, { project: 'checkout', windows: [window], explained: true }).windows
  if (!metrics) throw new Error('no metrics')
  return metrics
}

const noon = (date: number) => `2026-03-0${date}T12:00:00Z`

describe('deployment frequency', () => {
  it('is 1.43 a day and elite for ten successes in a week', () => {
    const events = Array.from({ length: 10 }, (_, index) => deployment(`d${index}`, noon(1 + (index % 7))))
    const { perDay, deployments, level } = metricsOf(events).deploymentFrequency
    expect(perDay).toBeCloseTo(1.428571, 6)
    expect({ deployments, level }).toEqual({ deployments: 10, level: 'elite' })
  })

  it('1 and 2: counts a success at the start of the window but not at its end', () => {
    const events = [deployment('d1', '2026-03-01T00:00:00Z'), deployment('d2', '2026-03-08T00:00:00Z')]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it('3 and 4: assigns a finish to its UTC day', () => {
    const events = [deployment('d1', '2026-03-02T23:59:59.999Z'), deployment('d2', '2026-03-08T01:00:00+02:00')]
    const { series } = metricsOf(events).deploymentFrequency
    expect(series.filter(({ deployments }) => deployments > 0)).toEqual([
      { date: '2026-03-02', deployments: 1 },
      { date: '2026-03-07', deployments: 1 },
    ])
    expect(series).toHaveLength(7)
  })

  it.each([
    ['the turn of the year', '2025-12-30', '2026-01-02', ['2025-12-30', '2025-12-31', '2026-01-01']],
    ['29 February', '2024-02-28', '2024-03-02', ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['the end of February in other years', '2026-02-27', '2026-03-02', ['2026-02-27', '2026-02-28', '2026-03-01']],
  ])('38: includes days without deployments at %s', (_, from, to, [first = '', quiet = '', last = '']) => {
    const window = { start: at(`${from}T00:00:00Z`), end: at(`${to}T00:00:00Z`) }
    const events = [deployment('d1', `${first}T23:59:59.999Z`), deployment('d2', `${last}T00:00:00Z`)]
    const { series, perDay } = metricsOf(events, window).deploymentFrequency
    expect(series).toEqual([
      { date: first, deployments: 1 },
      { date: quiet, deployments: 0 },
      { date: last, deployments: 1 },
    ])
    expect(perDay).toBeCloseTo(2 / 3, 9)
  })

  it('5: counts a deployment that started before the window and finished in it', () => {
    const events = [deployment('d1', '2026-03-01T00:05:00Z', { started: '2026-02-28T23:50:00Z' })]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it('6 and 8: updates a deployment whose id is sent again', () => {
    const events = [deployment('d1', noon(2), { result: 'FAILURE' }), deployment('d1', noon(2))]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
    expect(metricsOf(events).changeFailureRate.percent).toBe(0)
  })

  it.each(['ABORTED', 'RUNNING', null])('10: leaves out a deployment whose result is %s, and reports it', (result) => {
    const metrics = metricsOf([deployment('d1', noon(2), { result })])
    expect(metrics.deploymentFrequency.perDay).toBeNull()
    expect(metrics.changeFailureRate.percent).toBeNull()
    expect(metrics.leftOut).toHaveLength(1)
  })

  it.each(['staging', ''])('11: leaves out deployments to the environment "%s"', (environment) => {
    expect(metricsOf([deployment('d1', noon(2), { environment })]).deploymentFrequency.perDay).toBeNull()
  })

  it('compares the environment case-insensitively', () => {
    expect(metricsOf([deployment('d1', noon(2), { environment: 'PRODUCTION' })]).deploymentFrequency.deployments).toBe(
      1,
    )
  })

  it('12: is null without deployments, like lead time and change failure rate', () => {
    const { deploymentFrequency, leadTime, changeFailureRate, timeToRestore } = metricsOf([])
    expect([deploymentFrequency.perDay, leadTime.mean, changeFailureRate.percent, timeToRestore.mean]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('13: is 0 without a level for failures alone, and the change failure rate is 100 %', () => {
    const { deploymentFrequency, changeFailureRate } = metricsOf([deployment('d1', noon(2), { result: 'FAILURE' })])
    expect(deploymentFrequency).toMatchObject({ perDay: 0, deployments: 0, level: null })
    expect(changeFailureRate).toMatchObject({ percent: 100, deployments: 1, failed: 1 })
  })

  it('35: counts the same id in two projects separately', () => {
    const events = [deployment('d1', noon(2)), deployment('d1', noon(2), { project: 'payments' })]
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it.each([
    [1, 'high'],
    [2, 'high'],
    [7, 'high'],
    [8, 'elite'],
  ] as const)('for %i deployments in a week is %s', (count, level) => {
    const events = Array.from({ length: count }, (_, index) => deployment(`d${index}`, noon(1 + (index % 7))))
    expect(metricsOf(events).deploymentFrequency.level).toBe(level)
  })
})

describe('lead time for changes', () => {
  it('is 4 h 15 min for a commit authored at 09:00 and deployed at 13:15', () => {
    const events = [commit('c1', '2026-03-02T09:00:00Z'), deployment('d1', '2026-03-02T13:15:00Z', { commits: ['c1'] })]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 255, p50: 255, p95: 255, samples: 1, level: 'high' })
  })

  it('37: ships a commit with the first deployment by time, not by id', () => {
    const events = [
      commit('c1', '2026-03-02T11:00:00Z'),
      commit('c2', '2026-03-03T11:30:00Z'),
      deployment('d1', '2026-03-03T12:00:00Z', { commits: ['c1', 'c2'] }),
      deployment('d2', '2026-03-02T12:00:00Z', { commits: ['c1'] }),
    ]
    // 60 min for c1 with d2, 30 min for c2 with d1. By id, d1 alone would ship both after 25 h.
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 45, samples: 2 })
  })

  it('9: has one sample, from the earliest of several commits', () => {
    const events = [
      commit('c1', '2026-03-02T10:00:00Z'),
      commit('c2', '2026-03-02T09:00:00Z'),
      commit('c3', '2026-03-02T11:00:00Z'),
      deployment('d1', '2026-03-02T12:00:00Z', { commits: ['c1', 'c2', 'c3'] }),
    ]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 180, samples: 1 })
  })

  it('24: leaves out a commit authored after the finish, and reports it', () => {
    const events = [commit('c1', '2026-03-02T13:00:00Z'), deployment('d1', noon(2), { commits: ['c1'] })]
    const { leadTime, leftOut } = metricsOf(events)
    expect(leadTime.samples).toBe(0)
    expect(leftOut).toEqual([expect.objectContaining({ type: 'deployment', id: 'd1' })])
  })

  it('25: starts at the authored date of a rebased commit', () => {
    const events = [
      commit('c1', '2026-03-01T12:00:00Z', '2026-03-02T11:00:00Z'),
      deployment('d1', noon(2), { commits: ['c1'] }),
    ]
    expect(metricsOf(events).leadTime.mean).toBe(1440)
  })

  it('26: carries commits of a failed deployment over to the next success', () => {
    const events = [
      commit('c1', '2026-03-02T09:00:00Z'),
      commit('c2', '2026-03-02T11:00:00Z'),
      deployment('d1', '2026-03-02T10:00:00Z', { commits: ['c1'], result: 'FAILURE' }),
      deployment('d2', noon(2), { commits: ['c1', 'c2'] }),
    ]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 180, samples: 1 })
  })

  it('27: has no sample for a rollback, which still counts as a deployment', () => {
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

  it('29: is high, not elite, at exactly one hour', () => {
    const events = [commit('c1', '2026-03-02T11:00:00Z'), deployment('d1', noon(2), { commits: ['c1'] })]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 60, level: 'high' })
  })

  it('36: has no sample for a first deployment that lists no commits', () => {
    const first = { ...deployment('d1', noon(2), { commits: ['c1'] }), listsCommits: false }
    expect(metricsOf([commit('c1', '2026-03-02T09:00:00Z'), first]).leadTime.samples).toBe(0)
  })

  it('37: follows the times of retries, not the order of their arrival', () => {
    const events = [
      deployment('d3', noon(4), { commits: ['c1'] }),
      deployment('d2', noon(3), { commits: ['c1'], result: 'FAILURE' }),
      deployment('d1', noon(2), { commits: ['c1'] }),
      commit('c1', '2026-03-02T11:00:00Z'),
    ]
    expect(metricsOf(events).leadTime).toMatchObject({ mean: 60, samples: 1 })
  })

  it('interpolates percentiles between the closest ranks', () => {
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
  it('is 10 % and high if two of twenty deployments have an incident', () => {
    const events: DoraEvent[] = Array.from({ length: 20 }, (_, index) => deployment(`d${index}`, noon(1 + (index % 7))))
    events.push(
      incident('i1', noon(2), null, { deploymentId: 'd1' }),
      incident('i2', noon(3), null, { deploymentId: 'd2' }),
    )
    expect(metricsOf(events).changeFailureRate).toEqual({ percent: 10, deployments: 20, failed: 2, level: 'high' })
  })

  it('7: is 50 % for a failure followed by a success under another id', () => {
    const events = [deployment('d1', noon(2), { result: 'Failed' }), deployment('d2', noon(3), { result: 'Succeeded' })]
    expect(metricsOf(events).changeFailureRate.percent).toBe(50)
    expect(metricsOf(events).deploymentFrequency.deployments).toBe(1)
  })

  it('14 and 15: counts a deployment once, even if it has several incidents or failed as well', () => {
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

  it('16: attributes an incident at the instant of a finish to the deployment before', () => {
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

  it('17: ignores an incident before the first deployment, which still has a time to restore', () => {
    const events = [incident('i1', noon(1), '2026-03-01T13:00:00Z'), deployment('d1', noon(2))]
    expect(metricsOf(events).changeFailureRate.percent).toBe(0)
    expect(metricsOf(events).timeToRestore.mean).toBe(60)
  })

  it('18: counts an incident after the end of the window, unlike the time to restore', () => {
    const events = [deployment('d1', noon(7)), incident('i1', '2026-03-09T00:00:00Z', '2026-03-09T01:00:00Z')]
    expect(metricsOf(events).changeFailureRate.percent).toBe(100)
    expect(metricsOf(events).timeToRestore.mean).toBeNull()
  })

  it.each([
    [1, 20, 'elite'],
    [2, 20, 'high'],
    [3, 20, 'medium'],
    [4, 20, 'low'],
  ] as const)('28: for %i failures in %i deployments is %s', (failed, total, level) => {
    const events = Array.from({ length: total }, (_, index) =>
      deployment(`d${index}`, noon(2), { result: index < failed ? 'FAILURE' : 'SUCCESS' }),
    )
    expect(metricsOf(events).changeFailureRate.level).toBe(level)
  })

  it('attributes an incident that names an unknown deployment to no deployment', () => {
    const events = [deployment('d1', noon(2)), incident('i1', noon(3), null, { deploymentId: 'gone' })]
    expect(metricsOf(events).changeFailureRate.percent).toBe(0)
  })
})

describe('mean time to restore', () => {
  it('is 45 min and elite for an incident from 14:00 to 14:45', () => {
    const events = [incident('i1', '2026-03-02T14:00:00Z', '2026-03-02T14:45:00Z')]
    expect(metricsOf(events).timeToRestore).toMatchObject({ mean: 45, incidents: 1, level: 'elite' })
  })

  it('19: counts the full duration of an incident created before the window', () => {
    expect(metricsOf([incident('i1', '2026-02-28T23:00:00Z', '2026-03-01T01:00:00Z')]).timeToRestore.mean).toBe(120)
  })

  it('20: is null for open incidents alone, which still count in the change failure rate', () => {
    const { timeToRestore, changeFailureRate } = metricsOf([deployment('d1', noon(2)), incident('i1', noon(3), null)])
    expect([timeToRestore.mean, changeFailureRate.percent]).toEqual([null, 100])
  })

  it('21: is 0 and elite, not null, for an incident resolved at its creation', () => {
    expect(metricsOf([incident('i1', noon(2), noon(2))]).timeToRestore).toMatchObject({ mean: 0, level: 'elite' })
  })

  it('22: leaves out an incident resolved before its creation, and reports it', () => {
    const { timeToRestore, leftOut } = metricsOf([incident('i1', noon(3), noon(2))])
    expect(timeToRestore.incidents).toBe(0)
    expect(leftOut).toEqual([{ type: 'incident', id: 'i1', reason: 'it was resolved before it was created' }])
  })

  it('23: measures a reopened incident from its first creation to its last resolution', () => {
    const events = [
      incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T10:30:00Z'),
      incident('i1', '2026-03-02T11:00:00Z', '2026-03-02T12:00:00Z'),
    ]
    expect(metricsOf(events).timeToRestore).toMatchObject({ mean: 120, incidents: 1 })
  })

  it('30: counts a low incident unless the settings name other severities', () => {
    const low = incident('i1', noon(2), '2026-03-02T13:00:00Z', { severity: 'low' })
    expect(metricsOf([low]).timeToRestore.incidents).toBe(1)
    const [chosen] = compute([low], { project: 'checkout', windows: [week], severities: ['HIGH'] }).windows
    expect(chosen?.timeToRestore.incidents).toBe(0)
  })
})

describe('rework', () => {
  it('is 10 % for five repeats in fifty builds', () => {
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

describe('an alternative definition', () => {
  const question = { project: 'checkout', windows: [week] }
  const events = [
    deployment('d1', noon(2)),
    deployment('d2', noon(3)),
    deployment('d3', noon(4), { result: 'FAILURE' }),
  ]
  const found = (found: number) => ({ window: 0, quantity: 'deployments' as const, found, tolerance: 0 })

  it('is named if it yields the number found', () => {
    const interpretation = new Interpretation(eventsOf(events, 'checkout'), question)
    expect(interpretation.explaining(found(3))).toEqual(['failed deployments count as deployments'])
    expect(interpretation.explaining(found(17))).toEqual([])
  })

  const named = (
    events: readonly DoraEvent[],
    reported: Parameters<Interpretation['explaining']>[0],
    windows = [week],
  ) => new Interpretation(eventsOf(events, 'checkout'), { ...question, windows }).explaining(reported)

  it('is named for commits that were in staging before production', () => {
    const sent = [
      commit('c1', '2026-03-02T08:00:00Z'),
      commit('c2', '2026-03-03T08:00:00Z'),
      deployment('s1', '2026-03-02T10:00:00Z', { environment: 'staging', commits: ['c1'] }),
      deployment('p1', noon(3), { commits: ['c1', 'c2'] }),
    ]
    const reported = { window: 0, quantity: 'lead time', found: 4 * 60, tolerance: 0.01 } as const
    expect(named(sent, reported)).toContain('commits that another environment has shipped do not count as new')
  })

  it('is named for a correct number in another unit', () => {
    const sent = [incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T13:00:00Z')]
    const reported = { window: 0, quantity: 'time to restore', found: 3, tolerance: 0.01 } as const
    expect(named(sent, reported)).toEqual(['the value is in hours instead of minutes'])
    expect(named(sent, { ...reported, found: 10_800 })).toEqual(['the value is in seconds instead of minutes'])
    const sum = { window: null, quantity: 'sum of all times to restore', tolerance: 0.01 } as const
    expect(named(sent, { ...sum, found: 180 })).toEqual(['the value is in minutes instead of seconds'])
    expect(named(sent, { ...sum, found: 3 })).toEqual(['the value is in hours instead of seconds'])
    expect(named(sent, { ...sum, found: 10_800_000 })).toEqual(['the value is in milliseconds instead of seconds'])
    const ratio = { window: 0, quantity: 'change failure ratio', found: 100, tolerance: 1e-6 } as const
    expect(named([deployment('d1', noon(2), { result: 'FAILURE' })], ratio)).toContain(
      'the value is a percentage instead of a ratio',
    )
  })

  it('is named for a correct number in days, in milliseconds, or per month', () => {
    const sent = [incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T13:00:00Z'), deployment('d1', noon(2))]
    const restored = { window: 0, quantity: 'time to restore', tolerance: 1e-6 } as const
    expect(named(sent, { ...restored, found: 0.125 })).toEqual(['the value is in days instead of minutes'])
    expect(named(sent, { ...restored, found: 10_800_000 })).toEqual(['the value is in milliseconds instead of minutes'])
    const frequency = { window: 0, quantity: 'deployment frequency', found: 30 / 7, tolerance: 1e-6 } as const
    expect(named(sent, frequency)).toEqual(['the value is per month instead of per day'])
  })

  it('is named for a window other than that of the settings', () => {
    const days = (length: number) => ({ start: week.end - length * 86_400_000, end: week.end })
    const windows = [days(7), days(30), days(90), days(3), days(60)]
    const sent = [deployment('d1', noon(2)), deployment('d2', noon(7)), deployment('d3', '2026-02-20T12:00:00Z')]
    const reported = { window: 3, quantity: 'completed deployments', found: 3, tolerance: 0 } as const
    expect(named(sent, reported, windows)).toContain('a window of 30 days is used instead of the one in the settings')
    expect(named(sent, { ...reported, window: 0 }, windows)).not.toContain(
      'a window of 30 days is used instead of the one in the settings',
    )
  })

  it('is named for a level at its bound, and for missing data reported as 0', () => {
    const hour = [incident('i1', '2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z')]
    expect(named(hour, { window: 0, quantity: 'time to restore level', found: 'elite', tolerance: 0 })).toContain(
      'a duration exactly at the bound of a level reaches that level',
    )
    const half = Array.from({ length: 10 }, (_, index) =>
      deployment(`d${index}`, noon(1 + (index % 7)), index === 0 ? { result: 'FAILURE' } : {}),
    )
    expect(named(half, { window: 0, quantity: 'change failure rate level', found: 'medium', tolerance: 0 })).toContain(
      'a failure rate exactly at the bound of a level does not reach that level',
    )
    expect(named([], { window: 0, quantity: 'lead time', found: 0, tolerance: 0.05 })).toEqual([
      'missing data is reported as 0',
    ])
  })

  it('is named for an incident before the first deployment, and for one resolved at once', () => {
    const early = [deployment('d1', noon(3)), deployment('d2', noon(4)), incident('i1', noon(2), noon(5))]
    expect(named(early, { window: 0, quantity: 'failed deployments', found: 1, tolerance: 0 })).toEqual([
      'incidents before the first deployment are attributed to it',
    ])
    const instant = [incident('i1', noon(2), noon(2)), incident('i2', noon(3), '2026-03-03T12:10:00Z')]
    expect(named(instant, { window: 0, quantity: 'resolved incidents', found: 1, tolerance: 0 })).toContain(
      'durations of 0 minutes are left out',
    )
  })

  it('does not explain missing data if it would also change what is reported right', () => {
    const sent = [
      deployment('d1', noon(2), { environment: 'production' }),
      incident('i1', noon(3), noon(4), { environment: 'production' }),
    ]
    const missing = { window: 0, quantity: 'time to restore', found: null, tolerance: 0 } as const
    const capitals = 'the environment is compared case-sensitively, with its name in capitals'
    expect(named(sent, missing)).toContain(capitals)
    const beside = new Interpretation(eventsOf(sent, 'checkout'), question, ['deployment frequency'])
    expect(beside.explaining(missing)).not.toContain(capitals)
  })

  it('does not explain a number by chance: it keeps what is right, or explains all that is wrong', () => {
    const sent = [deployment('d1', noon(2)), deployment('d2', noon(3), { environment: 'staging' })]
    const twice = { window: 0, quantity: 'deployments', found: 2, tolerance: 0 } as const
    const often = { window: 0, quantity: 'completed deployments', found: 9, tolerance: 0 } as const
    const every = 'deployments to every environment count'
    const beside = (...right: Quantity[]) => new Interpretation(eventsOf(sent, 'checkout'), question, right)
    expect(beside().explainingAll([twice, often])).toEqual([expect.arrayContaining([every]), []])
    expect(beside('deployment frequency').explainingAll([twice, often])).toEqual([[], []])
    expect(beside('deployment frequency').explainingAll([twice, undefined])).toEqual([
      expect.arrayContaining([every]),
      [],
    ])
  })

  it('is likeliest if it explains the most differences', () => {
    expect(likeliest([['a', 'b'], ['b'], [], ['c']])).toEqual(['b'])
    expect(likeliest([[], []])).toEqual([])
  })

  it('is not likely if it explains next to nothing', () => {
    expect(likeliest([['a'], ...Array<string[]>(9).fill([])])).toEqual(['a'])
    expect(likeliest([['a'], ...Array<string[]>(10).fill([])])).toEqual([])
  })

  it('is named for commits that count as new again', () => {
    const sent = [
      commit('c1', '2026-03-02T08:00:00Z'),
      commit('c2', '2026-03-03T10:00:00Z'),
      deployment('p1', noon(2), { commits: ['c1'] }),
      deployment('p2', noon(3), { commits: ['c1', 'c2'] }),
    ]
    const reported = { window: 0, quantity: 'lead time', found: (4 + 28) * 30, tolerance: 0.01 } as const
    expect(named(sent, reported)).toContain('commits count as new in every deployment that contains them')
  })
})

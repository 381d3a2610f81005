/** The reasons for a metric without a sample, the bounds of the table, and the environment in the settings. */
import { describe, expect, it } from 'vitest'
import { addSamples, CommitCount, noSamples, reasonFor } from '../../../../support/checks/numbers/samples'
import type { ShippedDeployment } from '../../../../support/dora/definitions'
import { ProjectOracle } from '../../../../support/dora/oracle'
import { storedBenchmarks } from '../../../../support/dora/stored-benchmarks'

const finishedAt = Date.UTC(2026, 2, 2)
const deployment = (sha: string, authoredAt: number | null, environment = 'production'): ShippedDeployment => ({
  ...{ id: sha, repository: 'shop', environment, result: 'SUCCESS', startedAt: null, finishedAt, listsCommits: true },
  commits: [{ sha, authoredAt, committedAt: null }],
})

describe('the reason for a lead time without a sample', () => {
  const events = { deployments: 1, commits: 1, incidents: 0, builds: 0 }
  const reasonOf = (sha: string, authoredAt: number | null) => {
    const commits = new CommitCount()
    commits.add(deployment(sha, authoredAt))
    return reasonFor('lead time', events, commits)
  }

  it.each([
    ['short SHAs', 'abc1234', null, /name short SHAs, such as abc1234, which match no commit/],
    ['unknown commits', 'a'.repeat(40), null, /none of the 1 commits .* is in the table commits/],
    ['no new commits', 'a'.repeat(40), finishedAt, /no recent successful production deployment has new commits/],
  ])('names %s', (_, sha, authoredAt, reason) => {
    expect(reasonOf(sha, authoredAt)).toMatch(reason)
  })

  it('names an incident that is connected to no project', () => {
    expect(reasonFor('time to restore', events, new CommitCount())).toBe('no incident is connected to a project')
  })
})

describe('the samples of the change failure rate', () => {
  const window = { start: finishedAt - 86_400_000, end: finishedAt + 86_400_000 }
  const samplesOf = (result: 'SUCCESS' | 'FAILURE', incidents: number) => {
    const oracle = new ProjectOracle({ project: 'payments', windows: [window] })
    oracle.deployment({ ...deployment('a', finishedAt - 60_000), result })
    return addSamples(noSamples, oracle.result(), { deployments: 1, commits: 1, incidents, builds: 0 })[
      'change failure rate'
    ]
  }

  it('are the deployments of a project whose failures are known', () => {
    expect([samplesOf('SUCCESS', 1), samplesOf('FAILURE', 0)]).toEqual([1, 1])
  })

  it('are none where no deployment failed and no incident is connected: 0 % says nothing', () => {
    expect(samplesOf('SUCCESS', 0)).toBe(0)
    const events = { deployments: 1, commits: 1, incidents: 0, builds: 0 }
    expect(reasonFor('change failure rate', events, new CommitCount())).toMatch(/no incident is connected to a project/)
  })
})

describe('the bounds of the table', () => {
  const elite = (maximum: number, unit = 'minutes') => ({
    ...{ metric: 'lead_time', level: 'elite', minimum: 0, maximum, unit },
  })
  const others = [
    { metric: 'lead_time', level: 'high', minimum: 60, maximum: 1440, unit: 'minutes' },
    { metric: 'lead_time', level: 'medium', minimum: 1440, maximum: 10_080, unit: 'minutes' },
  ]

  it('are the published ones, in any unit', () => {
    expect(storedBenchmarks([elite(60), ...others]).deviations.leadTime).toEqual([])
    expect(storedBenchmarks([elite(1, 'hours'), ...others]).deviations.leadTime).toEqual([])
    expect(storedBenchmarks([]).deviations.timeToRestore).toEqual([])
  })

  it.each<[string, readonly number[], readonly string[]]>([
    ['mttr', [1, 24, 7], ['hour', 'Hours', 'days']],
    ['lead_time', [3600, 86_400, 604_800], ['seconds', 's', 'SECOND']],
    ['lead_time', [1, 1, 1], ['h', ' day ', 'weeks']],
    ['change_failure_rate', [5, 0.1, 15], ['%', 'ratio', 'percent']],
    ['deployment_frequency', [1, 1, 1], ['deployments_per_day', 'per week', '/month']],
  ])('are read in the words of %s: %j in %j', (metric, values, units) => {
    const rows = (['elite', 'high', 'medium'] as const).map((level, index) => {
      const value = values[index] ?? 0
      return { metric, level, minimum: value, maximum: value, unit: units[index] ?? '' }
    })
    expect(Object.values(storedBenchmarks(rows).deviations).flat()).toEqual([])
  })

  it('are read whatever the case of their words', () => {
    const rows = [elite(120), ...others].map((row) => ({
      ...{ ...row, metric: row.metric.toUpperCase(), level: row.level.replace(/^./, (first) => first.toUpperCase()) },
    }))
    expect(storedBenchmarks(rows)).toEqual(storedBenchmarks([elite(120), ...others]))
  })

  it('deviate in an unknown unit, although their numbers do not', () => {
    const { benchmarks, deviations } = storedBenchmarks([elite(60, 'fortnights'), ...others])
    expect(deviations.leadTime).toEqual(['lead_time elite: in the unknown unit fortnights'])
    expect(benchmarks.leadTime[0]).toEqual({ level: 'elite', minutes: 60 })
    const odd = storedBenchmarks([elite(60, 'constructor'), ...others])
    expect(odd.deviations.leadTime).toEqual(['lead_time elite: in the unknown unit constructor'])
  })

  it('decide the levels, and are named where they differ', () => {
    const { benchmarks, deviations } = storedBenchmarks([elite(120), ...others])
    expect(deviations.leadTime).toEqual(['lead_time elite: 120 min instead of 60 min'])
    expect(benchmarks.leadTime[0]).toEqual({ level: 'elite', minutes: 120 })
  })
})

describe('the environment in the settings', () => {
  it('decides the deployment frequency, and no other metric', () => {
    const window = { start: finishedAt - 86_400_000, end: finishedAt + 86_400_000 }
    const oracle = new ProjectOracle({ project: 'payments', windows: [window], frequencyEnvironment: 'Staging' })
    for (const [sha, environment] of [
      ['a', 'production'],
      ['b', 'staging'],
      ['c', 'staging'],
      ['d', 'test'],
    ] as const)
      oracle.deployment(deployment(sha, finishedAt - 60_000, environment))
    const [metrics] = oracle.result().windows
    expect(metrics?.deploymentFrequency.deployments).toBe(2)
    expect(metrics?.changeFailureRate.deployments).toBe(1)
    expect(metrics?.leadTime.samples).toBe(1)
  })
})

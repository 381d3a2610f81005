/** A surface in the list is read by the reconciliation, the stories, the check of the instruments and `explain`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { comment } from '../../../support/basis/command'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { explainProject } from '../../../support/checks/numbers/explanation'
import { RecomputedNumbers } from '../../../support/checks/numbers/recomputed-numbers'
import { expectNumbers } from '../../../support/checks/numbers/story-numbers'
import { configurationSchema } from '../../../support/configuration/schema'
import type { Window } from '../../../support/dora/metrics'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import type { Platform } from '../../../support/platform/platform'
import { type Surface, surfacesOf } from '../../../support/service/surfaces'
import type { Told } from '../../../support/stories/arrangement'

/** Why no component can be reached; undefined while all can. */
const unreachable = vi.hoisted((): { error: Error | undefined } => ({ error: undefined }))
vi.mock('../../../support/checks/reachability', () => ({
  expectReachable: async () => {
    if (unreachable.error) throw unreachable.error
  },
}))

/** True once Prometheus has had time to scrape the service. */
const settled = vi.hoisted(() => ({ now: false }))
vi.mock('../../../support/checks/monitoring', async (original) => ({
  ...(await original<object>()),
  Settled: class {
    isBy = async () => settled.now
  },
}))

const now = Date.UTC(2026, 2, 8, 12)
const day = 86_400_000

/** One successful production deployment, the day before. */
const deployment = ['d1', 'shop', 'PRODUCTION', 'SUCCESS', now - day - 1000, now - day, 1, null, null, null]

const tables = {
  deploymentCommits: { table: 'deployment_commits', deployment: 'deployment_id', commit: 'commit_sha' },
  incidents: { table: 'links', incident: 'i', project: 'p', environment: 'e', deployment: 'd' },
  builds: {
    ...{ table: 'builds', id: 'id', project: 'project', commit: 'commit', stage: 'stage' },
    ...{ result: 'result', started: 'started', finished: 'finished' },
  },
}

const overview = {
  timeRange: { end: new Date(now).toISOString() },
  metrics: {
    deploymentFrequency: { value: null, unit: 'per_day', level: null },
    leadTimeForChanges: { value: null, unit: 'minutes', level: null, p50: null, p95: null },
    changeFailureRate: { value: null, unit: 'percent', level: null, total_deployments: 0, failed_deployments: 0 },
    meanTimeToRestore: { value: null, unit: 'minutes', level: null, p50: null, p95: null },
  },
}

/** The columns of the tables that the configuration names. */
const columnsOf = (events: object) =>
  Object.values(events).flatMap(({ table, ...columns }: Record<string, string>) =>
    Object.values(columns).map((name) => ({ table, name, type: 'varchar' })),
  )

function platformWith(events: object): Platform {
  const secret = new Map([
    ['token', 'of the API'],
    ['mysql-password', 'of the database'],
  ])
  const answer = (path: string) => (path === '/api/projects' ? [{ name: 'checkout' }] : overview)
  return {
    contract: fawkes,
    configuration: configurationSchema(fawkes.names).parse({ events, deadlines: { condition: '300ms' } }),
    registerSecrets: async () => {},
    kubernetes: { namespace: 'fawkes', secret: async () => secret, now: new Date(now) },
    rest: {
      get: async (path: string) => ({
        url: `http://lake${path}`,
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(answer(path)),
      }),
    },
    database: {
      rows: async (_: unknown, __: unknown, statement: string) => {
        if (statement.includes('UTC_TIMESTAMP(3)')) return [{ now }]
        return statement.includes('information_schema.columns') ? columnsOf(events) : []
      },
      stream: async (
        _: unknown,
        statements: readonly { statement: string; row: (values: readonly unknown[]) => void }[],
      ) => {
        for (const { statement, row } of statements) if (statement.includes('FROM deployments d')) row(deployment)
      },
    },
  } as unknown as Platform
}

/** The queries that the surfaces received, such as "Pager last7days". */
let asked: string[]
let platform: Platform

/** True for the window that ended before the one deployment. */
const hasEnded = (range: unknown) => typeof range === 'object' && (range as Window).end < now

const inWords = (range: unknown) =>
  hasEnded(range) ? 'an ended window' : typeof range === 'object' ? 'a window' : String(range ?? 'its default')

/** A surface that no contract knows; by default, it reports the one deployment. */
function pager(parts: Partial<Surface> = {}, deployments = 1): Surface {
  const surface: Surface = {
    name: 'Pager',
    reports: ['deployment frequency'],
    covers: 'a range',
    accepts: 'any window',
    defaultWindow: null,
    lag: 'none',
    source: 'service',
    read: async (_, { project, range }) => {
      asked.push(`Pager ${project} ${inWords(range)}`)
      return { reading: { deployments: hasEnded(range) ? 0 : deployments }, command: comment`page the surface` }
    },
    expectReadable: async () => {
      asked.push('Pager readable')
    },
  }
  return { ...surface, ...parts } as Surface
}

const told = { story: { project: 'checkout', settings: {} }, seen: new Set<number>() } as unknown as Told
const window = { start: now - 7 * day, end: now }

beforeEach(() => {
  asked = []
  settled.now = false
  unreachable.error = undefined
  platform = platformWith(tables)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const caught = (check: Promise<unknown>): Promise<unknown> =>
  check.then(
    () => expect.unreachable('The check passed.'),
    (error: unknown) => error,
  )

describe('the list', () => {
  const names = (events: object) => surfacesOf(platformWith(events)).map(({ name }) => name)
  const frequencies = ['deployment-frequency', 'deployment-frequency by week', 'deployment-frequency by month']
  const leadTimes = ['lead-time', 'lead-time with stages']
  const summaries = ['metrics', ...frequencies, ...leadTimes, 'change-failure-rate', 'mttr']
  const bySeverity = ['critical', 'high', 'medium', 'low'].map((severity) => `mttr of severity ${severity}`)
  const rest = [
    ...[...summaries, ...bySeverity, 'rework'].map((path) => `REST /api/dora/${path}`),
    'REST /api/deployments',
  ]
  const graphql = ['GraphQL', 'GraphQL deployments', 'GraphQL incidents']
  const service = [...rest, ...graphql, '/metrics', 'Prometheus']

  it('has every surface of the contract, and the stored events', () => {
    expect(names(tables)).toEqual([...service, 'SQL'])
  })

  it('leaves out the stored events when the configuration does not name all tables', () => {
    expect(names({})).toEqual(service)
  })

  it('leaves out what the contract has no counterpart for', () => {
    const absent = { absent: 'It has none.' }
    const contract = { ...fawkes, metrics: absent, dora: { ...fawkes.dora, graphql: absent } }
    expect(surfacesOf({ ...platform, contract }).map(({ name }) => name)).toEqual([
      ...service.slice(0, rest.length),
      'SQL',
    ])
  })
})

describe('a surface that was added', () => {
  it('is compared by the reconciliation over every range', async () => {
    const numbers = new RecomputedNumbers(platform, [pager()])
    expect(await numbers.expectMetric('deployment frequency')).toMatch(/^1 projects, 1 deployments.*; 4 answers/)
    const ranges = ['last7days', 'last30days', 'last90days'].map((range) => `Pager checkout ${range}`)
    expect(asked).toEqual(['Pager readable', ...ranges, 'Pager checkout an ended window'])
  })

  it('is a finding of the reconciliation when its number is wrong', async () => {
    const numbers = new RecomputedNumbers(platform, [pager({}, 7)])
    const error = await caught(numbers.expectMetric('deployment frequency'))
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toMatchObject({
      finding: {
        summary: expect.stringMatching(
          /^Pager reports 7 for the deployments of checkout \(last 7 days\); its events yield 1\./,
        ),
        object: 'deployment frequency of checkout',
        found: expect.stringContaining('checkout | Pager | last 30 days | deployments | 1 | 7'),
        remedy: ['# page the surface'],
      },
    })
  })

  it('is queried for its default window, which depends on the settings', async () => {
    const numbers = new RecomputedNumbers(platform, [pager({ defaultWindow: 'frequencyWindowDays' }, 7)])
    const error = await caught(numbers.expectWindowInForce('deployment frequency'))
    expect(error).toMatchObject({
      finding: { found: expect.stringContaining('the window of its settings | deployments | 1 | 7') },
    })
    expect(asked).toContain('Pager checkout its default')
  })

  it('is queried without a range for the fixed range that the contract documents', async () => {
    const numbers = new RecomputedNumbers(platform, [pager({ defaultWindow: 'last30days' }, 7)])
    const error = await caught(numbers.expectMetric('deployment frequency'))
    expect(error).toMatchObject({
      finding: { found: expect.stringContaining('checkout | Pager | the default range | deployments | 1 | 7') },
    })
  })

  it.each([
    [1, 5],
    [0, undefined],
  ])('may answer %s for any range if the contract names no default: %s answers', async (deployments, answers) => {
    const read: Surface['read'] = async (_, { range }) => ({
      reading: { deployments: range === undefined ? deployments : hasEnded(range) ? 0 : 1 },
      command: comment`page the surface`,
    })
    const numbers = new RecomputedNumbers(platform, [pager({ defaultWindow: 'any', read })])
    const compared = await numbers.expectMetric('deployment frequency').catch((error) => error)
    if (answers) expect(compared).toMatch(new RegExp(`; ${answers} answers`))
    else
      expect(compared).toMatchObject({
        finding: { summary: expect.stringContaining('Pager reports 0 for the deployments of checkout (the default') },
      })
  })

  it('is queried once if it covers all time', async () => {
    const read: Surface['read'] = async (_, { range }) => {
      asked.push(`Pager ${inWords(range)}`)
      return { reading: { 'all-time deployments': 2 }, command: comment`page the surface` }
    }
    const numbers = new RecomputedNumbers(platform, [pager({ covers: 'all time', read })])
    const error = await caught(numbers.expectMetric('deployment frequency'))
    expect(error).toMatchObject({
      finding: { found: expect.stringContaining('checkout | Pager | all time | all-time deployments | 1 | 2') },
    })
    expect(asked).toEqual(['Pager readable', 'Pager its default'])
  })

  it('is compared by stories', async () => {
    expect(await expectNumbers(platform, told, 'last7days', { deployments: 1 }, [pager()])).toBe('Pager: 1')
    const error = await caught(expectNumbers(platform, told, 'last7days', { deployments: 1 }, [pager({}, 7)]))
    expect(error).toMatchObject({
      finding: {
        summary: expect.stringMatching(
          /^Pager reports 7 for the deployments of the story \(last 7 days\); the events that were sent yield 1\./,
        ),
        found: expect.stringContaining('Pager | deployments | 1 | 7'),
      },
    })
  })

  it('must be readable before any number is compared', async () => {
    await new RecomputedNumbers(platform, [pager()]).expectReadable()
    expect(asked).toEqual(['Pager readable'])
    const silent = async () => {
      throw new Error('The pager is silent.')
    }
    const numbers = new RecomputedNumbers(platform, [pager({ expectReadable: silent } as Partial<Surface>)])
    await expect(numbers.expectReadable()).rejects.toThrow('The pager is silent.')
  })

  it('is shown by explain', async () => {
    const { surfaces } = await explainProject(platform, 'checkout', window, [pager()])
    expect(surfaces).toEqual([{ surface: 'Pager', reading: { deployments: 1 } }])
    expect(asked).toEqual(['Pager checkout a window'])
  })
})

describe('a surface that accepts named ranges only', () => {
  const named = () => pager({ accepts: 'named ranges' })

  it('is not queried for a window', async () => {
    expect((await explainProject(platform, 'checkout', window, [named()])).surfaces).toEqual([])
    expect(await expectNumbers(platform, told, window, { deployments: 1 }, [named(), pager()])).toBe('Pager: 1')
    expect(asked).toEqual(['Pager checkout a window'])
  })
})

describe('a surface that lags by a scrape', () => {
  /** Reports a wrong number until it has been read three times for each of the named ranges. */
  const lagging = (reads = 0): Surface =>
    pager({
      lag: 'scrape',
      read: async (_, { range }) => ({
        reading: { deployments: hasEnded(range) ? 0 : ++reads > 6 ? 1 : 7 },
        command: comment`page the surface`,
      }),
    })
  const check = (surfaces: readonly Surface[]) =>
    new RecomputedNumbers(platform, [...surfaces]).expectMetric('deployment frequency')

  it('is compared again until it has caught up', async () => {
    expect(await check([lagging()])).toMatch(/; 4 answers/)
  })

  it('is reported as wrong once it has had time to catch up', async () => {
    settled.now = true
    expect(await caught(check([lagging()]))).toBeInstanceOf(Unmet)
  })

  it('is not compared again when a surface without a lag is wrong too', async () => {
    expect(await caught(check([lagging(), pager({}, 7)]))).toBeInstanceOf(Unmet)
    expect(asked.filter((question) => question !== 'Pager readable')).toHaveLength(4)
  })
})

describe('a surface that cannot be read', () => {
  const down = new Unmet({
    summary: 'The pager is down.',
    object: 'pager',
    expected: 'a pager',
    found: 'nothing',
    remedy: [],
  })
  const failing = async () => {
    throw down
  }
  const broken = (parts: Partial<Surface>) => pager({ name: 'Fax', ...parts } as Partial<Surface>)
  const check = (...surfaces: Surface[]) =>
    caught(new RecomputedNumbers(platform, surfaces).expectMetric('deployment frequency'))

  it('does not hide a wrong number of another one', async () => {
    for (const fax of [broken({ expectReadable: failing } as Partial<Surface>), broken({ read: failing })]) {
      const error = await check(fax, pager({}, 7))
      expect(error).toBeInstanceOf(Unmet)
      expect(error).toMatchObject({ finding: { summary: expect.stringMatching(/^Pager reports 7 /) } })
    }
  })

  it('blocks the metric if its own item fails, and fails it if only its answer is undocumented', async () => {
    const instrument = await check(broken({ expectReadable: failing } as Partial<Surface>), pager())
    expect(instrument).toBeInstanceOf(Blocked)
    expect(instrument).toMatchObject({ finding: { summary: 'The pager is down.' } })
    expect(await check(broken({ read: failing }), pager())).toBe(down)
  })

  it('blocks the metric beside others that cannot be read, each of which is named once', async () => {
    const closed = (summary: string, name: string) =>
      pager({
        name,
        expectReadable: async () => {
          throw new Unmet({ ...down.finding, summary, remedy: [] })
        },
      } as Partial<Surface>)
    const error = await check(closed('The fax is down.', 'Fax'), closed('The telex is down.', 'Telex'), pager())
    expect(error).toBeInstanceOf(Blocked)
    expect(error).toMatchObject({
      finding: { summary: 'The fax is down.' },
      further: [{ summary: 'The telex is down.' }],
    })
    const one = await check(closed('The line is down.', 'Fax'), closed('The line is down.', 'Telex'), pager())
    expect(one).toMatchObject({ finding: { summary: 'The line is down.' }, further: [] })
  })

  it('is named beside the events where these cannot be read either', async () => {
    const numbers = new RecomputedNumbers(platform, [broken({ expectReadable: failing } as Partial<Surface>), pager()])
    const lost = new Blocked({ ...down.finding, summary: 'The lake is down.', remedy: [] })
    unreachable.error = lost
    expect(await caught(numbers.expectComparable())).toMatchObject({
      finding: { summary: 'The lake is down.' },
      further: [{ summary: 'The pager is down.' }],
    })
    expect(await caught(new RecomputedNumbers(platform, [pager()]).expectComparable())).toMatchObject({
      finding: { summary: 'The lake is down.' },
      further: [],
    })
  })

  it('concerns only the metrics that it reports', async () => {
    const fax = broken({ read: failing, reports: ['lead time'] })
    const numbers = new RecomputedNumbers(platform, [fax, pager()])
    expect(await numbers.expectMetric('deployment frequency')).toMatch(/; 4 answers/)
    expect(await caught(numbers.expectMetric('lead time'))).toBe(down)
  })
})

describe('numbers that are old', () => {
  /** A surface whose right numbers end so long before the clock of the database. */
  const aged = (age: number, name = 'Pager'): Surface =>
    pager({
      name,
      read: async () => ({
        reading: { deployments: 1 },
        command: comment`page the surface`,
        covered: { end: now - age },
        at: now,
      }),
    })
  const check = (...surfaces: Surface[]) =>
    new RecomputedNumbers(platform, surfaces).expectMetric('deployment frequency')

  it('fail every metric with one cause if no collection has ended for days, whatever the surfaces agree on', async () => {
    const numbers = new RecomputedNumbers(platform, [aged(3 * day), aged(3 * day, 'Fax')])
    const errors = await Promise.all(
      (['deployment frequency', 'lead time', 'change failure rate', 'time to restore'] as const).map((metric) =>
        caught(numbers.expectMetric(metric)),
      ),
    )
    for (const error of errors) {
      expect(error).toBeInstanceOf(Unmet)
      expect(error).toMatchObject({
        finding: {
          summary: 'The last completed collection of the service is 3 days old.',
          object: 'collection of the service',
        },
      })
    }
  })

  it('fail if the range of one surface is old', async () => {
    expect(await caught(check(aged(0), aged(2 * day, 'Fax')))).toMatchObject({
      finding: { summary: 'Fax reports numbers of checkout that are 2 days old.', object: 'range of Fax' },
    })
  })

  it.each([
    [0, 'deployments of checkout'],
    [30, undefined],
  ])('lack a deployment that is late by every clock: the database is %s min ahead', async (ahead, object) => {
    const { rows } = platform.database
    const found = async (...asked: Parameters<typeof rows>) =>
      String(asked[2]).includes('.cicd_deployments')
        ? [{ project: 'checkout', at: now - 75 * 60_000 }]
        : rows.apply(platform.database, asked)
    Object.assign(platform.database, { rows: found })
    Object.assign(platform.kubernetes, { now: new Date(now - ahead * 60_000) })
    const judged = await check(pager()).catch((error) => error)
    expect(judged instanceof Unmet ? judged.finding.object : undefined).toBe(object)
  })

  it('are accepted within the schedule and the time that a collection takes', async () => {
    // The defaults: 1 h and 10 min.
    expect(await caught(check(aged(71 * 60_000)))).toBeInstanceOf(Unmet)
    const late = await check(aged(60_000)).catch((error) => error)
    expect(late).not.toMatchObject({ finding: { object: 'collection of the service' } })
  })
})

describe('a metric without a sample of its own', () => {
  it('is blocked, although another metric has events', async () => {
    const numbers = new RecomputedNumbers(platform, [pager({ reports: ['deployment frequency', 'lead time'] })])
    expect(await numbers.expectMetric('deployment frequency')).toMatch(/; 4 answers/)
    const error = await caught(numbers.expectMetric('lead time'))
    expect(error).toBeInstanceOf(Blocked)
    expect(error).toMatchObject({
      finding: {
        summary: 'There is no data yet: no sample of the lead time in the ranges that are compared.',
        found: 'none; likely reason: none of the 1 deployments has a commit',
      },
    })
  })
})

describe('the stored events', () => {
  it('are compared by stories, but not by the checks that compare surfaces with them', async () => {
    const stored = [pager({ source: 'stored events' })]
    expect(await expectNumbers(platform, told, 'last7days', { deployments: 1 }, stored)).toBe('Pager: 1')
    asked = []
    const numbers = new RecomputedNumbers(platform, stored)
    expect(await caught(numbers.expectMetric('deployment frequency'))).toBeInstanceOf(Blocked)
    await numbers.expectReadable()
    expect((await explainProject(platform, 'checkout', window, stored)).surfaces).toEqual([])
    expect(asked).toEqual([])
  })
})

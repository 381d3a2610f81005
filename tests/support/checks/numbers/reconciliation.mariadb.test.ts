/** The reconciliation over every surface of a real service: correct numbers pass, and a wrong definition is found and explained. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Blocked, Unmet } from '../../../../support/basis/expectation'
import { explainProject } from '../../../../support/checks/numbers/explanation'
import { RecomputedNumbers } from '../../../../support/checks/numbers/recomputed-numbers'
import { configurationSchema } from '../../../../support/configuration/schema'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { pathOf } from '../../../../support/flavours/fawkes/rest-metrics'
import { parseExposition } from '../../../../support/formats/exposition'
import { Database } from '../../../../support/platform/database'
import { GraphQL } from '../../../../support/platform/graphql'
import { Http } from '../../../../support/platform/http'
import type { Platform } from '../../../../support/platform/platform'
import { Rest } from '../../../../support/platform/rest'
import type { Routes } from '../../../../support/platform/routes'
import { surfacesOf } from '../../../../support/service/surfaces'
import { type DoraService, ownTables, startService, token } from '../../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'
import { commandFor } from '../../../fixtures/platform-of-objects'

const folder = mkdtempSync(join(tmpdir(), 'definitions-'))
const definitions = join(folder, 'definitions.json')
let mariadb: MariaDb
let service: DoraService
let platform: Platform

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url, { DEFINITIONS_FILE: definitions, COLLECTION_PERIOD: '2s' })
  await service.collected()
  const { hostname: host, port, username: user, password, pathname } = new URL(mariadb.url)
  const database = { user, name: pathname.slice(1) }
  const configuration = configurationSchema(fawkes.names).parse({
    events: ownTables,
    database,
    projects: { only: ['checkout'] },
  })
  const secret = new Map([
    ['token', token],
    ['mysql-password', password],
  ])
  const route = { base: service.url, at: undefined }
  const routes = {
    to: async () => route,
    straightTo: async () => route,
    toPrometheus: async () => route,
  } as unknown as Routes
  const rest = new Rest(new Http({ deadlineMs: 10_000, parallelRequests: 6, witness: () => {} }), routes, () => [])
  platform = {
    contract: fawkes,
    configuration,
    kubernetes: { namespace: 'fawkes', secret: async () => secret, now: new Date() },
    registerSecrets: async () => {},
    rest,
    routes,
    graphql: new GraphQL(rest, fawkes.graphql),
    database: new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false),
    prometheus: { query: scraped, targets: async () => [], commandFor },
  } as unknown as Platform
})
afterAll(async () => {
  await platform?.database.close()
  await service?.stop()
  await mariadb?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A Prometheus without a lag: answers `name{project="…"}` from the metrics page. */
async function scraped(query: string) {
  const [, wanted, project] = /^(\w+)\{project="(.*)"\} or /.exec(query) ?? []
  const { body } = await platform.rest.get('/metrics')
  return [...parseExposition(body).values()]
    .flatMap(({ samples }) => samples)
    .filter(({ name, labels }) => name === wanted && labels.project === project)
    .map(({ name, labels, value }) => ({ labels: { ...labels, __name__: name }, value }))
}

const metrics = ['deployment frequency', 'lead time', 'change failure rate', 'time to restore', 'rework rate'] as const

/**
 * The proof of the numbers, with other keys of the configuration. Without a cluster, the items of the surfaces themselves cannot be
 * checked.
 */
const recomputed = (keys: object = {}, parts: object = {}) => {
  const other = Object.assign(Object.create(platform), {
    configuration: { ...platform.configuration, ...keys },
    ...parts,
  }) as Platform
  return new RecomputedNumbers(
    other,
    surfacesOf(other).map((surface) => ({ ...surface, expectReadable: async () => {} })),
  )
}

const withEvents = (events: object) =>
  recomputed({ events: configurationSchema(fawkes.names).parse({ events }).events })

describe('a project that takes longer to read than a condition may take', () => {
  it('is compared all the same, once', async () => {
    const { deadlines } = platform.configuration
    const numbers = recomputed({ deadlines: { ...deadlines, condition: 1 } })
    expect(await numbers.expectMetric('lead time')).toMatch(/; 80 answers of the surfaces$/m)
  })
})

describe('a configuration that does not say how events are stored', () => {
  it('proves what is known without it, and blocks the rest with the key to set', async () => {
    const numbers = withEvents({})
    expect(await numbers.expectMetric('deployment frequency')).toMatch(/answers of the surfaces$/m)
    expect(await numbers.expectWindowInForce('deployment frequency')).toMatch(/answers of the surfaces$/m)
    for (const [metric, key] of [
      ['lead time', 'deploymentCommits'],
      ['change failure rate', 'incidents'],
      ['time to restore', 'incidents'],
      ['rework rate', 'builds'],
    ] as const) {
      const failure = await numbers.expectMetric(metric).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Blocked)
      expect(failure).toMatchObject({ finding: { object: `configuration key events.${key}` } })
    }
  })

  it('finds out the prefix of ids', async () => {
    const { idPrefix: _, ...events } = ownTables
    const numbers = withEvents(events)
    for (const metric of metrics) expect(await numbers.expectMetric(metric)).toMatch(/; 80 answers of the surfaces$/m)
  })

  describe('about the commits of first deployments', () => {
    let restore: () => Promise<void> = async () => {}
    const { listedCommits: _, ...events } = ownTables
    const judged = (numbers: RecomputedNumbers) => numbers.expectMetric('lead time').catch((error: unknown) => error)

    /** The last three successes get repositories of their own, of which two do not list their commits. */
    beforeAll(async () => {
      const sql = await createConnection(mariadb.url)
      const [rows] = await sql.query<RowDataPacket[]>(
        `SELECT DISTINCT d.id, d.repo_id FROM deployments d JOIN deployment_commits c ON c.deployment_id = d.id
         WHERE d.cicd_scope_id = 'checkout' AND d.environment = 'production' AND d.result = 'SUCCESS'
         ORDER BY d.finished_date DESC LIMIT 3`,
      )
      const set = async (id: string, repository: string, lists: number) => {
        await sql.query('UPDATE deployments SET repo_id = ? WHERE id = ?', [repository, id])
        await sql.query('UPDATE deployment_origins SET lists_commits = ? WHERE deployment_id = ?', [lists, id])
      }
      for (const [index, { id }] of rows.entries()) await set(id, `a-new-repository-${index}`, index % 2)
      await service.collected()
      restore = async () => {
        for (const { id, repo_id: repository } of rows) await set(id, repository, 1)
        await sql.end()
        writeFileSync(definitions, '[]')
        await service.collected()
      }
    })
    afterAll(async () => restore())

    it('blocks the lead time that is right if some of them did not list their commits', async () => {
      const failure = await judged(withEvents(events))
      expect(failure).toBeInstanceOf(Blocked)
      expect(failure).toMatchObject({ finding: { object: 'configuration key events.listedCommits' } })
      expect(await judged(recomputed())).toMatch(/answers of the surfaces$/m)
    })

    it('fails a wrong lead time beside it', async () => {
      writeFileSync(definitions, JSON.stringify(['mean-as-percentile']))
      await service.collected()
      await service.collected()
      const failure = await judged(withEvents(events))
      expect(failure).toBeInstanceOf(Unmet)
      const { finding } = failure as Unmet
      expect(finding.summary).toMatch(/ for the lead time p50 of checkout .*the mean is reported as a percentile/)
      expect(finding.found).not.toContain('| lead time |')
    })
  })

  it.each([
    [{ ...ownTables.incidents, table: 'incident_links' }, 'the table incident_links'],
    [{ ...ownTables.incidents, project: 'service' }, 'the column service of incident_scopes'],
  ])('blocks if it names %j', async (incidents, what) => {
    const failure = await withEvents({ ...ownTables, incidents })
      .expectMetric('time to restore')
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Blocked)
    expect(failure).toMatchObject({
      finding: {
        summary: `The configuration names ${what}, which lake does not see in the database.`,
        object: 'configuration key events.incidents',
      },
    })
  })
})

describe('every surface of a correct service', () => {
  it('reports what the events yield, and says which newest events nobody knows', async () => {
    const numbers = recomputed()
    // Three ranges over thirteen REST surfaces and three of GraphQL, one that has ended over REST, the default one over both, and
    // three all-time surfaces. Every field of every answer is compared, or the contract says why it is not.
    for (const metric of metrics)
      expect(await numbers.expectMetric(metric)).toMatch(/^1 of \d+ .*; 80 answers of the surfaces$/m)
    expect(await numbers.expectMetric('time to restore')).toMatch(/\nthe newest incident at its source is unknown: /)
    for (const metric of ['deployment frequency', 'change failure rate'] as const)
      expect(await numbers.expectWindowInForce(metric)).toMatch(/; 80 answers of the surfaces$/m)
  })

  it('agrees with the numbers of the reports, which are those that the service reports itself', async () => {
    const numbers = recomputed()
    for (const metric of metrics) {
      if (metric === 'rework rate') continue
      const { projects, all, of, range } = await numbers.measured(metric)
      expect({ names: projects.map(({ project }) => project), range }).toEqual({
        names: ['checkout'],
        range: 'last 30 days',
      })
      expect(of).toBeGreaterThan(1)
      const [checkout] = projects
      expect(checkout?.surfaces).toMatchObject({ differing: [], unread: [] })
      expect(checkout?.surfaces.agreeing.length).toBeGreaterThan(3)
      expect(all).toEqual({
        value: expect.closeTo(checkout?.value ?? Number.NaN, 9),
        ...{ shown: checkout?.shown, level: checkout?.level, samples: checkout?.samples },
      })
      const name = { 'deployment frequency': 'deployment-frequency', 'lead time': 'lead-time' }[String(metric)]
      if (name === undefined) continue
      const answer = await fetch(`${service.url}${pathOf(name)('checkout', 'last30days')}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      const { value } = ((await answer.json()) as { summary: { value: number } }).summary
      expect(Math.abs(value - (checkout?.value ?? Number.NaN))).toBeLessThan(0.06)
    }
  })

  it('is queried by explain if it accepts any window', async () => {
    const now = Date.now()
    const { surfaces } = await explainProject(platform, 'checkout', { start: now - 86_400_000, end: now })
    expect(surfaces.map(({ surface }) => surface)).toEqual(
      [
        'metrics',
        'deployment-frequency',
        'deployment-frequency by week',
        'deployment-frequency by month',
        'lead-time',
        'lead-time with stages',
        'change-failure-rate',
        'mttr',
        'rework',
      ].map((path) => `REST /api/dora/${path}`),
    )
  })
})

describe('a service whose overview tells no end of a collection', () => {
  /** @param status of the overview: 404 says that there is no data, 500 says nothing */
  const judged = async (status: number, metric: (typeof metrics)[number]) => {
    const body = JSON.stringify({ error: { code: status === 404 ? 'NO_DATA' : 'INTERNAL_ERROR', message: 'none' } })
    const rest = Object.assign(Object.create(platform.rest), {
      get: async (path: string, given?: string) => {
        const answer = await platform.rest.get(path, given)
        return path.startsWith('/api/dora/metrics') ? { ...answer, status, body } : answer
      },
    })
    const { deadlines } = platform.configuration
    return recomputed({ deadlines: { ...deadlines, condition: 60_000 } }, { rest })
      .expectMetric(metric)
      .catch((error: unknown) => error)
  }

  it('fails where it says that there is no data', async () => {
    const failure = await judged(404, 'lead time')
    expect(failure).toBeInstanceOf(Unmet)
    expect((failure as Unmet).finding.summary).toMatch(/^REST \/api\/dora\/metrics reports no data for the lead time/)
  })

  it('fails where it fails, though another surface is wrong', async () => {
    writeFileSync(definitions, JSON.stringify(['mean-as-percentile']))
    await service.collected()
    await service.collected()
    const failure = await judged(500, 'lead time')
    writeFileSync(definitions, '[]')
    await service.collected()
    expect(failure).toBeInstanceOf(Unmet)
    expect((failure as Unmet).finding.summary).toMatch(/ for the lead time p50 of checkout /)
  }, 120_000)
})

describe('a service that answers otherwise once stages are asked for', () => {
  it('is rejected, although each answer without stages is right', async () => {
    const rest = Object.assign(Object.create(platform.rest), {
      get: async (path: string, given?: string) => {
        const answer = await platform.rest.get(path, given)
        if (!path.includes('includeStages=true')) return answer
        return { ...answer, body: answer.body.replace(/"p95":[\d.]+/, '"p95":1') }
      },
    })
    const failure = await recomputed({}, { rest })
      .expectMetric('lead time')
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Unmet)
    expect((failure as Unmet).finding.summary).toMatch(
      /^REST \/api\/dora\/lead-time with stages reports 1 min for the lead time p95 of checkout /,
    )
  })
})

describe('a service whose ranges end with each question', () => {
  it('does not prove that its numbers are of today', async () => {
    let now = 0
    const rest = Object.assign(Object.create(platform.rest), {
      get: async (path: string, given?: string) => {
        const answer = await platform.rest.get(path, given)
        now = Math.max(Date.now(), now + 1)
        const headers = { ...answer.headers, date: new Date(now).toUTCString() }
        if (!path.startsWith('/api/dora/') || path.includes('custom')) return answer
        const body = JSON.parse(answer.body)
        if (body.timeRange === undefined) return answer
        const later = now - Date.parse(body.timeRange.end)
        const [start, end] = [Date.parse(body.timeRange.start) + later, now].map((at) => new Date(at).toISOString())
        return { ...answer, headers, body: JSON.stringify({ ...body, timeRange: { start, end } }) }
      },
    })
    const failure = await recomputed({}, { rest })
      .expectMetric('deployment frequency')
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Blocked)
    expect((failure as Blocked).finding.summary).toMatch(/^The time of the last collection is unknown: /)
  })
})

describe('a service with a wrong definition', () => {
  it('is rejected, and the finding names the definition and every surface with a wrong number', async () => {
    writeFileSync(definitions, JSON.stringify(['only-incidents']))
    await service.collected()
    await service.collected()
    const error = await recomputed()
      .expectMetric('change failure rate')
      .catch((one) => one)
    expect(error).toBeInstanceOf(Unmet)
    const { finding } = error as Unmet
    expect(finding.summary).toMatch(
      /^REST \/api\/dora\/metrics reports \d\S* % for the change failure rate of checkout \(last \d+ days\); its events yield \d\S* %\. Likely reason: .*only incidents count as failures/,
    )
    expect(finding.object).toBe('change failure rate of checkout')
    const [, head, ...rows] = finding.found.split('\n')
    expect(head).toBe('project | surface | range | quantity | expected | found')
    const surfaces = new Set(rows.map((row) => row.split(' | ')[1]))
    expect(surfaces).toEqual(
      new Set(['REST /api/dora/metrics', 'REST /api/dora/change-failure-rate', 'GraphQL', '/metrics', 'Prometheus']),
    )
  })
})

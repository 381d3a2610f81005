/** The reconciliation on platforms that differ from the usual one: names, pace, size, and what they lack. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Blocked } from '../../../../support/basis/expectation'
import { expectListed } from '../../../../support/checks/known-projects'
import { RecomputedNumbers } from '../../../../support/checks/numbers/recomputed-numbers'
import { partOfDay } from '../../../../support/checks/rotation'
import { configurationSchema } from '../../../../support/configuration/schema'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
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

let mariadb: MariaDb
let service: DoraService
const opened: Platform[] = []

beforeAll(async () => {
  mariadb = await startMariaDb()
  // Ten collections end in the time that one reading of the surfaces takes.
  service = await startService(mariadb.url, { COLLECTION_PERIOD: '100ms' })
  await service.collected()
})
afterAll(async () => {
  for (const platform of opened) await platform.database.close()
  await service?.stop()
  await mariadb?.stop()
})

/** @param spoil changes an answer of the REST API */
function platformWith(projects: object, spoil: (path: string, body: string) => string = (_, body) => body) {
  const { hostname: host, port, username: user, password, pathname } = new URL(mariadb.url)
  const database = { user, name: pathname.slice(1) }
  const configuration = configurationSchema(fawkes.names).parse({ events: ownTables, database, projects })
  const secret = new Map([
    ['token', token],
    ['mysql-password', password],
  ])
  const routes = { to: async () => ({ base: service.url, at: undefined }) } as unknown as Routes
  const rest = new Rest(new Http({ deadlineMs: 10_000, parallelRequests: 6, witness: () => {} }), routes, () => [])
  const spoilt: Pick<Rest, 'get'> = Object.assign(Object.create(rest), {
    get: async (path: string, given?: string) => {
      const answer = await rest.get(path, given)
      return { ...answer, body: spoil(path, answer.body) }
    },
  })
  const scraped = async (query: string) => {
    const [, wanted, project = ''] = /^(\w+)\{project="(.*)"\} or /s.exec(query) ?? []
    const { body } = await rest.get('/metrics')
    return [...parseExposition(body).values()]
      .flatMap(({ samples }) => samples)
      .filter(({ name, labels }) => name === wanted && labels.project === JSON.parse(`"${project}"`))
      .map(({ name, labels, value }) => ({ labels: { ...labels, __name__: name }, value }))
  }
  const platform = {
    ...{ contract: fawkes, configuration, rest: spoilt, routes, graphql: new GraphQL(rest, fawkes.graphql) },
    kubernetes: { namespace: 'fawkes', secret: async () => secret, now: new Date() },
    registerSecrets: async () => {},
    database: new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false),
    prometheus: { query: scraped, targets: async () => [], commandFor },
  } as unknown as Platform
  opened.push(platform)
  return platform
}

function numbersOf(...given: Parameters<typeof platformWith>) {
  const platform = platformWith(...given)
  return new RecomputedNumbers(
    platform,
    surfacesOf(platform).map((surface) => ({ ...surface, expectReadable: async () => {} })),
  )
}

const metrics = ['deployment frequency', 'lead time', 'change failure rate', 'time to restore'] as const
const hour = 3_600_000

describe('a project with a name that other languages read otherwise', () => {
  it.each([`it's "100 %" \\ 🚀 $x {a="b"}`, '../checkout?x=1&project=payments#', 'Ünïcode; DROP TABLE commits --'])(
    'is compared on every surface: %s',
    async (project) => {
      const ago = (hours: number) => new Date(Date.now() - hours * hour).toISOString()
      const prefix = `odd-${project.length}`
      expect((await service.send('POST', '/api/projects', { name: project })).status).toBe(201)
      await service.post('commits', {
        repository: { full_name: `shop/${prefix}` },
        ref: 'refs/heads/main',
        commits: [{ id: `${prefix}-c1`, message: 'm', timestamp: ago(9), author: { name: 'a', email: 'a@b.c' } }],
      })
      for (const [id, status, hours] of [
        ['d1', 'success', 6],
        ['d2', 'failure', 4],
      ] as const)
        await service.post('deployments', {
          ...{
            project,
            deployment_id: `${prefix}-${id}`,
            commit_sha: `${prefix}-c1`,
            commits: [`${prefix}-c1`],
            status,
          },
          ...{
            environment: 'production',
            timestamp: ago(hours),
            duration_seconds: 60,
            repository: `shop/${prefix}`,
          },
        })
      await service.post('incidents', {
        ...{ id: `${prefix}-i1`, title: 't', service: project, severity: 'high', status: 'resolved' },
        ...{ createdDate: ago(5), resolvedDate: ago(3), environment: 'production' },
      })
      await service.collected()
      const numbers = numbersOf({ only: [project] })
      for (const metric of metrics)
        expect(await numbers.expectMetric(metric)).toMatch(/^1 of \d+ .* 2 deployments, .* answers of the surfaces$/m)
    },
    60_000,
  )
})

describe('a service that collects faster than the surfaces can be read', () => {
  it('passes', async () => {
    const numbers = numbersOf({ only: ['checkout'] })
    for (const metric of metrics) expect(await numbers.expectMetric(metric)).toMatch(/answers of the surfaces$/m)
  }, 60_000)
})

describe('a platform with more projects than are compared in one night', () => {
  const names = ['catalog', 'checkout', 'payments']
  const [sampled] = partOfDay(names, 1, Date.now())
  const spoil = (meant: (project: string | null) => boolean) => (path: string, body: string) =>
    path.startsWith('/api/dora/change-failure-rate') && meant(new URL(path, 'http://x').searchParams.get('project'))
      ? body.replace(/"value":[\d.]+/, '"value":77.7')
      : body

  it('says how many are left out, of which one may be wrong', async () => {
    const numbers = numbersOf(
      { only: names, atMost: 1 },
      spoil((project) => project !== sampled),
    )
    expect(await numbers.expectMetric('change failure rate')).toMatch(
      /^1 of \d+ projects, \d+ left out today \(projects\.atMost\), /,
    )
  })

  it('fails for a wrong one on its day', async () => {
    const numbers = numbersOf(
      { only: names, atMost: 1 },
      spoil((project) => project === sampled),
    )
    await expect(numbers.expectMetric('change failure rate')).rejects.toThrow(`of ${sampled}`)
  }, 60_000)
})

describe('events that belong to no project of the platform', () => {
  const at = 'UTC_TIMESTAMP(3) - INTERVAL 2 DAY'
  const run = async (...statements: readonly string[]) => {
    const sql = await createConnection(mariadb.url)
    for (const statement of statements) await sql.query(statement)
    await sql.end()
  }

  it('are named beside the numbers, which they are not in', async () => {
    await run(
      'ALTER TABLE deployments MODIFY cicd_scope_id varchar(255) NULL',
      `INSERT INTO deployments (id, cicd_scope_id, result, environment, finished_date, created_at, updated_at)
       VALUES ('stray', NULL, 'SUCCESS', 'production', ${at}, ${at}, ${at})`,
      `INSERT INTO incidents (id, created_date, created_at, updated_at) VALUES ('stray', ${at}, ${at}, ${at})`,
      "INSERT INTO incident_scopes (incident_id, project_name, environment) VALUES ('stray', 'old-name', 'production')",
    )
    try {
      expect(await expectListed(platformWith({}), 'REST')).toMatch(/^\d+ projects$/)
      const numbers = numbersOf({ only: ['checkout'] })
      expect(await numbers.expectMetric('deployment frequency')).toMatch(
        /\n1 deployments of the last 90 days are in no number.* they belong to no project$/m,
      )
      for (const metric of ['change failure rate', 'time to restore'] as const)
        expect(await numbers.expectMetric(metric)).toMatch(/\n1 incidents .* they belong to old-name$/m)
    } finally {
      await run(
        "DELETE FROM deployments WHERE id = 'stray'",
        "DELETE FROM incidents WHERE id = 'stray'",
        "DELETE FROM incident_scopes WHERE incident_id = 'stray'",
        'ALTER TABLE deployments MODIFY cicd_scope_id varchar(255) NOT NULL',
      )
    }
  }, 60_000)
})

describe('a platform without any commit', () => {
  it('blocks the lead time with this reason and proves the rest', async () => {
    const sql = await createConnection(mariadb.url)
    await sql.query('DELETE FROM commits')
    await sql.end()
    await service.collected()
    const numbers = numbersOf({ only: ['checkout'] })
    const failure = await numbers.expectMetric('lead time').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Blocked)
    expect((failure as Blocked).finding).toMatchObject({ object: 'database', found: expect.stringContaining('commit') })
    expect(await numbers.expectMetric('deployment frequency')).toMatch(/answers of the surfaces$/m)
  }, 60_000)
})

/** Deployments that plugins collected, compared with those that the service has stored, and the schedule by which it collects. */
import { createConnection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { documentedTables } from '../../../../sandbox/service/database/documented-tables'
import { Unmet } from '../../../../support/basis/expectation'
import { missedAtSource } from '../../../../support/checks/numbers/at-source'
import { newestAtSources } from '../../../../support/checks/numbers/newest-at-source'
import { configurationSchema } from '../../../../support/configuration/schema'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../../support/platform/database'
import type { Platform } from '../../../../support/platform/platform'
import { collectionSchedule } from '../../../../support/service/collection-schedule'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'

const hour = 3_600_000
let mariadb: MariaDb
let platform: Platform

beforeAll(async () => {
  mariadb = await startMariaDb()
  await run(...documentedTables)
  const { hostname: host, port, username: user, password, pathname } = new URL(mariadb.url)
  const configuration = configurationSchema(fawkes.names).parse({ database: { user, name: pathname.slice(1) } })
  const closed = async () => {
    throw new Unmet({ summary: 'Closed.', object: 'service', expected: 'open', found: 'closed', remedy: [] })
  }
  platform = {
    ...{ contract: fawkes, configuration, rest: { get: closed } },
    kubernetes: { namespace: 'fawkes', secret: async () => new Map([['mysql-password', password]]) },
    registerSecrets: async () => {},
    database: new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false),
  } as unknown as Platform
})
afterAll(async () => {
  await platform?.database.close()
  await mariadb?.stop()
})

async function run(...statements: readonly string[]): Promise<void> {
  const sql = await createConnection(mariadb.url)
  for (const statement of statements) await sql.query(statement)
  await sql.end()
}

interface Row {
  readonly id: string
  /** Since its finish; negative in the future. */
  readonly hours: number
  readonly result?: string
  readonly environment?: string
}

const store = (table: 'deployments' | 'cicd_deployments', ...rows: readonly Row[]) =>
  run(
    ...rows.map(
      ({ id, hours, result = 'SUCCESS', environment = 'production' }) =>
        `INSERT INTO ${table} (id, cicd_scope_id, result, environment, finished_date, created_at, updated_at)
         VALUES ('${id}', 'checkout', '${result}', '${environment}',
           UTC_TIMESTAMP(3) - INTERVAL ${Math.round(hours * 3600)} SECOND, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    ),
  )

/** The finding, and the projects whose newest deployment is known. The deadlines add up to 70 minutes. */
async function asked(environment = 'production') {
  const now = Date.now()
  const { deadlines } = platform.configuration
  const projects = new Map([['checkout', environment]])
  const { events, projects: known } = await newestAtSources(platform, { projects, now, deadlines })
  return { finding: missedAtSource(events, now, deadlines), known, now }
}

describe('a deployment that a plugin collected', () => {
  const both = async (...rows: readonly Row[]) => {
    await store('deployments', ...rows)
    await store('cicd_deployments', ...rows)
  }
  beforeEach(() => both({ id: 'd1', hours: 50 }, { id: 'd2', hours: 30, result: 'FAILURE' }, { id: 'd3', hours: 2 }))
  afterEach(() => run('DELETE FROM deployments', 'DELETE FROM cicd_deployments'))

  it('is stored under its id or at its time', async () => {
    await store('deployments', { id: 'of-the-service', hours: 20 })
    await store('cicd_deployments', { id: 'of-the-plugin', hours: 20 })
    expect(await asked()).toMatchObject({ finding: undefined, known: ['checkout'] })
  })

  it('may be too young to be stored, or older than all that are', async () => {
    await store('cicd_deployments', { id: 'young', hours: 1 }, { id: 'old', hours: 400 })
    expect((await asked()).finding).toBeUndefined()
  })

  it.each<[string, Partial<Row>]>([
    ['was aborted', { result: 'ABORTED' }],
    ['went to an environment that no metric counts', { environment: 'staging' }],
    ['has no result', { result: '' }],
  ])('need not be stored if it %s', async (_, parts) => {
    await store('cicd_deployments', { id: 'd4', hours: 20, ...parts })
    expect((await asked()).finding).toBeUndefined()
  })

  it.each<[string, Partial<Row>, string]>([
    ['among others that are', { hours: 20 }, '20 h'],
    ['as the newest', { hours: 1.5 }, '90 min'],
    ['although it failed', { hours: 20, result: 'FAILURE' }, '20 h'],
  ])('is missed if it is not stored %s', async (_, parts, age) => {
    await store('cicd_deployments', { id: 'd4', hours: 20, ...parts })
    expect((await asked()).finding).toMatchObject({
      summary: `The service has not stored a deployment of checkout that the table cicd_deployments has had for ${age}.`,
      found: expect.stringMatching(/^the newest stored one: \S+Z, and none of that time and result$/),
    })
  })

  it('is missed in the environment that the settings of its project name', async () => {
    await store('cicd_deployments', { id: 'd4', hours: 20, environment: 'Staging' })
    expect((await asked('staging')).finding?.object).toBe('deployments of checkout')
  })

  it.each([
    "UPDATE deployments SET result = 'SUCCESS' WHERE id = 'd2'",
    "UPDATE deployments SET result = 'ABORTED' WHERE id = 'd2'",
    "UPDATE deployments SET environment = 'staging' WHERE id = 'd2'",
  ])('is missed if the service stores it otherwise: %s', async (changed) => {
    await run(changed)
    expect((await asked()).finding?.summary).toMatch(/ has had for 30 h\.$/)
  })

  it('is missed beside a stored one that another source reported later, or that lies in the future', async () => {
    await store('deployments', { id: 'later', hours: 0.1 }, { id: 'future', hours: -9000 })
    await store('cicd_deployments', { id: 'd4', hours: 20 }, { id: 'future', hours: -9000 })
    const { finding, now } = await asked()
    expect(finding?.summary).toMatch(/ has had for 20 h\.$/)
    const [newest = ''] = /\d{4}-\S+Z/.exec(finding?.found ?? '') ?? []
    expect(Math.abs(now - Date.parse(newest))).toBeLessThan(hour)
  })
})

describe('the schedule of the service', () => {
  const columns = 'id bigint PRIMARY KEY AUTO_INCREMENT, enable tinyint(1), is_manual tinyint(1), cron_config longtext'
  const blueprint = (cron: string, enable = 1, manual = 0) =>
    run(`INSERT INTO _devlake_blueprints (enable, is_manual, cron_config) VALUES (${enable}, ${manual}, '${cron}')`)

  it('is unknown without the table of blueprints', async () => {
    expect(await collectionSchedule(platform)).toBeUndefined()
  })

  describe('with blueprints', () => {
    beforeEach(() => run(`CREATE TABLE _devlake_blueprints (${columns})`))
    afterEach(() => run('DROP TABLE _devlake_blueprints'))

    it('is that of the blueprint that collects least often', async () => {
      await blueprint('*/5 * * * *')
      expect(await collectionSchedule(platform)).toMatchObject({ schedule: hour })
      await blueprint('0 0 * * *')
      await blueprint('0 0 * * 1', 0)
      expect(await collectionSchedule(platform)).toEqual({
        schedule: 24 * hour,
        scheduledBy: 'the schedule "0 0 * * *" of a blueprint',
      })
    })

    it.each([
      ['one is collected on request', '0 * * * *', 1],
      ['one collects once a week', '0 0 * * 1', 0],
      ['one has no schedule', '', 0],
    ])('is unknown if %s', async (_, cron, manual) => {
      await blueprint('0 * * * *')
      await blueprint(cron, 1, manual)
      expect(await collectionSchedule(platform)).toBeUndefined()
    })

    it('is unknown without an enabled one', async () => {
      await blueprint('0 * * * *', 0)
      expect(await collectionSchedule(platform)).toBeUndefined()
    })
  })
})

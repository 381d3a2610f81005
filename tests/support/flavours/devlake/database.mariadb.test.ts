/** The tables and statements of the contract `devlake` on the schema of a real lake. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Unmet } from '../../../../support/basis/expectation'
import { expectColumns, expectDatabase, expectIndexes, expectTable } from '../../../../support/checks/database'
import { expectSettingsStored } from '../../../../support/checks/metric-settings'
import { expectDeployments } from '../../../../support/checks/story-events'
import { configurationSchema } from '../../../../support/configuration/schema'
import { devlake } from '../../../../support/flavours/devlake/devlake'
import { Database } from '../../../../support/platform/database'
import type { Platform } from '../../../../support/platform/platform'
import { leavingsOf, StoredEvents } from '../../../../support/stories/stored-events'
import type { Story } from '../../../../support/stories/story'
import { schema } from '../../../fixtures/devlake/recorded-database'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'
import { commandFor } from '../../../fixtures/platform-of-objects'

let mariadb: MariaDb
let platform: Platform

beforeAll(async () => {
  mariadb = await startMariaDb()
  await run(schema)
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(devlake.names).parse({
    contract: 'devlake',
    database: { user },
    writes: { context: 'a', database: true },
  })
  const database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, true)
  const kubernetes = {
    namespace: 'fawkes',
    secret: async () =>
      new Map([
        ['MYSQL_PASSWORD', password],
        ['token', 'x'],
      ]),
  }
  const rest = {
    commandFor,
    get: async (url: string) => ({
      url: `http://lake${url}`,
      status: 200,
      headers: {},
      body: url === '/projects' ? '{"projects":[{"name":"checkout"}],"count":1}' : '',
    }),
  }
  platform = { configuration, contract: devlake, database, kubernetes, rest } as unknown as Platform
})
afterAll(async () => {
  await platform?.database.close()
  await mariadb?.stop()
})

async function run(...statements: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: mariadb.url, multipleStatements: true })
  for (const statement of statements) await connection.query(statement)
  await connection.end()
}

const tables = ['deployments', 'commits', 'incidents', 'cicd_deployments', 'project_metric_settings', 'dora_benchmarks']

describe('the schema of a lake', () => {
  it.each(tables)('has the counterparts of %s, with their columns and indexes', async (table) => {
    await expectDatabase(platform)
    await expectTable(platform, table)
    await expectColumns(platform, table)
    await expectIndexes(platform, table)
  })

  it.each<[string, string, string, () => Promise<void>, string]>([
    [
      'a table',
      'RENAME TABLE project_mapping TO elsewhere',
      'RENAME TABLE elsewhere TO project_mapping',
      () => expectTable(platform, 'deployments'),
      'The table project_mapping does not exist.',
    ],
    [
      'a column',
      'ALTER TABLE incidents RENAME COLUMN resolution_date TO gone',
      'ALTER TABLE incidents RENAME COLUMN gone TO resolution_date',
      () => expectColumns(platform, 'incidents'),
      'The column incidents.resolution_date is missing.',
    ],
    [
      'an index',
      'DROP INDEX idx_table_scope_id ON incidents',
      'CREATE INDEX idx_table_scope_id ON incidents (`table`, scope_id)',
      () => expectIndexes(platform, 'incidents'),
      'The table incidents has no index on table, scope_id.',
    ],
  ])('is found to lack %s', async (_, breaking, healing, check, summary) => {
    await run(breaking)
    const error = await check().catch((error: unknown) => error)
    await run(healing)
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toHaveProperty('finding.summary', summary)
  })
})

describe('the rows of a lake', () => {
  const project = 'dora-acceptance-1'
  const finished = Date.parse('2026-11-01T09:00:00Z')
  const deployment = (id: string, scope: string) => [
    `INSERT INTO cicd_deployments (id, cicd_scope_id, result, environment, finished_date) VALUES ('${id}', '${scope}', 'SUCCESS', 'PRODUCTION', '2026-11-01 09:00:00')`,
    `INSERT INTO cicd_deployment_commits (id, commit_sha, cicd_deployment_id, cicd_scope_id) VALUES ('${scope}:${id}', 'c-${id}', '${id}', '${scope}')`,
  ]

  it('yield the deployments of a project through its mapping, and are removed by primary key', async () => {
    await run(
      `INSERT INTO project_mapping (project_name, \`table\`, row_id) VALUES ('${project}', 'cicd_scopes', 'webhook:7'), ('other', 'cicd_scopes', 'webhook:8')`,
      ...deployment('d1', 'webhook:7'),
      ...deployment('d2', 'webhook:8'),
      "INSERT INTO issues (id, issue_key) VALUES ('webhook:7:i1', 'i1'), ('webhook:8:i2', 'i2')",
      "INSERT INTO incidents (id, incident_key) VALUES ('webhook:7:i1', 'i1'), ('webhook:8:i2', 'i2')",
    )
    const expected = { result: 'SUCCESS', environment: 'production', finishedAt: finished }
    await expectDeployments(platform, project, [expected])
    const told = {
      webhook: 'deployments',
      kind: 'deployment',
      project,
      id: 'd1',
      repository: 'app',
      environment: 'production',
      outcome: 'success',
      startedAt: 0,
      finishedAt: finished,
      commits: [],
      commit: 'c-d1',
    } as const
    const incident = {
      webhook: 'incidents',
      kind: 'incident',
      project,
      id: 'i1',
      environment: 'production',
      severity: 'high',
      createdAt: 0,
      resolvedAt: null,
      deployment: null,
    } as const
    const story: Story = {
      scenario: 'a.feature:1',
      toldAt: 2,
      project,
      projects: [project],
      postings: [told, incident].map((happening) => ({ happening, late: false, spoiled: null })),
      settings: {},
    }
    const { username: user, password } = new URL(mariadb.url)
    const service = { user, password, source: 'a test' }
    const stored = new StoredEvents(platform, service)
    expect(await stored.remove(leavingsOf(platform, [story]))).toEqual([])
    const ids = z.looseObject({ id: z.string() })
    for (const table of ['issues', 'incidents', 'cicd_deployments'])
      expect(await platform.database.rows(service, ids, `SELECT id FROM lake.${table}`)).toHaveLength(1)
    await expectDeployments(platform, project, [])
    await expectDeployments(platform, 'other', [expected])
  })

  it('yield the settings of a project whose metrics are enabled', async () => {
    const unmet = await expectSettingsStored(platform).catch((error: unknown) => error)
    expect(unmet).toHaveProperty('finding.summary', 'The project checkout has no settings of its own.')
    await run(
      `INSERT INTO project_metric_settings (project_name, plugin_name, plugin_option, enable) VALUES ('checkout', 'dora', '{}', 1)`,
    )
    expect(await expectSettingsStored(platform)).toBe(1)
  })
})

/** The tables of events of a real database are proposed, or asked for where the database does not decide. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { documentedTables } from '../../../sandbox/service/database/documented-tables'
import { ownTables as statements } from '../../../sandbox/service/database/own-tables'
import { configurationSchema } from '../../../support/configuration/schema'
import { proposeEvents } from '../../../support/discovery/events'
import { Findings } from '../../../support/discovery/proposal'
import { accepted, configurationOf } from '../../../support/discovery/propose'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../support/platform/database'
import type { Platform } from '../../../support/platform/platform'
import { ownTables } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let mariadb: MariaDb

beforeAll(async () => {
  mariadb = await startMariaDb()
})
afterAll(() => mariadb?.stop())

async function run(...all: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: mariadb.url, multipleStatements: true })
  for (const statement of all) await connection.query(statement)
  await connection.end()
}

const stored = [
  `INSERT INTO deployments (id, cicd_scope_id, created_at, updated_at) VALUES ('a%3Ab:d1', 'a:b', NOW(), NOW()), ('shop:d2', 'shop', NOW(), NOW())`,
  "INSERT INTO deployment_commits VALUES ('shop:d2', 'c1', 'head')",
  "INSERT INTO incidents (id, created_at, updated_at) VALUES ('shop:i1', NOW(), NOW())",
  "INSERT INTO incident_scopes VALUES ('shop:i1', 'shop', 'production', NULL)",
  ...['ci_build', 'quality_gate'].map(
    (type) =>
      `INSERT INTO builds (id, project_name, type, commit_sha, stage) VALUES ('${type}', 'shop', '${type}', 'c1', 'build')`,
  ),
]

beforeEach(async () => {
  await run('DROP DATABASE IF EXISTS lake', 'CREATE DATABASE lake', 'USE lake')
  await run(...documentedTables, ...statements, ...stored)
})

/** The proposed configuration and the questions, by what the database holds. */
async function proposed(password?: string) {
  const url = new URL(mariadb.url)
  const { hostname: host, port, username: user } = url
  const configuration = configurationSchema(fawkes.names).parse({ database: { user, name: url.pathname.slice(1) } })
  const database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false)
  const secret = new Map([['mysql-password', password ?? url.password]])
  const platform = {
    ...{ contract: fawkes, configuration, database },
    kubernetes: { namespace: 'fawkes', secret: async () => secret },
  } as unknown as Platform
  const findings = new Findings()
  try {
    await proposeEvents(platform, findings)
  } finally {
    await database.close()
  }
  const { proposals, questions } = accepted(fawkes.names, findings)
  return { ...configurationOf(proposals), open: questions }
}

describe('the database of the service', () => {
  it('yields its tables of events and the prefix of its ids', async () => {
    expect(await proposed()).toEqual({ events: ownTables, open: [] })
  })

  it('yields them by their columns where they have no rows', async () => {
    await run(
      'DELETE FROM deployment_commits',
      'DELETE FROM incident_scopes',
      "DELETE FROM builds WHERE type <> 'ci_build'",
    )
    expect(await proposed()).toEqual({ events: ownTables, open: [] })
  })

  it('yields no prefix unless each id has it', async () => {
    await run("INSERT INTO deployments (id, cicd_scope_id, created_at, updated_at) VALUES ('d3', 'shop', NOW(), NOW())")
    const { idPrefix: _, ...events } = ownTables
    expect(await proposed()).toEqual({ events, open: [] })
  })

  it('leaves out a table whose rows refer to no stored event', async () => {
    await run(
      'CREATE TABLE planned_commits (deployment_id varchar(255), commit_sha varchar(255))',
      "INSERT INTO planned_commits VALUES ('p1', 'c1')",
    )
    expect(await proposed()).toEqual({ events: ownTables, open: [] })
  })
})

describe('a key stays open', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'without a table that fits',
      'DROP TABLE deployment_commits',
      'events.deploymentCommits',
      ['events: { deploymentCommits: { table: TABLE, deployment: COLUMN, commit: COLUMN } }'],
    ],
    [
      'where several tables fit',
      'CREATE TABLE incident_links AS SELECT * FROM incident_scopes',
      'events.incidents',
      ['incident_links', 'incident_scopes'].map(
        (table) =>
          `table ${table}: incident incident_id, project project_name, environment environment, deployment deployment_id`,
      ),
    ],
    [
      'where no kind of row is that of a build',
      "UPDATE builds SET type = CONCAT('kind ', LENGTH(type))",
      'events.builds',
      ['kind 12', 'kind 8'].map((kind) => expect.stringMatching(new RegExp(`^table builds: .*, type ${kind}$`))),
    ],
    [
      'where the configuration takes no such name',
      'ALTER TABLE incident_scopes RENAME `incident-scopes`',
      'events.incidents',
      [expect.stringContaining('incident-scopes')],
    ],
  ])('%s', async (_, change, key, candidates) => {
    await run(change)
    const { open, ...rest } = await proposed()
    expect(open).toEqual([{ key, question: expect.any(String), candidates: expect.arrayContaining([...candidates]) }])
    expect(rest).not.toHaveProperty(key)
  })

  it('with all others if the database cannot be read', async () => {
    const { open, ...rest } = await proposed('wrong')
    expect(rest).toEqual({})
    expect(open).toEqual([expect.objectContaining({ key: 'events', question: expect.stringContaining('password') })])
    expect(open[0]?.candidates).toHaveLength(4)
  })
})

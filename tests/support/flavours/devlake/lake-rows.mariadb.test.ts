/** Reads the recorded rows of a stock DevLake from a database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Unmet } from '../../../../support/basis/expectation'
import { configurationSchema } from '../../../../support/configuration/schema'
import { readLake } from '../../../../support/flavours/devlake/lake-rows'
import { reportPanels } from '../../../../support/flavours/devlake/reporting'
import { administrationTables } from '../../../../support/flavours/devlake/rows/administration'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../../support/platform/database'
import { at } from '../../../fixtures/devlake/lake'
import { runOn, startRecordedDatabase } from '../../../fixtures/devlake/recorded-database'
import { recordedAdministration, recordedLake } from '../../../fixtures/devlake/recording'
import type { MariaDb } from '../../../fixtures/mariadb'

let mariadb: MariaDb
beforeAll(async () => {
  mariadb = await startRecordedDatabase()
})
afterAll(() => mariadb?.stop())

/** @param asked changes a statement before it is sent */
async function read(asked = (statement: string) => statement) {
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(fawkes.names).parse({})
  const database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false)
  try {
    const stream: Database['stream'] = (credentials, statements) =>
      database.stream(
        credentials,
        statements.map((one) => ({ ...one, statement: asked(one.statement) })),
      )
    return await readLake({ stream }, { user, password, source: 'a test' })
  } finally {
    await database.close()
  }
}

describe('the rows of stock DevLake', () => {
  it('equal the recorded rows', async () => {
    const { lake, administration } = await read()
    const merges = new Set(recordedLake.pullRequests.map(({ mergeCommit }) => mergeCommit))
    expect(lake).toEqual({
      ...recordedLake,
      // Only the commit differences of merged pull requests are read.
      commitsDiffs: recordedLake.commitsDiffs.filter(({ commit }) => merges.has(commit)),
      aheadOfUtc: 0,
      notes: [],
    })
    expect(lake.commitsDiffs.length).toBeLessThan(recordedLake.commitsDiffs.length)
    expect(administration).toEqual(recordedAdministration)
  })

  it('are reported with statement and column when they are invalid', async () => {
    await runOn(
      mariadb,
      'ALTER TABLE projects DROP PRIMARY KEY, MODIFY name varchar(255); INSERT INTO projects (name) VALUES (NULL)',
    )
    const refused = await read().catch((error: unknown) => error)
    await runOn(
      mariadb,
      'DELETE FROM projects WHERE name IS NULL; ALTER TABLE projects MODIFY name varchar(255) NOT NULL, ADD PRIMARY KEY (name)',
    )
    expect(refused).toBeInstanceOf(Unmet)
    expect(refused).toMatchObject({
      finding: {
        object: administrationTables.projects.select,
        expected: expect.stringContaining('column name'),
        found: '[null,null]',
      },
    })
  })

  it('are compared without case where the collation of the database ignores it', async () => {
    const collated = (collation: string) =>
      runOn(mariadb, `ALTER TABLE cicd_deployment_commits MODIFY result varchar(100) COLLATE ${collation}`)
    const written = (from: string, to: string) =>
      runOn(mariadb, `UPDATE cicd_deployment_commits SET result = '${to}' WHERE BINARY result = '${from}'`)
    const results = ({ lake }: Awaited<ReturnType<typeof read>>) =>
      new Set(lake.deploymentCommits.map(({ result }) => result))
    await written('SUCCESS', 'success')
    try {
      expect(results(await read())).toContain('success')
      await collated('utf8mb4_general_ci')
      const folded = await read()
      expect(results(folded)).not.toContain('success')
      expect(folded.lake.notes).toEqual([
        expect.stringMatching(/^the collation utf8mb4_general_ci ignores case, so \d+ /),
      ])
    } finally {
      await written('success', 'SUCCESS')
      await collated('utf8mb4_bin')
    }
  })

  it('name a time zone that moves the time range of the panels', async () => {
    // Only an administrator may change the zone of the server.
    const { lake } = await read((statement) =>
      statement.replace('@@session.time_zone', "'+02:00'").replace('NOW()', 'UTC_TIMESTAMP() + INTERVAL 2 HOUR'),
    )
    expect(lake.aheadOfUtc).toBe(2 * 3_600_000)
    expect(lake.notes).toEqual([
      'the time zone of the database (+02:00) is 2 h from UTC, which moves the time range of every panel by as much',
    ])
    const [panel] = reportPanels(lake, 'acc-p1', {
      start: at('2026-11-24T14:00:00Z'),
      end: at('2026-11-24T15:00:00Z'),
    })
    expect(panel).toEqual(
      reportPanels({ ...lake, aheadOfUtc: 0 }, 'acc-p1', {
        start: at('2026-11-24T16:00:00Z'),
        end: at('2026-11-24T17:00:00Z'),
      })[0],
    )
  })
})

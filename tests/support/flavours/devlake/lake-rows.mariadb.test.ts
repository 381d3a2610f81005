/** Reads the recorded rows of a stock DevLake from a database. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
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
    return await readLake(
      { stream },
      { user, password, source: 'a test' },
      (statement) => command`mysql -e ${statement}`,
    )
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
      // Only the order of their ids is kept.
      deploymentCommits: recordedLake.deploymentCommits
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .map((row, place) => ({ ...row, id: place })),
      // Only the commit differences of merged pull requests are read.
      commitsDiffs: recordedLake.commitsDiffs.filter(({ commit }) => merges.has(commit)),
      offsets: [{ since: expect.any(Number), aheadOfUtc: 0 }],
      notes: [],
    })
    expect(lake.commitsDiffs.length).toBeLessThan(recordedLake.commitsDiffs.length)
    expect(administration).toEqual({
      ...recordedAdministration,
      deployments: recordedAdministration.deployments.filter(({ result }) => !['SUCCESS', ''].includes(result)),
    })
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

  /** Sessions that begin while `judged` runs are in the zone. */
  async function inZone(zone: string, judged: () => Promise<void>) {
    const server = await createConnection({ ...mariadb.root, database: 'mysql', multipleStatements: true })
    const set = (name: string) => server.query('SET GLOBAL time_zone = ?', [name])
    try {
      // DevLake's zone with daylight saving until 40 days ago, and before it none.
      await server.query(`REPLACE INTO time_zone VALUES (1, 'N'); REPLACE INTO time_zone_name VALUES ('Summer', 1);
        REPLACE INTO time_zone_transition_type VALUES (1, 0, 3600, 0, 'CET'), (1, 1, 7200, 1, 'CEST');
        REPLACE INTO time_zone_transition VALUES (1, 0, 0), (1, ${summer / 1000}, 1), (1, ${winter / 1000}, 0)`)
      await set(zone)
      await judged()
    } finally {
      await set('SYSTEM')
      await server.end()
    }
  }
  const hour = 3_600_000
  const hoursAgo = (hours: number) => (Math.floor(Date.now() / hour) - hours) * hour
  const [summer, winter] = [hoursAgo(200 * 24), hoursAgo(40 * 24)]

  it('name a time zone that moves the time range of the panels', () =>
    inZone('+02:00', async () => {
      const { lake } = await read()
      expect(lake.offsets).toEqual([{ since: expect.any(Number), aheadOfUtc: 2 * hour }])
      expect(lake.notes).toEqual([
        'the time zone of the database (+02:00) is 2 h from UTC, which moves the time range of every panel by as much',
      ])
      const [panel] = reportPanels(lake, 'acc-p1', {
        start: at('2026-11-24T14:00:00Z'),
        end: at('2026-11-24T15:00:00Z'),
      })
      expect(panel).toEqual(
        reportPanels({ ...lake, offsets: [] }, 'acc-p1', {
          start: at('2026-11-24T16:00:00Z'),
          end: at('2026-11-24T17:00:00Z'),
        })[0],
      )
    }))

  it('move each end of the time range by the offset in force at that end', () =>
    inZone('Summer', async () => {
      const { lake } = await read()
      expect(lake.offsets?.map(({ aheadOfUtc }) => aheadOfUtc / hour)).toEqual([1, 2, 1])
      expect(lake.offsets?.slice(1).map(({ since }) => since)).toEqual([summer, winter])
      expect(lake.notes).toEqual([
        `the time zone of the database (Summer) is 1 h from UTC since ${new Date(winter).toISOString()}, and 2 h before that, which moves the time range of every panel by as much`,
      ])
      // A panel over the change of the clocks compares with FROM_UNIXTIME of each end.
      const shown = (start: number, end: number, given = lake) => reportPanels(given, 'acc-p1', { start, end })
      const utc = { ...lake, offsets: [] }
      expect(shown(winter - hour, winter)).toEqual(shown(winter + hour, winter + hour, utc))
      const moved = {
        ...lake,
        deploymentCommits: lake.deploymentCommits.map((one) => ({ ...one, finishedAt: winter + hour / 2 })),
      }
      const deployed = (start: number) => shown(start, winter + 24 * hour, moved)[0]?.rows
      // The deployment is stored as half an hour after the change in UTC, which the panel takes for a local time.
      expect(deployed(winter - hour)).toEqual(
        shown(winter + hour, winter + 25 * hour, { ...moved, offsets: [] })[0]?.rows,
      )
    }))
})

/** Reads the recorded rows of a stock DevLake from a database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Unmet } from '../../../../support/basis/expectation'
import { configurationSchema } from '../../../../support/configuration/schema'
import { readLake } from '../../../../support/flavours/devlake/lake-rows'
import { administrationTables } from '../../../../support/flavours/devlake/rows/administration'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../../support/platform/database'
import { runOn, startRecordedDatabase } from '../../../fixtures/devlake/recorded-database'
import { recordedAdministration, recordedLake } from '../../../fixtures/devlake/recording'
import type { MariaDb } from '../../../fixtures/mariadb'

let mariadb: MariaDb
beforeAll(async () => {
  mariadb = await startRecordedDatabase()
})
afterAll(() => mariadb?.stop())

async function read() {
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(fawkes.names).parse({})
  const database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false)
  try {
    return await readLake(database, { user, password, source: 'a test' })
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
})

/** The rows of a stock DevLake are read from a database as they were recorded. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configurationSchema } from '../../support/configuration/schema'
import { fawkes } from '../../support/contracts/fawkes'
import { administrationTables } from '../../support/dora/devlake/administration'
import { Unmet } from '../../support/expectation'
import { Database } from '../../support/platform/database'
import { readLake } from '../../support/platform/lake-rows'
import { recordedAdministration, recordedLake, recordedRows } from '../fixtures/devlake/recording'
import { type MariaDb, startMariaDb } from '../fixtures/mariadb'

let mariadb: MariaDb

/** As DevLake's migrations make them: times are DATETIME(3), and its own keys are numbers. */
function typeOf(table: string, column: string): string {
  if (/_date$/.test(column)) return 'datetime(3)'
  if (column === 'enable') return 'tinyint(1)'
  return table.startsWith('_devlake') && /(^|_)id$/.test(column) ? 'bigint unsigned' : 'varchar(255)'
}

const names = (columns: readonly string[]) => columns.map((column) => `\`${column}\``).join(', ')

beforeAll(async () => {
  mariadb = await startMariaDb()
  await run('CREATE TABLE pull_request_commits (pull_request_id varchar(255), commit_authored_date datetime(3))')
  for (const [table, rows] of recordedRows) {
    const columns = Object.keys(rows[0] ?? {})
    const types = columns.map((column) => `\`${column}\` ${typeOf(table, column)}`).join(', ')
    await run(`CREATE TABLE \`${table}\` (${types}) COLLATE utf8mb4_bin`)
    const values = rows.map((row) => columns.map((column) => row[column]))
    await run(`INSERT INTO \`${table}\` (${names(columns)}) VALUES ?`, [values])
  }
})
afterAll(() => mariadb?.stop())

async function run(statement: string, values: readonly unknown[] = []): Promise<void> {
  const connection = await createConnection(mariadb.url)
  await connection.query(statement, [...values])
  await connection.end()
}

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
  it('are those that were recorded', async () => {
    const { lake, administration } = await read()
    const merges = new Set(recordedLake.pullRequests.map(({ mergeCommit }) => mergeCommit))
    expect(lake).toEqual({
      ...recordedLake,
      // Of the differences of commits those that a pull request was merged with are enough.
      commitsDiffs: recordedLake.commitsDiffs.filter(({ commit }) => merges.has(commit)),
    })
    expect(lake.commitsDiffs.length).toBeLessThan(recordedLake.commitsDiffs.length)
    expect(administration).toEqual(recordedAdministration)
  })

  it('that cannot be ones are named with their statement and their column', async () => {
    await run('INSERT INTO projects (name) VALUES (NULL)')
    const refused = await read().catch((error: unknown) => error)
    await run('DELETE FROM projects WHERE name IS NULL')
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

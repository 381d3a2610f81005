/** The rows that stories leave in the database: removed by primary key if that is allowed, otherwise listed. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentedTables } from '../../../sandbox/service/database/documented-tables'
import { Blocked } from '../../../support/basis/expectation'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../support/platform/database'
import { leavingsOf, StoredEvents } from '../../../support/stories/stored-events'
import type { Story } from '../../../support/stories/story'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let mariadb: MariaDb

beforeAll(async () => {
  mariadb = await startMariaDb()
  await run(...documentedTables)
})
afterAll(() => mariadb?.stop())

async function run(...statements: readonly string[]): Promise<unknown[]> {
  const connection = await createConnection(mariadb.url)
  const results: unknown[] = []
  for (const statement of statements) results.push((await connection.query(statement))[0])
  await connection.end()
  return results
}

const project = 'dora-acceptance-1'
const deployed = {
  webhook: 'deployments',
  kind: 'deployment',
  project,
  id: 'd1',
  repository: 'app',
  environment: 'production',
  outcome: 'success',
  startedAt: 0,
  finishedAt: 1,
  commits: ['c1'],
  commit: 'c1',
} as const
const pushed = {
  webhook: 'commits',
  kind: 'push',
  repository: 'app',
  commits: [{ sha: 'c1', authoredAt: 0, committedAt: 0 }],
} as const
const story: Story = {
  scenario: 'a.feature:1',
  toldAt: 2,
  project,
  projects: [project],
  postings: [pushed, deployed].map((happening) => ({ happening, late: false, spoiled: null })),
  settings: {},
}

/** Stores the rows of a service that deletes nothing, and a commit that is not the story's. */
const store = () =>
  run(
    'DELETE FROM deployments',
    'DELETE FROM commits',
    `INSERT INTO deployments (id, cicd_scope_id, created_at, updated_at) VALUES ('${project}:d1', '${project}', NOW(), NOW())`,
    "INSERT INTO commits (sha, created_at, updated_at) VALUES ('c1', NOW(), NOW()), ('c2', NOW(), NOW())",
  )
const stored = () => run('SELECT id FROM deployments', 'SELECT sha FROM commits ORDER BY sha')

async function removed(database: boolean, allowed = database, events: object = { idPrefix: 'project' }) {
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(fawkes.names).parse({
    writes: { context: 'a', database },
    events,
  })
  const lake = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, allowed)
  try {
    const stored = new StoredEvents({ configuration, database: lake }, { user, password, source: 'a test' })
    return await stored.remove(leavingsOf({ configuration, contract: fawkes }, [story]))
  } finally {
    await lake.close()
  }
}

describe('the rows that a story leaves', () => {
  it('are removed by their primary keys, and no other rows are', async () => {
    await store()
    expect(await removed(true)).toEqual([])
    expect(await stored()).toEqual([[], [{ sha: 'c2' }]])
  })

  it('are found in each form of their ids while the configuration does not say how ids are stored', async () => {
    await store()
    await run("INSERT INTO deployments (id, cicd_scope_id, created_at, updated_at) VALUES ('d1', 'shop', NOW(), NOW())")
    expect(await removed(false, false, {})).toEqual(['deployments d1', `deployments ${project}:d1`, 'commits c1'])
    expect(await removed(false, false, { idPrefix: 'none' })).toEqual(['deployments d1', 'commits c1'])
  })

  it('are listed if the database must not be written', async () => {
    await store()
    expect(await removed(false)).toEqual([`deployments ${project}:d1`, 'commits c1'])
    expect(await stored()).toEqual([[{ id: `${project}:d1` }], [{ sha: 'c1' }, { sha: 'c2' }]])
  })

  it('are not touched in a context other than the configured one', async () => {
    await store()
    await expect(removed(true, false)).rejects.toThrow(Blocked)
    expect(await stored()).toEqual([[{ id: `${project}:d1` }], [{ sha: 'c1' }, { sha: 'c2' }]])
  })
})

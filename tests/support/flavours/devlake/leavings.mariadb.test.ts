/** The rows that a story leaves in a stock DevLake, whose project and webhook were deleted: found by the ids that they hold. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configurationSchema } from '../../../../support/configuration/schema'
import { devlake } from '../../../../support/flavours/devlake/devlake'
import { Database } from '../../../../support/platform/database'
import { leavingsOf, StoredEvents } from '../../../../support/stories/stored-events'
import type { Story } from '../../../../support/stories/story'
import { runOn } from '../../../fixtures/devlake/recorded-database'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'

let mariadb: MariaDb

/** The columns of DevLake's tables that identify rows. */
const tables = {
  cicd_deployments: 'id VARCHAR(255) PRIMARY KEY',
  cicd_deployment_commits:
    'id VARCHAR(255), cicd_deployment_id VARCHAR(255), commit_sha VARCHAR(255), PRIMARY KEY (id, commit_sha)',
  incidents: 'id VARCHAR(255) PRIMARY KEY, incident_key VARCHAR(255)',
  issues: 'id VARCHAR(255) PRIMARY KEY, issue_key VARCHAR(255)',
  incident_assignees: 'incident_id VARCHAR(255), assignee_id VARCHAR(255), PRIMARY KEY (incident_id, assignee_id)',
  boards: 'id VARCHAR(255) PRIMARY KEY',
  board_issues: 'board_id VARCHAR(255), issue_id VARCHAR(255), PRIMARY KEY (board_id, issue_id)',
  project_incident_deployment_relationships:
    'id VARCHAR(255), project_name VARCHAR(100), PRIMARY KEY (id, project_name)',
  pull_requests: 'id VARCHAR(255) PRIMARY KEY, merge_commit_sha VARCHAR(40)',
  commits_diffs: 'new_commit_sha VARCHAR(40), old_commit_sha VARCHAR(40), PRIMARY KEY (new_commit_sha, old_commit_sha)',
  _devlake_pipelines: 'id BIGINT UNSIGNED PRIMARY KEY, name VARCHAR(191)',
  _devlake_tasks: 'id BIGINT UNSIGNED PRIMARY KEY, pipeline_id BIGINT UNSIGNED',
  _devlake_subtasks: 'id BIGINT UNSIGNED PRIMARY KEY, task_id BIGINT UNSIGNED',
}

const project = 'dora-acceptance-r1-1'

/** The rows of the story with the connection 3, and of a project with the connection 4. */
const rows: Readonly<Record<keyof typeof tables, readonly string[]>> = {
  cicd_deployments: [`'${project}-d1'`, "'other-d1'"],
  cicd_deployment_commits: [`'webhook:3:x:c1', '${project}-d1', 'c1'`, "'webhook:4:x:c9', 'other-d1', 'c9'"],
  incidents: [`'webhook:3:${project}-i1', '${project}-i1'`, "'webhook:4:INC-1', 'INC-1'"],
  issues: [`'webhook:3:${project}-i1', '${project}-i1'`, "'webhook:4:INC-1', 'INC-1'"],
  incident_assignees: [`'webhook:3:${project}-i1', ''`, "'webhook:4:INC-1', ''"],
  boards: ["'webhook:3'", "'webhook:4'"],
  board_issues: [`'webhook:3', 'webhook:3:${project}-i1'`, "'webhook:4', 'webhook:4:INC-1'"],
  project_incident_deployment_relationships: [`'webhook:3:${project}-i1', '${project}'`, "'webhook:4:INC-1', 'other'"],
  pull_requests: ["'webhook:3:1', 'c1'", "'webhook:4:1', 'c9'"],
  commits_diffs: ["'c1', 'c0'", "'c9', 'c8'"],
  _devlake_pipelines: [`30, '${project}-Blueprint'`, "40, 'other-Blueprint'"],
  _devlake_tasks: ['31, 30', '41, 40'],
  _devlake_subtasks: ['32, 31', '42, 41'],
}

const story: Story = {
  scenario: 'a.feature:1',
  toldAt: 2,
  project,
  projects: [project],
  settings: {},
  postings: [
    {
      late: false,
      spoiled: null,
      happening: {
        webhook: 'commits',
        kind: 'push',
        repository: 'app',
        commits: [{ sha: 'c1', authoredAt: 0, committedAt: 0 }],
      },
    },
    {
      late: false,
      spoiled: null,
      happening: {
        webhook: 'deployments',
        kind: 'deployment',
        project,
        id: `${project}-d1`,
        repository: 'app',
        environment: 'production',
        outcome: 'success',
        startedAt: 0,
        finishedAt: 1,
        commits: ['c1'],
        commit: 'c1',
      },
    },
    {
      late: false,
      spoiled: null,
      happening: {
        webhook: 'incidents',
        kind: 'incident',
        project,
        id: `${project}-i1`,
        environment: 'production',
        severity: 'high',
        createdAt: 0,
        resolvedAt: null,
        deployment: null,
      },
    },
  ],
}

beforeAll(async () => {
  mariadb = await startMariaDb()
  for (const [table, columns] of Object.entries(tables)) await runOn(mariadb, `CREATE TABLE ${table} (${columns})`)
})
afterAll(() => mariadb?.stop())
beforeEach(async () => {
  for (const [table, values] of Object.entries(rows))
    await runOn(mariadb, `DELETE FROM ${table}; INSERT INTO ${table} VALUES (${values.join('), (')})`)
})

async function removed(
  database: boolean,
  told: Story | null = story,
  alerts: readonly string[] = [],
): Promise<string[]> {
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(devlake.names).parse({
    contract: 'devlake',
    writes: { context: 'a', database },
  })
  const lake = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, database)
  try {
    const stored = new StoredEvents({ configuration, database: lake }, { user, password, source: 'a test' })
    const leavings = leavingsOf({ configuration, contract: devlake }, told ? [told] : [])
    return await stored.remove([
      ...leavings,
      ...alerts.flatMap((id) => devlake.webhooks.leavingsOfIncident?.(id) ?? []),
    ])
  } finally {
    await lake.close()
  }
}

const counts = async () => {
  const counted: Record<string, unknown> = {}
  for (const table of Object.keys(tables)) {
    const [row] = (await runOn(mariadb, `SELECT COUNT(*) AS rows_left FROM ${table}`)) as { rows_left: number }[]
    counted[table] = row?.rows_left
  }
  return counted
}

const each = (count: number) => Object.fromEntries(Object.keys(tables).map((table) => [table, count]))

describe('the incident of an alert', () => {
  it('is removed by its id, and the board of the connection that stored it stays', async () => {
    expect(await removed(true, null, ['webhook:4:INC-1'])).toEqual([])
    const ofIncidents = [
      'incidents',
      'issues',
      'incident_assignees',
      'board_issues',
      'project_incident_deployment_relationships',
    ]
    expect(await counts()).toEqual({ ...each(2), ...Object.fromEntries(ofIncidents.map((table) => [table, 1])) })
  })

  it('is listed if it may not be removed', async () => {
    expect(await removed(false, null, ['webhook:4:INC-1'])).toContain('incidents webhook:4:INC-1')
  })
})

describe('the rows of a story', () => {
  it('are removed from every table, and no others', async () => {
    expect(await removed(true)).toEqual([])
    expect(await counts()).toEqual(each(1))
  })

  it('are removed with its project if it sent no events, because its collection leaves rows too', async () => {
    expect(await removed(true, { ...story, postings: [] })).toEqual([])
    const byProject = [
      'project_incident_deployment_relationships',
      '_devlake_pipelines',
      '_devlake_tasks',
      '_devlake_subtasks',
    ]
    expect(await counts()).toEqual({ ...each(2), ...Object.fromEntries(byProject.map((table) => [table, 1])) })
  })

  it('are listed, one for each table, if they may not be removed', async () => {
    const left = await removed(false)
    expect(left.map((row) => row.split(' ')[0]).sort()).toEqual(Object.keys(tables).sort())
    expect(left).toContain('boards webhook:3')
    expect(left).toContain('_devlake_subtasks 32')
    expect(await counts()).toEqual(each(2))
  })
})

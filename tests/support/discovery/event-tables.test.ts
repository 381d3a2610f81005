/** The tables of events are recognised by their columns, whatever the tables are called. */
import { describe, expect, it } from 'vitest'
import { placesFor, type Role, roles, templateOf } from '../../../support/discovery/event-tables'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'

/** Tables of columns such as "started_date datetime"; without a type it is varchar. */
const tables = (given: Readonly<Record<string, readonly string[]>>) =>
  new Map(
    Object.entries(given).map(([table, columns]) => [
      table,
      columns.map((column) => {
        const [name = '', type = 'varchar'] = column.split(' ')
        return { name, type }
      }),
    ]),
  )
const published = Object.fromEntries(
  fawkes.database.tables.map(({ name, columns }) => [name, columns.map((one) => one.name)]),
)
const found = (role: Role, given: Readonly<Record<string, readonly string[]>>) =>
  placesFor(role, tables({ ...published, ...given }), fawkes.database.tables)

const builds = ['id', 'project_name', 'commit_sha', 'stage', 'status', 'started_at datetime', 'ended_at datetime']

describe('a table of events', () => {
  it.each<[Role, string, readonly string[], object]>([
    [
      'deploymentCommits',
      'links',
      ['deployment_id', 'commit_sha'],
      { deployment: 'deployment_id', commit: 'commit_sha' },
    ],
    [
      'deploymentCommits',
      'shipped',
      ['deploymentId', 'sha', 'position int'],
      { deployment: 'deploymentId', commit: 'sha' },
    ],
    [
      'listedCommits',
      'origins',
      ['deployment_id', 'lists_commits tinyint'],
      { deployment: 'deployment_id', column: 'lists_commits' },
    ],
    [
      'incidents',
      'scopes',
      ['incident_id', 'service', 'env', 'deployment_id'],
      { incident: 'incident_id', project: 'service', environment: 'env', deployment: 'deployment_id' },
    ],
    [
      'builds',
      'pipelines',
      builds,
      {
        ...{ id: 'id', project: 'project_name', commit: 'commit_sha', stage: 'stage' },
        ...{ result: 'status', started: 'started_at', finished: 'ended_at' },
      },
    ],
  ])('for %s is found by its columns: %s', (role, table, columns, expected) => {
    expect(found(role, { [table]: columns })).toEqual([{ table, columns: expected }])
  })

  it('may be a published table with columns of its own', () => {
    const incidents = [...(published.incidents ?? []), 'project_name', 'environment', 'deployment_id']
    expect(found('incidents', { incidents })).toEqual([
      {
        table: 'incidents',
        columns: {
          ...{ incident: 'id', project: 'project_name' },
          ...{ environment: 'environment', deployment: 'deployment_id' },
        },
      },
    ])
  })

  it('names the column that may say which rows are builds', () => {
    expect(found('builds', { runs: [...builds, 'type'] })).toEqual([expect.objectContaining({ kind: 'type' })])
  })

  it('is not guessed: several of them are all returned, and one without a column is not', () => {
    const columns = ['deployment_id', 'commit_sha']
    expect(found('deploymentCommits', { a: columns, b: columns }).map(({ table }) => table)).toEqual(['a', 'b'])
    expect(found('incidents', { scopes: ['incident_id', 'project_name', 'deployment_id'] })).toEqual([])
    expect(
      found('incidents', { scopes: ['incident_id', 'project_id', 'project_name', 'environment', 'deployment_id'] }),
    ).toEqual([])
    expect(found('builds', { runs: builds.map((column) => column.replace(' datetime', '')) })).toEqual([])
  })

  it.each(Object.keys(roles) as Role[])('for %s is no published table, and none of a plugin', (role) => {
    expect(found(role, { _raw_builds: builds, _tool_links: ['deployment_id', 'commit_sha'] })).toEqual([])
  })
})

it('is asked for with the exact key', () => {
  expect(templateOf('listedCommits')).toBe(
    'events: { listedCommits: { table: TABLE, deployment: COLUMN, column: COLUMN } }',
  )
})

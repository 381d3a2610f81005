/** A table on a dashboard is compared with the events in each of its columns, its order and its text. */
import { describe, expect, it } from 'vitest'
import { tableDifference } from '../../../../support/checks/numbers/drawn-tables'
import type { ShownTable } from '../../../../support/contracts/dashboards'
import { fawkesDashboards } from '../../../../support/flavours/fawkes/dashboards'
import type { PanelView } from '../../../../support/platform/grafana-pages'
import { rowsOf } from '../../../fixtures/dashboard-pages'

const hour = 3_600_000
const now = Date.UTC(2026, 2, 8, 12)
const window = { start: now - 30 * 24 * hour, end: now }
const question = { project: 'checkout', windows: [window], severities: null, now }

const deployment = (id: string, age: number, result: string, commits: readonly string[]) => ({
  ...{ id, repository: 'shop', environment: 'production', result, startedAt: null, finishedAt: now - age * hour },
  listsCommits: true,
  commits: commits.map((sha) => ({ sha, authoredAt: now - (age + 1) * hour, committedAt: null })),
})
const events = {
  deployments: [
    deployment('d1', 9, 'SUCCESS', ['c1']),
    deployment('d2', 5, 'FAILURE', []),
    deployment('d3', 2, 'SUCCESS', []),
  ],
  incidents: [
    {
      ...{ type: 'incident' as const, project: 'checkout', id: 'i1', environment: 'production', severity: 'HIGH' },
      ...{ createdAt: now - 8 * hour, resolvedAt: now - 7 * hour, deploymentId: null },
    },
  ],
  builds: [],
}

const tableOf = (uid: string, title: string): ShownTable => {
  const table = fawkesDashboards.all.find((one) => one.uid === uid)?.tables?.[title]
  if (!table) throw new Error(`There is no table ${title}.`)
  return table
}

/** The page of a right table. @param change changes its columns, each a list of values from the latest row on */
function view(
  table: ShownTable,
  change: (columns: Map<string, unknown[]>) => void = () => {},
  options = {},
): PanelView {
  const rows = rowsOf(table.rows, events, question)
  const columns = new Map<string, unknown[]>(
    Object.entries(table.columns).map(([name, field]) => [
      name,
      rows.map((row) => (typeof field === 'string' ? row[field] : 'any text')),
    ]),
  )
  change(columns)
  const minutes = Object.entries(table.columns).flatMap(([name, field]) => (field === 'minutes' ? [name] : []))
  return {
    ...{ id: 1, type: 'table', title: 'a table', timezone: 'utc', errors: [] },
    columns: [...columns].map(([name, values]) => ({ name, values, isNumber: typeof values[0] === 'number' })),
    fieldConfig: {
      defaults: options,
      overrides: minutes.map((name) => ({
        ...{ matcher: { id: 'byName', options: name }, properties: [{ id: 'unit', value: 'm' }] },
      })),
    },
    text: [...columns.values()].flat().join(' '),
  }
}

const tables: readonly (readonly [string, string])[] = [
  ['deployment-frequency', 'Latest Deployments'],
  ['change-failure-rate', 'Latest Failures'],
  ['lead-time-for-changes', 'Latest Changes'],
  ['mttr', 'Latest Restored Incidents'],
]

const differenceOf = (table: ShownTable, shown: PanelView) =>
  tableDifference(shown, table, rowsOf(table.rows, events, question), 0.05)

describe.each(tables)('on %s, the table %s', (uid, title) => {
  const table = tableOf(uid, title)
  const compared = Object.entries(table.columns).flatMap(([name, field]) => (typeof field === 'string' ? [name] : []))

  it('has rows, and agrees when it is right', () => {
    expect(rowsOf(table.rows, events, question).length).toBeGreaterThan(0)
    expect(differenceOf(table, view(table))).toBeNull()
  })

  it.each(compared)('is wrong with another value in the column %s', (name) => {
    const spoil = (columns: Map<string, unknown[]>) => {
      const [first, ...rest] = columns.get(name) ?? []
      columns.set(name, [typeof first === 'number' ? first + 1 : 'another', ...rest])
    }
    expect(differenceOf(table, view(table, spoil))?.says).toMatch(
      new RegExp(`shows a wrong (?:${compared.join('|')}) in`),
    )
  })

  it.each(compared)('is wrong without the column %s', (name) => {
    expect(
      differenceOf(
        table,
        view(table, (columns) => columns.delete(name)),
      )?.says,
    ).toBe(`has no column ${name}`)
  })

  it('tells ids of another form from a single wrong one', () => {
    const name = Object.entries(table.columns).find(([, field]) => field === 'id')?.[0] ?? ''
    const [first] = rowsOf(table.rows, events, question)
    const inOtherForm = (columns: Map<string, unknown[]>) =>
      columns.set(
        name,
        (columns.get(name) ?? []).map((id) => `webhook:1:${String(id)}`),
      )
    expect(differenceOf(table, view(table, inOtherForm))?.otherIds).toEqual({
      shown: `webhook:1:${first?.id}`,
      stored: first?.id,
    })
    const alsoWrong = view(table, (columns) => {
      inOtherForm(columns)
      columns.set('Project', ['another'])
    })
    expect(differenceOf(table, alsoWrong)).not.toHaveProperty('otherIds')
    const twoRows = rowsOf(table.rows, events, question).length > 1
    const oneWrong = view(table, (columns) => columns.set(name, ['another', ...(columns.get(name) ?? []).slice(1)]))
    expect('otherIds' in (differenceOf(table, oneWrong) ?? {})).toBe(!twoRows)
  })

  it('is wrong without its latest row, when it shows none, and when it draws other texts', () => {
    const cut = view(table, (columns) => {
      for (const [name, [, ...rest]] of columns) columns.set(name, rest)
    })
    expect(differenceOf(table, cut)?.says).toMatch(/^shows (?:another number of rows|no rows)$/)
    expect(differenceOf(table, { ...view(table), text: 'No data' })?.says).toBe('does not draw its latest row')
    const every = { type: 'range', options: { result: { text: '0 %' } } }
    const mapped = view(table, () => {}, { mappings: [every] })
    expect(differenceOf(table, mapped)?.says).toMatch(/^replaces the values of the column/)
  })
})

describe('the columns of a table', () => {
  const table = tableOf('mttr', 'Latest Restored Incidents')
  const withOption = (name: string, id: string, value: unknown) => {
    const { fieldConfig, ...rest } = view(table)
    const override = { matcher: { id: 'byName', options: name }, properties: [{ id, value }] }
    return { ...rest, fieldConfig: { ...fieldConfig, overrides: [...fieldConfig.overrides, override] } }
  }

  it('are wrong if one is hidden, has the name of another, or is dropped by a transformation', () => {
    const hidden = withOption('Created', 'custom.hidden', true)
    expect(differenceOf(table, hidden)?.says).toBe('hides the column Created')
    const hiddenSince12 = withOption('Created', 'custom.hideFrom.viz', true)
    expect(differenceOf(table, hiddenSince12)?.says).toBe('hides the column Created')
    const swapped = withOption('Created', 'displayName', 'Restored')
    expect(differenceOf(table, swapped)?.found).toBe('the name Restored for Created')
    const limited = { ...view(table), transformations: [{ id: 'limit', disabled: false, options: { limitField: 0 } }] }
    expect(differenceOf(table, limited)?.says).toMatch(/^changes the column .* after its query$/)
  })

  it.each([{ type: 'gauge', valueDisplayMode: 'hidden' }, { type: 'image' }, { type: 'data-links' }])(
    'are wrong if their cells are %j, which draws no value',
    (cell) => {
      expect(differenceOf(table, withOption('Severity', 'custom.cellOptions', cell))).toMatchObject({
        says: 'draws no values in the column Severity',
        found: `cells of the type ${cell.type}`,
      })
    },
  )

  it('may have cells that draw their values in colors or beside bars', () => {
    for (const cell of [{ type: 'gauge', valueDisplayMode: 'color' }, { type: 'color-background' }, {}])
      expect(differenceOf(table, withOption('Severity', 'custom.cellOptions', cell))).toBeNull()
  })

  it('are wrong if decimals round a duration too far', () => {
    const lasting = (minutes: number, decimals: number, unit = 'm') => {
      const incidents = events.incidents.map((one) => ({ ...one, resolvedAt: one.createdAt + minutes * 60_000 }))
      const shown = withOption('Time to restore', 'decimals', decimals)
      const other = withOption('Time to restore', 'unit', unit).fieldConfig.overrides
      const overrides = [...shown.fieldConfig.overrides, ...other]
      const columns = shown.columns.map(({ name, ...rest }) => {
        const [row] = rowsOf(table.rows, { ...events, incidents }, question)
        const field = table.columns[name]
        return { name, ...rest, values: typeof field === 'string' ? [row?.[field]] : rest.values }
      })
      const view = { ...shown, columns, fieldConfig: { ...shown.fieldConfig, overrides } }
      return tableDifference(view, table, rowsOf(table.rows, { ...events, incidents }, question), 0.05)
    }
    expect(lasting(12, 0)).toBeNull()
    expect(lasting(12.4, 0)).toBeNull()
    expect(lasting(0.4, 0)).toMatchObject({ says: 'rounds the column Time to restore too far', found: '0 decimals' })
    expect(lasting(90, 0)?.found).toBe('0 decimals')
    expect(lasting(90, 1)).toBeNull()
    expect(lasting(90, 0, 'suffix: min')).toBeNull()
  })

  it('may have other names', () => {
    expect(differenceOf(table, withOption('Created', 'displayName', 'Opened'))).toBeNull()
  })

  it('may be cut after the latest ten rows', () => {
    const limited = { ...view(table), transformations: [{ id: 'limit', disabled: false, options: {} }] }
    expect(differenceOf(table, limited)).toBeNull()
  })

  it('may have colors and texts that still say their values', () => {
    const mapped = (result: object) =>
      differenceOf(table, withOption('Severity', 'mappings', [{ type: 'value', options: { HIGH: result } }]))
    expect(mapped({ color: 'red' })).toBeNull()
    expect(mapped({ text: 'High', color: 'red' })).toBeNull()
    expect(mapped({ text: 'Low' })).toMatchObject({
      says: 'replaces the values of the column Severity',
      expected: 'HIGH',
      found: '"Low" by its value mappings or its text for missing values',
    })
    const others = { type: 'value', options: { LOW: { text: 'High' } } }
    expect(differenceOf(table, withOption('Severity', 'mappings', [others]))).toBeNull()
  })

  it('may name missing values, but not by a value', () => {
    const incidents = events.incidents.map((one) => ({ ...one, severity: null }))
    const rows = rowsOf(table.rows, { ...events, incidents }, question)
    const named = (text: string) => {
      const shown = withOption('Severity', 'noValue', text)
      const columns = shown.columns.map((one) => (one.name === 'Severity' ? { ...one, values: [null] } : one))
      return tableDifference({ ...shown, columns }, table, rows, 0.05)
    }
    expect(named('unknown')).toBeNull()
    expect(named('Low')?.says).toBe('replaces the values of the column Severity')
  })

  it('are wrong if counts have a unit', () => {
    const changes = tableOf('lead-time-for-changes', 'Latest Changes')
    const { fieldConfig, ...rest } = view(changes)
    const overrides = (unit: string) => [
      ...fieldConfig.overrides,
      { matcher: { id: 'byName', options: 'New commits' }, properties: [{ id: 'unit', value: unit }] },
    ]
    const judged = (unit: string) =>
      differenceOf(changes, { ...rest, fieldConfig: { ...fieldConfig, overrides: overrides(unit) } })
    expect(judged('short')).toBeNull()
    expect(judged('percent')).toMatchObject({
      says: 'draws the column New commits with another unit',
      found: 'the unit percent',
    })
  })
})

describe('the order in which a table is drawn', () => {
  const table = tableOf('deployment-frequency', 'Latest Deployments')
  const names = Object.entries(table.columns)
  const timeColumn = names.find(([, field]) => field === 'time')?.[0] ?? ''
  const idColumn = names.find(([, field]) => field === 'id')?.[0] ?? ''
  const sortedBy = (displayName: string, desc: boolean) =>
    differenceOf(table, { ...view(table), options: { sortBy: [{ displayName, desc }] } })
  const transformedBy = (field: string, desc: boolean | null) =>
    differenceOf(table, {
      ...view(table),
      transformations: [{ id: 'sortBy', disabled: false, options: { sort: [{ field, desc }] } }],
    })

  it.each([
    ['its options', sortedBy],
    ['a transformation', transformedBy],
  ])('is that of the latest rows first, by %s', (_, by) => {
    expect(by(timeColumn, true)).toBeNull()
    expect(by('a column that the table does not have', false)).toBeNull()
    expect(by(timeColumn, false)).toMatchObject({
      says: 'is not sorted',
      found: `the rows sorted by ${timeColumn}, ascending`,
    })
    expect(by(idColumn, true)?.says).toBe('is not sorted')
  })

  it('is ascending where the model leaves the direction out or empty', () => {
    expect(transformedBy(timeColumn, null)?.found).toContain('ascending')
  })
})

describe('a table that ends among rows of one instant', () => {
  const table = tableOf('deployment-frequency', 'Latest Deployments')
  const row = (id: string, age: number, project = 'checkout') => ({
    ...{ project, id, time: now - age * hour, outcome: 'success', incidents: 0, repository: 'shop' },
  })
  const later = Array.from({ length: 9 }, (_, index) => row(`d${index}`, index))
  const tied = [row('deploy-3', 20, 'shop'), row('deploy-2', 20), row('deploy-1', 20, 'catalog')]
  const shows = (rows: readonly object[]): PanelView => {
    const columns = Object.entries(table.columns).map(([name, field]) => ({
      ...{ name, isNumber: false },
      values: rows.map((one) => (typeof field === 'string' ? (one as Record<string, unknown>)[field] : 'any text')),
    }))
    return { ...view(table), columns, text: 'd0' } as PanelView
  }
  const judged = (...last: readonly object[]) =>
    tableDifference(shows([...later, ...last]), table, [...later, ...tied, row('d9', 30)], 0.05)

  it('may end with any of them', () => {
    for (const one of tied) expect(judged(one)).toBeNull()
    expect(judged(...tied.slice(1))).toBeNull()
    expect(judged(...tied.toReversed())).toBeNull()
  })

  it('is wrong if it ends with another row', () => {
    expect(judged(row('deploy-4', 20))?.says).toMatch(/^shows a wrong/)
    expect(judged({ ...tied[2], project: 'shop' })?.says).toMatch(/^shows a wrong/)
    expect(judged(row('d9', 30))?.says).toMatch(/^shows a wrong/)
  })
})

describe('the rows of a table', () => {
  it('hold the failures with their incidents, and the new commits of a change', () => {
    expect(rowsOf('failures', events, question)).toMatchObject([
      { id: 'd2', outcome: 'failure', incidents: 0 },
      { id: 'd1', outcome: 'success', incidents: 1 },
    ])
    expect(rowsOf('changes', events, question)).toMatchObject([{ id: 'd1', minutes: 60, commits: 1 }])
    expect(rowsOf('restorations', events, question)).toMatchObject([{ id: 'i1', minutes: 60, severity: 'HIGH' }])
  })

  it('are wrong in minutes when the column has the unit of hours', () => {
    const table = tableOf('mttr', 'Latest Restored Incidents')
    const right = view(table)
    const overrides = [
      { matcher: { id: 'byName', options: 'Time to restore' }, properties: [{ id: 'unit', value: 'h' }] },
    ]
    const shown = { ...right, fieldConfig: { defaults: {}, overrides } }
    expect(differenceOf(table, shown)).toMatchObject({ found: 'the unit h' })
  })
})

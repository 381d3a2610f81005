/**
 * Under the contract `devlake` the metrics are judged by the DORA dashboard: what was recorded of its panels is held against the
 * rows that were recorded, in a database. Grafana plays back what it answered.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { expectReconciled, type Metric } from '../../support/checks/reconciliation'
import { configurationSchema } from '../../support/configuration/schema'
import { devlake } from '../../support/contracts/devlake'
import { Blocked, Unmet } from '../../support/expectation'
import { Database } from '../../support/platform/database'
import type { Choice, DashboardView } from '../../support/platform/grafana-pages'
import type { Platform } from '../../support/platform/platform'
import { runOn, startRecordedDatabase } from '../fixtures/devlake/recorded-database'
import { recordedPanels } from '../fixtures/devlake/recording'
import type { MariaDb } from '../fixtures/mariadb'

let mariadb: MariaDb
let platform: Platform
let database: Database

beforeAll(async () => {
  mariadb = await startRecordedDatabase()
})
afterAll(() => mariadb?.stop())

/** The snapshot in which each project was recorded last. */
const snapshots = { 'acc-p1': '4-after-restart', 'acc-p2': 'p2-traps' } as const
type Project = keyof typeof snapshots

/** What the page of the dashboard was answered, the range being the last 30 days. */
function recordedView({ variables }: Pick<Choice, 'variables'>): DashboardView {
  const found = recordedPanels.filter(
    ({ snapshot, project, report, range }) =>
      snapshot === snapshots[project as Project] &&
      project === variables.project &&
      report === variables.dora_report &&
      range === '30d',
  )
  const panels = found.map(({ panel, columns, rows }) => ({
    id: panel,
    title: '',
    text: '',
    errors: [],
    columns: columns.map((name, index) => ({
      name,
      isNumber: false,
      values: rows.map((row) => (row[index] === 'NULL' ? null : row[index])),
    })),
  }))
  return { panels, complaints: [], loadedMs: 1, picture: null }
}

function judging(project: Project, shown = recordedView): void {
  const recorded = recordedPanels.find(({ snapshot }) => snapshot === snapshots[project])
  vi.setSystemTime((recorded?.now ?? 0) * 1000)
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(devlake.names).parse({
    contract: 'devlake',
    database: { user },
    projects: { only: [project] },
  })
  database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false)
  const secret = new Map([
    ['MYSQL_PASSWORD', password],
    ['admin-password', 'of the admin'],
    ['token', 'of the API'],
  ])
  const projects = Object.keys(snapshots).map((name) => ({ name }))
  platform = {
    configuration,
    contract: devlake,
    database,
    kubernetes: { namespace: 'fawkes', secret: async () => secret },
    rest: {
      get: async (path: string) => ({
        url: `http://lake${path}`,
        status: 200,
        headers: {},
        body: path === '/projects' ? JSON.stringify({ projects, count: projects.length }) : '',
      }),
    },
    grafana: { user: async () => ({ status: 200 }), dashboard: async () => ({ panels: [] }) },
    grafanaPages: { open: async (_login: unknown, _dashboard: unknown, choice: Choice) => shown(choice) },
  } as unknown as Platform
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await database?.close()
})

const metrics: readonly Metric[] = ['deployment frequency', 'lead time', 'change failure rate', 'time to restore']
const unmet = (project: Project, metric: Metric, shown?: typeof recordedView) => {
  judging(project, shown)
  return expectReconciled(platform, metric).then(
    () => expect.unreachable('it was content'),
    (error: unknown) => error,
  )
}

/** Without what was told wrongly in the recording on purpose, which is a finding of its own. */
const withoutTraps = async (use: () => Promise<void>) => {
  const recorded = devlake.dora.reportedOn
  const spied = vi
    .spyOn(recorded ?? expect.unreachable(), 'traps', 'get')
    .mockReturnValue(Object.fromEntries(metrics.map((metric) => [metric, () => []])) as never)
  try {
    await use()
  } finally {
    spied.mockRestore()
  }
}

describe('the DORA dashboard of a stock DevLake', () => {
  it.each(metrics)('shows the %s that its rows make up, in both reports', (metric) =>
    withoutTraps(async () => {
      judging('acc-p1')
      expect(await expectReconciled(platform, metric)).toMatch(/^4 panels of acc-p1; [1-4] with data$/)
    }),
  )

  it.each(metrics)('is red about the %s when a row is another than it was counted by', (metric) =>
    withoutTraps(async () => {
      const wrong = (choice: Pick<Choice, 'variables'>) => {
        const view = recordedView(choice)
        return {
          ...view,
          panels: view.panels.map((panel) => ({
            ...panel,
            columns: panel.columns.map((column) => ({ ...column, values: column.values.map(() => '17.0(low)') })),
          })),
        }
      }
      const error = await unmet('acc-p1', metric, wrong)
      expect(error).toBeInstanceOf(Unmet)
      expect(error).toMatchObject({
        finding: {
          object: expect.stringMatching(/^panel DORA Metrics Overview \/ \d+$/),
          found: expect.stringContaining('17.0'),
        },
      })
    }),
  )

  it('that lacks a panel is red', () =>
    withoutTraps(async () => {
      const error = await unmet('acc-p1', 'lead time', (choice) => ({
        ...recordedView(choice),
        panels: recordedView(choice).panels.filter(({ id }) => id !== 12),
      }))
      expect(error).toMatchObject({ finding: { found: expect.stringContaining('/ 12: no such panel') } })
    }))

  it('proves nothing of a metric that has no data', () =>
    withoutTraps(async () => {
      await runOn(mariadb, 'CREATE TABLE kept SELECT * FROM pull_requests')
      await runOn(mariadb, 'DELETE FROM pull_requests')
      try {
        const empty = (choice: Pick<Choice, 'variables'>) => {
          const view = recordedView(choice)
          const before = recordedPanels.filter(({ snapshot, range }) => snapshot.startsWith('0-') && range === '30d')
          const of = (id: number) =>
            before.find(({ panel, report }) => panel === id && report === choice.variables.dora_report)
          return {
            ...view,
            panels: view.panels.map((panel) => ({
              ...panel,
              columns: panel.columns.map((column, index) => ({
                ...column,
                values: of(panel.id)?.rows.map((row) => row[index]) ?? [],
              })),
            })),
          }
        }
        expect(await unmet('acc-p1', 'lead time', empty)).toBeInstanceOf(Blocked)
      } finally {
        await runOn(mariadb, 'INSERT INTO pull_requests SELECT * FROM kept')
        await runOn(mariadb, 'DROP TABLE kept')
      }
    }))
})

describe('what keeps the rows from being counted as they were meant', () => {
  it.each([
    ['change failure rate', /SUCCESS|success/],
    ['time to restore', /resol/],
  ] as const)('is the finding about the %s, with the requests that mend it', async (metric, said) => {
    const error = await unmet('acc-p2', metric)
    expect(error).toBeInstanceOf(Unmet)
    const { finding } = error as Unmet
    expect(finding.summary).toMatch(said)
    expect(finding.remedy[0]).toBe('kubectl port-forward -n fawkes svc/devlake-lake 8080:8080')
    expect(finding.remedy.join('\n')).toContain('http://localhost:8080')
  })
})

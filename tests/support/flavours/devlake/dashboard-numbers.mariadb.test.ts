/**
 * The check of the numbers under the contract `devlake`: the recorded panels of the DORA dashboard are compared with the recorded
 * rows in a database. Grafana plays back its recorded answers.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Blocked, Unmet } from '../../../../support/basis/expectation'
import { expectVariablesUsed } from '../../../../support/checks/dashboards/installation'
import type { Metric } from '../../../../support/checks/numbers/metric'
import { expectDeploymentShown, expectReportedShown } from '../../../../support/checks/numbers/shown-deployments'
import { configurationSchema } from '../../../../support/configuration/schema'
import type { Window } from '../../../../support/dora/metrics'
import { devlake } from '../../../../support/flavours/devlake/devlake'
import { traps } from '../../../../support/flavours/devlake/reporting'
import { flavours } from '../../../../support/flavours/flavours'
import { Database } from '../../../../support/platform/database'
import type { Choice, DashboardView } from '../../../../support/platform/grafana-pages'
import type { Platform } from '../../../../support/platform/platform'
import { runOn, startRecordedDatabase } from '../../../fixtures/devlake/recorded-database'
import { type RecordedPanel, recordedPanels } from '../../../fixtures/devlake/recording'
import type { MariaDb } from '../../../fixtures/mariadb'
import { commandFor, platformOf } from '../../../fixtures/platform-of-objects'

let mariadb: MariaDb
let platform: Platform
let database: Database

beforeAll(async () => {
  mariadb = await startRecordedDatabase()
})
afterAll(() => mariadb?.stop())

/** The snapshot in which each project was recorded last. Nothing of the other project changed after `p2-traps`. */
const snapshots = { 'acc-p1': '4-after-restart', 'acc-p2': 'p2-traps' } as const
type Project = keyof typeof snapshots
const projects = ['acc-p1', 'acc-p2'] as const

type Looked = Pick<Choice, 'variables'> & { readonly window: Window }
type Rows = readonly (readonly (string | null)[])[]

const rangeOf = ({ window: { start, end } }: Looked) => (end - start < 8 * 86_400_000 ? '7d' : '30d')

/** The recorded answers to the dashboard page over the last 7 or 30 days. */
function recordedView(look: Looked, range = rangeOf(look), project = look.variables.project): DashboardView {
  const found = recordedPanels.filter(
    (panel) =>
      panel.snapshot === snapshots[project as Project] &&
      panel.project === project &&
      panel.report === look.variables.dora_report &&
      panel.range === range,
  )
  return viewOf(found, ({ rows }) => rows)
}

/** The dashboard over a range years before DevLake was installed: its texts without any events, and no monthly bars. */
function emptyView(look: Looked, months: Rows = []): DashboardView {
  const before = recordedPanels.filter(
    ({ snapshot, report, range }) =>
      snapshot.startsWith('0-') && report === look.variables.dora_report && range === '30d',
  )
  return viewOf(before, ({ columns, rows }) => (columns[0] === 'month' ? months : rows))
}

function viewOf(panels: readonly RecordedPanel[], rowsOf: (panel: RecordedPanel) => Rows): DashboardView {
  return {
    panels: panels.map((panel) => ({
      id: panel.panel,
      type: 'table',
      title: '',
      fieldConfig: { defaults: {}, overrides: [] },
      timezone: '',
      text: '',
      errors: [],
      columns: panel.columns.map((name, index) => ({
        name,
        isNumber: false,
        values: rowsOf(panel).map((row) => (row[index] === 'NULL' ? null : row[index])),
      })),
    })),
    asked: undefined,
    complaints: [],
    loadedMs: 1,
    picture: null,
  }
}

/** The view with different rows on some panels, by the id of the panel. */
const withRows = (view: DashboardView, other: Readonly<Record<number, Rows>>): DashboardView => ({
  ...view,
  panels: view.panels.map((panel) => ({
    ...panel,
    columns: panel.columns.map((column, index) => ({
      ...column,
      values: other[panel.id]?.map((row) => row[index] ?? null) ?? column.values,
    })),
  })),
})

/** The view with a failed query. */
const withErrors = (view: DashboardView): DashboardView => ({
  ...view,
  panels: view.panels.map((panel) => (panel.id === 2 ? { ...panel, columns: [], errors: ['no such table'] } : panel)),
})

const isEmpty = ({ window }: Looked) => window.end < Date.UTC(2002, 0)

/** A correct Grafana: it shows the recorded answers for the chosen range, project and report. */
const truthful = (look: Looked) => (isEmpty(look) ? emptyView(look) : recordedView(look))

/** The pages that were opened, in order. */
let opened: string[]

/** @param own the projects that the platform lists */
function judging(
  only: readonly string[],
  shown: (look: Looked) => DashboardView = truthful,
  own: readonly string[] = projects,
): void {
  const snapshot = only.includes('acc-p1') ? snapshots['acc-p1'] : snapshots['acc-p2']
  const recorded = recordedPanels.find((panel) => panel.snapshot === snapshot)
  vi.setSystemTime((recorded?.now ?? 0) * 1000)
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(devlake.names).parse({
    contract: 'devlake',
    database: { user },
    projects: { only },
    testApplication: { name: 'trial', project: 'acc-p3' },
  })
  database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false)
  const secret = new Map([
    ['MYSQL_PASSWORD', password],
    ['admin-password', 'of the admin'],
    ['token', 'of the API'],
  ])
  const listed = own.map((name) => ({ name }))
  opened = []
  platform = {
    configuration,
    contract: devlake,
    database,
    kubernetes: {
      namespace: 'fawkes',
      secret: async () => secret,
      now: new Date(),
      of() {
        return this
      },
    },
    rest: {
      commandFor,
      get: async (path: string) => ({
        url: `http://lake${path}`,
        status: 200,
        headers: {},
        body: JSON.stringify(
          path === '/version' ? { version: 'v1.0.3-beta12' } : { projects: listed, count: listed.length },
        ),
      }),
    },
    grafana: {
      commandFor,
      dashboardCommand: commandFor,
      user: async () => ({ status: 200 }),
      datasources: async () => [],
      dashboard: async () => ({ title: 'DORA', panels: [], variables: [] }),
    },
    grafanaPages: {
      open: async (_login: unknown, _dashboard: unknown, choice: Choice & Looked) => {
        opened.push(
          `${choice.variables.project} ${choice.variables.dora_report} ${isEmpty(choice) ? 'never' : rangeOf(choice)}`,
        )
        return shown(choice)
      },
    },
  } as unknown as Platform
}

/** Changes the rows while a check runs. */
async function withChanged(there: readonly string[], back: readonly string[], use: () => Promise<void>): Promise<void> {
  try {
    for (const statement of there) await runOn(mariadb, statement)
    await use()
  } finally {
    for (const statement of back) await runOn(mariadb, statement)
  }
}

const numbers = () => flavours.devlake.numbers(platform)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await database?.close()
})

const metrics = [
  'deployment frequency',
  'lead time',
  'change failure rate',
  'time to restore',
] as const satisfies readonly Metric[]
const refusal = (look: Promise<unknown>) =>
  look.then(
    () => expect.unreachable('The check passed.'),
    (error: unknown) => error,
  )
const unmet = (project: Project, metric: Metric, shown?: typeof truthful) => {
  judging([project], shown)
  return refusal(numbers().expectMetric(metric))
}

/** Ignores the traps that the recording contains on purpose, which are findings of their own. */
const withoutTraps = async (use: () => Promise<void>) => {
  const spied = metrics.map((metric) => vi.spyOn(traps, metric).mockReturnValue([]))
  try {
    await use()
  } finally {
    for (const spy of spied) spy.mockRestore()
  }
}

describe('the numbers of the reports', () => {
  it('are those of the panels of each project and of all together, and each panel is a surface', async () => {
    judging(['acc-p1', 'acc-p2'])
    for (const metric of metrics) {
      const { projects, all, range } = await numbers().measured(metric)
      expect(range).toBe('last 30 days')
      if (metric === 'lead time') expect(all).toEqual({ value: 240, shown: '4 h', level: 'elite', samples: 3 })
      for (const { surfaces } of projects) expect(surfaces).toMatchObject({ differing: [], unread: [] })
      expect(projects.map(({ surfaces }) => surfaces.agreeing.length)).toEqual([4, 4])
    }
  })
})

describe('the DORA dashboard of a stock DevLake', () => {
  it.each(metrics)('shows the %s that its rows yield, in both reports', (metric) =>
    withoutTraps(async () => {
      judging(['acc-p1'])
      expect(await numbers().expectMetric(metric)).toMatch(/^4 panels of acc-p1; [1-4] with data$/)
    }),
  )

  it.each(metrics)('fails for the %s when a panel shows other rows', (metric) =>
    withoutTraps(async () => {
      const wrong = (look: Looked) =>
        withRows(
          recordedView(look),
          Object.fromEntries([2, 5, 6, 9, 11, 12, 14, 17].map((id) => [id, [['17.0(low)']]])),
        )
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

  it('fails when a panel is missing', () =>
    withoutTraps(async () => {
      const error = await unmet('acc-p1', 'lead time', (look) => ({
        ...recordedView(look),
        panels: recordedView(look).panels.filter(({ id }) => id !== 12),
      }))
      expect(error).toMatchObject({ finding: { found: expect.stringContaining('/ 12: no such panel') } })
    }))

  it('blocks for a metric without data', () =>
    withoutTraps(async () => {
      const empty = (look: Looked) =>
        emptyView(look, [
          ['26/10', '0'],
          ['26/11', '0'],
        ])
      await withChanged(
        ['CREATE TABLE kept SELECT * FROM pull_requests', 'DELETE FROM pull_requests'],
        ['INSERT INTO pull_requests SELECT * FROM kept', 'DROP TABLE kept'],
        async () => {
          expect(await unmet('acc-p1', 'lead time', empty)).toBeInstanceOf(Blocked)
        },
      )
    }))

  it('blocks for a change failure rate of 0 % without an incident', () =>
    withoutTraps(() =>
      withChanged(
        [
          'CREATE TABLE kept SELECT * FROM incidents',
          "DELETE FROM incidents WHERE scope_id IN (SELECT row_id FROM project_mapping WHERE project_name = 'acc-p1')",
        ],
        ['DELETE FROM incidents', 'INSERT INTO incidents SELECT * FROM kept', 'DROP TABLE kept'],
        async () => {
          const none = (look: Looked) =>
            withRows(recordedView(look), {
              5: [
                ['26/10', '0.0000'],
                ['26/11', '0.0000'],
              ],
              14: [['0.0%(elite)']],
            })
          expect(await unmet('acc-p1', 'change failure rate', none)).toMatchObject({
            finding: { summary: expect.stringContaining('no incident of a project') },
          })
        },
      ),
    ))
})

describe('a trap that keeps rows from being counted as intended', () => {
  it.each([
    ['change failure rate', /SUCCESS|success/],
    ['time to restore', /resol/],
  ] as const)('is the finding about the %s, with the requests that correct it', async (metric, said) => {
    const error = await unmet('acc-p2', metric)
    expect(error).toBeInstanceOf(Unmet)
    const { finding } = error as Unmet
    expect(finding.summary).toMatch(said)
    expect(finding.remedy[0]).toBe('kubectl port-forward -n fawkes svc/devlake-lake 8080:8080')
    expect(finding.remedy.join('\n')).toContain('http://localhost:8080')
    expect(finding.remedy.at(-1)).toMatch(/ exec mysql .* -e 'SELECT \* FROM /)
  })
})

describe('all panels of two projects', () => {
  it('are compared with the rows, including the overview of the levels', async () => {
    judging(projects)
    expect(await numbers().expectPanels()).toMatch(/^36 panels of acc-p1, acc-p2; \d+ with data$/)
  })

  it('fail when the overview shows another level than the panels', async () => {
    const other = [
      ['Lead time for changes', 'Lead-time-for-changes', null, 'Between one week and one month(medium)', null, null],
    ]
    judging(projects, (look) => {
      const view = truthful(look)
      const rows =
        recordedPanels.find(({ panel, snapshot }) => panel === 8 && snapshot === '4-after-restart')?.rows ?? []
      return withRows(view, { 8: [...rows.filter(([metric]) => metric !== 'Lead time for changes'), ...other] })
    })
    expect(await refusal(numbers().expectPanels())).toMatchObject({
      finding: {
        object: 'panel DORA Metrics Overview / 8',
        summary: expect.stringContaining('shows a different set of levels of acc-p1 than its rows yield'),
        found: expect.stringContaining('Lead time for changes medium'),
      },
    })
  })
})

describe('another project', () => {
  it('changes the panels to what its own rows yield', async () => {
    judging(projects)
    expect(await numbers().expectFilter('project')).toMatch(/^1\d of 18 panels changed with the project$/)
    const asPeopleSeeIt = `${projects[0]} undefined 30d`
    const compared = projects.flatMap((one) => ['2023', '2021'].map((report) => `${one} ${report} 30d`))
    expect(new Set(opened)).toEqual(new Set([asPeopleSeeIt, ...compared]))
  })

  it('fails when the dashboard shows the numbers of the first project for it', async () => {
    judging(projects, (look) => recordedView(look, '30d', 'acc-p1'))
    expect(await refusal(numbers().expectFilter('project'))).toMatchObject({
      name: 'AssertionError',
      finding: { summary: expect.stringContaining('of acc-p2 than its rows yield') },
    })
  })

  it('is chosen because its rows yield different panels, even if the next project by name yields the same', () =>
    withChanged(
      [
        "CREATE TABLE kept SELECT * FROM project_mapping WHERE project_name = 'acc-p2'",
        "DELETE FROM project_mapping WHERE project_name = 'acc-p2'",
        "INSERT INTO project_mapping (project_name, `table`, row_id) SELECT 'acc-p2', `table`, row_id FROM project_mapping WHERE project_name = 'acc-p1'",
        "INSERT INTO project_mapping (project_name, `table`, row_id) SELECT 'acc-p4', `table`, row_id FROM kept",
      ],
      [
        "DELETE FROM project_mapping WHERE project_name IN ('acc-p2', 'acc-p4')",
        'INSERT INTO project_mapping SELECT * FROM kept',
        'DROP TABLE kept',
      ],
      async () => {
        const same = { 'acc-p1': 'acc-p1', 'acc-p2': 'acc-p1', 'acc-p4': 'acc-p2' } as const
        const shown = (look: Looked) => recordedView(look, '30d', same[look.variables.project as keyof typeof same])
        judging(projects, shown, ['acc-p1', 'acc-p2', 'acc-p4'])
        expect(await numbers().expectFilter('project')).toMatch(/^1\d of 18/)
        expect(new Set(opened.map((page) => page.split(' ')[0]))).toEqual(new Set(['acc-p1', 'acc-p4']))
        judging(projects, shown)
        const blocked = await refusal(numbers().expectFilter('project'))
        expect(blocked).toBeInstanceOf(Blocked)
        expect(blocked).toMatchObject({ finding: { expected: 'at least one panel that depends on the project' } })
      },
    ))
})

describe('another time range', () => {
  it('changes the panels, down to no data where there are no events', async () => {
    judging(projects)
    expect(await numbers().expectFilter('time range')).toMatch(/^18 of 18 panels changed with the time range$/)
    expect(new Set(opened.map((page) => page.split(' ')[2]))).toEqual(new Set(['30d', '7d', 'never']))
  })

  it.each<[string, typeof truthful]>([
    ['at any time', (look) => recordedView(look, '30d')],
    [
      'at any time before the end of the range',
      (look) => (isEmpty(look) ? emptyView(look) : recordedView(look, '30d')),
    ],
  ])('fails when the dashboard shows events %s', async (_, shown) => {
    judging(projects, shown)
    expect(await refusal(numbers().expectFilter('time range'))).toBeInstanceOf(Unmet)
  })
})

describe('a window without events', () => {
  it('shows no data on every panel', async () => {
    judging(projects)
    expect(await numbers().expectNoData()).toBe(18)
  })

  it.each<[string, typeof truthful]>([
    ['a number', (look) => recordedView(look, '7d')],
    ['0', (look) => emptyView(look, [['01/01', '0']])],
    ['an error', (look) => withErrors(emptyView(look))],
  ])('fails when a panel shows %s', async (_, shown) => {
    judging(projects, shown)
    expect(await refusal(numbers().expectNoData())).toBeInstanceOf(Unmet)
  })
})

describe('a deployment through ArgoCD', () => {
  /** Adds a project whose only collected deployment has the times that ArgoCD reports, to the second. */
  const reached =
    "INSERT INTO project_mapping (project_name, `table`, row_id) VALUES ('acc-p3', 'cicd_scopes', 'webhook:5')"
  const unreached = "DELETE FROM project_mapping WHERE project_name = 'acc-p3'"
  const operation = {
    startedAt: '2026-11-22T00:00:00Z',
    finishedAt: '2026-11-22T00:10:00Z',
    phase: 'Succeeded',
    syncResult: { revision: '3'.repeat(40) },
  }

  function deploying(deployments: string): void {
    judging(projects, (look) => {
      const is2023 = look.variables.dora_report === '2023'
      const [frequency, failure] = is2023
        ? ['1 deployment days per week(high)', '1']
        : ['1 deployment days per month(high)', '0-15%']
      const [, leadTime, , restoration] =
        recordedPanels.find(
          ({ panel, snapshot, report }) =>
            panel === 8 && snapshot.startsWith('0-') && report === look.variables.dora_report,
        )?.rows ?? []
      return withRows(emptyView(look), {
        8: [
          ['Deployment frequency', '', null, null, 'a word', null],
          ['Change failure rate', '', null, null, null, failure ?? null],
          leadTime ?? [],
          restoration ?? [],
        ].map((row) => row.map((cell) => (cell === 'NULL' ? null : cell))),
        11: [[frequency ?? '']],
        14: [['0.0%(elite)']],
        ...(is2023 ? { 17: [['No data']] } : {}),
        2: [['26/11', deployments]],
        5: [['26/11', '0.0000']],
        6: [['26/11', '0.0000']],
        9: [['26/11', '0.0000']],
      })
    })
    syncing()
  }

  function syncing(): void {
    const cluster = platformOf({
      objects: [{ resource: 'appprojects', metadata: { name: 'default', namespace: 'argocd' } }],
    })
    let synced = false
    Object.assign(platform.kubernetes, {
      api: cluster.kubernetes.api,
      application: async () => ({
        metadata: { name: 'devlake', namespace: 'argocd' },
        spec: {},
        status: synced ? { operationState: operation } : {},
      }),
      syncs: {
        start: async () => {
          synced = true
          return ''
        },
        ending: (_name: string, end: Promise<unknown>) => end,
      },
    })
  }

  it('is shown by the panels that count deployments', () =>
    withChanged([reached], [unreached], async () => {
      deploying('1')
      expect(await expectDeploymentShown(platform, numbers())).toBe(
        'panel DORA Metrics Overview / 2 (report 2021): 1\npanel DORA Metrics Overview / 2 (report 2023): 1',
      )
    }))

  it('fails when a panel leaves it out', () =>
    withChanged([reached], [unreached], async () => {
      deploying('0')
      expect(await refusal(expectDeploymentShown(platform, numbers()))).toMatchObject({
        finding: {
          object: 'panel DORA Metrics Overview / 2',
          expected: '26/11 1',
          found: expect.stringContaining('26/11 0'),
        },
      })
    }))

  it('fails when it is stored but counted nowhere', () =>
    withChanged(
      [reached, "UPDATE cicd_deployment_commits SET result = 'FAILURE' WHERE cicd_deployment_id = 'acc-p3-d1'"],
      [unreached, "UPDATE cicd_deployment_commits SET result = 'SUCCESS' WHERE cicd_deployment_id = 'acc-p3-d1'"],
      async () => {
        judging(projects, (look) => withRows(emptyView(look, [['26/11', '0']]), { 5: [['26/11', null]] }))
        syncing()
        expect(await refusal(expectDeploymentShown(platform, numbers()))).toMatchObject({
          finding: { summary: 'No dashboard shows the deployment of acc-p3.' },
        })
      },
    ))
})

describe('the deployments reported over the last seven days', () => {
  const reported = (deployments: number, shown?: typeof truthful) => {
    judging(projects, shown)
    return expectReportedShown(platform, numbers(), { project: 'acc-p1', toldAt: Date.now() + 250 }, deployments, 7)
  }

  it('are counted by the panels', async () => {
    expect(await reported(10)).toBe(
      'panel DORA Metrics Overview / 2 (report 2021): 10\npanel DORA Metrics Overview / 2 (report 2023): 10',
    )
  })

  it('fail when a panel shows a different number, and when the rows yield one', async () => {
    const nine = (look: Looked) => withRows(truthful(look), { 2: [['26/11', '9']] })
    expect(await refusal(reported(10, nine))).toMatchObject({ finding: { expected: '26/11 10' } })
    expect(await refusal(reported(9))).toMatchObject({
      finding: { object: 'panel DORA Metrics Overview / 2 (report 2021)', expected: '9' },
    })
  })
})

describe('the rows', () => {
  const reads = () => vi.spyOn(database, 'stream')

  it('are read once for all metrics', () =>
    withoutTraps(async () => {
      judging(projects)
      const read = reads()
      for (const metric of metrics) await numbers().expectMetric(metric)
      await numbers().expectPanels()
      expect(read).toHaveBeenCalledTimes(1)
      expect(opened).toHaveLength(4)
    }))

  it('are read again, and the pages opened again, when more rows were collected meanwhile', () =>
    withoutTraps(() =>
      withChanged(
        ['CREATE TABLE kept SELECT * FROM cicd_deployment_commits', 'DELETE FROM cicd_deployment_commits'],
        [
          'DELETE FROM cicd_deployment_commits',
          'INSERT INTO cicd_deployment_commits SELECT * FROM kept',
          'DROP TABLE kept',
        ],
        async () => {
          let collected = false
          judging(['acc-p1'], (look) =>
            collected
              ? recordedView(look)
              : emptyView(look, [
                  ['26/10', '0'],
                  ['26/11', '0'],
                ]),
          )
          const read = reads()
          const open = platform.grafanaPages.open.bind(platform.grafanaPages)
          vi.spyOn(platform.grafanaPages, 'open').mockImplementation(async (...given) => {
            // Only before the first of the pages, which are opened side by side: after the rows were read, before any panel is.
            if (!collected) await runOn(mariadb, 'INSERT IGNORE INTO cicd_deployment_commits SELECT * FROM kept')
            collected = true
            return open(...given)
          })
          expect(await numbers().expectMetric('deployment frequency')).toMatch(/^4 panels of acc-p1; 4 with data$/)
          expect(read).toHaveBeenCalledTimes(2)
          expect(opened).toHaveLength(4)
        },
      ),
    ))

  it('with a trap are read again, because they may have been corrected', async () => {
    judging(['acc-p2'])
    // This incident was closed without a resolution date, and its board belongs to no project.
    const mended = "DELETE FROM incidents WHERE incident_key = 'PROBE-1'"
    await withChanged(
      ['CREATE TABLE kept SELECT * FROM incidents'],
      ['DELETE FROM incidents', 'INSERT INTO incidents SELECT * FROM kept', 'DROP TABLE kept'],
      async () => {
        expect(await refusal(numbers().expectMetric('time to restore'))).toBeInstanceOf(Unmet)
        await runOn(mariadb, mended)
        expect(await numbers().expectMetric('time to restore')).toMatch(/^4 panels of acc-p2/)
      },
    )
  })

  it('of stories are ignored', () =>
    withChanged(
      [
        "INSERT INTO projects (name, description) VALUES ('dora-acceptance-r1-1', '')",
        'INSERT INTO _tool_webhook_connections (id) VALUES (99)',
        "INSERT INTO incidents (id, `table`, scope_id, created_date) VALUES ('webhook:99:dora-acceptance-r1-1-i1', 'boards', 'webhook:99', NOW())",
        "INSERT INTO cicd_deployment_commits (id, cicd_scope_id, cicd_deployment_id, result, environment, commit_sha) VALUES ('x', 'webhook:99', 'dora-acceptance-r1-1-d1', 'SUCCESS', 'PRODUCTION', 'c')",
      ],
      [
        "DELETE FROM projects WHERE name LIKE 'dora-acceptance-%'",
        'DELETE FROM _tool_webhook_connections WHERE id = 99',
        "DELETE FROM incidents WHERE scope_id = 'webhook:99'",
        "DELETE FROM cicd_deployment_commits WHERE id = 'x'",
      ],
      async () => {
        const error = await unmet('acc-p1', 'deployment frequency')
        expect(error).toMatchObject({ finding: { found: expect.stringContaining('acc-p3-d1') } })
        expect(String(error)).not.toMatch(/dora-acceptance|webhook:99/)
        const failed = await unmet('acc-p1', 'change failure rate')
        expect(JSON.stringify(failed)).not.toMatch(/dora-acceptance|webhook:99/)
      },
    ))
})

describe('the variables of the dashboards', () => {
  /** Modelled on DevLake's dashboards: those of a single metric have no report variable, or do not use it in a query. */
  const asking = (uid: string, ...variables: string[]) => ({
    uid,
    title: uid,
    folder: '',
    variables: ['project', 'dora_report'].map((name) => ({ name, type: 'query' })),
    panels: variables.map((name, id) => ({
      id,
      type: 'table',
      targets: [{ hide: false, rawSql: `IN (\${${name}})` }],
    })),
  })
  const withVariables = (variablesOf: (uid: string) => string[]) => {
    judging(projects)
    Object.assign(platform.grafana, { dashboard: async (uid: string) => asking(uid, ...variablesOf(uid)) })
    return expectVariablesUsed(platform)
  }
  const overview = 'qNo8_0M4z'

  it('are the project on every dashboard, and also the report on the overview', async () => {
    expect(await withVariables((uid) => (uid === overview ? ['project', 'dora_report'] : ['project']))).toBe(6)
  })

  it.each([
    ['no query uses the project', (uid: string) => (uid === overview ? ['project', 'dora_report'] : []), 'project'],
    ['no query uses the report', () => ['project'], 'dora_report'],
  ])('fail when %s', async (_, variablesOf, name) => {
    expect(await refusal(withVariables(variablesOf))).toMatchObject({
      finding: { summary: expect.stringContaining(`has the variable ${name}, but no query uses it`) },
    })
  })
})

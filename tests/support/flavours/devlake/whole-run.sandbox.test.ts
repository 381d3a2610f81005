/**
 * The contract `devlake` in whole runs: the objects of DevLake's chart on the real cluster, the recorded rows in a real database,
 * and the recorded answers of the lake and of Grafana's panels behind them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../../../../faults/runs/sandbox'
import type { SuiteRun } from '../../../../faults/runs/suite'
import { type DeployedDevLake, deployDevLake } from '../../../fixtures/devlake/deployment'
import { lastSnapshots } from '../../../fixtures/devlake/played-back'
import { exchanges, exchangesOfStory } from '../../../fixtures/devlake/processes'
import { runOn } from '../../../fixtures/devlake/recorded-database'
import { recordedPanels } from '../../../fixtures/devlake/recording'
import { root } from '../../../fixtures/features'

let devlake: DeployedDevLake

beforeAll(async () => {
  devlake = await deployDevLake(await sandboxEnvironment())
})
afterAll(() => devlake?.remove())

/** Restricts the run to the projects whose panels were recorded. That asks less than the checklist, so items that pass are blocked. */
const recordedProjects = { projects: { only: ['acc-p1', 'acc-p2'] } }
/** The ids of the panels that are the same in both reports. */
const panelsOfBoth = [2, 6, 5]

/** The panels recorded over a range in the last snapshots. Panels that are the same in both reports appear once. */
const recordedOver = (range: string) =>
  recordedPanels
    .filter((one) => one.range === range && one.snapshot === lastSnapshots[one.project])
    .filter(({ panel, report }) => report === '2023' || !panelsOfBoth.includes(panel))
    .map(({ project, report, panel }) => `${project} ${report} ${panel} ${range}`)

function expectOnlyRecorded(): void {
  expect(devlake.lake.unrecorded).toEqual([])
  expect(devlake.panels.unrecorded).toEqual([])
}

const withStatus = ({ verdict }: SuiteRun, status: string) =>
  verdict.items.filter((item) => item.status === status).map(({ id }) => id)

const reasonsOf = ({ verdict }: SuiteRun, status: string) =>
  Object.fromEntries(verdict.items.filter((item) => item.status === status).map(({ id, reason }) => [id, reason]))

const derived = (run: SuiteRun) => run.verdict.items.filter(({ how }) => how === 'derived').map(({ id }) => id)

describe('a stock DevLake as its chart installs it, with the recorded rows', () => {
  let run: SuiteRun
  beforeAll(async () => {
    run = await devlake.judge(recordedProjects)
  }, 120_000)

  it('is judged completely, from all recordings and nothing else', () => {
    expectOnlyRecorded()
    expect(new Set(devlake.lake.taken)).toEqual(new Set([...exchanges, 'unknown-route']))
    const shownOver = (range: string) => [...devlake.panels.shown].filter((one) => one.endsWith(range)).sort()
    expect(shownOver('30d')).toEqual(recordedOver('30d').sort())
    expect(shownOver('7d')).toContain('acc-p1 2023 11 7d')
    expect(run.verdict).toMatchObject({ verdict: 'rejected', exitCode: 1, problems: [] })
    expect(run.verdict.scope).toMatchObject({ contract: 'devlake', writes: false, filter: null })
    expect(run.verdict.platform).toMatchObject({ namespace: 'devlake', kubernetesVersion: 'v1.35.4' })
    // The numbers depend on the time of the recording.
    expect(run.verdict.startedAt).toMatch(/^2026-11-23T15:2/)
  })

  it('passes the items that it meets, including the comparison of the panels with the rows', () => {
    expect(withStatus(run, 'passed').filter((id) => !derived(run).includes(id))).toEqual(
      [
        ['0.1', '0.2', '0.3', '0.4', '0.6', '0.8', '0.10', '0.11', '0.13', '1.4', '2.1', '2.2', '2.3'],
        ['3.1', '3.2', '3.3', '4.2', '5.1', '5.3', '6.1', '6.2', '6.3', '6.4', '6.5', '7.1', '7.2', '7.3', '11.1'],
        ['14.1', '14.2', '15.1', '15.2', '16.1', '16.2', '16.3', '21.7'],
      ].flat(),
    )
  })

  it('fails for the defaults of the chart, for missing collections, and for the traps in the rows', () => {
    const failed = Object.entries(reasonsOf(run, 'failed')).filter(([id]) => !derived(run).includes(id))
    expect(Object.fromEntries(failed)).toEqual({
      // The sandbox issues its certificates today, after the time of the recording.
      '0.5': expect.stringMatching(/^Certificate fawkes\/.* is not valid yet\.$/),
      '4.1': 'Service devlake/devlake-ui is not a ClusterIP.',
      '5.2':
        'devlake.example.org lets anyone write to the database of the service without a login, through /api/push/no_such_table.',
      '11.2': 'There is no connection to GitHub.',
      '18.1': 'The project ACC-P1 has no settings of its own.',
      '21.3': 'The project ACC-P1 does not compute DORA metrics.',
      '21.5': 'The deployment acc-p2-d3 ended with FAILURE but is counted as a success.',
      '21.6': 'The incident PROBE-1 is closed but has no resolution date.',
    })
    const { found } = run.verdict.causes.find(({ summary }) => summary.includes('does not compute DORA metrics')) ?? {}
    for (const trap of ['project acc / slash: no metric', 'project acc-p3: no pipeline', 'webhook:5'])
      expect(found).toContain(trap)
  })

  it('is blocked for items that a person must attest, and for no others', () => {
    expect(reasonsOf(run, 'blocked')).toMatchObject({
      '11.3': 'Blocked by 11.2: There is no connection to GitHub.',
      '21.4': expect.stringContaining('projects.only is ["acc-p1","acc-p2"], and the checklist has none.'),
      '22.1': expect.stringContaining('Nobody has attested this item.'),
    })
    expect(withStatus(run, 'blocked')).toEqual(['11.3', '21.4', '22.1', '22.2', '22.3', '22.4', '23.9'])
    expect(withStatus(run, 'not run')).toEqual(['2.4', '14.3', '19.1', '19.2', '19.4', '19.5', '21.1'])
  })

  it('has no counterpart for exactly the items that docs/contracts.md lists, each with a reason', () => {
    const byConfiguration = ['0.7', '0.9', '0.12', '1.1', '1.2', '1.3', '13.1']
    const reasons = Object.entries(reasonsOf(run, 'not applicable')).filter(
      ([id]) => !byConfiguration.includes(id) && !derived(run).includes(id),
    )
    expect(reasons.map(([id]) => id)).toEqual(documentedAsAbsent(run.verdict.items.map(({ id }) => id)))
    expect([...new Set(reasons.map(([, reason]) => reason))]).toEqual([
      'Stock DevLake has no GraphQL API.',
      'Stock DevLake exposes no metrics to Prometheus: it has no /metrics.',
      'This version of DevLake has no plugin for ArgoCD: the service does not know its route.',
      'Stock DevLake has no windows, stages or severities that a project could set.',
      'The API of stock DevLake lists no deployments: they are in its tables and on its dashboards.',
      'There is no trace of Jenkins: no token, no service and no connection.',
    ])
    const scenarios = run.verdict.items.flatMap(({ id, status, scenarios }) =>
      scenarios
        .filter((one) => one.status === 'not applicable' && status !== 'not applicable')
        .map(({ name }) => `${id}: ${name}`),
    )
    expect(scenarios).toEqual([
      '7.3: A request for an empty time range is refused with a reason',
      '7.3: The rate limit counts down with each request',
      '16.3: Choosing another team changes the numbers',
    ])
  })

  it('is reached by the routes that people and other systems use', () => {
    const routes = run.verdict.platform.routes.map(({ part, route }) => `${part}: ${route}`)
    expect(routes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^lake: port-forward to pod devlake-lake-/),
        expect.stringMatching(/^ui: ingress http:\/\/devlake\.example\.org by way of /),
        expect.stringMatching(/^grafana: ingress http:\/\/devlake\.example\.org by way of /),
      ]),
    )
  })
})

/** The items in the first column of the table, except those of which only one scenario is listed. */
function documentedAsAbsent(all: readonly string[]): string[] {
  const page = readFileSync(join(root, 'docs/contracts.md'), 'utf8')
  const [, table = ''] = page.split('## What is not applicable under `devlake`\n')
  const rows =
    table
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => /^\| (section )?\d/.test(line)) ?? []
  const named = rows.map((row) => row.split('|')[1]?.trim() ?? '').filter((what) => !what.includes(':'))
  const isMeant = (id: string, what: string): boolean => {
    const [, section] = /^section (\d+)$/.exec(what) ?? []
    if (section !== undefined) return id.startsWith(`${section}.`)
    const [, in1 = '', first, in2, last] = /^(\d+)\.(\d+) to (\d+)\.(\d+)$/.exec(what) ?? []
    if (first === undefined || in1 !== in2) return id === what
    const [of, number] = id.split('.')
    return of === in1 && Number(number) >= Number(first) && Number(number) <= Number(last)
  }
  const single = named.flatMap((what) => what.split(', '))
  return all.filter((id) => single.some((what) => isMeant(id, what)))
}

/** The changes of an operator who follows the findings: wrong events are sent again, and missing data is collected. */
const corrections = `
  DELETE FROM cicd_deployments WHERE id = 'acc-p2-d3';
  DELETE FROM incidents WHERE incident_key = 'PROBE-1';
  INSERT INTO project_metric_settings (project_name, plugin_name, enable) VALUES
    ('ACC-P1', 'dora', 1), ('acc / slash', 'dora', 1);
  INSERT INTO _devlake_pipelines (blueprint_id, status) VALUES
    (2, 'TASK_COMPLETED'), (4, 'TASK_COMPLETED'), (6, 'TASK_COMPLETED');
  INSERT INTO project_mapping (project_name, \`table\`, row_id) VALUES ('acc-p3', 'cicd_scopes', 'webhook:5')`

describe('a stock DevLake whose findings were corrected', () => {
  beforeAll(async () => {
    await runOn(devlake.database, corrections)
    await devlake.kubectl('patch', 'service', 'devlake-ui', '--patch', '{"spec":{"type":"ClusterIP"}}')
  })

  /** Without opening the dashboards in a browser, which the first run did. */
  const numbers = '@section:21 and not @browser'

  it('shows the recorded numbers, which its rows yield', async () => {
    const run = await devlake.judge(recordedProjects, ['--tags', `@section:4 or @section:18 or (${numbers})`])
    expectOnlyRecorded()
    expect(withStatus(run, 'failed')).toEqual([])
    for (const id of ['4.1', '18.1']) expect(withStatus(run, 'passed')).toContain(id)
    for (const id of ['21.3', '21.4', '21.5', '21.6'])
      expect(reasonsOf(run, 'blocked')[id]).toContain('projects.only is ["acc-p1","acc-p2"]')
  }, 60_000)

  it('fails for each wrong number and names its panel', async () => {
    await runOn(
      devlake.database,
      "UPDATE cicd_deployment_commits SET result = 'FAILURE' WHERE cicd_deployment_id = 'acc-p1-d20'",
    )
    devlake.panels.change = (panel) => (panel.panel === 17 ? { ...panel, rows: [['0.1(elite)']] } : panel)
    const run = await devlake.judge(recordedProjects, ['--tags', numbers])
    expectOnlyRecorded()
    expect(withStatus(run, 'failed').filter((id) => id.startsWith('21.'))).toEqual(['21.3', '21.5', '21.6'])
    expect(withStatus(run, 'blocked')).toContain('21.4')
    const found = run.verdict.causes.map(({ items, summary, found }) => [items.join(), summary, found])
    const cause = (item: string) =>
      found
        .find(([items]) => items === item)
        ?.slice(1)
        .join('\n')
    expect(cause('21.3')).toContain('DORA Metrics Overview shows a different deployment frequency by month of acc-p1')
    expect(cause('21.3')).toContain('panel DORA Metrics Overview / 2: 26/10 4; 26/11 16')
    expect(cause('21.5')).toContain('panel DORA Metrics Overview / 14: 10.0%(elite)')
    expect(cause('21.6')).toContain('panel DORA Metrics Overview / 17: 0.1(elite)')
  }, 60_000)
})

describe('a story on a stock DevLake without projects', () => {
  const words = 'A deployment is stored with its result, environment and finish time'
  const tables = ['projects', 'project_mapping', 'cicd_deployments', 'cicd_deployment_commits', 'incidents']

  it('is posted to its own webhook, collected, stored, and removed with all its rows', async () => {
    await runOn(devlake.database, tables.map((table) => `DELETE FROM ${table}`).join('; '))
    const before = devlake.lake.taken.length
    const writes = { context: 'sandbox', database: true }
    const run = await devlake.judge({ writes }, ['--name', words])
    expectOnlyRecorded()
    const scenario = run.verdict.items.find(({ id }) => id === '21.1')?.scenarios.find(({ name }) => name === words)
    expect(scenario, run.output).toMatchObject({ status: 'passed' })
    const [open, [deployment, ...collecting]] = [exchangesOfStory.slice(0, 3), exchangesOfStory.slice(3)]
    expect(devlake.lake.taken.slice(before).filter((name) => name !== 'ping')).toEqual([
      // Its version decides how its connections are deleted.
      'version',
      ...open,
      ...Array(3).fill(deployment),
      ...collecting,
      // The recorded list has no connection of the story.
      'webhook-connections-list',
      'project-delete',
    ])
    expect(run.verdict).not.toHaveProperty('leftBehind')
    for (const table of ['cicd_deployments', 'cicd_deployment_commits'])
      expect(await runOn(devlake.database, `SELECT id FROM ${table}`)).toEqual([])
    expect(await devlake.kubectl('get', 'configmaps', '-o', 'name')).not.toContain('dora-acceptance')
  }, 60_000)
})

describe('the default passwords of the chart', () => {
  it('do not count as real values', async () => {
    const stringData = { MYSQL_PASSWORD: 'merico', MYSQL_ROOT_PASSWORD: 'admin' }
    await devlake.kubectl('patch', 'secret', 'devlake-mysql-auth', '--patch', JSON.stringify({ stringData }))
    const run = await devlake.judge({}, ['--tags', '@section:1'])
    expect(reasonsOf(run, 'failed')).toEqual({
      '1.4':
        'Secret devlake/devlake-mysql-auth does not hold a real value for every key: MYSQL_ROOT_PASSWORD holds a placeholder, MYSQL_PASSWORD equals the name of its user.',
    })
  }, 60_000)
})

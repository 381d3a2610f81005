/**
 * The proof for stock DevLake, which reports its metrics on one dashboard, by definitions of its own: the panels are compared
 * with what the rows of the database yield by each set of definitions that can be chosen there.
 */

import { isDeepStrictEqual } from 'node:util'
import { type CommandLine, command, comment, localPort } from '../../basis/command'
import { Blocked, type Circumstances, expectData, expectNone, NotApplicable } from '../../basis/expectation'
import { rememberOutcome } from '../../basis/memo'
import { dashboardOf, inGrafana, namesOf, panelOf } from '../../checks/dashboards/installation'
import { expectAllReadable, panelError } from '../../checks/dashboards/panels'
import { takenForAll, unescapedName } from '../../checks/dashboards/unchoosable-projects'
import { emptyWindow, forgetViews, subjectsOf, type ViewChoice, viewOf } from '../../checks/dashboards/views'
import { chosenProjects } from '../../checks/numbers/chosen-projects'
import { expectEventsReadable } from '../../checks/numbers/instruments'
import type { Metric } from '../../checks/numbers/metric'
import type { Explanation, Filter, NumbersProof, ShownDeployments } from '../../checks/numbers/numbers-proof'
import { expectReachable } from '../../checks/reachability'
import { day } from '../../dora/definitions'
import type { ComparedSurfaces, FourMetric, MeasuredMetric } from '../../dora/measured'
import type { Window } from '../../dora/metrics'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { showDeployments, showProjects } from '../../service/commands'
import { projectsOfPlatform } from '../../service/projects'
import { noTeams, reportingDashboard, reportVariable } from './dashboards'
import { choicesThatDiffer, differs } from './differing-choices'
import { dashboardsOnly } from './dora'
import { explainLake } from './explanation'
import { type LakeRows, lakeOf, withoutRuns } from './lake'
import { waitingInWords } from './oracle/collections'
import { withFirstMonth } from './oracle/dashboard'
import { incidentsOf } from './oracle/incident-attribution'
import { type ExpectedPanel, type ReportedMetric, shownOn, shows } from './oracle/panels'
import type { Trapped } from './oracle/traps'
import { uncountedSources } from './oracle/uncounted'
import { type ReportPanel, reportedMetric, reportPanels, traps } from './reporting'
import type { Lake } from './rows/rows'

/** Rows that are collected while the pages are opened make another attempt necessary. */
const mostAttempts = 3

export class DashboardNumbers implements NumbersProof {
  constructor(private readonly platform: Platform) {}

  /** Fails first for rows that are not counted as intended, then for panels that do not show what the rows yield. */
  async expectMetric(metric: Metric): Promise<string> {
    const { platform } = this
    if (metric === 'rework rate') throw new NotApplicable(dashboardsOnly.absent)
    await this.expectNoTraps(metric)
    const { projects } = await this.chosen()
    expectData(projects, 'project', 'REST API', [await showProjects(platform)])
    const window = await monthOf(platform)
    const choices = projects.map((project) => ({ project, window }))
    const shown = (await this.expectShown(choices, (panel) => panel.metric === metric)).flat()
    const { lake, administration } = await lakeOf(platform)
    const uncounted = uncountedSources(lake, administration, projects, this.address.local)
    if (shown.every(({ hasData }) => !hasData))
      for (const source of uncounted.slice(0, 1)) throw new Blocked(this.circumstancesOf(source))
    if (metric === 'change failure rate') this.expectIncidents(lake, projects)
    const waiting = waitingInWords(lake, administration, projects)
    return [
      inWords(platform, shown, `${metric} of a project`, projects),
      waiting,
      ...uncounted.map(({ summary, found }) => `${summary} Found: ${found}`),
      ...(lake.notes ?? []),
    ]
      .filter((text) => text !== '')
      .join('; ')
  }

  /** Without incidents, no deployment counts as failed, and the rate is 0 % whatever happened. */
  private expectIncidents(lake: Lake, projects: readonly string[]): void {
    expectData(
      incidentsOf(lake, projects),
      'incident of a project, without which a change failure rate of 0 % says nothing',
      'database',
      ['SELECT * FROM incidents LIMIT 10', 'SELECT * FROM project_mapping'].map((query) =>
        inMySql(this.platform, query),
      ),
    )
  }

  async measured(metric: FourMetric): Promise<MeasuredMetric> {
    const { platform } = this
    const { projects, of } = await this.chosen()
    const window = await monthOf(platform)
    const rows = await lakeOf(platform)
    const compared = projects.map(async (project): Promise<[string, ComparedSurfaces]> => {
      const choice = { project, window }
      const panels = panelsOf(rows, choice).filter((panel) => panel.metric === metric)
      const unmet = await Promise.all(panels.map((panel) => unmetOn(platform, choice, [panel])))
      const named = ({ name, report }: ReportPanel) => `panel ${name} (report ${report})`
      const of = (isUnmet: boolean) => panels.filter((_, index) => Boolean(unmet[index]?.length) === isUnmet).map(named)
      return [project, { agreeing: of(false), differing: of(true), unread: [] }]
    })
    const surfaces = new Map(await Promise.all(compared))
    const days = platform.contract.dora.ranges.last30days
    return reportedMetric(rows.lake, metric, { projects, of, window, days, surfaces })
  }

  private async chosen(): Promise<{ readonly projects: readonly string[]; readonly of: number }> {
    const { platform } = this
    const all = await projectsOfPlatform(platform)
    const projects = chosenProjects(all, platform.configuration.projects, platform.kubernetes.now.getTime())
    return { projects, of: all.length }
  }

  expectSeveritiesInForce(): Promise<string> {
    return this.expectMetric('time to restore')
  }

  async expectWindowInForce(): Promise<string> {
    throw new NotApplicable(dashboardsOnly.absent)
  }

  async expectPanels(): Promise<string> {
    const { projects } = await subjectsOf(this.platform)
    const window = await monthOf(this.platform)
    const choices = projects.map((project) => ({ project, window }))
    return inWords(this.platform, (await this.expectShown(choices)).flat(), 'metric of a project', projects)
  }

  /**
   * The panels show what the rows yield for each of several choices, and the rows yield different panels for them.
   * @throws Blocked when the rows yield the same panels for all choices
   */
  async expectFilter(filter: Filter): Promise<string> {
    const { platform } = this
    if (filter === 'team') throw new NotApplicable(noTeams.absent)
    await expectAllReadable(platform)
    const { projects } = await subjectsOf(platform)
    const [project] = projects
    const window = await monthOf(platform)
    const base = { project, window }
    const others =
      filter === 'project'
        ? [...new Set([...projects, ...(await projectsOfPlatform(platform))])].map((one) => ({ project: one, window }))
        : [
            { project, window: { ...window, start: window.end - 7 * day } },
            { project, window: emptyWindow },
          ]
    const rows = await lakeOf(platform)
    const differing = choicesThatDiffer(
      panelsOf(rows, base),
      others.map((other) => ({ other, panels: panelsOf(rows, other) })),
    )
    const [before = [], ...after] = await this.expectShown([base, ...differing])
    const changed = before.filter((_, index) => after.some((panels) => differs(before[index], panels[index])))
    expectData(changed, `panel that depends on the ${filter}`, 'database', [showDeployments(platform, project)])
    return `${changed.length} of ${before.length} panels changed with the ${filter}`
  }

  async expectNoData(): Promise<number> {
    await expectAllReadable(this.platform)
    const { projects } = await subjectsOf(this.platform)
    const [shown = []] = await this.expectShown([{ project: projects[0], window: emptyWindow }])
    const silent = shown.filter(({ hasData }) => !hasData)
    expectData(silent, 'panel without data', 'database', [showDeployments(this.platform, projects[0])])
    return silent.length
  }

  /** Counts the deployments on the panels by month. */
  async deploymentsShown(choice: ViewChoice): Promise<ShownDeployments[]> {
    const { platform } = this
    // The rows were read for other scenarios, before this deployment.
    const { lake } = await lakeOf.again(platform)
    const names = namesOf(platform, reportingDashboard)
    const remedy = await inGrafana(platform, names)
    const window = withFirstMonth(lake, choice.window)
    return (await this.expectShown([{ ...choice, window }])).flat().flatMap(({ id, metric, report, rows }) => {
      const bars = rows.map(([, bar]) => bar).filter((bar) => typeof bar === 'number')
      if (metric !== 'deployment frequency' || bars.length === 0) return []
      const deployments = bars.reduce((sum, bar) => sum + bar, 0)
      return [{ panel: `${panelOf(names, `${id}`)} (report ${report})`, deployments, remedy }]
    })
  }

  explain(project: string, window: Window): Promise<Explanation> {
    return explainLake(this.platform, project, window)
  }

  expectComparable(): Promise<void> {
    return expectEventsReadable(this.platform)
  }

  async expectReadable(): Promise<void> {
    await expectReachable(this.platform, 'lake')
    await expectReachable(this.platform, 'grafana')
  }

  private async expectNoTraps(metric: ReportedMetric): Promise<void> {
    const { platform } = this
    const trapsIn = (rows: LakeRows) => {
      const { lake, administration } = withoutRuns(rows)
      return traps[metric](lake, administration, this.address.local, platform.kubernetes.now.getTime())
    }
    // Rows that were missing earlier may have been collected since.
    if (trapsIn(await lakeOf(platform)).length > 0)
      expectNone(trapsIn(await lakeOf.again(platform)).map((trap) => this.circumstancesOf(trap)))
  }

  /** The address of the lake for commands, and the port-forward that opens it. */
  private get address(): { readonly local: string; readonly reach: CommandLine } {
    const { namespace, components } = this.platform.configuration
    const { service, port } = components.lake
    const local = localPort({ namespace, service, port })
    return {
      local: `http://localhost:${local}`,
      reach: command`kubectl port-forward -n ${namespace} svc/${service} ${local}:${port}`,
    }
  }

  private circumstancesOf({ query, remedy, ...trap }: Trapped): Circumstances {
    return {
      ...trap,
      remedy: [
        ...(remedy.some((line) => line.startsWith('curl ')) ? [this.address.reach] : []),
        ...remedy,
        ...(query === undefined ? [] : [comment`its rows:`, inMySql(this.platform, query)]),
      ],
    }
  }

  /**
   * Every panel shows what the rows yield for each of the choices. If one does not, the rows are read again, because newly
   * collected rows may be shown.
   * @returns the panels of each choice, in the order of the choices
   */
  private async expectShown(
    choices: readonly ViewChoice[],
    isMeant: (panel: ExpectedPanel) => boolean = () => true,
  ): Promise<ReportPanel[][]> {
    const { platform } = this
    const expectedIn = (rows: LakeRows) => choices.map((choice) => panelsOf(rows, choice).filter(isMeant))
    let expected = expectedIn(await lakeOf(platform))
    for (let attempt = 1; ; attempt++) {
      const checks = choices.map((choice, index) => unmetOn(platform, choice, expected[index] ?? []))
      const unmet = (await Promise.all(checks)).flat()
      if (unmet.length === 0) return expected
      const now = expectedIn(await lakeOf.again(platform))
      if (attempt === mostAttempts || isDeepStrictEqual(now, expected)) expectNone(unmet)
      expected = now
      forgetViews(platform)
    }
  }
}

const panelsOf = ({ lake }: LakeRows, { project, window }: ViewChoice): ReportPanel[] =>
  reportPanels(lake, project, window)

/** @throws Blocked when no panel has data */
function inWords(platform: Platform, shown: readonly ReportPanel[], what: string, projects: readonly string[]): string {
  const withData = shown.filter(({ hasData }) => hasData)
  const remedy = projects.slice(0, 1).map((project) => showDeployments(platform, project))
  expectData(withData, what, 'database', remedy)
  return `${shown.length} panels of ${projects.join(', ')}; ${withData.length} with data`
}

/** The 30 days until now; the same for all scenarios, so that each page is opened once. */
const monthOf = rememberOutcome(async ({ contract, kubernetes }: Platform): Promise<Window> => {
  const end = Math.floor(kubernetes.now.getTime() / 1000) * 1000
  return { start: end - contract.dora.ranges.last30days * day, end }
})

/** Reads the panels for a choice, and returns those that differ from what the rows yield. */
async function unmetOn(
  platform: Platform,
  choice: ViewChoice,
  panels: readonly ReportPanel[],
): Promise<Circumstances[]> {
  const names = namesOf(platform, reportingDashboard)
  const taken = await takenForAll(platform, await dashboardOf(platform, names), choice.project)
  if (taken) return [taken]
  const checks = panels.map(async (panel): Promise<Circumstances[]> => {
    const { report, id, name, rows } = panel
    const { panels: views } = await viewOf(platform, names, { ...choice, others: { [reportVariable]: report } })
    const view = views.find((one) => one.id === id)
    if (view && view.errors.length > 0) return [await panelError(platform, names, view)]
    if (view && shows(panel, view.columns)) return []
    const found = view ? shownOn(panel, view.columns).map(rowInWords).join('; ') || 'nothing' : 'no such panel'
    return [
      {
        summary: `The dashboard ${names.title} shows a different ${name} of ${choice.project} than its rows yield (report ${report}).`,
        object: panelOf(names, `${id}`),
        expected: rows.map(rowInWords).join('; ') || 'nothing',
        found,
        remedy: await inGrafana(platform, names),
      },
    ]
  })
  const unmet = (await Promise.all(checks)).flat()
  const cause = unmet.length > 0 ? await unescapedName(platform, choice.project) : null
  return cause ? [cause] : unmet
}

const rowInWords = (row: readonly unknown[]) => row.map((cell) => (cell === null ? 'no data' : String(cell))).join(' ')

/**
 * Sections 16, 19 and 21, where a flavour reports its metrics on a dashboard alone, by definitions of its own: what the panels
 * show is held against what the rows of the database make up, by each set of definitions that can be chosen.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Circumstances, expectData, expectNone } from '../../basis/expectation'
import { rememberOutcome } from '../../basis/memo'
import { inGrafana, namesOf, panelOf } from '../../checks/dashboards'
import { chosenProjects } from '../../checks/numbers/chosen-projects'
import { emptyWindow, forgetViews, subjectsOf, type ViewChoice, viewOf } from '../../checks/numbers/dashboard-views'
import type { ReportingDashboard } from '../../contracts/dora'
import { day } from '../../dora/definitions'
import type { Window } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { projectsOfPlatform } from '../../service/projects'
import { type LakeRows, lakeOf, withoutRuns } from './lake'
import { type ExpectedPanel, type ReportedMetric, shownOn, shows } from './oracle/panels'
import type { Lake } from './rows/rows'

/** What is collected while the pages are opened makes another look necessary. */
const mostAttempts = 3

/** A panel by one of the reports. */
interface Reported extends ExpectedPanel {
  readonly report: string
}

/**
 * 21.3 to 21.6: what keeps the rows from being counted as they were meant, and then whether the panels about a metric show what
 * they make up. Returns what was compared, in words.
 * @throws Blocked where no project has data of the metric
 */
export async function expectReported(
  platform: Platform,
  reporting: ReportingDashboard,
  metric: ReportedMetric,
): Promise<string> {
  const { configuration } = platform
  const { service, port } = configuration.components.lake
  const reach = `kubectl port-forward -n ${configuration.namespace} svc/${service} 8080:${port}`
  const trapsIn = (rows: LakeRows) => {
    const { lake, administration } = withoutRuns(platform, rows)
    return reporting.traps[metric](lake, administration, 'http://localhost:8080')
  }
  // What was not collected yet may be by now.
  if (trapsIn(await lakeOf(platform)).length > 0)
    expectNone(trapsIn(await lakeOf.again(platform)).map((trap) => ({ ...trap, remedy: [reach, ...trap.remedy] })))
  const projects = chosenProjects(await projectsOfPlatform(platform), configuration.projects)
  expectData(projects, 'project', 'REST API')
  const window = await monthOf(platform)
  const choices = projects.map((project) => ({ project, window }))
  const shown = (await expectShown(platform, reporting, choices, (panel) => panel.metric === metric)).flat()
  return compared(shown, `${metric} of a project`, projects)
}

/** 16.2: all panels of two projects. Returns what was compared, in words. */
export async function expectAllReported(platform: Platform, reporting: ReportingDashboard): Promise<string> {
  const { projects } = await subjectsOf(platform)
  const window = await monthOf(platform)
  const choices = projects.map((project) => ({ project, window }))
  return compared((await expectShown(platform, reporting, choices)).flat(), 'metric of a project', projects)
}

function compared(shown: readonly Reported[], what: string, projects: readonly string[]): string {
  const withData = shown.filter(({ hasData }) => hasData)
  expectData(withData, what, 'database')
  return `${shown.length} panels of ${projects.join(', ')}; ${withData.length} with data`
}

/**
 * 16.3: what the panels show is what the rows make up for each choice, and these are choices for which it is not the same.
 * Returns what was compared, in words.
 * @throws Blocked where the rows make up the same for all of them
 */
export async function expectReportedFilter(
  platform: Platform,
  reporting: ReportingDashboard,
  filter: 'project' | 'time range',
): Promise<string> {
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
  const { lake } = await lakeOf(platform)
  const differing = choicesThatDiffer(
    expectedOf(reporting, lake, base),
    others.map((other) => ({ other, panels: expectedOf(reporting, lake, other) })),
  )
  const [before = [], ...after] = await expectShown(platform, reporting, [base, ...differing])
  const changed = before.filter((_, index) => after.some((panels) => isOther(before[index], panels[index])))
  expectData(changed, `panel that another ${filter} changes`, 'database')
  return `${changed.length} of ${before.length} panels changed with the ${filter}`
}

/** As few as it takes for each panel to be another one, where there is one for which it is. */
function choicesThatDiffer(
  base: readonly Reported[],
  others: readonly { readonly other: ViewChoice; readonly panels: readonly Reported[] }[],
): ViewChoice[] {
  const left = new Set(base.keys())
  return others.flatMap(({ other, panels }) => {
    const changed = [...left].filter((index) => isOther(base[index], panels[index]))
    for (const index of changed) left.delete(index)
    return changed.length > 0 ? [other] : []
  })
}

/** Where both have no data, other words for it prove nothing. */
const isOther = (one?: Reported, other?: Reported) =>
  Boolean(one?.hasData || other?.hasData) && !isDeepStrictEqual(one?.rows, other?.rows)

/** 16.3: where there are no events, the panels say so. Returns how many were looked at. */
export async function expectNoneReported(platform: Platform, reporting: ReportingDashboard): Promise<number> {
  const { projects } = await subjectsOf(platform)
  const [shown = []] = await expectShown(platform, reporting, [{ project: projects[0], window: emptyWindow }])
  const silent = shown.filter(({ hasData }) => !hasData)
  expectData(silent, 'panel without data', 'database')
  return silent.length
}

export interface ShownDeployments {
  /** As an object of a finding. */
  readonly panel: string
  readonly deployments: number
}

/** 19.5: what the panels by month count, when all of the project show what its rows make up. */
export async function reportedDeployments(
  platform: Platform,
  reporting: ReportingDashboard,
  choice: ViewChoice,
): Promise<ShownDeployments[]> {
  // It was deployed after they were read for other scenarios.
  await lakeOf.again(platform)
  const names = namesOf(platform, reporting.title)
  return (await expectShown(platform, reporting, [choice])).flat().flatMap(({ id, metric, report, rows }) => {
    const bars = rows.map(([, bar]) => bar).filter((bar) => typeof bar === 'number')
    if (metric !== 'deployment frequency' || bars.length === 0) return []
    const deployments = bars.reduce((sum, bar) => sum + bar, 0)
    return [{ panel: `${panelOf(names, `${id}`)} (report ${report})`, deployments }]
  })
}

/** One for all scenarios, so that a page is opened once. */
const monthOf = rememberOutcome(async ({ contract }: Platform): Promise<Window> => {
  const end = Math.floor(Date.now() / 1000) * 1000
  return { start: end - contract.dora.ranges.last30days * day, end }
})

/**
 * Every panel shows what the rows make up for each of the choices. Where one does not, the rows are read again: what was
 * collected meanwhile may be shown.
 * @returns what the panels of each choice show, in the order of the choices
 */
async function expectShown(
  platform: Platform,
  reporting: ReportingDashboard,
  choices: readonly ViewChoice[],
  isMeant: (panel: ExpectedPanel) => boolean = () => true,
): Promise<Reported[][]> {
  const expectedIn = ({ lake }: LakeRows) =>
    choices.map((choice) => expectedOf(reporting, lake, choice).filter(isMeant))
  let expected = expectedIn(await lakeOf(platform))
  for (let attempt = 1; ; attempt++) {
    const looks = choices.map((choice, index) => unmetOn(platform, reporting, choice, expected[index] ?? []))
    const unmet = (await Promise.all(looks)).flat()
    if (unmet.length === 0) return expected
    const now = expectedIn(await lakeOf.again(platform))
    if (attempt === mostAttempts || isDeepStrictEqual(now, expected)) expectNone(unmet)
    expected = now
    forgetViews(platform)
  }
}

const expectedOf = (reporting: ReportingDashboard, lake: Lake, { project, window }: ViewChoice): Reported[] =>
  reporting.reports.flatMap((report) =>
    reporting.expected(lake, project, window, report).map((panel) => ({ ...panel, report })),
  )

/** The panels that do not show what they must. */
async function unmetOn(
  platform: Platform,
  { title }: ReportingDashboard,
  choice: ViewChoice,
  panels: readonly Reported[],
): Promise<Circumstances[]> {
  const names = namesOf(platform, title)
  const looks = panels.map(async (panel): Promise<Circumstances[]> => {
    const { report, id, name, rows } = panel
    const { panels: views } = await viewOf(platform, names, { ...choice, report })
    const view = views.find((one) => one.id === id)
    // An error has no rows either.
    if (view?.errors.length === 0 && shows(panel, view.columns)) return []
    const found = view
      ? [...view.errors, ...shownOn(panel, view.columns).map(said)].join('; ') || 'nothing'
      : 'no such panel'
    return [
      {
        summary: `The dashboard ${names.title} shows another ${name} of ${choice.project} than its rows make up (report ${report}).`,
        object: panelOf(names, `${id}`),
        expected: rows.map(said).join('; ') || 'nothing',
        found,
        remedy: [inGrafana(names)],
      },
    ]
  })
  return (await Promise.all(looks)).flat()
}

const said = (row: readonly unknown[]) => row.map((cell) => (cell === null ? 'no data' : String(cell))).join(' ')

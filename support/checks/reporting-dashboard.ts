/**
 * Sections 16 and 21, where a flavour reports its metrics on a dashboard alone, by definitions of its own: what the panels show
 * is held against what the rows of the database make up, by each set of definitions that can be chosen.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ReportingDashboard } from '../contracts/dora'
import { type ExpectedPanel, type ReportedMetric, rowsOf, shows } from '../dora/devlake/panels'
import type { Lake } from '../dora/devlake/rows'
import type { Window } from '../dora/metrics'
import { type Circumstances, expectData, expectNone } from '../expectation'
import { readLake } from '../platform/lake-rows'
import type { Platform } from '../platform/platform'
import { chosenProjects } from './chosen-projects'
import { forgetViews, lastMonth, subjectsOf, type ViewChoice, viewOf } from './dashboard-views'
import { inGrafana, namesOf, panelOf } from './dashboards'
import { credentialsOf } from './database'
import { projectsOfPlatform } from './rest'

/** What is collected while the pages are opened makes another look necessary. */
const mostAttempts = 3

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
  const { configuration, database } = platform
  const { lake, administration } = await readLake(database, await credentialsOf(platform, 'service'))
  const { service, port } = configuration.components.lake
  const reach = `kubectl port-forward -n ${configuration.namespace} svc/${service} 8080:${port}`
  const traps = reporting.traps[metric](lake, administration, 'http://localhost:8080')
  expectNone(traps.map((trap) => ({ ...trap, remedy: [reach, ...trap.remedy] })))
  const projects = chosenProjects(await projectsOfPlatform(platform), configuration.projects)
  expectData(projects, 'project', 'REST API')
  return expectPanels(platform, reporting, projects, [metric])
}

/** 16.2: the panels of two projects about every metric. Returns what was compared, in words. */
export async function expectAllReported(platform: Platform, reporting: ReportingDashboard): Promise<string> {
  const { projects } = await subjectsOf(platform)
  return expectPanels(platform, reporting, projects, [
    'deployment frequency',
    'lead time',
    'change failure rate',
    'time to restore',
  ])
}

const windows = new WeakMap<Platform, Promise<Window>>()

async function expectPanels(
  platform: Platform,
  reporting: ReportingDashboard,
  projects: readonly string[],
  metrics: readonly ReportedMetric[],
): Promise<string> {
  // One for all metrics, so that a page is opened once.
  const known = windows.get(platform) ?? lastMonth(platform, projects[0] ?? '')
  windows.set(platform, known)
  const window = await known
  const choices = projects.flatMap((project) => reporting.reports.map((report) => ({ project, report, window })))
  for (let attempt = 1; ; attempt++) {
    const lake = await lakeOf(platform)
    const looks = await Promise.all(choices.map((choice) => lookAt(platform, reporting, lake, choice)))
    const meant = looks.flat().filter(({ panel }) => metrics.includes(panel.metric))
    const unmet = meant.flatMap(({ unmet }) => unmet ?? [])
    if (unmet.length > 0 && attempt < mostAttempts && !isDeepStrictEqual(await lakeOf(platform), lake)) {
      forgetViews(platform)
      continue
    }
    expectNone(unmet)
    const withData = meant.filter(({ panel }) => panel.hasData)
    expectData(withData, `${metrics.join(' or ')} of a project`, 'database')
    return `${meant.length} panels of ${projects.join(', ')}; ${withData.length} with data`
  }
}

const lakeOf = async (platform: Platform): Promise<Lake> =>
  (await readLake(platform.database, await credentialsOf(platform, 'service'))).lake

/** What a panel must show, and why it does not. */
interface Look {
  readonly panel: ExpectedPanel
  readonly unmet: Circumstances | null
}

async function lookAt(
  platform: Platform,
  { title, expected }: ReportingDashboard,
  lake: Lake,
  choice: ViewChoice & { readonly report: string },
): Promise<Look[]> {
  const names = namesOf(platform, title)
  const { project, report, window } = choice
  const { panels: views } = await viewOf(platform, names, choice)
  return expected(lake, project, window, report).map((panel) => {
    const view = views.find(({ id }) => id === panel.id)
    const columns = view?.columns.map(({ values }) => values) ?? []
    if (view && shows(panel, columns)) return { panel, unmet: null }
    const found = view ? [...view.errors, ...rowsOf(columns).map(said)].join('; ') || 'nothing' : 'no such panel'
    const unmet = {
      summary: `The dashboard ${names.title} shows another ${panel.name} of ${project} than its rows make up (report ${report}).`,
      object: panelOf(names, `${panel.id}`),
      expected: panel.rows.map(said).join('; '),
      found,
      remedy: [inGrafana(names)],
    }
    return { panel, unmet }
  })
}

const said = (row: readonly unknown[]) => row.map((cell) => (cell === null ? 'no data' : String(cell))).join(' ')

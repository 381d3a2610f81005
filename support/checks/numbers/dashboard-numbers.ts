/** Sections 16 and 19: compares the numbers on the dashboards with the quantities that the events yield. */

import { type CommandLine, comment } from '../../basis/command'
import { Blocked, expectData } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import type { Window } from '../../dora/metrics'
import type { PanelView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { unknownTables } from '../../service/raw-event-statements'
import { readEventsOf } from '../../service/raw-events'
import { chosenTogether } from '../dashboards/chosen-together'
import { rangesOfDay } from '../dashboards/compared-choices'
import { dashboardOf, inGrafana, panelOf, showDashboards } from '../dashboards/installation'
import {
  comparedChoices,
  expectChosenByAddress,
  forgetViewsOf,
  openAll,
  type PageChoice,
  subjectsOf,
  type ViewChoice,
  viewOf,
} from '../dashboards/views'
import { questionOf } from './dashboard-questions'
import { type ExpectedPage, ProjectPage, togetherOn } from './expected-page'
import { recomputable } from './metric'
import type { ShownDeployments } from './numbers-proof'
import { problemsOn } from './page-problems'
import { rejectionOf, type WrongPages } from './page-rejection'
import { rangeOf, withoutRepeated } from './panel-comparison'
import { type PanelReading, readingsOf } from './panel-readings'

/** Numbers are compared again only while the events change. */
const mostAttempts = 5

/** The pages that are compared with the events of their projects. */
interface ComparedPages {
  /** The project, or the words for several, in findings. */
  readonly owner: string
  /** The projects whose events are shown together. They are read again for each attempt. */
  readonly projects: () => Promise<readonly string[]>
  readonly choice: PageChoice
  /** The words for the range. */
  readonly range: string
  readonly dashboards: readonly DashboardNames[]
}

/** 16.2: the panels and tables show the numbers of the projects and the ranges of the picker. Returns what was compared. */
export async function expectPanelNumbers(platform: Platform): Promise<string> {
  const { choices, leftOut } = await comparedChoices(platform)
  const together = await chosenTogether(platform, (await subjectsOf(platform)).projects)
  const { all } = platform.contract.dashboards
  const { window } = await subjectsOf(platform)
  const pages: ComparedPages[] = [
    ...choices.map((choice) => single(choice, all)),
    ...together.choices.map(({ owner, values, projects, dashboards }) => ({
      ...{ owner, dashboards, choice: { project: values, window }, range: rangeOf(window) },
      projects: async () => projects,
    })),
    ...(await relativePages(platform)),
  ]
  const compared: string[] = []
  const wrong: WrongPages[] = []
  for (const one of pages) {
    const found = await numbersOf(platform, one).catch((error: unknown) => unlessWrong(platform, wrong, error))
    if (found.wrong) wrong.push(found.wrong)
    compared.push(`${one.owner} (${one.range}): ${found.compared} numbers`)
    if (found.repeated.length > 0)
      compared.push(`not compared for ${one.owner}, because they are repeated for each: ${found.repeated.join(', ')}`)
  }
  if (wrong.length > 0) throw await rejectionOf(platform, wrong)
  const { projects, ranges } = leftOut
  if (projects > 0) compared.push(`${projects} projects left out today`)
  if (ranges > 0) compared.push(`${ranges} pairs of a project and another range than the last 30 days left out today`)
  compared.push(...together.notCompared.map((text) => `not compared: ${text}`))
  return compared.join('\n')
}

/** Wrong numbers go before pages that cannot be compared. @throws the rejection of wrong pages, or the error if there are none */
async function unlessWrong(platform: Platform, wrong: readonly WrongPages[], error: unknown): Promise<never> {
  throw wrong.length > 0 ? await rejectionOf(platform, wrong) : error
}

const single = (choice: ViewChoice, dashboards: readonly DashboardNames[]): ComparedPages => ({
  ...{ owner: choice.project, choice, dashboards, range: rangeOf(choice.window) },
  projects: async () => [choice.project],
})

/** Each dashboard as it opens, and over one of the relative ranges of the picker, which rotate with the UTC date. */
async function relativePages(platform: Platform): Promise<ComparedPages[]> {
  const { projects, window } = await subjectsOf(platform)
  const [project] = projects
  const pages = platform.contract.dashboards.all.map(async (names) => {
    const { quickRanges } = await dashboardOf(platform, names)
    return [undefined, ...rangesOfDay(quickRanges, window.end)].map((range) => ({
      ...single({ project, window }, [names]),
      choice: { project, window: range },
      range: range ? `${range.from} to ${range.to}` : 'the range that the dashboard opens with',
    }))
  })
  return (await Promise.all(pages)).flat()
}

/** The panels that count deployments, once all panels of the project show what its events yield. */
export async function deploymentsOn(platform: Platform, choice: ViewChoice): Promise<ShownDeployments[]> {
  const { wrong } = await numbersOf(platform, single(choice, platform.contract.dashboards.all))
  if (wrong) throw await rejectionOf(platform, [wrong])
  const counts: ShownDeployments[] = []
  for (const names of platform.contract.dashboards.all) {
    const remedy = await inGrafana(platform, names)
    for (const { panel, quantity, value } of await readings(platform, names, choice))
      if (quantity === 'deployments')
        counts.push({ panel: panelOf(names, panel), deployments: typeof value === 'number' ? value : 0, remedy })
  }
  return counts
}

interface ComparedNumbers {
  readonly compared: number
  /** The panels that show each of several projects by itself. */
  readonly repeated: readonly string[]
  readonly wrong?: WrongPages
}

/** Compares the pages of one choice. @returns the count of compared numbers, and the pages if any of them is wrong */
async function numbersOf(platform: Platform, pages: ComparedPages): Promise<ComparedNumbers> {
  const { configuration, contract } = platform
  const { precision } = contract.dora
  const comparesTables = unknownTables(configuration).size === 0
  const common = { precision, isKnown: recomputable(configuration), comparesTables }
  const { choice, dashboards } = pages
  for (let attempt = 1; ; attempt++) {
    const fixed = choice.window && 'start' in choice.window ? choice.window : undefined
    const before = fixed && (await expectedPage(platform, pages, fixed))
    await openAll(platform, choice, dashboards)
    const views: [DashboardNames, readonly PanelView[]][] = []
    const repeated: string[] = []
    let window = fixed
    for (const names of dashboards) {
      await expectChosenByAddress(platform, names, choice)
      const { panels, asked } = await viewOf(platform, names, choice)
      window = fixed ?? asked
      if (!window) throw withoutRange(names, await inGrafana(platform, names))
      const variable = typeof choice.project === 'string' ? undefined : contract.dashboards.variables.project
      const left = withoutRepeated(names, panels, variable)
      repeated.push(...left.repeated.map((title) => panelOf(names, title)))
      views.push([left.names, panels])
    }
    if (!window) throw new Error('No dashboard was opened.')
    const opened = { ...common, views, window }
    const found = problemsOn(opened, before ?? (await expectedPage(platform, pages, window)))
    const { compared } = found
    if (repeated.length === 0)
      expectData(Array.from({ length: compared }), 'number on a dashboard that can be recomputed', 'the dashboards', [
        await showDashboards(platform),
      ])
    if (found.numbers.length + found.tables.length === 0) return { compared, repeated }
    // A relative range ends with another instant on each attempt, so that a second difference decides.
    const isSettled = before ? isEqual(before, await expectedPage(platform, pages, window)) : attempt > 1
    if (isSettled) {
      const ofAll = await pages.projects()
      const questions = await Promise.all(ofAll.map((project) => questionOf(platform, { project, window })))
      return { compared, repeated, wrong: { owner: pages.owner, range: pages.range, questions, opened, found } }
    }
    if (attempt === mostAttempts) throw changing(pages, [await showDashboards(platform)])
    await forgetViewsOf(platform, choice, dashboards)
  }
}

const isEqual = (one: ExpectedPage, other: ExpectedPage) =>
  JSON.stringify(one.reading) === JSON.stringify(other.reading)

/** The values that the events of all projects of a page yield, each project by its own settings. */
async function expectedPage(platform: Platform, { projects }: ComparedPages, window: Window): Promise<ExpectedPage> {
  const read: ProjectPage[] = []
  for (const project of await projects()) {
    const page = new ProjectPage(await questionOf(platform, { project, window }), read.at(-1))
    await readEventsOf(platform, project, page)
    page.finish()
    read.push(page)
  }
  return togetherOn(read)
}

const withoutRange = ({ title }: DashboardNames, remedy: readonly CommandLine[]) =>
  new Blocked({
    summary: `The queries of the dashboard ${title} do not name their time range.`,
    object: `dashboard ${title}`,
    expected: 'queries with the times "from" and "to"',
    found: 'queries without them',
    remedy,
  })

const changing = (pages: ComparedPages, remedy: readonly CommandLine[]) =>
  new Blocked({
    summary: `The events of ${pages.owner} changed while the dashboards were opened.`,
    object: `project ${pages.owner}`,
    expected: 'a moment without new events that is long enough to open the dashboards',
    found: `new events during each of ${mostAttempts} attempts`,
    remedy: [...remedy, comment`run the suite when fewer events arrive`],
  })

/** The quantities that the panels of a dashboard show. */
export async function readings(platform: Platform, names: DashboardNames, choice: ViewChoice): Promise<PanelReading[]> {
  await expectChosenByAddress(platform, names, choice)
  return readingsOf(names, (await viewOf(platform, names, choice)).panels)
}

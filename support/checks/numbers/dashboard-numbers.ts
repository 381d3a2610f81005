/** Sections 16 and 19: compares the numbers on the dashboards with the quantities that the events yield. */

import { type CommandLine, comment } from '../../basis/command'
import { Blocked, type Circumstances, expectData, expectNone } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import { shown, shownBoth } from '../../dora/comparison'
import type { Quantity, Reading, Value, Window } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { readingOf } from '../../dora/reading'
import type { PanelView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { settingsOfProjects } from '../../service/metric-settings'
import { unknownTables } from '../../service/raw-event-statements'
import { readEventsOf, recompute } from '../../service/raw-events'
import { chosenTogether } from '../dashboards/chosen-together'
import { rangesOfDay } from '../dashboards/compared-choices'
import { dashboardOf, inGrafana, panelOf, showDashboards } from '../dashboards/installation'
import {
  comparedChoices,
  forgetViews,
  openAll,
  type PageChoice,
  subjectsOf,
  type ViewChoice,
  viewOf,
} from '../dashboards/views'
import { wrongCombinations } from './combinations'
import { explanationsOf, rejection } from './differences'
import { type ExpectedPage, ProjectPage, togetherOn } from './expected-page'
import { unknownIdForm } from './id-form'
import { recomputable } from './metric'
import type { ShownDeployments } from './numbers-proof'
import { type PanelDifference, panelDifferences, rangeOf, wrongTables } from './panel-comparison'
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
  for (const one of pages) compared.push(`${ownerIn(one)}: ${await expectNumbersOf(platform, one)} numbers`)
  const { projects, ranges } = leftOut
  if (projects > 0) compared.push(`${projects} projects left out today`)
  if (ranges > 0) compared.push(`${ranges} pairs of a project and another range than the last 30 days left out today`)
  compared.push(...together.notCompared.map((text) => `not compared: ${text}`))
  return compared.join('\n')
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
  await expectNumbersOf(platform, single(choice, platform.contract.dashboards.all))
  const counts: ShownDeployments[] = []
  for (const names of platform.contract.dashboards.all) {
    const remedy = await inGrafana(platform, names)
    for (const { panel, quantity, value } of await readings(platform, names, choice))
      if (quantity === 'deployments')
        counts.push({ panel: panelOf(names, panel), deployments: typeof value === 'number' ? value : 0, remedy })
  }
  return counts
}

/** @returns the count of compared numbers */
async function expectNumbersOf(platform: Platform, pages: ComparedPages): Promise<number> {
  const isKnown = recomputable(platform.configuration)
  const { dora } = platform.contract
  const { choice, dashboards } = pages
  for (let attempt = 1; ; attempt++) {
    const fixed = choice.window && 'start' in choice.window ? choice.window : undefined
    const before = fixed && (await expectedPage(platform, pages, fixed))
    await openAll(platform, choice, dashboards)
    const wrong: PanelDifference[] = []
    const tables: TableProblems = { unmet: [], open: [] }
    let compared = 0
    let window = fixed
    for (const names of dashboards) {
      const { panels: views, asked } = await viewOf(platform, names, choice)
      window = fixed ?? asked
      if (!window) throw withoutRange(names, await inGrafana(platform, names))
      const { reading: expected, rows } = before ?? (await expectedPage(platform, pages, window))
      const found = panelDifferences(names, { views, expected, window, precision: dora.precision }, isKnown)
      compared += found.compared
      wrong.push(...found.wrong)
      await addTableProblems(platform, names, { pages, views, rows }, tables)
    }
    expectData(Array.from({ length: compared }), 'number on a dashboard that can be recomputed', 'the dashboards', [
      await showDashboards(platform),
    ])
    if (!window || wrong.length + tables.unmet.length + tables.open.length === 0) return compared
    // A relative range ends with another instant on each attempt, so that a second difference decides.
    const isSettled = before ? isEqual(before, await expectedPage(platform, pages, window)) : attempt > 1
    if (isSettled) {
      if (wrong.length > 0) await reject(platform, pages, window, wrong)
      expectNone(tables.unmet)
      for (const one of tables.open) throw new Blocked(one)
    }
    if (attempt === mostAttempts) throw changing(pages, [await showDashboards(platform)])
    forgetViews(platform)
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

/** The tables that differ from the events, and those that cannot be compared by their ids. */
interface TableProblems {
  readonly unmet: Circumstances[]
  readonly open: Circumstances[]
}

interface OpenedPage extends Pick<ExpectedPage, 'rows'> {
  readonly pages: ComparedPages
  readonly views: readonly PanelView[]
}

async function addTableProblems(
  platform: Platform,
  names: DashboardNames,
  { pages, views, rows }: OpenedPage,
  { unmet, open }: TableProblems,
): Promise<void> {
  if (unknownTables(platform.configuration).size > 0) return
  for (const { title, kind, difference } of wrongTables(names, views, rows, platform.contract.dora.precision)) {
    const { says, otherIds, ...values } = difference
    if (otherIds && platform.configuration.events.idPrefix === undefined) {
      open.push(unknownIdForm(`The table ${title} of the dashboard ${names.title}`, otherIds))
      continue
    }
    unmet.push({
      summary: `The ${kind} ${title} of the dashboard ${names.title} ${says} for ${ownerIn(pages)}.`,
      object: panelOf(names, title),
      ...values,
      remedy: await inGrafana(platform, names, `the query of the ${kind}`),
    })
  }
}

const ownerIn = ({ owner, range }: Pick<ComparedPages, 'owner' | 'range'>) => `${owner} (${range})`

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

/** The question that the oracle answers for a choice on the dashboards. */
export async function questionOf(
  platform: Platform,
  { project, window }: Pick<ViewChoice, 'project' | 'window'>,
): Promise<Question> {
  const { defaults } = platform.contract.dora.settings
  const { severities, frequencyEnvironment } = (await settingsOfProjects(platform)).get(project) ?? defaults
  return { project, windows: [window], severities, frequencyEnvironment }
}

/** The quantities that the events yield in the first window of the question. */
export async function expectedReading(platform: Platform, question: Question): Promise<Reading> {
  const [metrics] = (await recompute(platform, question)).windows
  if (!metrics) throw new Error('The question has no window.')
  return readingOf(metrics)
}

/** The quantities that the panels of a dashboard show. */
export async function readings(platform: Platform, names: DashboardNames, choice: ViewChoice): Promise<PanelReading[]> {
  return readingsOf(names, (await viewOf(platform, names, choice)).panels)
}

/** The value of a panel with its unit, such as "12.5 min". */
export const inWords = ({ quantity, value }: Pick<PanelReading, 'quantity' | 'value'>) =>
  value === undefined ? 'no such number' : shown(quantity, value)

/** @throws Unmet always */
async function reject(
  platform: Platform,
  pages: ComparedPages,
  window: Window,
  all: readonly PanelDifference[],
): Promise<never> {
  const numbers = all.map(({ reading: { quantity, value } }) => ({ window: 0, quantity, found: value ?? undefined }))
  const projects = await pages.projects()
  const questions = await Promise.all(projects.map((project) => questionOf(platform, { project, window })))
  const [only, ...others] = questions
  const likely =
    only && others.length === 0
      ? await explanationsOf(platform, only, numbers)
      : await combined(platform, questions, numbers)
  const wrong = all.map(async ({ names, reading, expected = null, drawn }, index) => {
    const { panel, quantity } = reading
    const [wanted, found] = shownBoth({ quantity, expected, found: reading.value ?? null })
    return {
      object: panelOf(names, panel),
      place: [pages.owner, pages.range, panelOf(names, panel)],
      shows: `The panel ${panel} of the dashboard ${names.title} ${drawn ? 'draws' : 'shows'}`,
      quantity,
      expected: drawn ? shown(quantity, expected) : wanted,
      found: drawn?.found ?? (reading.value === undefined ? inWords(reading) : found),
      likely: drawn ? [drawn.reason] : (likely[index] ?? []),
      remedy: await inGrafana(platform, names),
    }
  })
  const [first, ...rest] = await Promise.all(wrong)
  if (!first) throw new Error('There is no difference.')
  throw rejection(first, rest, {
    object: first.object,
    owner: ownerIn(pages),
    source: projects.length === 1 ? 'its events' : 'their events',
    columns: ['project', 'range', 'panel'],
    isListingKnown: platform.configuration.events.listedCommits !== undefined,
  })
}

/** The wrong ways to combine the numbers of several projects that yield each of the numbers. */
async function combined(
  platform: Platform,
  questions: readonly Question[],
  numbers: readonly { readonly quantity: Quantity; readonly found: Value | undefined }[],
): Promise<string[][]> {
  const each: Reading[] = []
  for (const question of questions) each.push(await expectedReading(platform, question))
  const { precision } = platform.contract.dora
  return numbers.map(({ quantity, found }) => wrongCombinations(each, quantity, found, precision))
}

/** Sections 16 and 19: compares the numbers on the dashboards with the quantities that the events yield. */

import { type CommandLine, comment } from '../../basis/command'
import {
  Blocked,
  type Circumstances,
  expectData,
  expectNone,
  type Failure,
  isFailure,
  throwWorst,
  unmetOf,
} from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import type { Window } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { unknownTables } from '../../service/raw-event-statements'
import { readEventsOf } from '../../service/raw-events'
import { chosenTogether } from '../dashboards/chosen-together'
import { rangesOfDay } from '../dashboards/compared-choices'
import { onEach } from '../dashboards/each-dashboard'
import { dashboardOf, inGrafana, panelOf, showDashboards } from '../dashboards/installation'
import { answeredDashboards, errorsForPeople, errorsOn } from '../dashboards/panels'
import {
  comparedChoices,
  expectChosenByAddress,
  forgetViewsOf,
  openAll,
  openDashboards,
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
import { rangeOf, withoutErrors, withoutRepeated } from './panel-comparison'
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

/**
 * 16.2: the panels and tables show the numbers of the projects and the ranges of the picker. Returns what was compared.
 * @throws Unmet with all that is wrong, else Blocked with the dashboards and panels that cannot be compared
 */
export async function expectPanelNumbers(platform: Platform): Promise<string> {
  const { choices, leftOut } = await comparedChoices(platform)
  const { projects: subjects, window } = await subjectsOf(platform)
  const { readable } = await openDashboards(platform)
  const together = await chosenTogether(platform, subjects, readable)
  const pages: ComparedPages[] = [
    ...choices.map((choice) => single(choice, readable)),
    ...together.choices.map(({ owner, values, projects, dashboards }) => ({
      ...{ owner, dashboards, choice: { project: values, window }, range: rangeOf(window) },
      projects: async () => projects,
    })),
    ...(await relativePages(platform, readable)),
  ]
  const compared: string[] = []
  const wrong: WrongPages[] = []
  const errors: Circumstances[] = []
  const failures: Failure[] = []
  const failed = new Set<DashboardNames>()
  for (const one of pages) {
    // A dashboard that fails for one choice may take its whole time for each of the others.
    const dashboards = one.dashboards.filter((names) => !failed.has(names))
    const found = await numbersOf(platform, { ...one, dashboards }).catch((error: unknown) => {
      if (isFailure(error)) return error
      throw error
    })
    // What one choice cannot be compared with, the others cannot either.
    if (isFailure(found)) {
      failures.push(found)
      break
    }
    if (found.wrong) wrong.push(found.wrong)
    errors.push(...found.errors)
    for (const [names, failure] of found.failures) {
      failed.add(names)
      failures.push(failure)
    }
    compared.push(`${one.owner} (${one.range}): ${found.compared} numbers`)
    if (found.repeated.length > 0)
      compared.push(`not compared for ${one.owner}, because they are repeated for each: ${found.repeated.join(', ')}`)
  }
  const { unreadable } = await answeredDashboards(platform)
  throwWorst([
    await rejectionOf(platform, wrong),
    await elsewhere(platform, readable, errors),
    ...failures,
    ...unreadable,
  ])
  const { projects, ranges } = leftOut
  if (projects > 0) compared.push(`${projects} projects left out today`)
  if (ranges > 0) compared.push(`${ranges} pairs of a project and another range than the last 30 days left out today`)
  compared.push(...together.notCompared.map((text) => `not compared: ${text}`))
  return compared.join('\n')
}

/** The errors of panels that answer the choice that people see first: they fail no other scenario. */
async function elsewhere(
  platform: Platform,
  readable: readonly DashboardNames[],
  errors: readonly Circumstances[],
): Promise<Failure | undefined> {
  const known = (await Promise.all(readable.map((names) => errorsForPeople(platform, names)))).flat()
  return unmetOf(errors.filter(({ object }) => !known.some((one) => one.object === object)))
}

const single = (choice: ViewChoice, dashboards: readonly DashboardNames[]): ComparedPages => ({
  ...{ owner: choice.project, choice, dashboards, range: rangeOf(choice.window) },
  projects: async () => [choice.project],
})

/** Each dashboard as it opens, and over one of the relative ranges of the picker, which rotate with the UTC date. */
async function relativePages(platform: Platform, readable: readonly DashboardNames[]): Promise<ComparedPages[]> {
  const { projects, window } = await subjectsOf(platform)
  const [project] = projects
  const pages = readable.map(async (names) => {
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
  const { wrong, errors, failures } = await numbersOf(platform, single(choice, platform.contract.dashboards.all))
  throwWorst([await rejectionOf(platform, wrong ? [wrong] : []), unmetOf(errors), ...failures.values()])
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
  /** The findings about panels that show an error. */
  readonly errors: readonly Circumstances[]
  /** The dashboards that cannot be compared for this choice. */
  readonly failures: ReadonlyMap<DashboardNames, Failure>
}

/** Compares the pages of one choice. @returns the count of compared numbers, and the pages if any of them is wrong */
async function numbersOf(platform: Platform, pages: ComparedPages): Promise<ComparedNumbers> {
  const { configuration, contract } = platform
  const { precision } = contract.dora
  const comparesTables = unknownTables(configuration).size === 0
  const common = { precision, isKnown: recomputable(configuration), comparesTables }
  const { choice, dashboards } = pages
  for (let attempt = 1; ; attempt++) {
    const fixed = fixedRange(choice)
    const before = fixed && (await expectedPage(platform, pages, fixed))
    const { views, repeated, errors, failures, window } = await openedPages(platform, pages)
    const open = { repeated, errors, failures }
    if (!window) return { compared: 0, ...open }
    const opened = { ...common, views, window }
    const found = problemsOn(opened, before ?? (await expectedPage(platform, pages, window)))
    const { compared } = found
    if (repeated.length + errors.length + failures.size === 0)
      expectData(Array.from({ length: compared }), 'number on a dashboard that can be recomputed', 'the dashboards', [
        await showDashboards(platform),
      ])
    if (found.numbers.length + found.tables.length === 0) return { compared, ...open }
    // A relative range ends with another instant on each attempt, so that a second difference decides.
    const isSettled = before ? isEqual(before, await expectedPage(platform, pages, window)) : attempt > 1
    if (isSettled) {
      const ofAll = await pages.projects()
      const questions = await Promise.all(ofAll.map((project) => questionOf(platform, { project, window })))
      return { compared, ...open, wrong: { owner: pages.owner, range: pages.range, questions, opened, found } }
    }
    if (attempt === mostAttempts) throw changing(pages, [await showDashboards(platform)])
    await forgetViewsOf(platform, choice, dashboards)
  }
}

/** The range of a choice; undefined if the page decides it. */
const fixedRange = ({ window }: PageChoice): Window | undefined => (window && 'start' in window ? window : undefined)

/** Opens the pages of one choice. Of several dashboards, the first one says which range a relative one is. */
async function openedPages(platform: Platform, { choice, dashboards }: ComparedPages) {
  await openAll(platform, choice, dashboards)
  const together = typeof choice.project === 'string' ? undefined : platform.contract.dashboards.variables.project
  const { answers, failures } = await onEach(dashboards, async (names) => {
    await expectChosenByAddress(platform, names, choice)
    const { panels, asked } = await viewOf(platform, names, choice)
    const window = fixedRange(choice) ?? asked
    // A page without panels asks nothing: its panels are missed where the range is fixed.
    if (!window && panels.length > 0) throw withoutRange(names, await inGrafana(platform, names))
    const { names: left, repeated } = withoutRepeated(withoutErrors(names, panels), panels, together)
    const errors = await errorsOn(platform, names, panels)
    return { left, panels, window, errors, repeated: repeated.map((title) => panelOf(names, title)) }
  })
  const pages = answers.map(([, page]) => page)
  return {
    views: pages.map(({ left, panels }) => [left, panels] as const),
    window: pages[0]?.window,
    repeated: pages.flatMap(({ repeated }) => repeated),
    errors: pages.flatMap(({ errors }) => errors),
    failures,
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

/** The quantities that the panels of a dashboard show. @throws Unmet if one of them shows an error instead */
export async function readings(platform: Platform, names: DashboardNames, choice: ViewChoice): Promise<PanelReading[]> {
  await expectChosenByAddress(platform, names, choice)
  const { panels } = await viewOf(platform, names, choice)
  expectNone(await errorsOn(platform, names, panels))
  return readingsOf(names, panels)
}

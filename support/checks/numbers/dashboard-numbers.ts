/** Sections 16 and 19: compares the numbers on the dashboards with the quantities that the events yield. */

import { type Circumstances, expectData, expectNone } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import { shown, shownBoth, toleranceOf } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import { quantities, type Reading, type Value } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { readingOf } from '../../dora/reading'
import type { Platform } from '../../platform/platform'
import { settingsOfProjects } from '../../service/metric-settings'
import { unknownTables } from '../../service/raw-event-statements'
import { eventsOfProject, recompute } from '../../service/raw-events'
import { inGrafana, panelOf, showDashboards } from '../dashboards/installation'
import { comparedChoices, forgetViews, openAll, type ViewChoice, viewOf } from '../dashboards/views'
import { explanationsOf, rejection } from './differences'
import { type DrawnDifference, drawnDifference, shiftedDays, wrongThresholds } from './drawn-panels'
import { type TableDifference, tableDifference } from './drawn-tables'
import { recomputable } from './metric'
import type { ShownDeployments } from './numbers-proof'
import { type PanelReading, readingsOf } from './panel-readings'
import { rowsOf } from './table-rows'

/** A number on a panel that differs from what the events yield. */
interface PanelDifference {
  readonly names: DashboardNames
  readonly reading: PanelReading
  /** Undefined: the events yield no such quantity. */
  readonly expected: Value | undefined
  /** The difference that a person sees although the query returned the expected number. */
  readonly drawn?: DrawnDifference
}

/** A number is compared again only while the events change. */
const mostAttempts = 3

/** 16.2: the panels and tables show the numbers of the projects and the ranges of the picker. Returns what was compared. */
export async function expectPanelNumbers(platform: Platform): Promise<string> {
  const { choices, leftOut } = await comparedChoices(platform)
  const compared: string[] = []
  for (const choice of choices) {
    const { project, window } = choice
    const days = (window.end - window.start) / day
    compared.push(`${project}, last ${days} days: ${await expectNumbersOf(platform, choice)} numbers`)
  }
  return [...compared, ...(leftOut > 0 ? [`${leftOut} projects left out today`] : [])].join('\n')
}

/** The panels that count deployments, once all panels of the project show what its events yield. */
export async function deploymentsOn(platform: Platform, choice: ViewChoice): Promise<ShownDeployments[]> {
  await expectNumbersOf(platform, choice)
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
async function expectNumbersOf(platform: Platform, choice: ViewChoice): Promise<number> {
  const question = await questionOf(platform, choice)
  const isKnown = recomputable(platform.configuration)
  for (let attempt = 1; ; attempt++) {
    const expected = await expectedReading(platform, question)
    const wrong: PanelDifference[] = []
    let compared = 0
    await openAll(platform, choice)
    const tables = await tableProblems(platform, choice, question)
    for (const names of platform.contract.dashboards.all)
      for (const reading of await readings(platform, names, choice)) {
        if (!isKnown(reading.quantity)) continue
        compared++
        const value = expected[reading.quantity]
        const drawn = drawnWrong(platform, reading, value)
        if (!agrees(platform, reading, value)) wrong.push({ names, reading, expected: value })
        else if (drawn) wrong.push({ names, reading, expected: value, drawn })
      }
    expectData(Array.from({ length: compared }), 'number on a dashboard that can be recomputed', 'the dashboards', [
      await showDashboards(platform),
    ])
    if (wrong.length === 0 && tables.length === 0) return compared
    const unchanged = JSON.stringify(await expectedReading(platform, question)) === JSON.stringify(expected)
    if (unchanged || attempt === mostAttempts) {
      if (wrong.length > 0) await reject(platform, question, wrong)
      expectNone(tables)
    }
    forgetViews(platform)
  }
}

/** The tables of all dashboards that differ from the events of the project. */
async function tableProblems(platform: Platform, choice: ViewChoice, question: Question): Promise<Circumstances[]> {
  const { all } = platform.contract.dashboards
  if (all.every(({ tables }) => tables === undefined) || unknownTables(platform.configuration).size > 0) return []
  const events = await eventsOfProject(platform, choice.project)
  const exactness = toleranceOf('minutes', platform.contract.dora.precision, 0)
  const unmet: Circumstances[] = []
  for (const names of all) {
    const { panels } = await viewOf(platform, names, choice)
    for (const [title, table] of Object.entries(names.tables ?? {})) {
      const view = panels.find((panel) => panel.title === title)
      const found: TableDifference | null = view
        ? tableDifference(view, table, rowsOf(table.rows, events, question), exactness)
        : { says: 'is not on the page', expected: 'the table', found: panels.map((panel) => panel.title).join(', ') }
      if (!found) continue
      const { says, ...values } = found
      const summary = `The table ${title} of the dashboard ${names.title} ${says} (${choice.project}).`
      unmet.push({
        summary,
        object: panelOf(names, title),
        ...values,
        remedy: await inGrafana(platform, names, 'the query of the table'),
      })
    }
  }
  return unmet
}

/** The question that the oracle answers for a choice on the dashboards. */
export async function questionOf(platform: Platform, { project, window }: ViewChoice): Promise<Question> {
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

/** The first thing that a person sees wrongly on a panel whose query returned the expected number. */
function drawnWrong(
  { contract }: Platform,
  reading: PanelReading,
  expected: Value | undefined,
): DrawnDifference | null {
  const { view, quantity, column, by } = reading
  if (!view || expected === undefined) return null
  const size = typeof expected === 'number' ? expected : 0
  const exactness = toleranceOf(quantities[quantity], contract.dora.precision, size)
  return (
    // The number of values is drawn as the values that they are, and not as a number of them.
    (by === 'count' || by === 'count by day'
      ? null
      : (drawnDifference(view, reading, expected, exactness) ?? wrongThresholds(view, quantity, column))) ??
    // Single events may happen to be whole days apart.
    (by === 'sum by day' ? shiftedDays(view, Date.now()) : null)
  )
}

/** A panel may show "no data" instead of a count of 0. */
function agrees({ contract }: Platform, { quantity, value }: PanelReading, expected: Value | undefined): boolean {
  if (value === null)
    return expected === null || expected === '' || (expected === 0 && quantities[quantity] === 'count')
  if (typeof value === 'string') return value === expected
  if (value === undefined || typeof expected !== 'number') return false
  return Math.abs(value - expected) <= toleranceOf(quantities[quantity], contract.dora.precision, expected)
}

/** The value of a panel with its unit, such as "12.5 min". */
export const inWords = ({ quantity, value }: Pick<PanelReading, 'quantity' | 'value'>) =>
  value === undefined ? 'no such number' : shown(quantity, value)

/** @throws Unmet always */
async function reject(platform: Platform, question: Question, all: readonly PanelDifference[]): Promise<never> {
  const numbers = all.map(({ reading: { quantity, value } }) => ({ window: 0, quantity, found: value ?? undefined }))
  const likely = await explanationsOf(platform, question, numbers)
  const wrong = all.map(async ({ names, reading, expected = null, drawn }, index) => {
    const { panel, quantity } = reading
    const [wanted, found] = shownBoth({ quantity, expected, found: reading.value ?? null })
    return {
      object: panelOf(names, panel),
      place: [panelOf(names, panel)],
      shows: `The panel ${panel} of the dashboard ${names.title} ${drawn ? 'draws' : 'shows'}`,
      quantity,
      expected: drawn ? shown(quantity, expected) : wanted,
      found: drawn?.found ?? (reading.value === undefined ? inWords(reading) : found),
      likely: drawn ? [drawn.reason] : (likely[index] ?? []),
      remedy: await inGrafana(platform, names),
    }
  })
  const [first, ...others] = await Promise.all(wrong)
  if (!first) throw new Error('There is no difference.')
  throw rejection(first, others, {
    object: first.object,
    owner: question.project,
    source: 'its events',
    columns: ['panel'],
  })
}

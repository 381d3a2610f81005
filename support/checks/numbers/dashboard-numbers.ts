/** Sections 16 and 19: compares the numbers on the dashboards with the quantities that the events yield. */

import { Blocked, type Circumstances, expectData, expectNone } from '../../basis/expectation'
import type { DashboardNames, TableRows } from '../../contracts/dashboards'
import { shown, shownBoth } from '../../dora/comparison'
import type { Reading } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { readingOf } from '../../dora/reading'
import type { Platform } from '../../platform/platform'
import { settingsOfProjects } from '../../service/metric-settings'
import { unknownTables } from '../../service/raw-event-statements'
import { eventsOfProject, recompute } from '../../service/raw-events'
import { inGrafana, panelOf, showDashboards } from '../dashboards/installation'
import { comparedChoices, forgetViews, openAll, type ViewChoice, viewOf } from '../dashboards/views'
import { explanationsOf, rejection } from './differences'
import { unknownIdForm } from './id-form'
import { recomputable } from './metric'
import type { ShownDeployments } from './numbers-proof'
import { ownerOf, type PanelDifference, panelDifferences, rangeOf, wrongTables } from './panel-comparison'
import { type PanelReading, readingsOf } from './panel-readings'
import { rowsOf } from './table-rows'

/** A number is compared again only while the events change. */
const mostAttempts = 3

/** 16.2: the panels and tables show the numbers of the projects and the ranges of the picker. Returns what was compared. */
export async function expectPanelNumbers(platform: Platform): Promise<string> {
  const { choices, leftOut } = await comparedChoices(platform)
  const compared: string[] = []
  for (const choice of choices) {
    compared.push(`${choice.project}, ${rangeOf(choice.window)}: ${await expectNumbersOf(platform, choice)} numbers`)
  }
  const { projects, ranges } = leftOut
  if (projects > 0) compared.push(`${projects} projects left out today`)
  if (ranges > 0) compared.push(`${ranges} pairs of a project and another range than the last 30 days left out today`)
  return compared.join('\n')
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
  const { dashboards, dora } = platform.contract
  for (let attempt = 1; ; attempt++) {
    const expected = await expectedReading(platform, question)
    const wrong: PanelDifference[] = []
    let compared = 0
    await openAll(platform, choice)
    const tables = await tableProblems(platform, choice, question)
    for (const names of dashboards.all) {
      const { panels: views } = await viewOf(platform, names, choice)
      const { window } = choice
      const found = panelDifferences(names, { views, expected, window, precision: dora.precision }, isKnown)
      compared += found.compared
      wrong.push(...found.wrong)
    }
    expectData(Array.from({ length: compared }), 'number on a dashboard that can be recomputed', 'the dashboards', [
      await showDashboards(platform),
    ])
    if (wrong.length + tables.unmet.length + tables.open.length === 0) return compared
    const unchanged = JSON.stringify(await expectedReading(platform, question)) === JSON.stringify(expected)
    if (unchanged || attempt === mostAttempts) {
      if (wrong.length > 0) await reject(platform, choice, question, wrong)
      expectNone(tables.unmet)
      for (const one of tables.open) throw new Blocked(one)
    }
    forgetViews(platform)
  }
}

/** The tables of all dashboards that differ from the events of the project, and those that cannot be compared by their ids. */
interface TableProblems {
  readonly unmet: readonly Circumstances[]
  readonly open: readonly Circumstances[]
}

async function tableProblems(platform: Platform, choice: ViewChoice, question: Question): Promise<TableProblems> {
  const { all } = platform.contract.dashboards
  if (all.every(({ tables }) => tables === undefined) || unknownTables(platform.configuration).size > 0)
    return { unmet: [], open: [] }
  const events = await eventsOfProject(platform, choice.project)
  const unmet: Circumstances[] = []
  const open: Circumstances[] = []
  for (const names of all) {
    const { panels } = await viewOf(platform, names, choice)
    const rows = (kind: TableRows) => rowsOf(kind, events, question)
    for (const { title, difference } of wrongTables(names, panels, rows, platform.contract.dora.precision)) {
      const { says, otherIds, ...values } = difference
      if (otherIds && platform.configuration.events.idPrefix === undefined) {
        open.push(unknownIdForm(`The table ${title} of the dashboard ${names.title}`, otherIds))
        continue
      }
      unmet.push({
        summary: `The table ${title} of the dashboard ${names.title} ${says} for ${ownerOf(choice)}.`,
        object: panelOf(names, title),
        ...values,
        remedy: await inGrafana(platform, names, 'the query of the table'),
      })
    }
  }
  return { unmet, open }
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

/** The value of a panel with its unit, such as "12.5 min". */
export const inWords = ({ quantity, value }: Pick<PanelReading, 'quantity' | 'value'>) =>
  value === undefined ? 'no such number' : shown(quantity, value)

/** @throws Unmet always */
async function reject(
  platform: Platform,
  choice: ViewChoice,
  question: Question,
  all: readonly PanelDifference[],
): Promise<never> {
  const numbers = all.map(({ reading: { quantity, value } }) => ({ window: 0, quantity, found: value ?? undefined }))
  const likely = await explanationsOf(platform, question, numbers)
  const wrong = all.map(async ({ names, reading, expected = null, drawn }, index) => {
    const { panel, quantity } = reading
    const [wanted, found] = shownBoth({ quantity, expected, found: reading.value ?? null })
    return {
      object: panelOf(names, panel),
      place: [choice.project, rangeOf(choice.window), panelOf(names, panel)],
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
    owner: ownerOf(choice),
    source: 'its events',
    columns: ['project', 'range', 'panel'],
  })
}

/** Section 16 and 19.5: the numbers on the dashboards are those that the events make up, and follow what is chosen. */

import { Blocked, type Circumstances, expectData, expectNone, Unmet } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import { shown, toleranceOf } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import { Interpretation, likeliest } from '../../dora/interpretation'
import { type Quantity, quantities, type Reading, type Window } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { readingOf } from '../../dora/reading'
import {
  expectAllReported,
  reportedDeployments,
  type ShownDeployments,
} from '../../flavours/devlake/reporting-dashboard'
import type { Platform } from '../../platform/platform'
import { settingsOfProjects } from '../../service/metric-settings'
import { eventsOfProject, recompute } from '../../service/raw-events'
import type { Story } from '../../stories/story'
import { inGrafana, panelOf } from '../dashboards'
import { deployThroughArgoCd } from '../test-deployment'
import { forgetViews, openAll, subjectsOf, type ViewChoice, viewOf } from './dashboard-views'
import { type PanelReading, readingsOf } from './panel-readings'
import { recomputable } from './reconciliation'

/** 16.2: the queries of all panels were answered. Returns how many panels there are. */
export async function expectPanelsAnswered(platform: Platform): Promise<number> {
  const { projects, window } = await subjectsOf(platform)
  const unmet: Circumstances[] = []
  let panels = 0
  for (const names of platform.contract.dashboards.all) {
    const view = await viewOf(platform, names, { project: projects[0], window })
    panels += view.panels.length
    for (const { title, errors } of view.panels)
      if (errors.length > 0)
        unmet.push({
          summary: `The panel ${title} of the dashboard ${names.title} shows an error instead of numbers.`,
          object: panelOf(names, title),
          expected: 'an answer to each of its queries',
          found: [...new Set(errors)].join('; '),
          remedy: [inGrafana(names)],
        })
  }
  expectNone(unmet)
  expectData(Array.from({ length: panels }), 'panel', 'the dashboards')
  return panels
}

interface Difference {
  readonly names: DashboardNames
  readonly reading: PanelReading
  readonly expected: Reading[Quantity]
}

/** A number that a panel shows has to be looked at only while the events stay as they are. */
const mostAttempts = 3

/** 16.2: the numbers of two projects. Returns what was compared, in words. */
export async function expectPanelNumbers(platform: Platform): Promise<string> {
  const { reportedOn } = platform.contract.dora
  if (reportedOn !== null) return expectAllReported(platform, reportedOn)
  const { projects, window } = await subjectsOf(platform)
  const compared: string[] = []
  for (const project of projects)
    compared.push(`${project}: ${await expectNumbersOf(platform, { project, window })} numbers`)
  return compared.join('\n')
}

/** 19.5: the dashboards show the deployments of the time of the one through ArgoCD, and there are some. */
export async function expectDeploymentShown(platform: Platform): Promise<string> {
  const { project, startedAt, finishedAt } = await deployThroughArgoCd(platform)
  // ArgoCD's times have whole seconds, those of its notifications may have more.
  const window: Window = { start: startedAt, end: finishedAt + 1000 }
  const shown = (await deploymentsOn(platform, { project, window })).filter(({ deployments }) => deployments > 0)
  if (shown.length > 0) return inWords(shown)
  throw new Unmet({
    summary: `No dashboard shows the deployment of ${project}.`,
    object: `dashboards of ${project}`,
    expected: 'at least one deployment',
    found: 'none',
    remedy: [`# in Grafana: ${project}, from ${new Date(window.start).toISOString()}`],
  })
}

/** 19.5: every panel that counts deployments shows as many as a story tells of the days before it was told. */
export async function expectToldShown(
  platform: Platform,
  { project, toldAt }: Pick<Story, 'project' | 'toldAt'>,
  told: number,
  days: number,
): Promise<string> {
  const end = Math.floor(toldAt / 1000) * 1000
  const shown = await deploymentsOn(platform, { project, window: { start: end - days * day, end } })
  expectData(shown, 'panel that counts deployments', 'the dashboards')
  expectNone(
    shown
      .filter(({ deployments }) => deployments !== told)
      .map(({ panel, deployments }) => ({
        summary: `The ${panel} shows another number of deployments than was told.`,
        object: panel,
        expected: String(told),
        found: String(deployments),
      })),
  )
  return inWords(shown)
}

const inWords = (shown: readonly ShownDeployments[]) =>
  shown.map(({ panel, deployments }) => `${panel}: ${deployments}`).join('\n')

/** The panels that count deployments, when all of the project show what its events make up. */
async function deploymentsOn(platform: Platform, choice: ViewChoice): Promise<ShownDeployments[]> {
  const { reportedOn } = platform.contract.dora
  if (reportedOn !== null) return reportedDeployments(platform, reportedOn, choice)
  await expectNumbersOf(platform, choice)
  const shown: ShownDeployments[] = []
  for (const names of platform.contract.dashboards.all)
    for (const { panel, quantity, value } of await readings(platform, names, choice))
      if (quantity === 'deployments') shown.push({ panel: panelOf(names, panel), deployments: value ?? 0 })
  return shown
}

async function expectNumbersOf(platform: Platform, choice: ViewChoice): Promise<number> {
  const question = await questionOf(platform, choice)
  const isKnown = recomputable(platform.configuration)
  for (let attempt = 1; ; attempt++) {
    const expected = await expectedReading(platform, question)
    const found: Difference[] = []
    let compared = 0
    await openAll(platform, choice)
    for (const names of platform.contract.dashboards.all)
      for (const reading of await readings(platform, names, choice)) {
        if (!isKnown(reading.quantity)) continue
        compared++
        const value = expected[reading.quantity]
        if (!agrees(platform, reading, value)) found.push({ names, reading, expected: value })
      }
    expectData(Array.from({ length: compared }), 'number on a dashboard that can be recomputed', 'the dashboards')
    if (found.length === 0) return compared
    const still = JSON.stringify(await expectedReading(platform, question)) === JSON.stringify(expected)
    if (still || attempt === mostAttempts) throw await rejection(platform, question, found)
    forgetViews(platform)
  }
}

export async function questionOf(platform: Platform, { project, window }: ViewChoice): Promise<Question> {
  const { severities } = (await settingsOfProjects(platform)).get(project) ?? platform.contract.dora.settings.defaults
  return { project, windows: [window], severities }
}

export async function expectedReading(platform: Platform, question: Question): Promise<Reading> {
  const [metrics] = (await recompute(platform, question)).windows
  if (!metrics) throw new Error('a window was not asked for')
  return readingOf(metrics)
}

export async function readings(platform: Platform, names: DashboardNames, choice: ViewChoice): Promise<PanelReading[]> {
  return readingsOf(names, (await viewOf(platform, names, choice)).panels)
}

/** Where nothing is counted, a panel may say so instead of 0. */
function agrees({ contract }: Platform, { quantity, value }: PanelReading, expected: Reading[Quantity]): boolean {
  if (value === null) return expected === null || (expected === 0 && quantities[quantity] === 'count')
  if (value === undefined || typeof expected !== 'number') return false
  return Math.abs(value - expected) <= toleranceOf(quantities[quantity], contract.dora.precision, expected)
}

export const said = ({ quantity, value }: Pick<PanelReading, 'quantity' | 'value'>) =>
  value === undefined ? 'no such number' : shown(quantity, value)

async function rejection(platform: Platform, question: Question, all: readonly Difference[]): Promise<unknown> {
  const [first] = all
  if (!first) return new Error('there is no difference')
  const { names, reading, expected } = first
  const { panel, quantity } = reading
  const likely = await explanations(platform, question, all)
  const why = likely.length > 0 ? `: probably ${likely.join(', or ')}` : ''
  const rows = all.map((one) =>
    [
      panelOf(one.names, one.reading.panel),
      one.reading.quantity,
      shown(one.reading.quantity, one.expected ?? null),
      said(one.reading),
    ].join(' | '),
  )
  return new Unmet({
    summary: `The panel ${panel} of the dashboard ${names.title} shows ${said(reading)} as the ${quantity} of ${question.project}, where its events make up ${shown(quantity, expected ?? null)}${why}.`,
    object: panelOf(names, panel),
    expected: shown(quantity, expected ?? null),
    found: `${said(reading)}\n${['panel | quantity | expected | found', ...rows].join('\n')}`,
    remedy: [inGrafana(names)],
  })
}

/** The definitions by which the same events give what is shown. */
async function explanations(
  platform: Platform,
  question: Question,
  all: readonly Difference[],
): Promise<readonly string[]> {
  try {
    const interpretation = new Interpretation(await eventsOfProject(platform, question.project), question)
    const { precision } = platform.contract.dora
    return likeliest(
      all.flatMap(({ reading: { quantity, value: found } }) => {
        if (typeof found !== 'number') return []
        const tolerance = toleranceOf(quantities[quantity], precision, found)
        return [interpretation.explaining({ window: 0, quantity, found, tolerance })]
      }),
    )
  } catch (error) {
    // The numbers are wrong all the same; too many events only cost the explanation.
    if (error instanceof Blocked) return []
    throw error
  }
}

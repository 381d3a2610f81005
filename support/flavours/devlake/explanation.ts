/** The explanation of a project's panels under stock DevLake, as `dora-acceptance explain` shows it. */
import { visibleDataInOneLine } from '../../basis/visible-text'
import type { Explanation } from '../../checks/numbers/numbers-proof'
import type { Window } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { expectProject } from '../../service/projects'
import { lakeOf } from './lake'
import { accountOf, type MetricAccount } from './oracle/account'
import { waitingInWords } from './oracle/collections'
import type { ReportedMetric } from './oracle/panels'
import { asStored, definitions, reportPanels } from './reporting'
import type { Administration } from './rows/administration'
import type { Lake } from './rows/rows'

/** A metric by one of the reports: its panels, and the rows behind them. */
interface ExplainedMetric extends MetricAccount {
  readonly metric: ReportedMetric
  readonly report: string
  /** The value of each panel by its name. */
  readonly panels: Readonly<Record<string, string>>
}

interface ExplainedLake {
  readonly project: string
  readonly from: string
  readonly to: string
  readonly metrics: readonly ExplainedMetric[]
  /** The reasons why rows are not compared or the time range is moved. */
  readonly notes: readonly string[]
}

const metrics: readonly ReportedMetric[] = [
  'deployment frequency',
  'lead time',
  'change failure rate',
  'time to restore',
]

/** @throws Unmet or Blocked when the lake or its database cannot be read, or there is no such project */
export async function explainLake(platform: Platform, project: string, window: Window): Promise<Explanation> {
  await platform.registerSecrets()
  await expectProject(platform, project)
  const { lake, administration } = await lakeOf(platform)
  const explained = explainedLake(lake, administration, project, window)
  return { json: JSON.stringify(explained, null, 2), text: asText(visibleDataInOneLine(explained)) }
}

/** The metrics of a project with the rows behind them. */
export function explainedLake(
  lake: Lake,
  administration: Pick<Administration, 'blueprints'>,
  project: string,
  window: Window,
): ExplainedLake {
  const panels = reportPanels(lake, project, window)
  const choice = { project, window: asStored(lake, window) }
  const explained = Object.entries(definitions).flatMap(([report, byReport]) => {
    const accounts = accountOf(lake, choice, byReport)
    return metrics.map((metric) => ({
      metric,
      report,
      panels: Object.fromEntries(
        panels
          .filter((panel) => panel.report === report && panel.metric === metric)
          .map(({ name, rows }) => [
            name,
            rows.map((row) => row.map((cell) => cell ?? 'no data').join(' ')).join(', '),
          ]),
      ),
      ...accounts[metric],
    }))
  })
  const waiting = waitingInWords(lake, administration, [project])
  return {
    project,
    from: new Date(window.start).toISOString(),
    to: new Date(window.end).toISOString(),
    metrics: explained,
    notes: [...(waiting === '' ? [] : [waiting]), ...(lake.notes ?? [])],
  }
}

function asText({ project, from, to, metrics, notes }: ExplainedLake): string {
  return [
    `${project}, from ${from} to ${to}`,
    ...metrics.flatMap(({ metric, report, panels, counted, leftOut }) => [
      '',
      `${metric}, report ${report}`,
      ...Object.entries(panels).map(([name, shown]) => `  panel ${name}: ${shown || 'nothing'}`),
      ...section('counted', counted),
      ...section('left out', leftOut),
    ]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
  ].join('\n')
}

const section = (title: string, rows: MetricAccount['counted']): string[] =>
  rows.length === 0
    ? [`  ${title}: none`]
    : [`  ${title}:`, ...rows.map(({ row, because }) => `    ${row}: ${because}`)]

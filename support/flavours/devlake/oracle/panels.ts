/** The panels of the DORA dashboard by their ids: what they must show, and the comparison with what they do show. Pure. */
import type { Dashboard, Month } from './dashboard'

export type ReportedMetric = 'deployment frequency' | 'lead time' | 'change failure rate' | 'time to restore'

type Cell = string | number | null

export interface ExpectedPanel {
  readonly id: number
  /** Null: all metrics. */
  readonly metric: ReportedMetric | null
  /** The name in findings; the title on the dashboard can depend on the choice. */
  readonly name: string
  /** Bars in the order of the months, the one cell of a stat, or the name and level of each metric on the overview. */
  readonly rows: readonly (readonly Cell[])[]
  /** False: the panel must show "N/A", which proves nothing. */
  readonly hasData: boolean
}

const stats = [
  [11, 'deployment frequency', 'deploymentFrequency'],
  [12, 'lead time', 'leadTime'],
  [14, 'change failure rate', 'changeFailureRate'],
  [17, 'time to restore', 'restoration'],
] as const

const bars = [
  [2, 'deployment frequency', 'deployments'],
  [6, 'lead time', 'leadTimeHours'],
  [5, 'change failure rate', 'changeFailureRate'],
  [9, 'time to restore', 'restorationHours'],
] as const satisfies readonly (readonly [number, ReportedMetric, keyof Month])[]

/**
 * The id of the overview. Only the level in each row is compared, which is the filled column; the words come from
 * `dora_benchmarks`.
 */
const overview = 8
const levels = ['low', 'medium', 'high', 'elite']

/** The panels with the rows that they must show. */
export function expectedPanels(dashboard: Dashboard): ExpectedPanel[] {
  const names = ['Deployment frequency', 'Lead time for changes', 'Change failure rate', dashboard.restoration.name]
  return [
    {
      id: overview,
      metric: null,
      name: 'set of levels',
      rows: stats.map(([, , key], index) => [names[index] ?? '', dashboard[key].level]),
      hasData: stats.some(([, , key]) => dashboard[key].level !== null),
    },
    ...stats.map(([id, metric, key]) => ({
      id,
      metric,
      name: metric,
      rows: [[dashboard[key].shown]],
      hasData: dashboard[key].level !== null,
    })),
    ...bars.map(([id, metric, key]) => ({
      id,
      metric,
      name: `${metric} by month`,
      rows: dashboard.months.map((month) => [month.month, month[key]]),
      hasData: dashboard.months.some((month) => Boolean(month[key])),
    })),
  ]
}

/** The bars are rounded to four decimals. */
const tolerance = 0.000_05 + Number.EPSILON

/** A column in the answer to a panel's query. */
interface AnswerColumn {
  readonly name: string
  readonly values: readonly unknown[]
}

/** True if the answer has exactly the rows of the panel, in any order. */
export function shows(panel: ExpectedPanel, columns: readonly AnswerColumn[]): boolean {
  const found = shownOn(panel, columns)
  return (
    found.length === panel.rows.length &&
    panel.rows.every((row) => found.some((other) => row.every((cell, index) => isCell(cell, other[index]))))
  )
}

/** The part of an answer that is compared, as rows. */
export function shownOn({ id }: Pick<ExpectedPanel, 'id'>, columns: readonly AnswerColumn[]): unknown[][] {
  const rows = (columns[0]?.values ?? []).map((_, row) => columns.map(({ values }) => values[row] ?? null))
  if (id !== overview) return rows
  return rows.map(([metric, ...cells]) => {
    const filled = columns.slice(1).filter(({ name }, index) => levels.includes(name) && cells[index] !== null)
    return [metric, filled.map(({ name }) => name).join(' and ') || null]
  })
}

function isCell(expected: Cell, found: unknown): boolean {
  if (typeof expected !== 'number') return expected === found
  return found !== null && found !== undefined && Math.abs(Number(found) - expected) <= tolerance
}

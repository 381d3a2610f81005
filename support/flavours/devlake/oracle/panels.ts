/** What the panels of the DORA dashboard must show, by their ids on it, and whether they do. Pure. */
import type { Dashboard, Month } from './dashboard'

export type ReportedMetric = 'deployment frequency' | 'lead time' | 'change failure rate' | 'time to restore'

type Cell = string | number | null

export interface ExpectedPanel {
  readonly id: number
  /** Null: all of them. */
  readonly metric: ReportedMetric | null
  /** The title can depend on what is chosen. */
  readonly name: string
  /** Bars in the order of the months; a stat has one row of one cell; of the overview a name and a level for each metric. */
  readonly rows: readonly (readonly Cell[])[]
  /** Whether it is about anything at all: "N/A" agrees with no data, and proves nothing. */
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

/** Of its rows only the level is compared, which is the column that is filled: the words are in `dora_benchmarks`. */
const overview = 8
const levels = ['low', 'medium', 'high', 'elite']

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

/** A column of a panel's answer, with the values of all rows. */
interface Answered {
  readonly name: string
  readonly values: readonly unknown[]
}

/** @param columns of the answer; its rows come in no order */
export function shows(panel: ExpectedPanel, columns: readonly Answered[]): boolean {
  const found = shownOn(panel, columns)
  return (
    found.length === panel.rows.length &&
    panel.rows.every((row) => found.some((other) => row.every((cell, index) => isCell(cell, other[index]))))
  )
}

/** What of an answer is compared, as rows: the way in which a person reads a table. */
export function shownOn({ id }: Pick<ExpectedPanel, 'id'>, columns: readonly Answered[]): unknown[][] {
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

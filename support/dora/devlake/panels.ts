/** What the panels of the DORA dashboard must show, by their ids on it, and whether they do. Pure. */
import type { Dashboard, Month } from './dashboard'

export type ReportedMetric = 'deployment frequency' | 'lead time' | 'change failure rate' | 'time to restore'

type Cell = string | number | null

export interface ExpectedPanel {
  readonly id: number
  readonly metric: ReportedMetric
  /** The title can depend on what is chosen. */
  readonly name: string
  /** Bars in the order of the months; a stat has one row of one cell. */
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

export function expectedPanels(dashboard: Dashboard): ExpectedPanel[] {
  return [
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

/** @param columns of the answer, each with the values of all rows; bars come in no order */
export function shows({ rows }: ExpectedPanel, columns: readonly (readonly unknown[])[]): boolean {
  const found = rowsOf(columns)
  return (
    found.length === rows.length &&
    rows.every((row) => found.some((other) => row.every((cell, index) => isCell(cell, other[index]))))
  )
}

/** As rows, the way in which a person reads a table. */
export function rowsOf(columns: readonly (readonly unknown[])[]): unknown[][] {
  const [first = []] = columns
  return first.map((_, row) => columns.map((values) => values[row] ?? null))
}

function isCell(expected: Cell, found: unknown): boolean {
  if (typeof expected !== 'number') return expected === found
  return found !== null && found !== undefined && Math.abs(Number(found) - expected) <= tolerance
}

/** The quantities on the panels of a dashboard. Pure. */
import type { DashboardNames, ShownQuantity } from '../../contracts/dashboards'
import { shown } from '../../dora/comparison'
import { type Quantity, seriesText, type Value } from '../../dora/metrics'
import { isoText } from '../../formats/instant'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'

/** A quantity on a panel. */
export interface PanelReading {
  readonly panel: string
  readonly quantity: Quantity
  /** Null: no data. Undefined: no column of numbers, or several, could be the quantity. */
  readonly value: Value | undefined
  readonly column?: string | undefined
  readonly by: ShownQuantity['by']
  /** Absent: the panel is not on the page. */
  readonly view?: PanelView | undefined
  /** The text that the panel shows. */
  readonly text: string
}

/** Kinds of panels by what they draw. */
const kinds = {
  number: ['stat', 'gauge', 'bargauge'],
  chart: ['timeseries', 'barchart', 'graph', 'trend', 'xychart'],
  table: ['table'],
} as const satisfies Record<string, readonly string[]>

/** The panels with a title: those of the wanted kind, or else the first one. A reader takes each of them for the same. */
export function panelsTitled(
  views: readonly PanelView[],
  wanted: string,
  kind: keyof typeof kinds,
): readonly PanelView[] {
  const titled = views.filter(({ title }) => title === wanted)
  const ofKind = titled.filter(({ type }) => kinds[kind].some((one) => one === type))
  return ofKind.length > 0 ? ofKind : titled.slice(0, 1)
}

/** Reads each panel that the contract knows; a panel that is not shown has no value. */
export function readingsOf({ panels }: DashboardNames, views: readonly PanelView[]): PanelReading[] {
  return Object.entries(panels).flatMap(([panel, quantities]) =>
    quantities.flatMap(({ quantity, column, by }): PanelReading[] => {
      const found = panelsTitled(views, panel, by === 'last' ? 'number' : 'chart')
      const common = { panel, quantity, column, by }
      if (found.length === 0) return [{ ...common, value: undefined, text: '' }]
      return found.map((view) => ({
        ...common,
        view,
        value: valueIn(view.columns, { quantity, by, ...(column !== undefined && { column }) }),
        text: view.text,
      }))
    }),
  )
}

function valueIn(columns: readonly Column[], { column, by }: ShownQuantity): Value | undefined {
  if (columns.every(({ values }) => values.length === 0)) return null
  const candidates = columns.filter(({ name, isNumber }) => isNumber && (column === undefined || name === column))
  const [only, ...others] = candidates
  if (!only || others.length > 0) return undefined
  const numbers = only.values.filter((value) => typeof value === 'number')
  if (numbers.length === 0) return null
  const sum = numbers.reduce((total, value) => total + value, 0)
  switch (by) {
    case 'last':
      return numbers.at(-1)
    case 'sum':
      return sum
    case 'mean':
      return sum / numbers.length
    case 'count':
      return numbers.length
    case 'sum by day':
      return byDay(columns, only, (value) => value)
    case 'count by day':
      return byDay(columns, only, () => 1)
  }
}

/** The values of a column added up by the UTC days of the column of times; undefined if there is not exactly one. */
function byDay(
  columns: readonly Column[],
  { values }: Column,
  weightOf: (value: number) => number,
): string | undefined {
  const [times, ...others] = columns.filter(({ isTime }) => isTime)
  if (!times || others.length > 0) return undefined
  const days = new Map<string, number>()
  for (const [index, value] of values.entries()) {
    const time = times.values[index]
    if (typeof value !== 'number' || typeof time !== 'number') continue
    const date = isoText(time).slice(0, 10)
    days.set(date, (days.get(date) ?? 0) + weightOf(value))
  }
  return seriesText([...days].map(([date, deployments]) => ({ date, deployments })))
}

/** The value of a panel with its unit, such as "12.5 min". */
export const inWords = ({ quantity, value }: Pick<PanelReading, 'quantity' | 'value'>) =>
  value === undefined ? 'no such number' : shown(quantity, value)

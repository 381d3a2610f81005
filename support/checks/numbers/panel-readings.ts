/** The quantities on the panels of a dashboard. Pure. */
import type { DashboardNames, ShownQuantity } from '../../contracts/dashboards'
import type { Quantity } from '../../dora/metrics'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'

/** A quantity on a panel. */
export interface PanelReading {
  readonly panel: string
  readonly quantity: Quantity
  /** Null: no data. Undefined: no column of numbers, or several, could be the quantity. */
  readonly value: number | null | undefined
  /** The text that the panel shows. */
  readonly text: string
}

/** Reads each panel that the contract knows; a panel that is not shown has no value. */
export function readingsOf({ panels }: DashboardNames, views: readonly PanelView[]): PanelReading[] {
  return Object.entries(panels).flatMap(([panel, quantities]) => {
    const view = views.find(({ title }) => title === panel)
    return quantities.map((shown) => ({
      panel,
      quantity: shown.quantity,
      value: view && valueIn(view.columns, shown),
      text: view?.text ?? '',
    }))
  })
}

function valueIn(columns: readonly Column[], { column, by }: ShownQuantity): number | null | undefined {
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
  }
}

/** What the panels of a dashboard say, as readings. Pure. */
import type { DashboardNames, ShownQuantity } from '../../contracts/dashboards'
import type { Quantity } from '../../dora/metrics'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'

/** What one panel says of a quantity. */
export interface PanelReading {
  readonly panel: string
  readonly quantity: Quantity
  /** Null: no data. Undefined: it has no column of numbers that could be it. */
  readonly value: number | null | undefined
  readonly text: string
}

/** Of each panel that the contract knows; one that is not shown says nothing. */
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

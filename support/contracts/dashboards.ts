/** The part of a contract about the dashboards: their names, and the quantities that their panels show. */

import type { Capability } from '../basis/capability'
import type { Quantity } from '../dora/metrics'

/** A quantity on a panel: a column of numbers in the answer to its query, and the way to combine them. */
export interface ShownQuantity {
  readonly quantity: Quantity
  /** Absent: the only column of numbers. */
  readonly column?: string
  /** "count" is the number of values, whatever they are; the others by day are texts as `seriesText` writes them. */
  readonly by: 'last' | 'sum' | 'mean' | 'count' | 'sum by day' | 'count by day'
}

export interface DashboardNames {
  readonly uid: string
  /** The title in the checklist. */
  readonly title: string
  /** The title in Grafana, if it differs. */
  readonly installedAs?: string
  /** Names of variables that only this dashboard has. */
  readonly ownVariables?: readonly string[]
  /** The quantities by the title of the panel; panels that show none are absent. */
  readonly panels: Readonly<Record<string, readonly ShownQuantity[]>>
}

export interface DashboardsContract {
  /** Empty: outside any folder. */
  readonly folder: string
  readonly all: readonly DashboardNames[]
  /** The type of the data source that all dashboards use. */
  readonly datasourceType: string
  /** The variables that every dashboard has. */
  readonly variables: {
    readonly project: string
    readonly team: Capability<string>
  }
}

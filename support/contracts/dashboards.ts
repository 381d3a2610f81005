/** What a contract says about the dashboards: which there are, and which of their panels show what. */

import type { Capability } from '../basis/capability'
import type { Quantity } from '../dora/metrics'

/** A quantity in the answers that a panel got: the numbers of a column, and what they come to. */
export interface ShownQuantity {
  readonly quantity: Quantity
  /** The only column of numbers when absent. */
  readonly column?: string
  /** A count is that of the numbers, whatever they are. */
  readonly by: 'last' | 'sum' | 'mean' | 'count'
}

export interface DashboardNames {
  readonly uid: string
  /** As the checklist calls it. */
  readonly title: string
  /** As it is called in Grafana, where that is something else. */
  readonly installedAs?: string
  /** Names of variables that only this dashboard has. */
  readonly ownVariables?: readonly string[]
  /** By the title of the panel; panels that show no quantity are absent. */
  readonly panels: Readonly<Record<string, readonly ShownQuantity[]>>
}

export interface DashboardsContract {
  /** Empty: outside of any folder. */
  readonly folder: string
  readonly all: readonly DashboardNames[]
  /** The type of the data source that all of them ask. */
  readonly datasourceType: string
  /** Names of the variables by which what is shown is chosen. */
  readonly variables: {
    readonly project: string
    readonly team: Capability<string>
  }
}

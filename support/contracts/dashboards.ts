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

/** The kind of events that a table lists, the latest first. */
export type TableRows = 'deployments' | 'failures' | 'changes' | 'restorations'

/** The value in a column of a table: "time" is the finish of a deployment or the resolution of an incident. */
export type TableField =
  | 'time'
  | 'project'
  | 'id'
  | 'outcome'
  | 'repository'
  | 'incidents'
  | 'began'
  | 'commits'
  | 'minutes'
  | 'severity'
  | 'created'

/** A table with the field in each of its columns, or the reason why a column is not compared. */
export interface ShownTable {
  readonly rows: TableRows
  readonly columns: Readonly<Record<string, TableField | { readonly notCompared: string }>>
}

export interface DashboardNames {
  /** Null: found by its title in the folder. */
  readonly uid: string | null
  /** The title in the checklist. */
  readonly title: string
  /** The title in Grafana, if it differs. */
  readonly installedAs?: string
  /** Names of variables that only this dashboard has. */
  readonly ownVariables?: readonly string[]
  /** The quantities by the title of the panel; panels that show none are absent. */
  readonly panels: Readonly<Record<string, readonly ShownQuantity[]>>
  /** The tables by the title of the panel. */
  readonly tables?: Readonly<Record<string, ShownTable>>
  /** The events that a chart draws as points, each at its time with its minutes, by the title of the panel. */
  readonly points?: Readonly<Record<string, Extract<TableRows, 'changes' | 'restorations'>>>
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

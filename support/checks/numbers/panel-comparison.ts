/** Compares the panels and tables of a dashboard with what the events of a project yield in a window. Pure. */
import type { DashboardNames, TableRows } from '../../contracts/dashboards'
import { toleranceOf } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import { type Quantity, type QuantityKind, quantities, type Reading, type Value, type Window } from '../../dora/metrics'
import type { PanelView } from '../../platform/grafana-pages'
import type { ComparedChoice } from '../dashboards/compared-choices'
import type { DrawnDifference } from './drawn-axis'
import { drawnDifference, shiftedDays, wrongThresholds } from './drawn-panels'
import { pointDifference } from './drawn-points'
import { type TableDifference, tableDifference } from './drawn-tables'
import type { TableRow } from './expected-page'
import { type PanelReading, panelsTitled, readingsOf } from './panel-readings'

/** The project with its range, such as "checkout (last 7 days)". */
export const ownerOf = ({ project, window }: ComparedChoice): string => `${project} (${rangeOf(window)})`

/** The length of a window that ends with the last collection, such as "last 7 days". */
export const rangeOf = ({ start, end }: Window): string => `last ${Number(((end - start) / day).toFixed(2))} days`

/** A number on a panel that differs from what the events yield. */
export interface PanelDifference {
  readonly names: DashboardNames
  readonly reading: PanelReading
  /** Undefined: the events yield no such quantity. */
  readonly expected: Value | undefined
  /** The difference that a person sees although the query returned the expected number. */
  readonly drawn?: DrawnDifference
}

type Precision = Readonly<Record<QuantityKind, number>>

/** A page with the values that it must show. */
interface ComparedPage {
  readonly views: readonly PanelView[]
  readonly expected: Reading
  readonly precision: Precision
}

/** The numbers on the panels of a dashboard that are wrong in the answer to the query or in the drawing. */
export function panelDifferences(
  names: DashboardNames,
  { views, expected, precision }: ComparedPage,
  isKnown: (quantity: Quantity) => boolean,
): { readonly compared: number; readonly wrong: readonly PanelDifference[] } {
  const known = readingsOf(names, views).filter(({ quantity }) => isKnown(quantity))
  const wrong = known.flatMap((reading): PanelDifference[] => {
    const value = expected[reading.quantity]
    const other = reading.view ? otherChoice(reading.view) : null
    if (other) return [{ names, reading, expected: value, drawn: other }]
    if (!agrees(reading, value, precision)) return [{ names, reading, expected: value }]
    const drawn = drawnWrong(reading, value, precision)
    return drawn ? [{ names, reading, expected: value, drawn }] : []
  })
  return { compared: known.length, wrong }
}

/** A panel that does not show what the reader of the page chooses, even where its number is the same. */
function otherChoice({ ownTime, copies = 1, repeat }: PanelView): DrawnDifference | null {
  if (ownTime !== undefined)
    return { found: `times of its own (${ownTime})`, reason: 'the panel does not keep to the chosen time range' }
  if (copies === 1) return null
  return {
    found: `${copies} copies, one for each ${repeat}`,
    reason: 'the panel is repeated, and none of its copies shows the number of the whole project',
  }
}

/** The names without the panels that the page draws for each value of a variable: none of them shows all values together. */
export function withoutRepeated(
  names: DashboardNames,
  views: readonly PanelView[],
  variable: string | undefined,
): { readonly names: DashboardNames; readonly repeated: readonly string[] } {
  const { panels, tables = {} } = names
  const isRepeated = (title: string) =>
    variable !== undefined && views.some((view) => view.title === title && view.repeat === variable)
  return {
    names: without(names, isRepeated),
    repeated: [...new Set([...Object.keys(panels), ...Object.keys(tables)])].filter(isRepeated),
  }
}

/** The names without the panels that show an error instead of numbers. */
export const withoutErrors = (names: DashboardNames, views: readonly PanelView[]): DashboardNames =>
  without(names, (title) => views.some((view) => view.title === title && view.errors.length > 0))

function without(names: DashboardNames, isLeftOut: (title: string) => boolean): DashboardNames {
  const { panels, tables = {}, points = {} } = names
  const kept = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([title]) => !isLeftOut(title)))
  return { ...names, panels: kept(panels), tables: kept(tables), points: kept(points) }
}

/** A panel may show "no data" instead of a count of 0. */
function agrees({ quantity, value }: PanelReading, expected: Value | undefined, precision: Precision): boolean {
  if (value === null)
    return expected === null || expected === '' || (expected === 0 && quantities[quantity] === 'count')
  if (typeof value === 'string') return value === expected
  if (value === undefined || typeof expected !== 'number') return false
  return Math.abs(value - expected) <= toleranceOf(quantities[quantity], precision, expected)
}

/** The first thing that a person sees wrongly on a panel whose query returned the expected number. */
function drawnWrong(reading: PanelReading, expected: Value | undefined, precision: Precision): DrawnDifference | null {
  const { view, quantity, column, by } = reading
  if (!view || expected === undefined) return null
  const size = typeof expected === 'number' ? expected : 0
  const exactness = toleranceOf(quantities[quantity], precision, size)
  return (
    // The number of values is drawn as the values that they are, and not as a number of them.
    (by === 'count' || by === 'count by day'
      ? null
      : (drawnDifference(view, reading, expected, exactness) ?? wrongThresholds(view, quantity, column))) ??
    // Single events may happen to be whole days apart.
    (by === 'sum by day' ? shiftedDays(view, column) : null)
  )
}

/** A table, or a chart of single events, that differs from the events. */
export interface WrongTable {
  readonly title: string
  readonly kind: 'table' | 'chart'
  readonly difference: TableDifference
}

/** The tables of a dashboard that are missing, and those and charts that differ from the rows that the events yield. */
export function wrongTables(
  { tables = {}, points = {} }: DashboardNames,
  views: readonly PanelView[],
  rowsOf: (kind: TableRows) => readonly TableRow[],
  precision: Precision,
): WrongTable[] {
  const exactness = toleranceOf('minutes', precision, 0)
  const charts = Object.entries(points).flatMap(([title, kind]) =>
    panelsTitled(views, title, 'chart').flatMap((view) => {
      const difference = pointDifference(view, rowsOf(kind), exactness)
      return difference ? [{ title, kind: 'chart' as const, difference }] : []
    }),
  )
  const wrong = Object.entries(tables).flatMap(([title, table]) => {
    const found = panelsTitled(views, title, 'table').map((view) => {
      const other = otherChoice(view)
      return other
        ? { says: 'does not show what the reader chooses', expected: 'the rows of the choice', found: other.found }
        : tableDifference(view, table, rowsOf(table.rows), exactness)
    })
    const absent = {
      says: 'is not on the page',
      expected: 'the table',
      found: views.map((one) => one.title).join(', '),
    }
    const differences: readonly (TableDifference | null)[] = found.length > 0 ? found : [absent]
    return differences.flatMap((difference) => (difference ? [{ title, kind: 'table' as const, difference }] : []))
  })
  return [...wrong, ...charts]
}

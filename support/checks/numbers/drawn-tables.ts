/** Section 16: compares the rows and columns of tables on dashboards with those that the events yield. Pure. */
import type { ShownTable, TableField } from '../../contracts/dashboards'
import { isoText } from '../../formats/instant'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'
import { type FieldOptions, optionsOfField } from '../../platform/panel-fields'
import { applies } from '../../platform/transformations'
import { mappedText } from '../../platform/value-mappings'
import { isValued } from './drawn-panels'
import { changingTransformation, fewestRows, sortingIn } from './drawn-transformations'
import { isForeign } from './drawn-unit'
import { latestFirst, type TableRow } from './expected-page'

/** A difference in a table: a missing column, a wrong cell, or a column that is drawn wrongly. */
export interface TableDifference {
  /** Continues the sentence that begins with the table. */
  readonly says: string
  readonly expected: string
  readonly found: string
  /** Set if the table shows none of the expected ids, and agrees in everything else. */
  readonly otherIds?: { readonly shown: string; readonly stored: string }
}

/**
 * The first difference of a table from the expected rows; null if there is none.
 * @param expected all rows, the latest first
 * @param exactness the tolerance of durations in minutes
 */
export function tableDifference(
  view: PanelView,
  { columns }: ShownTable,
  expected: readonly TableRow[],
  exactness: number,
): TableDifference | null {
  if (view.columns.every(({ values }) => values.length === 0))
    return expected.length === 0 ? null : { says: 'shows no rows', expected: `${expected.length} rows`, found: 'none' }
  const compared = Object.entries(columns).flatMap(([name, field]) =>
    typeof field === 'string' ? [{ name, field }] : [],
  )
  const shown = new Map(view.columns.map(({ name, values }) => [name, values]))
  for (const { name } of compared)
    if (!shown.has(name))
      return { says: `has no column ${name}`, expected: `a column ${name}`, found: [...shown.keys()].join(', ') }
  const rows = [...(view.columns[0]?.values ?? [])].map((_, row) =>
    Object.fromEntries(compared.map(({ name, field }) => [field, shown.get(name)?.[row] ?? null])),
  )
  const difference = rowDifference(rows, expected, compared, exactness)
  if (difference === null) return drawnDifference(view, compared, expected, exactness) ?? drawnOrder(view, compared)
  const ids = new Set<unknown>(expected.map(({ id }) => id))
  const others = compared.filter(({ field }) => field !== 'id')
  const areOther = !rows.some(({ id }) => ids.has(id)) && rowDifference(rows, expected, others, exactness) === null
  return areOther ? { ...difference, otherIds: { shown: difference.found, stored: difference.expected } } : difference
}

interface ComparedColumn {
  readonly name: string
  readonly field: TableField
}

function rowDifference(
  rows: readonly Readonly<Record<string, unknown>>[],
  expected: readonly TableRow[],
  compared: readonly ComparedColumn[],
  exactness: number,
): TableDifference | null {
  if (rows.length > expected.length || (rows.length < expected.length && rows.length < fewestRows))
    return { says: 'shows another number of rows', expected: String(expected.length), found: String(rows.length) }
  const isAscending = rows.some(({ time }, index) => index > 0 && Number(time) > Number(rows[index - 1]?.time))
  if (isAscending)
    return { says: 'is not sorted', expected: 'the latest rows first', found: 'an earlier row before a later one' }
  // Rows of the same instant may stand in any order.
  const sorted = rows
    .map((row) => ({ row, time: Number(row.time), id: String(row.id), project: String(row.project) }))
    .sort(latestFirst)
  const inOrder = shownFirst(expected, sorted)
  for (const [index, { row }] of sorted.entries()) {
    const wanted = inOrder[index]
    if (!wanted) continue
    for (const { name, field } of compared)
      if (!isEqual(row[field], wanted[field], field, exactness))
        return {
          says: `shows a wrong ${name} in the row of ${String(row.id ?? wanted.id)}`,
          expected: inWords(wanted[field], field),
          found: inWords(row[field], field),
        }
  }
  return null
}

/** A table of the latest rows may end with any rows of one instant: of those, the ones that it shows go first. */
function shownFirst(
  expected: readonly TableRow[],
  shown: readonly { readonly time: number; readonly row: Readonly<Record<string, unknown>> }[],
): readonly TableRow[] {
  const end = shown.at(-1)?.time
  const last = shown.filter(({ time }) => time === end)
  const isShown = ({ id, project }: TableRow) =>
    last.some(({ row }) => row.id === id && (row.project === undefined || row.project === project))
  const rank = (one: TableRow) => Number(one.time === end && !isShown(one))
  return expected.toSorted((one, other) => other.time - one.time || rank(one) - rank(other))
}

const times: readonly TableField[] = ['time', 'began', 'created']

function isEqual(found: unknown, expected: unknown, field: TableField, exactness: number): boolean {
  if (typeof expected === 'number' && typeof found === 'number')
    return Math.abs(found - expected) <= (field === 'minutes' ? exactness : 0)
  const [one, other] = [found, expected].map((value) => String(value ?? ''))
  return field === 'severity' || field === 'outcome' ? one?.toLowerCase() === other?.toLowerCase() : one === other
}

function inWords(value: unknown, field: TableField): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value !== 'number') return String(value)
  return times.includes(field) ? isoText(value) : `${Number(value.toFixed(3))}${field === 'minutes' ? ' min' : ''}`
}

/** The text decides: the latest row must be in it, and no option of a column may turn its values into others. */
function drawnDifference(
  view: PanelView,
  compared: readonly ComparedColumn[],
  rows: readonly TableRow[],
  exactness: number,
): TableDifference | null {
  const [latest] = rows
  for (const { name, field } of compared) {
    const changed = changingTransformation(view, name)
    if (changed !== undefined)
      return {
        says: `changes the column ${name} after its query`,
        expected: 'the values',
        found: `values changed by the transformation ${changed}`,
      }
    const column = view.columns.find((one) => one.name === name)
    if (!column) continue
    const options = optionsOfField(view.fieldConfig, column)
    const difference = optionDifference(view, name, options) ?? cellDifference(column, field, options)
    if (difference) return difference
    const lost = field === 'minutes' ? roundedAway(rows, options, exactness) : undefined
    if (lost !== undefined)
      return {
        says: `rounds the column ${name} too far`,
        expected: inWords(lost, field),
        found: `${options.decimals} decimals`,
      }
  }
  if (latest && !view.text.includes(latest.id))
    return { says: 'does not draw its latest row', expected: latest.id, found: view.text.slice(0, 80) || 'nothing' }
  return null
}

/** The cells that have a picture, links or buttons in place of their values (TableCellDisplayMode of Grafana's schema). */
const withoutValues: readonly string[] = ['image', 'data-links', 'actions']

/** A column that is hidden, whose values are, or that stands under the name of another. */
function optionDifference(
  { columns }: PanelView,
  name: string,
  { custom, displayName }: FieldOptions,
): TableDifference | null {
  const hiddenBy = custom?.hidden === true ? 'custom.hidden' : custom?.hideFrom?.viz === true ? 'custom.hideFrom' : null
  if (hiddenBy) return { says: `hides the column ${name}`, expected: `the column ${name}`, found: hiddenBy }
  const { type = 'auto', valueDisplayMode } = custom?.cellOptions ?? {}
  const isHidden = withoutValues.includes(type) || (type === 'gauge' && valueDisplayMode === 'hidden')
  if (isHidden)
    return { says: `draws no values in the column ${name}`, expected: 'its values', found: `cells of the type ${type}` }
  if (displayName !== name && columns.some((other) => other.name === displayName))
    return { says: `swaps the names of columns`, expected: name, found: `the name ${displayName} for ${name}` }
  return null
}

const counts: readonly TableField[] = ['commits', 'incidents']

/** Values that are drawn in another unit, or as other texts. */
function cellDifference(
  { name, values }: Column,
  field: TableField,
  { unit = 'none', mappings = [], noValue }: FieldOptions,
): TableDifference | null {
  const kind = field === 'minutes' ? 'minutes' : counts.includes(field) ? 'count' : undefined
  if (kind && isForeign(unit, kind))
    return {
      says: `draws the column ${name} with another unit`,
      expected: kind === 'minutes' ? 'minutes' : 'a number without a unit',
      found: `the unit ${unit}`,
    }
  for (const value of values) {
    const isMissing = value === null || value === undefined || value === ''
    const drawn = mappedText(mappings, value) ?? (value === null && noValue ? noValue : undefined)
    if (drawn === undefined || (isMissing ? !isValued(drawn) : says(drawn, value))) continue
    return {
      says: `replaces the values of the column ${name}`,
      expected: inWords(value, field),
      found: `"${drawn}" by its value mappings or its text for missing values`,
    }
  }
  return null
}

/** True if a text still says the value that it replaces, such as "Success" for "success". */
const says = (text: string, value: unknown): boolean =>
  typeof value === 'number' ? text.trim() !== '' && Number(text) === value : text.toLowerCase().includes(lower(value))

const lower = (value: unknown) => String(value).toLowerCase()

/** A drawn duration may be rounded by at most this share of it. */
const mostRounding = 0.05

/** The lengths in minutes from which the unit "m" of Grafana draws another unit (dateTimeFormatters.ts), the longest first. */
const drawnIn = [
  { from: 604_800, length: 525_948 },
  { from: 10_080, length: 10_080 },
  { from: 1440, length: 1440 },
  { from: 60, length: 60 },
]

/** The first duration that its decimals round too far. */
function roundedAway(
  rows: readonly TableRow[],
  { unit, decimals }: FieldOptions,
  exactness: number,
): number | undefined {
  if (unit === 'dtdurationm' || typeof decimals !== 'number' || decimals > 20) return undefined
  const durations = rows.flatMap(({ minutes }) => (typeof minutes === 'number' ? [minutes] : []))
  return durations.find((minutes) => {
    const { length } = (unit === 'm' && drawnIn.find(({ from }) => minutes >= from)) || { length: 1 }
    const error = Math.abs(Number((minutes / length).toFixed(decimals)) * length - minutes)
    return error > Math.max(exactness, mostRounding * minutes)
  })
}

/** An order of the drawing other than that of the query: by the options of the table, or by a transformation before it. */
function drawnOrder(
  { columns, fieldConfig, options, transformations = [] }: PanelView,
  compared: readonly ComparedColumn[],
): TableDifference | null {
  if ((columns[0]?.values.length ?? 0) < 2) return null
  const transformed = transformations.flatMap((one) =>
    one.id === 'sortBy' && columns.some((column) => applies(one, column)) ? (sortingIn(one.options) ?? []) : [],
  )
  const [first] = [
    ...(options?.sortBy ?? []).map(({ displayName, desc }) => ({ field: displayName, desc })),
    ...transformed,
  ]
  const column = columns.find(
    (one) => first && [one.name, optionsOfField(fieldConfig, one).displayName].includes(first.field),
  )
  if (!first || !column) return null
  const isTime = compared.some(({ name, field }) => name === column.name && field === 'time')
  if (isTime && first.desc) return null
  return {
    says: 'is not sorted',
    expected: 'the latest rows first',
    found: `the rows sorted by ${first.field}, ${first.desc ? 'descending' : 'ascending'}`,
  }
}

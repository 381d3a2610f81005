/** Stand-in for Grafana's data frames: the result of a query, column by column. */
import { Types } from 'mysql2'
import type { Fill, TimeRange } from './macros'

type Cell = string | number | null

interface Field {
  readonly name: string
  readonly type: 'number' | 'string' | 'time'
  readonly typeInfo: { readonly frame: string; readonly nullable: true }
  readonly labels?: Readonly<Record<string, string>>
}

/** A data frame as JSON: the schema of the columns and their values. Times are milliseconds since 1970. */
export interface Frame {
  readonly schema: { readonly refId: string; readonly meta: Meta; readonly fields: readonly Field[] }
  readonly data: { readonly values: readonly (readonly Cell[])[] }
}

interface Meta {
  readonly typeVersion: readonly [number, number]
  readonly executedQueryString: string
}

/** A column as the database driver describes it. */
interface Column {
  readonly name: string
  readonly type: number | undefined
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly unknown[])[]
}

/** A query and the way to present its result. */
export interface Query {
  readonly refId: string
  readonly format: 'table' | 'time_series'
  readonly executed: string
  readonly range: TimeRange
  readonly fill?: Fill | undefined
}

interface Series {
  readonly field: Field
  readonly values: readonly Cell[]
}

const integerTypes = new Set<number>([Types.TINY, Types.SHORT, Types.INT24, Types.LONG, Types.LONGLONG, Types.YEAR])
const fractionalTypes = new Set<number>([Types.DECIMAL, Types.NEWDECIMAL, Types.FLOAT, Types.DOUBLE])
const temporalTypes = new Set<number>([Types.DATE, Types.NEWDATE, Types.DATETIME, Types.TIMESTAMP])

function fieldOf({ name, type = Types.VARCHAR }: Column): Field {
  if (integerTypes.has(type)) return { name, type: 'number', typeInfo: { frame: 'int64', nullable: true } }
  if (fractionalTypes.has(type)) return { name, type: 'number', typeInfo: { frame: 'float64', nullable: true } }
  if (temporalTypes.has(type)) return { name, type: 'time', typeInfo: { frame: 'time.Time', nullable: true } }
  return { name, type: 'string', typeInfo: { frame: 'string', nullable: true } }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'number' || typeof value === 'string') return value
  return Buffer.isBuffer(value) ? value.toString('utf8') : JSON.stringify(value)
}

/** Converts seconds, as returned by UNIX_TIMESTAMP, to milliseconds. Larger numbers are milliseconds already. */
const toMilliseconds = (value: Cell): Cell =>
  typeof value === 'number' && Math.abs(value) < 1e11 ? value * 1_000 : value

const isTime = ({ name }: { readonly name: string }) => name === 'time' || name === 'time_sec'

/** The columns of a table. In both formats, a column of numbers named time holds times. */
function seriesOf({ columns, rows }: Table): Series[] {
  return columns.map((column, index) => {
    const field = fieldOf(column)
    const values = rows.map((row) => cellOf(row[index]))
    if (!isTime(field) || field.type !== 'number') return { field, values }
    return {
      field: { ...field, type: 'time', typeInfo: { frame: 'time.Time', nullable: true } },
      values: values.map(toMilliseconds),
    }
  })
}

/**
 * Creates one series for each distinct value of the string column.
 * @throws Error when the rows are not sorted by time
 */
function longToWide(time: Series, metric: Series, values: readonly Series[]): Series[] {
  const times = [...new Set(time.values)]
  const sorted = time.values.every((value, index) => index === 0 || Number(value) >= Number(time.values[index - 1]))
  if (!sorted) throw new Error('long series must be sorted ascending by time to be converted')
  const names = [...new Set(metric.values.map(String))]
  const series = values.flatMap(({ field, values: cells }) =>
    names.map((name): Series => {
      const byTime = new Map(
        cells.flatMap((cell, row) => (metric.values[row] === name ? [[time.values[row], cell]] : [])),
      )
      // A single value column takes the metric's name. Several keep their names and get the metric as a label.
      const named = values.length === 1 ? { ...field, name } : { ...field, labels: { [metric.field.name]: name } }
      return { field: named, values: times.map((at) => byTime.get(at) ?? null) }
    }),
  )
  return [{ field: time.field, values: times }, ...series]
}

/** Adds a row for every interval of the range that has none in the database. */
function filled(series: readonly Series[], { interval, value }: Fill, { from, to }: TimeRange): Series[] {
  const step = interval * 1_000
  const times: number[] = []
  for (let at = Math.floor(from / step) * step; at <= to && times.length < 50_000; at += step) times.push(at)
  const found = new Map(series[0]?.values.map((at, row) => [at, row]))
  return series.map(({ field, values }, index) => {
    if (index === 0) return { field, values: times }
    let last: Cell = null
    return {
      field,
      values: times.map((at) => {
        const row = found.get(at)
        if (row !== undefined) last = values[row] ?? null
        return row === undefined ? (value === 'previous' ? last : value) : last
      }),
    }
  })
}

function timeSeries(series: readonly Series[], { fill, range }: Query): Series[] {
  const time = series.find(({ field }) => isTime(field))
  if (time === undefined) {
    throw new Error(
      "db has no time column: time column is missing; make sure your data includes a time column for time series format or switch to a table format that doesn't require it",
    )
  }
  const metric =
    series.find(({ field }) => field.name === 'metric') ?? series.find(({ field }) => field.type === 'string')
  // The name that Grafana has used since before it had data frames.
  const named: Series = { ...time, field: { ...time.field, name: 'Time' } }
  const values = series.filter(({ field }) => field.type === 'number')
  const wide = metric === undefined ? [named, ...values] : longToWide(named, metric, values)
  return fill === undefined ? wide : filled(wide, fill, range)
}

/**
 * The data frame of a query's result, without fields if there are no rows.
 * @throws Error when a time series is requested and the result cannot be one
 */
export function frameOf(table: Table, query: Query): Frame {
  const { refId, executed, format } = query
  const meta: Meta = { typeVersion: [0, 0], executedQueryString: executed }
  if (table.rows.length === 0) return { schema: { refId, meta, fields: [] }, data: { values: [] } }
  const columns = seriesOf(table)
  const series = format === 'time_series' ? timeSeries(columns, query) : columns
  return {
    schema: { refId, meta, fields: series.map(({ field }) => field) },
    data: { values: series.map(({ values }) => values) },
  }
}

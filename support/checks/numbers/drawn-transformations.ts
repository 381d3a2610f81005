/**
 * The transformations in the browser that may make a panel draw something else than its query returned
 * (packages/grafana-data/src/transformations/transformers of Grafana's repository). Pure.
 */
import { z } from 'zod'
import type { PanelView } from '../../platform/grafana-pages'
import { matchesPattern } from '../../platform/panel-fields'

/** Transformations that neither change nor drop values. The order of rows and the names of columns are judged by themselves. */
const harmless: readonly string[] = ['merge', 'prepareTimeSeries', 'renameByRegex', 'seriesToColumns', 'sortBy']

/** A table may show only its latest rows, but not fewer than this. */
export const fewestRows = 10

/** The judged columns, and all of the answer. */
interface Columns {
  readonly judged: readonly string[]
  readonly view: PanelView
}

type Judge = (options: unknown, columns: Columns) => boolean

/** Columns by their names or a pattern; null if there is neither, which filters nothing. */
const names = z
  .looseObject({ names: z.array(z.string()).default([]), pattern: z.string().default('') })
  .transform((given) => (given.names.length === 0 && given.pattern === '' ? null : given))
type Named = NonNullable<z.infer<typeof names>>
const filtered = z.looseObject({
  include: names.nullish(),
  exclude: names.nullish(),
  /** The names are in a variable, whose value is not known here. */
  byVariable: z.literal(false).optional(),
})
const organized = z.looseObject({
  excludeByName: z.record(z.string(), z.unknown()).default({}),
  /** Keeps all columns if it names none. */
  includeByName: z.record(z.string(), z.unknown()).default({}),
  renameByName: z.record(z.string(), z.unknown()).default({}),
})
const limited = z.looseObject({ limitField: z.coerce.number().default(10) })
const calculated = z.looseObject({ replaceFields: z.boolean().default(false), alias: z.string().default('') })
const joined = z.looseObject({ mode: z.string().default('outer') })

const isNamed = ({ names: all, pattern }: Named, name: string) =>
  all.includes(name) || (pattern !== '' && matchesPattern(pattern, name))

const isTrue = (all: Readonly<Record<string, unknown>>, name: string) => Object.hasOwn(all, name) && Boolean(all[name])

/** Each says whether its options, of the form that Grafana saves, leave the judged columns as they are. */
const judges: Readonly<Record<string, Judge>> = {
  /** Hides and renames columns. */
  organize: (options, { judged, view }) => {
    const { excludeByName, includeByName, renameByName } = organized.parse(options)
    const all = view.columns.map(({ name }) => name)
    const isSelective = Object.values(includeByName).some(Boolean)
    return judged.every(
      (name) =>
        !isTrue(excludeByName, name) &&
        (!isSelective || isTrue(includeByName, name)) &&
        !all.some((other) => other !== name && renameByName[name] === other),
    )
  },
  /** Keeps columns by their names. */
  filterFieldsByName: (options, { judged }) => {
    const { include, exclude } = filtered.parse(options)
    return judged.every((name) => (!include || isNamed(include, name)) && !(exclude && isNamed(exclude, name)))
  },
  /** Adds a column. */
  calculateField: (options, { judged }) => {
    const { replaceFields, alias } = calculated.parse(options)
    return !replaceFields && !judged.includes(alias)
  },
  /** Keeps the first rows. */
  limit: (options, { view: { type, columns } }) => {
    const { limitField } = limited.parse(options)
    const rows = Math.max(0, ...columns.map(({ values }) => values.length))
    return limitField >= rows || (type === 'table' && limitField >= fewestRows)
  },
  /** Joins the answers of several queries. An inner join drops rows without a partner. */
  joinByField: (options, { view: { columns } }) =>
    joined.parse(options).mode !== 'inner' || new Set(columns.map(({ query }) => query)).size < 2,
}

/** The id of the first transformation that may change or drop values. @param column all numbers and times when absent */
export function changingTransformation(view: PanelView, column: string | undefined): string | undefined {
  const { transformations = [], columns } = view
  const judged =
    column === undefined
      ? columns.filter(({ isNumber, isTime }) => isNumber || isTime).map(({ name }) => name)
      : [column]
  const found = transformations.find(({ id, disabled, options }) => {
    if (disabled || harmless.includes(id)) return false
    const judge = Object.hasOwn(judges, id) ? judges[id] : undefined
    try {
      return !judge?.(options ?? {}, { judged, view })
    } catch {
      // Options of another form are not understood here.
      return true
    }
  })
  return found?.id
}

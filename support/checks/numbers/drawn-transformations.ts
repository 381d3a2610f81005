/**
 * The transformations in the browser that may make a panel draw something else than its query returned
 * (packages/grafana-data/src/transformations/transformers of Grafana's repository). Pure.
 */
import { z } from 'zod'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'
import { matchesPattern, typeOf } from '../../platform/panel-fields'
import { withShownNames } from '../../platform/shown-names'
import { applies, selectsQuery } from '../../platform/transformations'
import { keepsAllRows } from './drawn-filters'

/** Transformations that neither change nor drop values. The order of rows and the names of columns are judged by themselves. */
const harmless: readonly string[] = ['merge', 'prepareTimeSeries', 'renameByRegex', 'seriesToColumns']

/** A table may show only its latest rows, but not fewer than this. */
export const fewestRows = 10

/** The judged columns, and all of the answer, with the names that the transformations before have given them. */
interface Columns {
  readonly judged: readonly Column[]
  readonly all: readonly Column[]
  readonly type: string
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

const conversions = z.looseObject({
  conversions: z
    .array(z.looseObject({ targetField: z.string().nullish(), destinationType: z.string().nullish() }))
    .default([]),
})
const formatted = z.looseObject({ timeField: z.string().nullish() })
const ofQuery = z.looseObject({ include: z.string().nullish(), exclude: z.string().nullish() })
const sorted = z.looseObject({
  sort: z.array(z.looseObject({ field: z.string(), desc: z.boolean().nullish().transform(Boolean) })).default([]),
})

/** The column by which a transformation sorts the rows; undefined if it sorts nothing. */
export const sortingIn = (options: unknown) => sorted.safeParse(options).data?.sort[0]

const shownName = ({ name, shownAs = name }: Column) => shownAs
const namesOf = (column: Column): readonly string[] => [column.name, shownName(column)]

const isNamed = ({ names: all, pattern }: Named, column: Column) =>
  namesOf(column).some((name) => all.includes(name)) || (pattern !== '' && matchesPattern(pattern, shownName(column)))

const isTrue = (all: Readonly<Record<string, unknown>>, column: Column) =>
  namesOf(column).some((name) => Object.hasOwn(all, name) && Boolean(all[name]))

const queriesOf = (columns: readonly Column[]) => new Set(columns.map(({ query }) => query))

const rowsOf = (columns: readonly Column[]) => Math.max(0, ...columns.map(({ values }) => values.length))

/** Kinds of panels that draw one number of several rows, and on a canvas. */
export const gauges: readonly string[] = ['gauge', 'bargauge', 'piechart']

/** Each says whether its options, of the form that Grafana saves, leave the judged columns as they are. */
const judges: Readonly<Record<string, Judge>> = {
  /** Hides and renames columns. */
  organize: (options, { judged, all }) => {
    const { excludeByName, includeByName, renameByName } = organized.parse(options)
    const isSelective = Object.values(includeByName).some(Boolean)
    return judged.every((column) => {
      const renamed = namesOf(column).map((name) => renameByName[name])
      return (
        !isTrue(excludeByName, column) &&
        (!isSelective || isTrue(includeByName, column)) &&
        !all.some(({ name }) => name !== column.name && renamed.includes(name))
      )
    })
  },
  /** Keeps columns by their names. */
  filterFieldsByName: (options, { judged }) => {
    const { include, exclude } = filtered.parse(options)
    return judged.every((column) => (!include || isNamed(include, column)) && !(exclude && isNamed(exclude, column)))
  },
  /** Keeps the answers to some queries. */
  filterByRefId: (options, { judged }) => {
    const { include, exclude } = ofQuery.parse(options)
    return judged.every(
      ({ query = '' }) => (!include || selectsQuery(include, query)) && !(exclude && selectsQuery(exclude, query)),
    )
  },
  /** Keeps rows by their values. */
  filterByValue: (options, { all }) => keepsAllRows(options, all),
  /** Adds a column. */
  calculateField: (options, { judged }) => {
    const { replaceFields, alias } = calculated.parse(options)
    return !replaceFields && !judged.some((column) => namesOf(column).includes(alias))
  },
  /** Turns values into another type. Numbers and times that are ones already stay as they are. */
  convertFieldType: (options, { judged }) =>
    conversions.parse(options).conversions.every(
      ({ targetField, destinationType }) =>
        !destinationType ||
        !judged.some((column) => {
          const isKept = destinationType === typeOf(column) && destinationType !== 'string'
          return namesOf(column).includes(targetField ?? '') && !isKept
        }),
    ),
  /** Turns times into texts. */
  formatTime: (options, { judged }) => {
    const { timeField } = formatted.parse(options)
    return !judged.some((column) => namesOf(column).includes(timeField ?? ''))
  },
  /** Keeps the first rows. */
  limit: (options, { type, all }) => {
    const { limitField } = limited.parse(options)
    return limitField >= rowsOf(all) || (type === 'table' && limitField >= fewestRows)
  },
  /** Sorts the rows, of which a gauge draws the last. The order of a table is judged by itself, and a chart has its own. */
  sortBy: (options, { type, all }) => {
    const first = sortingIn(options)
    const by = all.find((column) => shownName(column) === first?.field)
    return !gauges.includes(type) || !first || !by || isSorted(by.values, first.desc)
  },
  /** Joins the answers of several queries. An inner join drops rows without a partner. */
  joinByField: (options, { all }) => joined.parse(options).mode !== 'inner' || queriesOf(all).size < 2,
}

const isSorted = (values: readonly unknown[], isDescending: boolean): boolean =>
  values.every((value, index) => {
    const change = index === 0 ? 0 : Number(value) - Number(values[index - 1])
    return isDescending ? change <= 0 : change >= 0
  })

/** The id of the first transformation that may change or drop values. @param column all numbers and times when absent */
export function changingTransformation(view: PanelView, column: string | undefined): string | undefined {
  const { transformations = [], columns, type } = view
  const isJudged = ({ name, isNumber, isTime }: Column) => (column === undefined ? isNumber || isTime : name === column)
  const found = transformations.find((transformation, index) => {
    const { id, options } = transformation
    const all = withShownNames(columns, transformations.slice(0, index))
    const judged = all.filter((one) => isJudged(one) && applies(transformation, one))
    if (judged.length === 0 || harmless.includes(id)) return false
    const judge = Object.hasOwn(judges, id) ? judges[id] : undefined
    try {
      return !judge?.(options ?? {}, { judged, all, type })
    } catch {
      // Options of another form are not understood here.
      return true
    }
  })
  return found?.id
}

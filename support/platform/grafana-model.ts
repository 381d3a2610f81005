/** The parts of Grafana's JSON model of a dashboard that define its queries, their data sources and the layout of its panels. */
import { z } from 'zod'
import { fieldConfig } from './panel-fields'

/** A reference to a data source: by uid, by name in older models, or absent for the default data source. */
const reference = z.union([z.string(), z.looseObject({ uid: z.string().optional() })]).nullish()
type Reference = z.infer<typeof reference>

const target = z.looseObject({
  refId: z.string().default(''),
  hide: z.boolean().default(false),
  datasource: reference,
  rawSql: z.string().default(''),
})

const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string().default(''),
  datasource: reference,
  options: z
    .looseObject({
      timezone: z.array(z.string()).optional().catch(undefined),
      /** The order in which a table draws its rows; that of the query when absent. */
      sortBy: z
        .array(z.looseObject({ displayName: z.string(), desc: z.boolean().default(false) }))
        .optional()
        .catch(undefined),
      /** The calculation that makes one number of several values. */
      reduceOptions: z
        .looseObject({
          calcs: z.array(z.string()).default([]),
          /** Each row is drawn as a value of its own. */
          values: z.boolean().default(false).catch(false),
          /** A pattern of the columns; those of numbers when empty. */
          fields: z.string().default('').catch(''),
        })
        .optional()
        .catch(undefined),
      /** A big number has the change from its first to its last value beside it. */
      showPercentChange: z.boolean().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  /** Grafana applies them in the browser, between the query and the drawing. */
  transformations: z
    .array(z.looseObject({ id: z.string(), disabled: z.boolean().default(false), options: z.unknown() }))
    .default([])
    .catch([]),
  gridPos: z.looseObject({ y: z.number(), h: z.number() }).default({ y: 0, h: 0 }),
  targets: z.array(target).default([]),
  fieldConfig,
})
export type Panel = z.infer<typeof panel>

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  datasource: reference,
  /** The SQL of the variable, or an object that contains it. */
  query: z.unknown().optional(),
  current: z.looseObject({ value: z.unknown() }).partial().optional(),
  includeAll: z.boolean().default(false).catch(false),
  /** The value that stands for "All" in queries, if it is not the list of all values. */
  allValue: z.string().nullish().catch(undefined),
  multi: z.boolean().default(false).catch(false),
  /** 1 hides the label, 2 hides the variable. */
  hide: z.number().default(0).catch(0),
})
type Variable = z.infer<typeof variable>

const range = z.looseObject({ from: z.string(), to: z.string() })

export const dashboardModel = z
  .looseObject({
    meta: z.looseObject({ folderTitle: z.string().default(''), folderUid: z.string().optional() }),
    dashboard: z.looseObject({
      uid: z.string(),
      title: z.string(),
      /** "browser" or absent: the reader's own. */
      timezone: z.string().default(''),
      /** The ranges that the dashboard adds to the time picker. */
      timepicker: z
        .looseObject({ quick_ranges: z.array(range).nullish() })
        .nullish()
        .catch(undefined),
      panels: z.array(panel).default([]),
      templating: z.looseObject({ list: z.array(variable).default([]) }).default({ list: [] }),
    }),
  })
  .transform(({ meta, dashboard: { uid, title, timezone, timepicker, panels, templating } }) => ({
    uid,
    title,
    timezone,
    quickRanges: timepicker?.quick_ranges ?? [],
    hidesTimePicker: timepicker?.hidden === true,
    // Grafana reports the folder "General" for a dashboard outside all folders (pkg/api/dashboard.go).
    folder: meta.folderUid === '' ? '' : meta.folderTitle,
    // The panels of a collapsed row are nested in it. Nobody sees them, so they are dropped with the row.
    panels: panels.filter(({ type }) => type !== 'row'),
    variables: templating.list,
  }))
export type Dashboard = z.infer<typeof dashboardModel>

/** Data sources that Grafana itself provides. */
const builtIn = ['-- Grafana --', '-- Mixed --', '-- Dashboard --', 'grafana', '__expr__']

const nameOf = (given: Reference): string | null => (typeof given === 'string' ? given : (given?.uid ?? null))

/**
 * Returns the data source of each visible query of a panel, as uid or name; null is the default data source. A variable is
 * replaced by its value in the model.
 */
export function datasourcesOf({ datasource, targets }: Panel, variables: readonly Variable[]): (string | null)[] {
  return targets
    .filter(({ hide }) => !hide)
    .map((query) => chosen(nameOf(query.datasource) ?? nameOf(datasource), variables))
    .filter((name) => name === null || !builtIn.includes(name))
}

function chosen(name: string | null, variables: readonly Variable[]): string | null {
  const [, plain, braced] = /^\$(?:(\w+)|\{(\w+)\b[^}]*\})$/.exec(name ?? '') ?? []
  const value = variables.find((candidate) => candidate.name === (plain ?? braced))?.current?.value
  return typeof value === 'string' ? value : name
}

/** Returns the SQL that yields the options of a variable, and its data source; null if the variable is not a query. */
export function optionsQuery({ type, query, datasource }: Variable): { sql: string; datasource: string | null } | null {
  if (type !== 'query') return null
  const sql = z.union([z.string(), z.looseObject({ rawSql: z.string() }).transform(({ rawSql }) => rawSql)])
  const parsed = sql.safeParse(query)
  return parsed.success ? { sql: parsed.data, datasource: nameOf(datasource) } : null
}

/** Returns the variables in a query. */
const namedIn = (sql: string): ReadonlySet<string> =>
  new Set([...sql.matchAll(/(?:\$\{?|\[\[)(\w+)/g)].map(([, name = '']) => name))

/** Checks whether a visible query of a panel contains a variable in one of Grafana's three notations. */
export function isUsed(name: string, { targets }: Panel): boolean {
  // The name comes from the model: in an expression it could be an expression itself.
  return targets.some(({ hide, rawSql }) => !hide && namedIn(rawSql).has(name))
}

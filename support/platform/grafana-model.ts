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
  /** The panel whose answer is drawn, if the data source is the dashboard itself. */
  panelId: z.number().optional().catch(undefined),
  /** True if that panel's transformations are applied first. */
  withTransforms: z.boolean().default(false).catch(false),
})

const optionalText = z.string().nullish().catch(undefined)

const id = z.number().nullish().catch(undefined)

const panel = z.looseObject({
  id,
  /** The panels of a collapsed row. */
  panels: z.array(z.looseObject({ id })).optional().catch(undefined),
  type: z.string(),
  title: z.string().default(''),
  datasource: reference,
  options: z
    .looseObject({
      timezone: z.array(z.string()).optional().catch(undefined),
      /** The order in which a table draws its rows; that of the query when absent. */
      sortBy: z
        .array(z.looseObject({ displayName: z.string(), desc: z.boolean().nullish().transform(Boolean) }))
        .optional()
        .catch(undefined),
      /** The calculation that makes one number of several values. */
      reduceOptions: z
        .looseObject({
          calcs: z.array(z.string()).optional(),
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
    .array(
      z.looseObject({
        id: z.string(),
        disabled: z.boolean().default(false).catch(false),
        options: z.unknown().optional(),
        /** "annotations" for a transformation that does not get the answers to the queries. */
        topic: z.unknown().optional(),
        /** The matcher of the queries whose answers it gets. */
        filter: z.unknown().optional(),
      }),
    )
    .default([])
    .catch([]),
  gridPos: z.looseObject({ y: z.number(), h: z.number() }).default({ y: 0, h: 0 }),
  targets: z.array(target).default([]),
  fieldConfig,
  /** Times of its own, in place of the chosen range or before it. */
  timeFrom: optionalText,
  timeShift: optionalText,
  /** The variable for each of whose values the panel is drawn, side by side ("h" or absent) or one below the other. */
  repeat: optionalText,
  repeatDirection: optionalText,
})
type StatedPanel = z.infer<typeof panel>
export type Panel = StatedPanel & { readonly id: number }

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  datasource: reference,
  /** The SQL of the variable, or an object that contains it; the type of the data sources to choose from. */
  query: z.unknown().optional(),
  /** "json" if the list of a custom variable is not separated by commas. */
  valuesFormat: z.string().optional().catch(undefined),
  /** Filters the options, between slashes. */
  regex: z.string().default('').catch(''),
  current: z.looseObject({ value: z.unknown(), text: z.unknown() }).partial().optional().catch(undefined),
  includeAll: z.boolean().default(false).catch(false),
  /** The value that stands for "All" in queries, if it is not the list of all values. */
  allValue: z.string().nullish().catch(undefined),
  multi: z.boolean().default(false).catch(false),
  /** True if the address of a page does not choose its value. */
  skipUrlSync: z.boolean().default(false).catch(false),
  /** 1 hides the label, 2 hides the variable. */
  hide: z.number().default(0).catch(0),
})
export type Variable = z.infer<typeof variable>

const range = z.looseObject({ from: z.string(), to: z.string() })

/** The panels with their ids. The page gives those without one, or with that of an earlier panel, the next free ones (DashboardModel.ts). */
function withIds(all: readonly StatedPanel[]): Panel[] {
  const nested = all.flatMap((one) => [one, ...(one.panels ?? [])])
  let next = nested.reduce((most, one) => Math.max(most, one.id ?? 0), 0) + 1
  const ids = new Map<object, number>()
  const taken = new Set<number>()
  for (const one of nested) {
    const own = one.id && !taken.has(one.id) ? one.id : next++
    ids.set(one, own)
    taken.add(own)
  }
  return all.map((one) => ({ ...one, id: ids.get(one) ?? 0 }))
}

/** The panels of a collapsed row are nested in it: nobody sees them. A repeated row repeats the panels below it. */
function withoutRows(all: readonly Panel[]): Panel[] {
  let row: Panel | undefined
  return all.flatMap((one) => {
    if (one.type === 'row') {
      row = one
      return []
    }
    return one.repeat || !row?.repeat ? [one] : [{ ...one, repeat: row.repeat, repeatDirection: 'v' }]
  })
}

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
    panels: withoutRows(withIds(panels)),
    variables: templating.list,
  }))
export type Dashboard = z.infer<typeof dashboardModel>

/** The data source of expressions, which Grafana's server computes from the answers to the other queries of the panel. */
const ofExpressions = '__expr__'
/** The data source of a panel that draws the answer to the queries of another. */
const ofOtherPanel = '-- Dashboard --'

const ofGrafana = ['-- Grafana --', 'grafana']

/** Kinds of panels that send no queries, even if a panel was of another kind before and its model still has some. */
const withoutQueries = ['text', 'news', 'dashlist', 'alertlist', 'annolist', 'welcome', 'gettingstarted']

/** Data sources that Grafana itself provides. */
const builtIn = [...ofGrafana, '-- Mixed --', ofOtherPanel, ofExpressions]

const nameOf = (given: Reference): string | null => (typeof given === 'string' ? given : (given?.uid ?? null))

/** The queries whose answers a panel draws, also the hidden ones from which it computes something. */
function drawnQueries({ type, targets }: Panel): Panel['targets'] {
  const visible = withoutQueries.includes(type) ? [] : targets.filter(({ hide }) => !hide)
  return visible.some(({ datasource }) => nameOf(datasource) === ofExpressions) ? targets : visible
}

/** Returns the data source of each visible query of a panel, as uid, name or variable; null is the default data source. */
export function datasourcesOf(panel: Panel): (string | null)[] {
  return drawnQueries(panel)
    .map((query) => nameOf(query.datasource) ?? nameOf(panel.datasource))
    .filter((one) => one === null || !builtIn.includes(one))
}

/** True if a page sends queries for a panel. Those to Grafana's own data source, and to the answer of another panel, stay in the browser. */
export const sendsQueries = (panel: Panel): boolean =>
  drawnQueries(panel).some(({ datasource }) => {
    const source = nameOf(datasource) ?? nameOf(panel.datasource)
    return source !== ofOtherPanel && !ofGrafana.includes(source ?? '')
  })

/** The panel whose queries yield the answer that a panel draws: itself, or the one that it names. */
export function sourceOf(panel: Panel, all: readonly Panel[]): Panel {
  const [query] = drawnQueries(panel)
  if ((nameOf(query?.datasource) ?? nameOf(panel.datasource)) !== ofOtherPanel) return panel
  return all.find(({ id }) => id === query?.panelId) ?? panel
}

/** The transformations between the answer that a panel draws and its drawing, also those that it takes over with the answer. */
export function transformationsOf(panel: Panel, all: readonly Panel[]): Panel['transformations'] {
  const source = sourceOf(panel, all)
  const takesOver = source !== panel && drawnQueries(panel)[0]?.withTransforms === true
  return takesOver ? [...source.transformations, ...panel.transformations] : panel.transformations
}

/** The variable in a reference to a data source, such as "$source"; undefined for a uid or a name. */
export function variableIn(name: string | null): string | undefined {
  const [, plain, braced] = /^\$(?:(\w+)|\{(\w+)\b[^}]*\})$/.exec(name ?? '') ?? []
  return plain ?? braced
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
export function isUsed(name: string, panel: Panel): boolean {
  // The name comes from the model: in an expression it could be an expression itself.
  return drawnQueries(panel).some(({ rawSql }) => namedIn(rawSql).has(name))
}

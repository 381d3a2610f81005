/** Grafana's JSON model of a dashboard, as far as it says what is asked of whom, and where it is drawn. */
import { z } from 'zod'

/** By uid, by name as older models have it, or the default one. */
const reference = z.union([z.string(), z.looseObject({ uid: z.string().optional() })]).nullish()
type Reference = z.infer<typeof reference>

const target = z.looseObject({
  hide: z.boolean().default(false),
  datasource: reference,
  rawSql: z.string().default(''),
})

const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string().default(''),
  datasource: reference,
  gridPos: z.looseObject({ y: z.number(), h: z.number() }).default({ y: 0, h: 0 }),
  targets: z.array(target).default([]),
})
export type Panel = z.infer<typeof panel>

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  datasource: reference,
  /** Its SQL, or an object that holds it. */
  query: z.unknown().optional(),
  current: z.looseObject({ value: z.unknown() }).partial().optional(),
})
type Variable = z.infer<typeof variable>

export const dashboardModel = z
  .looseObject({
    meta: z.looseObject({ folderTitle: z.string().default(''), folderUid: z.string().optional() }),
    dashboard: z.looseObject({
      uid: z.string(),
      title: z.string(),
      panels: z.array(panel).default([]),
      templating: z.looseObject({ list: z.array(variable).default([]) }).default({ list: [] }),
    }),
  })
  .transform(({ meta, dashboard: { uid, title, panels, templating } }) => ({
    uid,
    title,
    // Grafana says "General" of what lies in no folder (pkg/api/dashboard.go).
    folder: meta.folderUid === '' ? '' : meta.folderTitle,
    // A row that is folded keeps its panels to itself: nobody sees them.
    panels: panels.filter(({ type }) => type !== 'row'),
    variables: templating.list,
  }))
export type Dashboard = z.infer<typeof dashboardModel>

/** Those that Grafana answers by itself. */
const builtIn = ['-- Grafana --', '-- Mixed --', '-- Dashboard --', 'grafana', '__expr__']

const nameOf = (given: Reference): string | null => (typeof given === 'string' ? given : (given?.uid ?? null))

/**
 * The data source of each query that a panel asks, by uid or name; null is the default one. What a variable stands for is
 * its value in the model.
 */
export function datasourcesOf({ datasource, targets }: Panel, variables: readonly Variable[]): (string | null)[] {
  return targets
    .filter(({ hide }) => !hide)
    .map((query) => chosen(nameOf(query.datasource) ?? nameOf(datasource), variables))
    .filter((name) => name === null || !builtIn.includes(name))
}

function chosen(name: string | null, variables: readonly Variable[]): string | null {
  const [, plain, braced] = /^\$(?:(\w+)|\{(\w+)[^}]*\})$/.exec(name ?? '') ?? []
  const value = variables.find((candidate) => candidate.name === (plain ?? braced))?.current?.value
  return typeof value === 'string' ? value : name
}

/** The SQL of a variable's options and whom it is asked, where it is a query. */
export function optionsQuery({ type, query, datasource }: Variable): { sql: string; datasource: string | null } | null {
  if (type !== 'query') return null
  const sql = z.union([z.string(), z.looseObject({ rawSql: z.string() }).transform(({ rawSql }) => rawSql)])
  const parsed = sql.safeParse(query)
  return parsed.success ? { sql: parsed.data, datasource: nameOf(datasource) } : null
}

/** Whether a query has a variable in it, in one of the three ways in which Grafana takes it. */
export function isUsed(name: string, { targets }: Panel): boolean {
  const pattern = new RegExp(`\\$${name}\\b|\\$\\{${name}\\b|\\[\\[${name}\\b`)
  return targets.some(({ hide, rawSql }) => !hide && pattern.test(rawSql))
}

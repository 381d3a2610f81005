/**
 * Finds the tables behind the configuration key `events` by the names of their columns. The published tables of a contract are
 * only considered where they have columns of their own. Pure.
 */
import type { Table } from '../contracts/contract'
import { type EventKeyName, templateOf as valueTemplate } from '../service/event-keys'
import type { StoredColumn, StoredTables } from '../service/stored-tables'

/** The roles of tables are the keys of `events`. */
export type Role = EventKeyName

/** A table that may have a role, with the column for each field of the key. */
export interface Place {
  readonly table: string
  readonly columns: Readonly<Record<string, string>>
  /** The column that may say which rows are builds. */
  readonly kind?: string
}

/** A column fits by its name in lower case without underscores, and by its type where one is given. */
interface Fitting {
  /** The likelier names first. */
  readonly names: readonly RegExp[]
  readonly type?: RegExp
  /** The published table whose key the column may be. */
  readonly keyOf?: string
}

const deployment: Fitting = { names: [/^(cicd)?deploy(ment)?(id|key)?$/], keyOf: 'deployments' }
const commit: Fitting = { names: [/^commit(sha|hash|id)?$/, /^(git)?sha$/, /^revision$/] }
const project: Fitting = {
  names: [/^project(name|id)?$/, /^(cicd)?scope(id)?$/, /^(service|app|application)(name|id)?$/],
}

export const roles: Readonly<Record<Role, Readonly<Record<string, Fitting>>>> = {
  deploymentCommits: { deployment, commit },
  listedCommits: {
    deployment,
    column: {
      names: [/^(list|nam|explicit|given).*commit/, /commit.*(list|nam|explicit|given)/],
      type: /int|bit|bool/,
    },
  },
  incidents: {
    incident: { names: [/^incident(id|key)?$/, /^issue(id|key)?$/], keyOf: 'incidents' },
    project,
    environment: { names: [/^env(ironment)?(name)?$/] },
    deployment: { names: deployment.names },
  },
  builds: {
    id: { names: [/^id$/, /^build(id|key)$/] },
    project,
    commit,
    stage: { names: [/^stage(name)?$/, /^(phase|step)(name)?$/] },
    result: { names: [/^result$/, /^(outcome|conclusion)$/, /^status$/] },
    started: { names: [/^start(ed)?(date|at|time|on)?$/], type: /date|time/ },
    finished: {
      names: [/^finish(ed)?(date|at|time|on)?$/, /^(end|complet)(ed)?(date|at|time|on)?$/],
      type: /date|time/,
    },
  },
}
const kindOfBuild: Fitting = { names: [/^type$/, /^kind$/, /^(build|event)(type|kind)$/] }

/** The tables that have a column for each field of the role. */
export function placesFor(role: Role, tables: StoredTables, published: readonly Table[]): Place[] {
  const documented = new Map(published.map(({ name, columns }) => [name, new Set(columns.map((one) => one.name))]))
  return [...tables].flatMap(([table, all]): Place[] => {
    // Tables of raw answers and of plugins, by DevLake's convention.
    if (table.startsWith('_')) return []
    const own = all.filter(({ name }) => !documented.get(table)?.has(name))
    const columns: Record<string, string> = {}
    for (const [field, fitting] of Object.entries(roles[role])) {
      const found = fitting.keyOf === table ? 'id' : columnFor(fitting, own)
      if (found === undefined) return []
      columns[field] = found
    }
    if (new Set(Object.values(columns)).size < Object.keys(columns).length) return []
    const kind = role === 'builds' ? columnFor(kindOfBuild, own) : undefined
    return [{ table, columns, ...(kind === undefined ? {} : { kind }) }]
  })
}

/** The only column that has one of the likeliest names. */
function columnFor({ names, type }: Fitting, columns: readonly StoredColumn[]): string | undefined {
  for (const name of names) {
    const found = columns.filter(
      (one) => name.test(one.name.toLowerCase().replaceAll('_', '')) && (type === undefined || type.test(one.type)),
    )
    if (found.length > 0) return found.length === 1 ? found[0]?.name : undefined
  }
  return undefined
}

/** The key for a role, with words in the place of names. */
export const templateOf = (role: Role): string => `events: { ${role}: ${valueTemplate(role)} }`

/** Proposals for the configuration key `events`, by the tables of the database and a few of their rows. */
import { z } from 'zod'
import { quotedSqlName } from '../basis/command'
import { Blocked, Unmet } from '../basis/expectation'
import type { Platform } from '../platform/platform'
import { rowsForService } from '../service/database-credentials'
import { eventKeys } from '../service/event-keys'
import { idsOf } from '../service/raw-events'
import { readTables, type StoredTables } from '../service/stored-tables'
import { type Place, placesFor, type Role, roles, templateOf } from './event-tables'
import type { Findings } from './proposal'

/** The number of rows that decide how a table is used. */
const sampled = 200

/** Proposes where the service stores events. Only reads; a database that cannot be read is one question. */
export async function proposeEvents(platform: Platform, findings: Findings): Promise<void> {
  try {
    const tables = await readTables(platform)
    for (const role of Object.keys(roles) as Role[]) await proposeTable(platform, role, tables, findings)
    await proposePrefix(platform, tables, findings)
  } catch (error) {
    if (!(error instanceof Blocked || error instanceof Unmet)) throw error
    askAboutEvents(findings, `The tables of the database could not be read: ${error.finding.summary}`)
  }
}

/** Asks for all tables of events. */
export const askAboutEvents = (findings: Findings, reason: string): void =>
  findings.ask(
    'events',
    `${reason} Where does the service store events? Without these keys, items are blocked.`,
    (Object.keys(roles) as Role[]).map(templateOf),
  )

async function proposeTable(platform: Platform, role: Role, tables: StoredTables, findings: Findings): Promise<void> {
  const fitting = placesFor(role, tables, platform.contract.database.tables)
  const used: Place[] = []
  for (const place of fitting) if (await refersToEvents(platform, role, place)) used.push(place)
  const [place] = used
  const key = `events.${role}`
  if (place === undefined || used.length > 1) {
    findings.ask(
      key,
      `${used.length > 1 ? 'Several tables fit' : 'No table of the database fits'}. Which one ${eventKeys[role].does}?`,
      used.length > 1 ? used.map(inWords) : [templateOf(role)],
    )
    return
  }
  const { value, kinds } = await kindOfBuild(platform, place)
  if (place.kind !== undefined && value === undefined)
    findings.ask(
      key,
      `The table ${place.table} has rows of several kinds in ${place.kind}. Which of them are builds (key type)?`,
      kinds.map((value) => `${inWords(place)}, type ${value}`),
    )
  else
    findings.propose(
      ['events', role],
      {
        table: place.table,
        ...place.columns,
        ...(place.kind === undefined || value === undefined ? {} : { type: { column: place.kind, value } }),
      },
      undefined,
      `The table ${place.table} ${eventKeys[role].does}, by its columns ${Object.values(place.columns).join(', ')}.`,
    )
}

const inWords = ({ table, columns }: Place) =>
  `table ${table}: ${Object.entries(columns)
    .map(([field, name]) => `${field} ${name}`)
    .join(', ')}`

/** The published table to which a field of a role refers. */
const referred: Readonly<Partial<Record<Role, { readonly field: string; readonly table: string }>>> = {
  deploymentCommits: { field: 'deployment', table: 'deployments' },
  listedCommits: { field: 'deployment', table: 'deployments' },
  incidents: { field: 'incident', table: 'incidents' },
}

/** False if rows were sampled and none of them refers to a stored event. */
async function refersToEvents(platform: Platform, role: Role, { table, columns }: Place): Promise<boolean> {
  const reference = referred[role]
  if (reference === undefined) return true
  const column = quotedSqlName(columns[reference.field] ?? '')
  const [count] = await rowsForService(
    platform,
    z.looseObject({ sampled: z.coerce.number(), known: z.coerce.number() }),
    `SELECT COUNT(*) AS sampled, COUNT(e.id) AS known FROM (SELECT ${column} AS id FROM ${tableOf(platform, table)} LIMIT ${sampled}) l
LEFT JOIN ${tableOf(platform, reference.table)} e ON e.id = l.id`,
  )
  return count === undefined || count.sampled === 0 || count.known > 0
}

/** The values of the column that says which rows are builds, and the one that means builds. */
async function kindOfBuild(platform: Platform, { table, kind }: Place) {
  if (kind === undefined) return { value: undefined, kinds: [] }
  const found = await rowsForService(
    platform,
    z.looseObject({ kind: z.string() }),
    `SELECT DISTINCT CAST(${quotedSqlName(kind)} AS CHAR) AS kind FROM ${tableOf(platform, table)} WHERE ${quotedSqlName(kind)} IS NOT NULL LIMIT 20`,
  )
  const kinds = found.map((one) => one.kind)
  const builds = kinds.filter((one) => /build/i.test(one))
  return { value: builds.length === 1 ? builds[0] : undefined, kinds }
}

/** Proposes the prefix of stored ids if all that were read have it. */
async function proposePrefix(platform: Platform, tables: StoredTables, findings: Findings): Promise<void> {
  if (!tables.has('deployments')) return
  const found = await rowsForService(
    platform,
    z.looseObject({ project: z.string(), id: z.string() }),
    `SELECT cicd_scope_id AS project, id FROM ${tableOf(platform, 'deployments')} WHERE cicd_scope_id IS NOT NULL LIMIT ${sampled}`,
  )
  const isPrefixed = ({ project, id }: { project: string; id: string }) =>
    idsOf({ ...platform.configuration, events: { idPrefix: 'project' } }, project)(id) !== id
  if (found.length > 0 && found.every(isPrefixed))
    findings.propose(
      ['events', 'idPrefix'],
      'project',
      undefined,
      `Each of ${found.length} ids of deployments that were read begins with its project.`,
    )
}

const tableOf = ({ configuration }: Platform, table: string) =>
  `${quotedSqlName(configuration.database.name)}.${quotedSqlName(table)}`

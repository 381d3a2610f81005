/** Reads the rows of a stock DevLake that its metrics are computed from, and the rows of its administration. */
import { ZodError, z } from 'zod'
import type { CommandLine } from '../../basis/command'
import { Unmet } from '../../basis/expectation'
import type { Credentials, Database, Streamed } from '../../platform/database'
import { type Administration, administrationTables } from './rows/administration'
import { type Lake, lakeTables, type Offset, type RowSource } from './rows/rows'

const settingsRow = z.object({
  collation: z.string().nullable(),
  zone: z.string(),
  systemZone: z.string(),
})

/** Seconds since 1970, and the seconds by which the zone of the session is ahead of UTC from then on. */
const offsetRow = z
  .object({ since: z.coerce.number(), ahead: z.coerce.number() })
  .transform(({ since, ahead }): Offset => ({ since: since * 1000, aheadOfUtc: ahead * 1000 }))

/**
 * Reads all rows into memory, from one snapshot.
 * @param show the command with which an operator runs a statement
 * @throws Unmet when the database cannot be read, or holds a row that DevLake does not write
 */
export async function readLake(
  database: Pick<Database, 'stream'>,
  credentials: Credentials,
  show: (statement: string) => CommandLine,
): Promise<{ readonly lake: Lake; readonly administration: Administration }> {
  const statements: Streamed[] = []
  /** @param kept converts a row, given its place in the answer, to what is kept of it */
  function rowsOf<Row>({ select, rowOf }: RowSource<Row>, kept = (row: Row, _place: number) => row): Row[] {
    const rows: Row[] = []
    const row = (values: readonly unknown[]) => rows.push(kept(parsed(select, rowOf, values, show), rows.length))
    statements.push({ statement: select, values: [], row })
    return rows
  }
  const lake = {
    mappings: rowsOf(lakeTables.mappings),
    deploymentCommits: rowsOf(lakeTables.deploymentCommits, (row, place) => ({ ...row, id: place })),
    incidents: rowsOf(lakeTables.incidents),
    pullRequests: rowsOf(lakeTables.pullRequests),
    pullRequestCommits: rowsOf(lakeTables.pullRequestCommits),
    commitsDiffs: rowsOf(lakeTables.commitsDiffs),
    months: rowsOf(lakeTables.months),
  }
  const administration = {
    deployments: rowsOf(administrationTables.deployments),
    incidents: rowsOf(administrationTables.incidents),
    projects: rowsOf(administrationTables.projects),
    metricSettings: rowsOf(administrationTables.metricSettings),
    blueprints: rowsOf(administrationTables.blueprints),
    blueprintConnections: rowsOf(administrationTables.blueprintConnections),
    blueprintScopes: rowsOf(administrationTables.blueprintScopes),
    builds: rowsOf(administrationTables.builds),
    webhooks: rowsOf(administrationTables.webhooks),
    pipelines: rowsOf(administrationTables.pipelines),
    failedTasks: rowsOf(administrationTables.failedTasks),
  }
  const settings = rowsOf(databaseSettings)
  const offsets = rowsOf(sessionOffsets)
  await database.stream(credentials, statements)
  return asCompared({ ...lake, offsets }, administration, settings[0])
}

/** The settings of the database that decide what a panel counts. */
const databaseSettings: RowSource<z.output<typeof settingsRow>> = (() => {
  const columns = ['collation', 'zone', 'systemZone'] as const
  return {
    select: `SELECT (SELECT COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
      AND TABLE_NAME = 'cicd_deployment_commits' AND COLUMN_NAME = 'result'), @@session.time_zone, @@system_time_zone`,
    row: settingsRow,
    rowOf: (values) => settingsRow.parse(Object.fromEntries(columns.map((column, index) => [column, values[index]]))),
  }
})()

const digits = `(SELECT 0 AS n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ` UNION ALL SELECT ${n}`).join('')})`
/** The begin of each half hour of the last 5.7 years. Clocks are changed at no other time. */
const halfHours = `SELECT (UNIX_TIMESTAMP() DIV 1800 - a.n - 10 * b.n - 100 * c.n - 1000 * d.n - 10000 * e.n) * 1800 AS since
  FROM ${['a', 'b', 'c', 'd', 'e'].map((name) => `${digits} ${name}`).join(' CROSS JOIN ')}`

/** The offsets of the session's zone, with those of daylight saving. Windows further back get the oldest. */
const sessionOffsets: RowSource<Offset> = {
  select: `SELECT since, ahead FROM (
      SELECT since, ahead, LAG(ahead) OVER (ORDER BY since) AS before_it FROM (
        SELECT since, TIMESTAMPDIFF(SECOND, '1970-01-01', FROM_UNIXTIME(since)) - since AS ahead FROM (${halfHours}) times
      ) offsets
    ) changes WHERE before_it IS NULL OR before_it <> ahead ORDER BY since`,
  row: offsetRow,
  rowOf: ([since, ahead]) => offsetRow.parse({ since, ahead }),
}

/**
 * The rows as the panels compare them. A collation that ignores case counts "success" like SUCCESS. The dates of a panel's time
 * range are in the zone of its session (FROM_UNIXTIME), and the stored ones are in UTC.
 */
function asCompared(lake: Lake, administration: Administration, settings: z.output<typeof settingsRow> | undefined) {
  const { collation = null, zone = '', systemZone = '' } = settings ?? {}
  const notes = zoneInWords(lake.offsets ?? [], zone === 'SYSTEM' ? `SYSTEM, ${systemZone}` : zone)
  if (collation === null || !/_ci$/.test(collation)) return { lake: { ...lake, notes }, administration }
  const isFolded = ({ result, environment }: { readonly result: string; readonly environment: string }) =>
    result === result.toUpperCase() && environment === environment.toUpperCase()
  const folded = <Row extends { result: string; environment: string }>(rows: readonly Row[]) =>
    rows.map((row) =>
      isFolded(row) ? row : { ...row, result: row.result.toUpperCase(), environment: row.environment.toUpperCase() },
    )
  const deploymentCommits = folded(lake.deploymentCommits)
  const changed = lake.deploymentCommits.filter(({ result }) => result !== result.toUpperCase())
  if (changed.length > 0)
    notes.push(
      `the collation ${collation} ignores case, so ${changed.length} results in lower case count like those in capitals`,
    )
  return {
    lake: { ...lake, deploymentCommits, notes },
    administration: { ...administration, deployments: folded(administration.deployments) },
  }
}

/** The effect of the session's zone on the numbers. Empty if the session is in UTC now and was so before. */
function zoneInWords(offsets: readonly Offset[], name: string): string[] {
  const hours = offsets.map(({ aheadOfUtc }) => aheadOfUtc / 3_600_000)
  const [now = 0, before = now] = hours.toReversed()
  if (now === 0 && before === 0) return []
  const since = new Date(offsets.at(-1)?.since ?? 0).toISOString()
  const changed = before === now ? '' : ` since ${since}, and ${before} h before that`
  return [
    `the time zone of the database (${name}) is ${now} h from UTC${changed}, which moves the time range of every panel by as much`,
  ]
}

function parsed<Row>(
  select: string,
  rowOf: RowSource<Row>['rowOf'],
  values: readonly unknown[],
  show: (statement: string) => CommandLine,
): Row {
  try {
    return rowOf(values)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    const [issue] = error.issues
    throw new Unmet({
      summary: 'The database holds a row that DevLake does not write.',
      object: select,
      expected: `column ${issue?.path.join('.')}: ${issue?.message}`,
      found: JSON.stringify(values),
      remedy: [show(select.replaceAll(/\s+/g, ' '))],
    })
  }
}

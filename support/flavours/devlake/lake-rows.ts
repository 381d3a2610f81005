/** Reads the rows of a stock DevLake that its metrics are computed from, and the rows of its administration. */
import { ZodError, z } from 'zod'
import { Unmet } from '../../basis/expectation'
import type { Credentials, Database, Streamed } from '../../platform/database'
import { type Administration, administrationTables } from './rows/administration'
import { type Lake, lakeTables, type RowSource } from './rows/rows'

const settingsRow = z.object({
  collation: z.string().nullable(),
  zone: z.string(),
  systemZone: z.string(),
  ahead: z.coerce.number(),
})

/**
 * Reads all rows into memory, from one snapshot.
 * @throws Unmet when the database cannot be read, or holds a row that DevLake does not write
 */
export async function readLake(
  database: Pick<Database, 'stream'>,
  credentials: Credentials,
): Promise<{ readonly lake: Lake; readonly administration: Administration }> {
  const statements: Streamed[] = []
  function rowsOf<Row>({ select, rowOf }: RowSource<Row>): Row[] {
    const rows: Row[] = []
    statements.push({ statement: select, values: [], row: (values) => rows.push(parsed(select, values, rowOf)) })
    return rows
  }
  const lake = {
    mappings: rowsOf(lakeTables.mappings),
    deploymentCommits: rowsOf(lakeTables.deploymentCommits),
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
    pipelines: rowsOf(administrationTables.pipelines),
  }
  const settings = rowsOf(databaseSettings)
  await database.stream(credentials, statements)
  return asCompared(lake, administration, settings[0])
}

/** The settings of the database that decide what a panel counts. */
const databaseSettings: RowSource<z.output<typeof settingsRow>> = (() => {
  const columns = ['collation', 'zone', 'systemZone', 'ahead'] as const
  return {
    select: `SELECT (SELECT COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
      AND TABLE_NAME = 'cicd_deployment_commits' AND COLUMN_NAME = 'result'), @@session.time_zone, @@system_time_zone,
      TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())`,
    row: settingsRow,
    rowOf: (values) => settingsRow.parse(Object.fromEntries(columns.map((column, index) => [column, values[index]]))),
  }
})()

/**
 * The rows as the panels compare them. A collation that ignores case counts "success" like SUCCESS. The dates of a panel's time
 * range are in the zone of its session (FROM_UNIXTIME), and the stored ones are in UTC.
 */
function asCompared(lake: Lake, administration: Administration, settings: z.output<typeof settingsRow> | undefined) {
  const { collation = null, zone = '', systemZone = '', ahead = 0 } = settings ?? {}
  const notes: string[] = []
  const zoneName = zone === 'SYSTEM' ? `SYSTEM, ${systemZone}` : zone
  if (ahead !== 0)
    notes.push(
      `the time zone of the database (${zoneName}) is ${ahead / 3600} h from UTC, which moves the time range of every panel by as much`,
    )
  const aheadOfUtc = ahead * 1000
  if (collation === null || !/_ci$/.test(collation)) return { lake: { ...lake, aheadOfUtc, notes }, administration }
  const folded = <Row extends { result: string; environment: string }>(rows: readonly Row[]) =>
    rows.map((row) => ({ ...row, result: row.result.toUpperCase(), environment: row.environment.toUpperCase() }))
  const deploymentCommits = folded(lake.deploymentCommits)
  const changed = deploymentCommits.filter(({ result }, index) => result !== lake.deploymentCommits[index]?.result)
  if (changed.length > 0)
    notes.push(
      `the collation ${collation} ignores case, so ${changed.length} results in lower case count like those in capitals`,
    )
  return {
    lake: { ...lake, deploymentCommits, aheadOfUtc, notes },
    administration: { ...administration, deployments: folded(administration.deployments) },
  }
}

function parsed<Row>(select: string, values: readonly unknown[], rowOf: RowSource<Row>['rowOf']): Row {
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
    })
  }
}

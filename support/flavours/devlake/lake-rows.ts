/** Reads the rows of a stock DevLake that its metrics are computed from, and the rows of its administration. */
import { ZodError } from 'zod'
import { Unmet } from '../../basis/expectation'
import type { Credentials, Database, Streamed } from '../../platform/database'
import { type Administration, administrationTables } from './rows/administration'
import { type Lake, lakeTables, type RowSource } from './rows/rows'

/**
 * Reads all rows into memory, from one snapshot.
 * @throws Unmet when the database cannot be read, or holds a row that DevLake does not write
 */
export async function readLake(
  database: Database,
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
  await database.stream(credentials, statements)
  return { lake, administration }
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

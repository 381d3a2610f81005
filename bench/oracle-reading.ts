/** Reads the large project once: `reading` only counts its rows, `oracle` computes its metrics. Prints a Reading. */
import { type ConnectionOptions, createConnection } from 'mysql2'
import { configurationSchema } from '../support/configuration/schema'
import { day } from '../support/dora/definitions'
import { ProjectOracle } from '../support/dora/oracle'
import { fawkes } from '../support/flavours/fawkes/fawkes'
import { Database } from '../support/platform/database'
import { buildsOf, deploymentsOf, incidentsOf } from '../support/service/raw-event-statements'
import { readEvents } from '../support/service/raw-events'
import { countedRows, credentials, measure, server } from './reading-process'

const configuration = configurationSchema(fawkes.names).parse({
  events: {
    deploymentCommits: { table: 'deployment_commits', deployment: 'deployment_id', commit: 'commit_sha' },
    listedCommits: { table: 'deployment_origins', deployment: 'deployment_id', column: 'lists_commits' },
    incidents: {
      table: 'incident_scopes',
      incident: 'incident_id',
      project: 'project_name',
      environment: 'environment',
      deployment: 'deployment_id',
    },
  },
})

/** Runs the oracle's statements and only counts their rows. */
async function countRows(): Promise<number> {
  const options: ConnectionOptions = { ...server, ...credentials, database: 'lake', supportBigNumbers: true }
  const connection = createConnection(options)
  const queries = [incidentsOf, buildsOf, deploymentsOf].flatMap((of) => of(configuration, 'large') ?? [])
  return countedRows(
    connection,
    queries.map(({ statement, values }) => ({ sql: statement, values })),
  )
}

/** Computes the metrics of the windows that a reconciliation compares. Returns the number of rows. */
async function compute(): Promise<number> {
  const end = Date.parse('2026-04-20T00:00:00Z')
  const windows = [7, 30, 90, 7, 30].map((days) => ({ start: end - days * day, end }))
  const oracle = new ProjectOracle({ project: 'large', windows, now: end })
  const lake = new Database({ tcp: async () => server }, configuration, () => {}, false)
  const { commits, incidents } = await readEvents(lake, credentials, configuration, 'large', {
    incident: (incident) => oracle.incident(incident),
    deployment: (deployment) => oracle.deployment(deployment),
    build: (build) => oracle.build(build),
  })
  const { history } = oracle.result()
  if (history.deployments === 0 || history.leadTime.count === 0 || history.timeToRestore.count === 0)
    throw new Error('The oracle computed nothing.')
  await lake.close()
  return commits + incidents
}

measure({ reading: countRows, oracle: compute })

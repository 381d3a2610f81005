/**
 * A stand-in for Apache DevLake in the sandbox: the DORA metrics service of the contract `fawkes`, described in
 * docs/service.md. It computes its metrics in SQL and shares no code with the suite that judges it.
 */

import { createLog } from './basis/log'
import { readConfiguration } from './configuration'
import { connect } from './database/database'
import { migrateWhenReachable } from './database/migrations'
import { graphqlRoute } from './graphql/route'
import { generateHistory } from './history/history'
import { createCollector } from './ingestion/collector'
import { canonicalIntake } from './ingestion/intake'
import { wrongIntakes } from './ingestion/wrong-intake'
import { canonical } from './metrics/definitions'
import { createLeftOutReport } from './metrics/left-out'
import { wrongDefinitions } from './metrics/wrong-definitions'
import { createExposition } from './prometheus/exposition'
import { metricRoutes } from './rest/metrics'
import { operationRoutes } from './rest/operations'
import { projectRoutes } from './rest/projects'
import { createServer } from './rest/server'
import { outgoing } from './sources/outgoing'
import { sourceRoutes } from './sources/routes'
import { switchable } from './switches'
import { webhookRoutes } from './webhooks/routes'

/** Time to wait for the database at startup, in milliseconds. */
const databaseDeadline = 120_000

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env)
  const log = createLog(configuration.logFormat, (line) => process.stdout.write(`${line}\n`))
  const database = connect(configuration.databaseUrl)
  const definitions = switchable(canonical, wrongDefinitions, configuration.definitionsFile)
  const intake = switchable(canonicalIntake, wrongIntakes, configuration.definitionsFile)
  const exposition = createExposition(definitions)
  const collector = createCollector({
    database,
    log,
    period: configuration.collectionPeriod,
    intake,
    publication: exposition.publication,
    history: (end) => generateHistory(configuration.seed, end),
    afterChange: createLeftOutReport(database, definitions, log),
  })
  const store = { database, definitions, published: collector.published }

  const server = createServer(configuration, log)
  operationRoutes(server, {
    database,
    exposition,
    hasCollected: collector.hasCollected,
    published: collector.published,
  })
  projectRoutes(server, store, collector)
  metricRoutes(server, store)
  webhookRoutes(server, database, configuration.webhookSecret, intake)
  sourceRoutes(server, database, outgoing(configuration.clusterDns))
  graphqlRoute(server, store, log)

  const starting = new AbortController()
  const stop = async (): Promise<void> => {
    starting.abort()
    await server.close()
    await collector.stop()
    await database.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)

  // From here on, probes and pings are answered; data is available once the database is migrated.
  await server.listen({ host: configuration.host, port: configuration.port })
  log.info(`devlake lake server listening on ${configuration.host}:${configuration.port}`)
  try {
    await migrateWhenReachable(database, log, databaseDeadline, starting.signal)
    collector.start()
  } catch (error) {
    if (starting.signal.aborted) return
    log.error(`cannot start: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
    await stop()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})

/**
 * The reconciliation of many projects against the time that the service needs to answer the same questions: each surface is asked
 * for every range of every project, first without and then with the comparison.
 */
import { availableParallelism } from 'node:os'
import { createConnection } from 'mysql2/promise'
import { until } from '../sandbox/basis/waiting'
import { messageOf } from '../support/basis/message'
import { readableSurfaces } from '../support/checks/numbers/instruments'
import { reconcileProjects } from '../support/checks/numbers/reconciliation'
import { endedWindow, rangeQuestions } from '../support/checks/numbers/surface-comparison'
import { configurationSchema } from '../support/configuration/schema'
import { fawkes } from '../support/flavours/fawkes/fawkes'
import { Database } from '../support/platform/database'
import { GraphQL } from '../support/platform/graphql'
import { Http } from '../support/platform/http'
import type { Platform } from '../support/platform/platform'
import { Rest } from '../support/platform/rest'
import type { Routes } from '../support/platform/routes'
import { type ReportingSurface, reportingIn, surfacesOf } from '../support/service/surfaces'
import { ownTables, startService, token } from '../tests/fixtures/dora-service'
import { startMariaDb } from '../tests/fixtures/mariadb'

/** For a quick look, BENCH_PROJECTS reduces the number of projects, and BENCH_COMPARED how many of them are asked and reconciled. */
const { BENCH_PROJECTS = '500', BENCH_COMPARED = BENCH_PROJECTS } = process.env
const size = { projects: Number(BENCH_PROJECTS), compared: Number(BENCH_COMPARED), deployments: 2000, incidents: 100 }
const limit = 3

/** @throws Error when the reconciliation finds a difference, or cannot read a surface */
export async function benchReconciliation(print: (line: string) => void): Promise<boolean> {
  const mariadb = await startMariaDb(['--innodb-buffer-pool-size=1G', '--innodb-flush-log-at-trx-commit=0'])
  const environment = { RATE_LIMIT_TOKEN: '100000000', COLLECTION_PERIOD: '1h' }
  try {
    await (await startService(mariadb.url, environment)).stop()
    await fill(mariadb.url)
    const service = await startService(mariadb.url, environment, false)
    try {
      const isReady = async () => (await service.get('/api/ready', {})).status === 200 || undefined
      const collecting = await timed(async () => {
        await until(isReady, { what: 'the first collection is completed', deadline: 900_000 })
      })
      const platform = platformOf(service.url, mariadb.url)
      const surfaces = reportingIn(surfacesOf(platform))
        // The sandbox's Prometheus is not part of the service.
        .filter(({ name }) => name !== 'Prometheus')
        .map((surface) => ({ ...surface, expectReadable: async () => {} }))
      const asking = await timed(() => askAll(platform, surfaces))
      const reconciling = await timed(() => reconcile(platform, surfaces))
      await platform.database.close()
      const ratio = reconciling / asking
      print(`${size.projects} projects with ${size.deployments} deployments and ${size.incidents} incidents each`)
      print(`  (the collection       ${(collecting / 1000).toFixed(1)} s)`)
      print(`  ${size.compared} of them compared`)
      print(`  asking the service    ${(asking / 1000).toFixed(1)} s`)
      print(`  the reconciliation    ${(reconciling / 1000).toFixed(1)} s`)
      print(`  ratio                 ${ratio.toFixed(2)} of the time (target at most ${limit})`)
      return ratio <= limit
    } catch (error) {
      throw new Error(`${messageOf(error)}\n${service.log().slice(-2000)}`)
    } finally {
      await service.stop()
    }
  } finally {
    await mariadb.stop()
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

const names = () => Array.from({ length: size.compared }, (_, index) => `bench-${index + 1}`)

async function askAll(platform: Platform, surfaces: readonly ReportingSurface[]): Promise<void> {
  const now = Date.now()
  const window = { start: now, end: now }
  const ended = endedWindow(platform.contract.dora.ranges, now)
  for (const project of names())
    await Promise.all(
      rangeQuestions(surfaces, ended).map(({ surface, range }) =>
        surface.read(platform, { token, project, range, window, severities: null, now }),
      ),
    )
}

async function reconcile(platform: Platform, surfaces: readonly ReportingSurface[]): Promise<void> {
  const { projects, differences, unread } = await reconcileProjects(
    platform,
    await readableSurfaces(platform, surfaces),
  )
  const [difference, failure] = [differences[0], unread[0]?.failure]
  if (projects.length !== size.compared) throw new Error(`${projects.length} projects were compared.`)
  if (difference)
    throw new Error(`${difference.surface} differs in the ${difference.quantity} of ${difference.project}.`)
  if (failure) throw failure
}

function platformOf(serviceUrl: string, databaseUrl: string): Platform {
  const { hostname: host, port, username: user, password } = new URL(databaseUrl)
  const only = names()
  const configuration = configurationSchema(fawkes.names).parse({
    ...{ events: ownTables, database: { user }, projects: { only, atMost: only.length } },
    // More would only wait for a processor, and a statement of the service may take 3 s.
    load: { parallelRequests: availableParallelism() },
  })
  const { parallelRequests } = configuration.load
  const secret = new Map([
    ['token', token],
    ['mysql-password', password],
  ])
  const route = { base: serviceUrl, at: undefined }
  const routes = { to: async () => route, straightTo: async () => route } as unknown as Routes
  const rest = new Rest(new Http({ deadlineMs: 60_000, parallelRequests, witness: () => {} }), routes, () => [])
  return {
    ...{ contract: fawkes, configuration, rest, routes },
    kubernetes: { namespace: 'fawkes', secret: async () => secret, now: new Date() },
    registerSecrets: async () => {},
    graphql: new GraphQL(rest, fawkes.graphql),
    database: new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false),
  } as unknown as Platform
}

/** Adds the projects to the tables of the service: a deployment every hour of the last 83 days, each with one commit. */
async function fill(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, multipleStatements: true })
  const all = size.projects * size.deployments
  const project = `CONCAT('bench-', (seq - 1) DIV ${size.deployments} + 1)`
  const id = `CONCAT(${project}, ':d', seq)`
  const sha = 'LPAD(LOWER(HEX(seq)), 40, "0")'
  const finished = `UTC_TIMESTAMP() - INTERVAL ((seq - 1) MOD ${size.deployments} + 1) HOUR`
  const incidents = size.projects * size.incidents
  const scope = `CONCAT('bench-', (seq - 1) DIV ${size.incidents} + 1)`
  const created = `UTC_TIMESTAMP() - INTERVAL ((seq - 1) MOD ${size.incidents} + 1) * 19 HOUR`
  try {
    for (const statement of [
      `INSERT INTO projects (name, created_at, updated_at)
       SELECT CONCAT('bench-', seq), NOW(), NOW() FROM seq_1_to_${size.projects}`,
      `INSERT INTO deployments (id, cicd_scope_id, result, environment, repo_id, commit_sha, started_date, finished_date,
         created_at, updated_at)
       SELECT ${id}, ${project}, IF(seq % 10 = 0, 'FAILURE', 'SUCCESS'), 'production', 'shop', ${sha},
         ${finished} - INTERVAL 5 MINUTE, ${finished}, NOW(), NOW() FROM seq_1_to_${all}`,
      `INSERT INTO deployment_origins (deployment_id, repository, lists_commits) SELECT ${id}, 'shop', 1 FROM seq_1_to_${all}`,
      `INSERT INTO deployment_commits (deployment_id, commit_sha, source) SELECT ${id}, ${sha}, 'listed' FROM seq_1_to_${all}`,
      `INSERT INTO commits (sha, authored_date, committed_date, created_at, updated_at)
       SELECT ${sha}, ${finished} - INTERVAL (seq % 300) MINUTE, ${finished}, NOW(), NOW() FROM seq_1_to_${all}`,
      `INSERT INTO incidents (id, severity, status, created_date, resolution_date, created_at, updated_at)
       SELECT CONCAT(${scope}, ':i', seq), IF(seq % 3 = 0, 'critical', 'high'), 'RESOLVED', ${created},
         ${created} + INTERVAL (seq % 500) MINUTE, NOW(), NOW() FROM seq_1_to_${incidents}`,
      `INSERT INTO incident_scopes (incident_id, project_name, environment)
       SELECT CONCAT(${scope}, ':i', seq), ${scope}, 'production' FROM seq_1_to_${incidents}`,
      'ANALYZE TABLE deployments, deployment_commits, commits, incidents, incident_scopes',
    ])
      await connection.query(statement)
  } finally {
    await connection.end()
  }
}

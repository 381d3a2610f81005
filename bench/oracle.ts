/**
 * The oracle on a large project in a database, against only reading the same rows with mysql2: duration, and peak memory of the
 * process.
 */
import { createConnection } from 'mysql2/promise'
import { documentedIndexes, documentedTables } from '../sandbox/service/database/documented-tables'
import { ownTables } from '../sandbox/service/database/own-tables'
import { startMariaDb } from '../tests/fixtures/mariadb'
import { median, type Reading, read, shown } from './reading'

const rounds = 3
const size = { deployments: 1_000_000, commitsEach: 3, incidents: 50_000 }
const limits = { ratio: 1.5, megabytes: 256 }
/** In megabytes. */
const heap = 128

/** Compares time and memory by the medians of alternating rounds. @throws Error when either process fails */
export async function benchOracle(print: (line: string) => void): Promise<boolean> {
  const mariadb = await startMariaDb([
    '--innodb-buffer-pool-size=3G',
    '--innodb-log-file-size=1G',
    '--innodb-flush-log-at-trx-commit=0',
    '--sort-buffer-size=256M',
  ])
  try {
    await fill(mariadb.url)
    const measured = { reading: [] as Reading[], oracle: [] as Reading[] }
    for (let round = 0; round < rounds; round++) {
      measured.reading.push(await read('bench/oracle-reading.ts', 'reading', mariadb.url, heap))
      measured.oracle.push(await read('bench/oracle-reading.ts', 'oracle', mariadb.url, heap))
    }
    const [baseline, ours] = [median(measured.reading), median(measured.oracle)]
    const ratio = ours.milliseconds / baseline.milliseconds
    print(
      `${size.deployments} deployments, ${size.deployments * size.commitsEach} commits, ${size.incidents} incidents, median of ${rounds} alternating rounds`,
    )
    print(`  reading with mysql2   ${shown(baseline)}`)
    print(`  the oracle            ${shown(ours)}`)
    print(
      `  ratio                 ${ratio.toFixed(2)} of the time (target at most ${limits.ratio}), memory target at most ${limits.megabytes} MB`,
    )
    if (ours.rows !== baseline.rows)
      throw new Error(`The oracle read ${ours.rows} rows, the baseline ${baseline.rows}.`)
    return ratio <= limits.ratio && ours.peakMegabytes <= limits.megabytes
  } finally {
    await mariadb.stop()
  }
}

/** Creates the service's tables and fills them inside the database: events ten seconds apart, over 116 days. */
async function fill(url: string): Promise<void> {
  const connection = await createConnection(url)
  const { deployments, commitsEach, incidents } = size
  const finish = (deployment: string) => `TIMESTAMP('2026-01-01') + INTERVAL 10 * (${deployment}) SECOND`
  const sha = (number: string) => `LPAD(LOWER(HEX(${number})), 40, '0')`
  try {
    for (const statement of [...documentedTables, ...documentedIndexes, ...ownTables]) await connection.query(statement)
    await connection.query(
      `INSERT INTO deployments (id, cicd_scope_id, name, result, environment, repo_id, commit_sha, started_date, finished_date,
         created_at, updated_at)
       SELECT CONCAT('large:d', seq), 'large', 'deploy', IF(seq % 97 = 0, 'ABORTED', IF(seq % 10 = 0, 'FAILURE', 'SUCCESS')),
         IF(seq % 13 = 0, 'staging', 'production'), CONCAT('shop/', seq % 5), ${sha(`seq * ${commitsEach}`)},
         ${finish('seq - 1')}, ${finish('seq')}, NOW(), NOW() FROM seq_1_to_${deployments}`,
    )
    await connection.query(
      `INSERT INTO deployment_origins (deployment_id, repository, lists_commits)
       SELECT CONCAT('large:d', seq), CONCAT('shop/', seq % 5), 1 FROM seq_1_to_${deployments}`,
    )
    const commit = `seq DIV ${commitsEach}`
    await connection.query(
      `INSERT INTO deployment_commits (deployment_id, commit_sha, source)
       SELECT CONCAT('large:d', ${commit}), ${sha('seq')}, 'listed'
       FROM seq_${commitsEach}_to_${commitsEach * (deployments + 1) - 1}`,
    )
    await connection.query(
      `INSERT INTO commits (sha, message, authored_date, committed_date, created_at, updated_at)
       SELECT ${sha('seq')}, 'a change', ${finish(commit)} - INTERVAL (seq % 300) MINUTE, ${finish(commit)}, NOW(), NOW()
       FROM seq_${commitsEach}_to_${commitsEach * (deployments + 1) - 1}`,
    )
    const began = finish(`seq * ${deployments / incidents}`)
    await connection.query(
      `INSERT INTO incidents (id, severity, status, created_date, resolution_date, created_at, updated_at)
       SELECT CONCAT('large:i', seq), 'high', 'RESOLVED', ${began}, ${began} + INTERVAL (seq % 500) MINUTE, NOW(), NOW()
       FROM seq_1_to_${incidents}`,
    )
    await connection.query(
      `INSERT INTO incident_scopes (incident_id, project_name, environment, deployment_id)
       SELECT CONCAT('large:i', seq), 'large', 'production', IF(seq % 2 = 0, CONCAT('large:d', seq), NULL)
       FROM seq_1_to_${incidents}`,
    )
    await connection.query('ANALYZE TABLE deployments, deployment_commits, commits, incidents, incident_scopes')
  } finally {
    await connection.end()
  }
}

/**
 * A stock DevLake with a million deployments, judged from its database, against only reading the same rows with mysql2: duration,
 * and peak memory of the process.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { startMariaDb } from '../tests/fixtures/mariadb'
import { median, type Reading, read, shown } from './reading'

const root = resolve(__dirname, '..')
const rounds = 3
const size = { deployments: 1_000_000, projects: 60, incidents: 20_000, pullRequests: 50_000 }
const limits = { ratio: 6, megabytes: 512 }
/** In megabytes. */
const heap = 384

/** Compares time and memory by the medians of alternating rounds. @throws Error when either process fails */
export async function benchLake(print: (line: string) => void): Promise<boolean> {
  const mariadb = await startMariaDb(['--innodb-buffer-pool-size=2G', '--innodb-flush-log-at-trx-commit=0'])
  try {
    print(
      `${size.deployments} deployments of ${size.projects} projects, ${size.incidents} incidents, ${size.pullRequests} pull requests`,
    )
    const begin = performance.now()
    await fill(mariadb.url)
    print(`  filled in ${((performance.now() - begin) / 1000).toFixed(0)} s`)
    const measured = { reading: [] as Reading[], lake: [] as Reading[] }
    for (let round = 1; round <= rounds; round++)
      for (const what of ['reading', 'lake'] as const) {
        const one = await read('bench/lake-reading.ts', what, mariadb.url, heap)
        measured[what].push(one)
        print(`  round ${round}, ${what}   ${shown(one)}`)
      }
    const [baseline, ours] = [median(measured.reading), median(measured.lake)]
    const ratio = ours.milliseconds / baseline.milliseconds
    print(`  median of ${rounds} alternating rounds`)
    print(`  reading with mysql2   ${shown(baseline)}`)
    print(`  judging the lake      ${shown(ours)}`)
    print(
      `  ratio                 ${ratio.toFixed(2)} of the time (target at most ${limits.ratio}), memory target at most ${limits.megabytes} MB`,
    )
    if (ours.rows !== baseline.rows) throw new Error(`The lake has ${ours.rows} rows, the baseline ${baseline.rows}.`)
    return ratio <= limits.ratio && ours.peakMegabytes <= limits.megabytes
  } finally {
    await mariadb.stop()
  }
}

/** Creates DevLake's tables and fills them inside the database: deployments ten seconds apart, over 116 days. */
async function fill(url: string): Promise<void> {
  const schema = readFileSync(join(root, 'tests/fixtures/devlake/schema.sql'), 'utf8')
  const connection = await createConnection({ uri: url, multipleStatements: true })
  const { deployments, projects, incidents, pullRequests } = size
  const finish = (deployment: string) => `TIMESTAMP('2026-01-01') + INTERVAL 10 * (${deployment}) SECOND`
  const sha = (number: string) => `LPAD(LOWER(HEX(${number})), 40, '0')`
  const scope = `CONCAT('webhook:', 1 + seq % ${projects})`
  const ofProject = "CONCAT('team-', seq)"
  const long = "TIMESTAMP('2026-05-01')"
  try {
    // In seconds, for each statement: a filling that hangs ends with an error.
    await connection.query('SET SESSION max_statement_time = 600')
    await connection.query(schema)
    await connection.query(`
      INSERT INTO projects (name) SELECT ${ofProject} FROM seq_1_to_${projects};
      INSERT INTO project_metric_settings (project_name, plugin_name, enable) SELECT ${ofProject}, 'dora', 1 FROM seq_1_to_${projects};
      INSERT INTO _devlake_blueprints (id, project_name, enable, is_manual, cron_config) SELECT seq, ${ofProject}, 1, 1, '' FROM seq_1_to_${projects};
      INSERT INTO _devlake_blueprint_connections (blueprint_id, plugin_name, connection_id) SELECT seq, 'webhook', seq FROM seq_1_to_${projects};
      INSERT INTO _devlake_pipelines (id, blueprint_id, status, finished_at) SELECT seq, seq, 'TASK_COMPLETED', ${long} FROM seq_1_to_${projects};
      INSERT INTO project_mapping (project_name, \`table\`, row_id)
        SELECT ${ofProject}, kind, CONCAT('webhook:', seq) FROM seq_1_to_${projects}
        JOIN (SELECT 'cicd_scopes' AS kind UNION SELECT 'repos' UNION SELECT 'boards') kinds;
      INSERT INTO calendar_months (month, month_timestamp)
        SELECT DATE_FORMAT(TIMESTAMP('2024-12-01') + INTERVAL seq MONTH, '%y/%m'), TIMESTAMP('2024-12-01') + INTERVAL seq MONTH
        FROM seq_1_to_60;
      INSERT INTO cicd_deployments (id, cicd_scope_id, result, environment, started_date, finished_date, created_at)
        SELECT CONCAT('deploy-', seq), ${scope}, IF(seq % 10 = 0, 'FAILURE', 'SUCCESS'), IF(seq % 13 = 0, 'STAGING', 'PRODUCTION'),
          ${finish('seq - 1')}, ${finish('seq')}, ${finish('seq')} FROM seq_1_to_${deployments};
      INSERT INTO cicd_deployment_commits
          (id, cicd_scope_id, cicd_deployment_id, result, environment, started_date, finished_date, commit_sha, repo_url, created_at)
        SELECT CONCAT(${scope}, ':deploy-', seq, ':', ${sha('seq')}), ${scope}, CONCAT('deploy-', seq),
          IF(seq % 10 = 0, 'FAILURE', 'SUCCESS'), IF(seq % 13 = 0, 'STAGING', 'PRODUCTION'), ${finish('seq - 1')}, ${finish('seq')},
          ${sha('seq')}, CONCAT('https://git.example.org/', ${scope}), ${finish('seq')} FROM seq_1_to_${deployments};
      INSERT INTO incidents (id, \`table\`, scope_id, incident_key, status, created_date, resolution_date, created_at)
        SELECT CONCAT(${scope}, ':INC-', seq), 'boards', ${scope}, CONCAT('INC-', seq), 'DONE', ${finish('seq * 50')},
          ${finish('seq * 50 + 200')}, ${finish('seq * 50')} FROM seq_1_to_${incidents};
      INSERT INTO pull_requests (id, base_repo_id, merge_commit_sha, created_date, merged_date, created_at)
        SELECT CONCAT(${scope}, ':', seq), ${scope}, ${sha('seq * 20')}, ${finish('CAST(seq AS SIGNED) * 20 - 900')}, ${finish('CAST(seq AS SIGNED) * 20 - 60')},
          ${finish('seq * 20')} FROM seq_1_to_${pullRequests};
      INSERT INTO commits_diffs (new_commit_sha, old_commit_sha, commit_sha)
        SELECT ${sha('seq * 20')}, ${sha(`GREATEST(CAST(seq AS SIGNED) * 20 - ${projects}, 0)`)}, ${sha('seq * 20')} FROM seq_1_to_${pullRequests};
      ANALYZE TABLE cicd_deployments, cicd_deployment_commits`)
  } finally {
    await connection.end()
  }
}

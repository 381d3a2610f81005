/** The tables of the published schema, as the migrations of the service create them. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let mariadb: MariaDb
let service: DoraService
let lake: Connection

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
  lake = await createConnection({ uri: mariadb.url, timezone: 'Z' })
})

afterAll(async () => {
  await lake?.end()
  await service?.stop()
  await mariadb?.stop()
})

const rows = async (sql: string): Promise<RowDataPacket[]> => (await lake.query<RowDataPacket[]>(sql))[0]

describe('the published schema', () => {
  it('has exactly the published columns', async () => {
    const found = await rows(
      `SELECT TABLE_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION) AS columns
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'lake' AND TABLE_NAME IN
         ('deployments', 'commits', 'incidents', 'cicd_deployments', 'project_metric_settings', 'dora_benchmarks')
       GROUP BY TABLE_NAME ORDER BY TABLE_NAME`,
    )
    expect(Object.fromEntries(found.map(({ name, columns }) => [name, columns]))).toEqual({
      cicd_deployments:
        'id,cicd_scope_id,name,result,status,environment,created_date,started_date,finished_date,duration_sec,queued_duration_sec,commit_sha,ref_name,repo_id,display_title,url,created_at,updated_at',
      commits:
        'sha,additions,deletions,dev_eq,message,author_name,author_email,authored_date,author_id,committer_name,committer_email,committed_date,committer_id,created_at,updated_at',
      deployments:
        'id,cicd_scope_id,name,result,status,original_status,environment,created_date,started_date,finished_date,duration_sec,commit_sha,ref_name,repo_id,repo_url,prev_success_deployment_commit_id,display_title,url,created_at,updated_at',
      dora_benchmarks: 'id,metric_name,performance_level,min_value,max_value,unit,description,created_at,updated_at',
      incidents:
        'id,issue_id,url,number,title,description,priority,severity,type,status,original_status,created_date,updated_date,closed_date,lead_time_minutes,resolution_date,created_at,updated_at',
      project_metric_settings: 'id,project_name,plugin_name,plugin_option,enable,created_at,updated_at',
    })
  })

  it('has the published indexes, with their columns in order, in utf8mb4', async () => {
    const found = await rows(
      `SELECT INDEX_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'lake' AND TABLE_NAME IN ('deployments', 'incidents')
       GROUP BY TABLE_NAME, INDEX_NAME HAVING COUNT(*) > 1 ORDER BY name`,
    )
    expect(found).toEqual([
      { name: 'idx_deployments_cfr', columns: 'cicd_scope_id,environment,result' },
      { name: 'idx_deployments_frequency', columns: 'cicd_scope_id,environment,result,finished_date' },
      { name: 'idx_deployments_leadtime', columns: 'commit_sha,finished_date' },
      { name: 'idx_incidents_mttr', columns: 'severity,created_date,resolution_date' },
    ])
    const [sets] = await rows(
      `SELECT COUNT(DISTINCT CHARACTER_SET_NAME) AS n, MAX(CHARACTER_SET_NAME) AS name FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = 'lake' AND CHARACTER_SET_NAME IS NOT NULL`,
    )
    expect(sets).toEqual({ n: 1, name: 'utf8mb4' })
  })
})

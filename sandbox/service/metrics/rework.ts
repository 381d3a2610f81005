/** Rework: builds that repeat a build of the same commit and stage, together with the other reports of pipelines. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import type { Definitions } from './definitions'
import { type Scope, scopeValues } from './relations'

const reworkRow = z.object({
  builds: z.number(),
  successfulBuilds: z.number().nullable(),
  failedBuilds: z.number().nullable(),
  repeats: z.number().nullable(),
  averageMinutes: z.number().nullable(),
  gates: z.number(),
  gateFailures: z.number().nullable(),
  testRuns: z.number(),
  flakyTestRuns: z.number().nullable(),
})
export type Rework = z.infer<typeof reworkRow>

/**
 * Pipeline results of one project in the window. A repeated build counts if it is in the window, even if the build that
 * it repeats is earlier. A test run (commit and stage) is flaky if it had both results.
 */
export async function rework(transaction: Transaction, definitions: Definitions, scope: Scope): Promise<Rework> {
  const [row] = await transaction.rows(
    reworkRow,
    `WITH finished_builds AS (
       SELECT b.*, ROW_NUMBER() OVER (
         PARTITION BY b.type, ${definitions.sameBuild} ORDER BY ${definitions.buildOrder}) AS nth
       FROM builds b WHERE b.project_name IN (:projects) AND b.result IS NOT NULL
     ),
     in_window AS (SELECT b.* FROM finished_builds b WHERE ${definitions.within('b.finished_date')}),
     ci AS (SELECT b.*, (${definitions.repeated}) AS repeated FROM in_window b WHERE b.type = 'ci_build'),
     gates AS (SELECT * FROM in_window WHERE type = 'quality_gate'),
     tests AS (
       SELECT commit_sha, stage, MIN(result = 'SUCCESS') <> MAX(result = 'SUCCESS') AS flaky
       FROM in_window WHERE type = 'test_results' GROUP BY commit_sha, stage
     )
     SELECT
       (SELECT COUNT(*) FROM ci) AS builds,
       (SELECT SUM(result = 'SUCCESS') FROM ci) AS successfulBuilds,
       (SELECT SUM(result = 'FAILURE') FROM ci) AS failedBuilds,
       (SELECT SUM(repeated) FROM ci) AS repeats,
       (SELECT AVG(duration_sec) / 6e1 FROM ci) AS averageMinutes,
       (SELECT COUNT(*) FROM gates) AS gates,
       (SELECT SUM(result <> 'SUCCESS') FROM gates) AS gateFailures,
       (SELECT COUNT(*) FROM tests) AS testRuns,
       (SELECT SUM(flaky) FROM tests) AS flakyTestRuns`,
    scopeValues(scope),
  )
  if (!row) throw new Error('the query for rework returned no row')
  return row
}

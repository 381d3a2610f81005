/** Change failure rate: the share of deployments finished in the window that failed or caused an incident. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { idWithinProject } from '../database/keys'
import { type Definitions, milliseconds } from './definitions'
import { attributedIncidents, finishedDeployments, type Scope, scopeValues } from './relations'

export interface ChangeFailureRate {
  /** From 0 to 1. */
  readonly ratio: number
  readonly total: number
  readonly failed: number
}

/** The deployments of the window, each with its first incident, if it has one, and marked with `change_failed`. */
const judged = (definitions: Definitions): string => `
  ${finishedDeployments(definitions)}, ${attributedIncidents(definitions)},
  blamed AS (
    SELECT d.*, NULL AS incident, NULL AS title, NULL AS severity, NULL AS began, NULL AS ended FROM finished_deployments d
    UNION ALL
    SELECT d.*, i.id, i.title, i.severity, i.began, i.ended
    FROM attributed_incidents i JOIN finished_deployments d ON d.id = i.deployment_id
  ),
  counted AS (
    SELECT d.*, COUNT(d.incident) OVER (PARTITION BY d.id) AS incidents,
      ROW_NUMBER() OVER (PARTITION BY d.id ORDER BY d.incident IS NULL, d.began, d.incident) AS nth
    FROM blamed d WHERE ${definitions.within('d.finished_date')}
  ),
  judged AS (SELECT d.*, (${definitions.changeFailed}) AS change_failed FROM counted d WHERE d.nth = 1)`

const rateRow = z.object({ project: z.string(), ratio: z.number(), total: z.number(), failed: z.number() })

/** Rates by project. A project without a finished deployment in the window has no entry. */
export async function changeFailureRate(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
): Promise<ReadonlyMap<string, ChangeFailureRate>> {
  const rows = await transaction.rows(
    rateRow,
    `WITH ${judged(definitions)}
     SELECT d.project, COUNT(*) AS total, SUM(d.change_failed) AS failed,
       SUM(d.change_failed) / (COUNT(*) * 1e0) AS ratio
     FROM judged d GROUP BY d.project`,
    scopeValues(scope),
  )
  return new Map(rows.map((row) => [row.project, row]))
}

const failureRow = z.object({
  deploymentId: z.string(),
  finishedAt: z.date(),
  failed: z.number(),
  title: z.string().nullable(),
  severity: z.string().nullable(),
  resolvedAt: z.date().nullable(),
  minutesToRestore: z.number().nullable(),
})
/** A failed change with its first incident, if it has one. */
export type Failure = z.infer<typeof failureRow>

/** The failed changes of the window, newest first. */
export async function failures(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
): Promise<readonly Failure[]> {
  return await transaction.rows(
    failureRow,
    `WITH ${judged(definitions)}
     SELECT ${idWithinProject('d.id')} AS deploymentId, d.finished_date AS finishedAt, d.failed, d.title, d.severity,
       d.ended AS resolvedAt, ${milliseconds('d.began', 'd.ended')} / 6e4 AS minutesToRestore
     FROM judged d WHERE d.change_failed ORDER BY d.finished_date DESC, d.id DESC`,
    scopeValues(scope),
  )
}

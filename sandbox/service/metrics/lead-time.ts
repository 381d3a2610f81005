/** Lead time for changes: from the first new commit of a successful deployment to its finish. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { type Definitions, milliseconds } from './definitions'
import { type Distribution, distributionRow, inMinutes } from './distribution'
import { distribution, leadTimes, type Scope, scopeValues } from './relations'

/** Lead times in minutes, by project. A project without a sample in the window has no entry. */
export async function leadTime(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
): Promise<ReadonlyMap<string, Distribution>> {
  const rows = await transaction.rows(
    distributionRow,
    `WITH ${leadTimes(definitions)} ${distribution(definitions, 'lead_time_samples')}`,
    scopeValues(scope),
  )
  return new Map(rows.map((row) => [row.project, inMinutes(row)]))
}

export interface StageDuration {
  readonly name: string
  /** The mean of the samples, in minutes; null for a stage that the service does not know. */
  readonly duration: number | null
}

const stagesRow = z.object({
  development: z.number().nullable(),
  review: z.number().nullable(),
  production: z.number().nullable(),
})

/**
 * The named stages of one project's lead time. Development lasts from the first commit to the opening of the deployed
 * commit's review, review until its merge, and production until the deployment finishes. Without a review, the time of
 * the last new commit counts as both opening and merge. The three stages add up to the lead time.
 */
export async function leadTimeStages(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
  names: readonly string[],
): Promise<readonly StageDuration[]> {
  const [row] = await transaction.rows(
    stagesRow,
    `WITH ${leadTimes(definitions)},
     opened AS (
       SELECT d.*, r.merged_date,
         GREATEST(d.change_start, LEAST(d.change_end, COALESCE(r.opened_date, d.last_committed, d.change_start))) AS opened
       FROM lead_time_samples d LEFT JOIN reviews r ON r.commit_sha = d.commit_sha
     ),
     merged AS (
       SELECT d.*, GREATEST(d.opened, LEAST(d.change_end, COALESCE(d.merged_date, d.opened))) AS merged FROM opened d
     )
     SELECT ${definitions.center(milliseconds('change_start', 'opened'))} AS development,
       ${definitions.center(milliseconds('opened', 'merged'))} AS review,
       ${definitions.center(milliseconds('merged', 'change_end'))} AS production
     FROM merged`,
    scopeValues(scope),
  )
  const durations = new Map(Object.entries(row ?? {}))
  return names.map((name) => {
    const duration = durations.get(name.toLowerCase()) ?? null
    return { name, duration: duration === null ? null : duration / 60_000 }
  })
}

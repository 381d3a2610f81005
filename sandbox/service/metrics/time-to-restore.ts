/** Mean time to restore: from an incident's creation to its resolution, over the incidents resolved in the window. */
import { z } from 'zod'
import type { Transaction, Values } from '../database/database'
import { idWithinProject } from '../database/keys'
import type { Definitions } from './definitions'
import { type Distribution, distributionRow, inMinutes } from './distribution'
import { distribution, restorations, type Scope, scopeValues } from './relations'

/** Severities in lower case; null for all. */
export type Severities = readonly string[] | null

/** Placeholder values of a query over `restorations`. An IN list must not be empty, and no severity is empty. */
export function restorationValues(scope: Scope, severities: Severities): Values {
  return { ...scopeValues(scope), allSeverities: severities === null, severities: ['', ...(severities ?? [])] }
}

/** Times to restore in minutes, by project. A project without an incident resolved in the window has no entry. */
export async function timeToRestore(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
  severities: Severities,
): Promise<ReadonlyMap<string, Distribution>> {
  const rows = await transaction.rows(
    distributionRow,
    `WITH ${restorations(definitions)} ${distribution(definitions, 'restoration_samples')}`,
    restorationValues(scope, severities),
  )
  return new Map(rows.map((row) => [row.project, inMinutes(row)]))
}

const restorationRow = z.object({
  id: z.string(),
  title: z.string().nullable(),
  severity: z.string().nullable(),
  createdAt: z.date(),
  resolvedAt: z.date(),
  minutes: z.number(),
})
export type Restoration = z.infer<typeof restorationRow>

/** The incidents that the mean covers, latest creation first. */
export async function restoredIncidents(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
  severities: Severities,
): Promise<readonly Restoration[]> {
  return await transaction.rows(
    restorationRow,
    `WITH ${restorations(definitions)}
     SELECT ${idWithinProject('id')} AS id, title, severity, created_date AS createdAt, resolution_date AS resolvedAt,
       value / 6e4 AS minutes
     FROM restoration_samples ORDER BY created_date DESC, id DESC`,
    restorationValues(scope, severities),
  )
}

/** Incidents as the surfaces show them. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { idWithinProject } from '../database/keys'

const incidentRow = z.object({
  id: z.string(),
  project: z.string(),
  title: z.string().nullable(),
  severity: z.string().nullable(),
  status: z.string().nullable(),
  environment: z.string(),
  createdAt: z.date().nullable(),
  resolvedAt: z.date().nullable(),
})
export type Incident = z.infer<typeof incidentRow>

/** All incidents of a project, in every environment and state, latest creation first. */
export async function listIncidents(transaction: Transaction, project: string): Promise<readonly Incident[]> {
  return await transaction.rows(
    incidentRow,
    `SELECT ${idWithinProject('i.id')} AS id, s.project_name AS project, i.title, i.severity, i.original_status AS status,
       s.environment, i.created_date AS createdAt, i.resolution_date AS resolvedAt
     FROM incidents i JOIN incident_scopes s ON s.incident_id = i.id
     WHERE s.project_name = :project ORDER BY i.created_date DESC, i.id DESC`,
    { project },
  )
}

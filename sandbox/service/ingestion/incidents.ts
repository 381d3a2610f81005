/** Stores incident events as rows of incidents, with links to their project and to the deployment that they name. */
import type { Transaction } from '../database/database'
import { rowId } from '../database/keys'
import type { EventOf } from './events'

type IncidentEvent = EventOf<'incident'>

const earlier = (one: Date, other: Date | undefined): Date => (other && other < one ? other : one)

/** The last state of each incident by its key. A reopened incident is the same one and keeps its first creation. */
function latestStates(events: readonly IncidentEvent[]): Map<string, IncidentEvent> {
  const states = new Map<string, IncidentEvent>()
  for (const event of events) {
    const id = rowId(event.project, event.incidentId)
    const before = states.get(id)
    states.set(id, { ...before, ...event, createdAt: earlier(event.createdAt, before?.createdAt) })
  }
  return states
}

/** Stores the events in their order; `now` is the time of the collection. */
export async function storeIncidents(
  transaction: Transaction,
  events: readonly IncidentEvent[],
  now: Date,
): Promise<void> {
  const states = [...latestStates(events)]
  await transaction.insert(
    `INSERT INTO incidents
       (id, issue_id, number, title, severity, type, status, original_status, created_date, updated_date, closed_date,
        resolution_date, lead_time_minutes, created_at, updated_at) VALUES ?
     ON DUPLICATE KEY UPDATE
       title = VALUES(title), severity = VALUES(severity), status = VALUES(status),
       original_status = VALUES(original_status), created_date = LEAST(created_date, VALUES(created_date)),
       updated_date = VALUES(updated_date), closed_date = VALUES(closed_date), resolution_date = VALUES(resolution_date),
       lead_time_minutes = TIMESTAMPDIFF(MINUTE, created_date, resolution_date), updated_at = VALUES(updated_at)`,
    states.map(([id, state]) => [
      id,
      state.incidentId,
      state.incidentId,
      state.title,
      state.severity,
      'INCIDENT',
      state.resolvedAt ? 'RESOLVED' : 'OPEN',
      state.resolvedAt ? 'resolved' : 'open',
      state.createdAt,
      state.resolvedAt ?? state.createdAt,
      state.resolvedAt,
      state.resolvedAt,
      state.resolvedAt && Math.trunc((state.resolvedAt.getTime() - state.createdAt.getTime()) / 60_000),
      now,
      now,
    ]),
  )
  await transaction.insert(
    `INSERT INTO incident_scopes (incident_id, project_name, environment, deployment_id) VALUES ?
     ON DUPLICATE KEY UPDATE
       environment = VALUES(environment), deployment_id = COALESCE(VALUES(deployment_id), deployment_id)`,
    states.map(([id, state]) => [
      id,
      state.project,
      state.environment,
      state.deploymentId === undefined ? null : rowId(state.project, state.deploymentId),
    ]),
  )
}

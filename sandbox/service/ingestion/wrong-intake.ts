/** Named ways to process events wrongly; see ../switches. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import { idWithinProject, rowId } from '../database/keys'
import type { Event, EventOf } from './events'
import type { Intake } from './intake'

type Identified = EventOf<'deployment'> | EventOf<'incident'>

const isIdentified = (event: Event): event is Identified => event.type === 'deployment' || event.type === 'incident'
const keyOf = (event: Identified): string =>
  rowId(event.project, event.type === 'deployment' ? event.deploymentId : event.incidentId)

/** The primary keys of those deployments and incidents in the events that are already stored. */
async function storedKeys(transaction: Transaction, events: readonly Event[]): Promise<Set<string>> {
  const rows = await transaction.rows(
    z.object({ id: z.string() }),
    'SELECT id FROM deployments WHERE id IN (:keys) UNION SELECT id FROM incidents WHERE id IN (:keys)',
    { keys: ['', ...events.filter(isIdentified).map(keyOf)] },
  )
  return new Set(rows.map(({ id }) => id))
}

/** Maps each deployment and incident event in order; `isKnown` is true if an earlier event had the same key. */
async function mapIdentified(
  transaction: Transaction,
  events: readonly Event[],
  map: (event: Identified, isKnown: boolean) => Event | undefined,
): Promise<readonly Event[]> {
  const known = await storedKeys(transaction, events)
  return events.flatMap((event) => {
    if (!isIdentified(event)) return [event]
    const isKnown = known.has(keyOf(event))
    known.add(keyOf(event))
    return map(event, isKnown) ?? []
  })
}

let copies = 0

/** The first project to use each deployment id in the events. */
async function ownersOf(transaction: Transaction, events: readonly Event[]): Promise<Map<string, string>> {
  const rows = await transaction.rows(
    z.object({ id: z.string(), project: z.string() }),
    `SELECT ${idWithinProject('id')} AS id, cicd_scope_id AS project FROM deployments
     WHERE ${idWithinProject('id')} IN (:ids) ORDER BY created_at DESC`,
    { ids: ['', ...events.flatMap((event) => (event.type === 'deployment' ? [event.deploymentId] : []))] },
  )
  return new Map(rows.map(({ id, project }) => [id, project]))
}

async function lastFinishes(transaction: Transaction, events: readonly Event[]): Promise<Map<string, Date>> {
  const rows = await transaction.rows(
    z.object({ project: z.string(), last: z.date() }),
    `SELECT cicd_scope_id AS project, MAX(finished_date) AS last FROM deployments
     WHERE cicd_scope_id IN (:projects) AND finished_date IS NOT NULL GROUP BY cicd_scope_id`,
    { projects: ['', ...events.flatMap((event) => (event.type === 'deployment' ? [event.project] : []))] },
  )
  return new Map(rows.map(({ project, last }) => [project, last]))
}

export const wrongIntakes = {
  'signatures-unchecked': { checksSignatures: false },
  'malformed-events-swallowed': { refusesMalformed: false },
  'health-as-deployment': { takesHealthForSync: true },
  'aborted-stored-as-failed': {
    stored: async (_transaction, events) =>
      events.map((event) =>
        event.type === 'deployment' && event.result === 'ABORTED' ? { ...event, result: 'FAILURE' } : event,
      ),
  },
  'repeats-counted': {
    stored: (transaction, events) =>
      mapIdentified(transaction, events, (event, isKnown) =>
        isKnown && event.type === 'deployment'
          ? { ...event, deploymentId: `${event.deploymentId}-${++copies}` }
          : event,
      ),
  },
  'first-state-kept': {
    stored: (transaction, events) =>
      mapIdentified(transaction, events, (event, isKnown) => (isKnown ? undefined : event)),
  },
  'ids-of-all-projects': {
    stored: async (transaction, events) => {
      const owners = await ownersOf(transaction, events)
      return events.map((event) => {
        if (event.type !== 'deployment') return event
        const project = owners.get(event.deploymentId) ?? event.project
        owners.set(event.deploymentId, project)
        return { ...event, project }
      })
    },
  },
  'late-events-dropped': {
    stored: async (transaction, events) => {
      const last = await lastFinishes(transaction, events)
      return events.filter((event) => {
        const latest = event.type === 'deployment' ? last.get(event.project) : undefined
        return !(event.type === 'deployment' && latest && event.finishedAt && event.finishedAt < latest)
      })
    },
  },
} as const satisfies Readonly<Record<string, Partial<Intake>>>

export type WrongIntake = keyof typeof wrongIntakes

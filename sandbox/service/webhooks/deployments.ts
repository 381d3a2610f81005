/** The deployment webhook, which accepts the body of a pipeline and that of ArgoCD's notifications. */
import { z } from 'zod'
import { longest, rowId } from '../database/keys'
import type { Event } from '../ingestion/events'
import { identifier, name, outcome, projectName, seconds, text, timestamp } from './fields'

const millisecondsPerSecond = 1000

const fromPipeline = z
  .object({
    project: projectName,
    deployment_id: identifier,
    commit_sha: name,
    status: outcome,
    environment: text,
    /** The finish; null if there was none. A running deployment may omit it. */
    timestamp: timestamp.nullable().optional(),
    duration_seconds: seconds.nullable().optional(),
    repository: name.optional(),
    commits: z.array(name).optional(),
  })
  .superRefine((body, context) => {
    if (rowId(body.project, body.deployment_id).length > longest.rowId) {
      context.addIssue({
        code: 'custom',
        path: ['deployment_id'],
        message: 'is too long in combination with the project',
      })
    }
    if (body.status.result === null) return
    for (const field of ['timestamp', 'duration_seconds'] as const) {
      if (body[field] === undefined) context.addIssue({ code: 'custom', path: [field], message: 'is required' })
    }
  })
  .transform((body): Event => {
    const { result, original } = body.status
    const time = body.timestamp ?? null
    const finishedAt = result === null ? null : time
    const duration = (body.duration_seconds ?? 0) * millisecondsPerSecond
    return {
      type: 'deployment',
      project: body.project,
      deploymentId: body.deployment_id,
      commitSha: body.commit_sha,
      result,
      originalStatus: original,
      environment: body.environment,
      startedAt: time && finishedAt ? new Date(time.getTime() - duration) : time,
      finishedAt,
      ...(body.repository === undefined ? {} : { repository: body.repository }),
      ...(body.commits === undefined ? {} : { commits: body.commits }),
    }
  })

const syncs = { sync_succeeded: 'SUCCESS', sync_failed: 'FAILURE' } as const

const fromArgoCd = z
  .object({
    event_type: z.enum(['sync_succeeded', 'sync_failed']),
    application: name,
    namespace: text,
    revision: name,
    sync_started_at: timestamp,
    /** null while the sync runs. */
    sync_finished_at: timestamp.nullable().optional(),
    environment: text,
    service_name: projectName,
  })
  .superRefine((body, context) => {
    if (rowId(body.service_name, syncId(body)).length > longest.rowId) {
      context.addIssue({
        code: 'custom',
        path: ['application'],
        message: 'is too long in combination with the service',
      })
    }
  })
  .transform((body): Event => {
    const finishedAt = body.sync_finished_at ?? null
    return {
      type: 'deployment',
      project: body.service_name,
      deploymentId: syncId(body),
      commitSha: body.revision,
      result: finishedAt ? syncs[body.event_type] : null,
      originalStatus: body.event_type,
      environment: body.environment,
      startedAt: body.sync_started_at,
      finishedAt,
    }
  })

/** ArgoCD gives a sync no id, so its application, revision and start time identify it. */
const syncId = (sync: { application: string; revision: string; sync_started_at: Date }): string =>
  `${sync.application}@${sync.revision}@${sync.sync_started_at.toISOString()}`

/** A change of health says nothing about a sync. It is accepted and makes no deployment. */
const healthChange = z.object({ event_type: z.literal('health_change') }).transform((): undefined => undefined)

const shape = z.object({ event_type: z.unknown() }).catch({ event_type: undefined })

/** The schema for the shape of a body. It yields undefined for a body that makes no deployment. */
export function deploymentBody(body: unknown): z.ZodType<Event | undefined> {
  const { event_type: eventType } = shape.parse(body)
  if (eventType === undefined) return fromPipeline
  return eventType === 'health_change' ? healthChange : fromArgoCd
}

/** Turns a change of health into a successful sync, for a wrong intake that confuses the two. */
export function asSync(body: unknown): unknown {
  const change = z.looseObject({ event_type: z.literal('health_change') }).safeParse(body)
  return change.success ? { ...change.data, event_type: 'sync_succeeded' } : body
}

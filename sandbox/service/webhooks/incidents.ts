/** The incident webhook. */
import { z } from 'zod'
import { longest, rowId } from '../database/keys'
import type { Event } from '../ingestion/events'
import { identifier, name, projectName, text, timestamp } from './fields'

export const incidentBody = z
  .object({
    id: identifier,
    title: name,
    service: projectName,
    severity: name,
    status: z.enum(['open', 'resolved']),
    createdDate: timestamp,
    resolvedDate: timestamp.nullable().optional(),
    environment: text,
    deployment_id: identifier.nullable().or(z.literal('')).optional(),
  })
  .superRefine((body, context) => {
    if (body.status === 'resolved' && !body.resolvedDate) {
      context.addIssue({ code: 'custom', path: ['resolvedDate'], message: 'is required for a resolved incident' })
    }
    if (rowId(body.service, body.id).length > longest.rowId) {
      context.addIssue({ code: 'custom', path: ['id'], message: 'is too long in combination with the service' })
    }
  })
  .transform((body): Event => {
    const resolvedAt = body.status === 'resolved' ? (body.resolvedDate ?? null) : null
    return {
      type: 'incident',
      project: body.service,
      incidentId: body.id,
      title: body.title,
      severity: body.severity,
      environment: body.environment,
      createdAt: body.createdDate,
      resolvedAt,
      ...(body.deployment_id ? { deploymentId: body.deployment_id } : {}),
    }
  })

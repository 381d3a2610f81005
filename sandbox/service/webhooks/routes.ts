/**
 * `POST /api/plugins/webhook/1/{deployments,incidents,commits,cicd}`: validates the body, stores the event for the next
 * collection, and answers 200.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../basis/service-error'
import type { Database } from '../database/database'
import type { Event } from '../ingestion/events'
import { receive } from '../ingestion/inbox'
import type { Intake } from '../ingestion/intake'
import { bytesOf, jsonOf, parse } from '../rest/body'
import { cicdBody } from './cicd'
import { pushBody } from './commits'
import { asSync, deploymentBody } from './deployments'
import { incidentBody } from './incidents'
import { signatureMatches } from './signature'

const path = '/api/plugins/webhook/1'

/** The schema for the body of each webhook; it may depend on the shape of the body. */
const hooks: Readonly<Record<string, (body: unknown) => z.ZodType<Event | undefined>>> = {
  deployments: deploymentBody,
  incidents: () => incidentBody,
  commits: () => pushBody,
  cicd: () => cicdBody,
}

/** The one webhook connection, which always exists. It is listed much as in Apache DevLake. */
const connection = (signed: boolean) => ({
  id: 1,
  name: 'webhook',
  enabled: true,
  /** True if bodies must be signed. The secret itself is never shown. */
  signed,
  endpoints: Object.fromEntries(Object.keys(hooks).map((hook) => [hook, `${path}/${hook}`])),
})

const accepted = { success: true, message: 'success' }

export function webhookRoutes(
  server: FastifyInstance,
  database: Database,
  secret: string | undefined,
  intake: Intake,
): void {
  server.get('/api/plugins/webhook/connections', () => [connection(secret !== undefined)])
  server.get('/api/plugins/webhook/connections/1', () => connection(secret !== undefined))
  for (const [hook, schema] of Object.entries(hooks)) {
    server.post(`${path}/${hook}`, { config: { access: 'open', unmetered: true } }, async (request) => {
      const raw = bytesOf(request)
      const signature = z.string().optional().catch(undefined).parse(request.headers['x-hub-signature-256'])
      if (secret !== undefined && intake.checksSignatures && !signatureMatches(secret, raw, signature)) {
        throw new ServiceError('UNAUTHORIZED', 'X-Hub-Signature-256 does not match the body')
      }
      const body = intake.takesHealthForSync ? asSync(jsonOf(raw)) : jsonOf(raw)
      if (!intake.refusesMalformed && !schema(body).safeParse(body).success) return accepted
      const event = parse(schema(body), body)
      if (event) await receive(database, event, new Date())
      return accepted
    })
  }
}

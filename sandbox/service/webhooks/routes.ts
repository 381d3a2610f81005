/** `POST /api/plugins/webhook/1/{deployments,incidents,commits,cicd}`: checks, stores for the next collection, answers 200. */
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

/** The schema of each hook's body, which may depend on the body's shape. */
const hooks: Readonly<Record<string, (body: unknown) => z.ZodType<Event | undefined>>> = {
  deployments: deploymentBody,
  incidents: () => incidentBody,
  commits: () => pushBody,
  cicd: () => cicdBody,
}

/** The one webhook connection, which is there from the start, nearly as Apache DevLake lists its own. */
const connection = (signed: boolean) => ({
  id: 1,
  name: 'webhook',
  enabled: true,
  /** Whether bodies must be signed; the secret itself is told to nobody. */
  signed,
  endpoints: Object.fromEntries(Object.keys(hooks).map((hook) => [hook, `${path}/${hook}`])),
})

const taken = { success: true, message: 'success' }

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
      if (!intake.refusesMalformed && !schema(body).safeParse(body).success) return taken
      const event = parse(schema(body), body)
      if (event) await receive(database, event, new Date())
      return taken
    })
  }
}

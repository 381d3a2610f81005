/** Endpoints for machines: ping, version, readiness, and the page for Prometheus. */
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database'
import type { Exposition } from '../prometheus/exposition'

const version = 'v1.0.2-sandbox'

interface Parts {
  readonly database: Database
  readonly exposition: Exposition
  readonly hasCollected: () => boolean
  readonly published: () => Promise<void>
}

export function operationRoutes(
  server: FastifyInstance,
  { database, exposition, hasCollected, published }: Parts,
): void {
  server.get('/api/ping', { config: { access: 'open' } }, () => ({ message: 'pong' }))
  server.get('/api/version', { config: { access: 'open' } }, () => ({ version }))
  server.get('/api/ready', { config: { access: 'open', unmetered: true } }, async (_request, reply) => {
    const reachable = await database.ping().then(
      () => true,
      () => false,
    )
    if (!reachable) return reply.code(503).send({ status: 'the database is not responding' })
    if (!hasCollected()) return reply.code(503).send({ status: 'the first collection has not completed' })
    return { status: 'ready' }
  })
  server.get('/metrics', { config: { access: 'open', unmetered: true } }, async (_request, reply) => {
    await published()
    return reply.type(exposition.contentType).send(await exposition.text())
  })
}

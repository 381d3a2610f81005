/** Stand-in for the Grafana of the service: its health, and a page that says who it is. */
import fastify from 'fastify'
import { z } from 'zod'

const environment = z.object({ HOST: z.string(), PORT: z.coerce.number().int().positive() }).parse(process.env)

const server = fastify({ logger: { level: 'info' }, disableRequestLogging: true })

server.get('/api/health', () => ({ database: 'ok', version: '12.1.1', commit: 'sandbox' }))
server.get('/', (_request, reply) =>
  reply
    .type('text/html')
    .send(
      '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Grafana</title></head><body><main><h1>Grafana</h1></main></body></html>',
    ),
)

server.listen({ host: environment.HOST, port: environment.PORT }).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})

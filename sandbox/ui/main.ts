/** Stand-in for DevLake's configuration UI: a single page. */
import fastify from 'fastify'
import { z } from 'zod'
import { runPart } from '../basis/errors'
import { parseFrom } from '../basis/files'

const environmentSchema = z.object({ HOST: z.string(), PORT: z.coerce.number().int().positive() })

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>DevLake</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <main>
      <h1>DevLake</h1>
      <p>Connections, projects and webhooks of this service.</p>
    </main>
  </body>
</html>
`

runPart(async () => {
  const environment = parseFrom('the environment of the UI', environmentSchema, process.env)
  const server = fastify({ logger: { level: 'info' }, disableRequestLogging: true })
  server.get('/', (_request, reply) => reply.type('text/html').send(page))
  await server.listen({ host: environment.HOST, port: environment.PORT })
})

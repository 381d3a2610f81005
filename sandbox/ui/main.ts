/** Stand-in for DevLake's configuration UI: one real page. */
import fastify from 'fastify'
import { z } from 'zod'

const environment = z.object({ HOST: z.string(), PORT: z.coerce.number().int().positive() }).parse(process.env)

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

const server = fastify({ logger: { level: 'info' }, disableRequestLogging: true })
server.get('/', (_request, reply) => reply.type('text/html').send(page))
server.listen({ host: environment.HOST, port: environment.PORT }).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})

/** Stand-in for the Grafana of the service, as a process. */
import { z } from 'zod'
import { createGrafana } from './server'

const environment = z
  .object({
    HOST: z.string(),
    PORT: z.coerce.number().int().positive(),
    GRAFANA_HOME: z.string(),
    ADMIN_PASSWORD: z.string(),
    CLUSTER_DNS: z.string().optional(),
  })
  .parse(process.env)

const { server } = createGrafana({
  directory: environment.GRAFANA_HOME,
  adminPassword: environment.ADMIN_PASSWORD,
  dns: environment.CLUSTER_DNS,
  log: true,
})

server.listen({ host: environment.HOST, port: environment.PORT }).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})

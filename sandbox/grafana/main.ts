/** Stand-in for the Grafana of the service, as a process. */
import { z } from 'zod'
import { runPart } from '../basis/errors'
import { parseFrom } from '../basis/files'
import { ofTheService, type Provisioning } from './installation'
import { createGrafana } from './server'

const environmentSchema = z.object({
  HOST: z.string(),
  PORT: z.coerce.number().int().positive(),
  GRAFANA_HOME: z.string(),
  ADMIN_PASSWORD: z.string(),
  CLUSTER_DNS: z.string().optional(),
  SERVICE_TOKEN: z.string().optional(),
})

/** The same dashboards in a Grafana of the whole company, behind single sign-on. */
const behindSignOn = (serviceToken: string): Provisioning => ({
  ...ofTheService,
  folder: { id: 7, uid: 'engineering', title: 'Engineering' },
  uidPrefix: 'eng-',
  serviceToken,
})

runPart(async () => {
  const environment = parseFrom('the environment of Grafana', environmentSchema, process.env)
  const { server } = createGrafana({
    directory: environment.GRAFANA_HOME,
    provisioning: environment.SERVICE_TOKEN === undefined ? ofTheService : behindSignOn(environment.SERVICE_TOKEN),
    adminPassword: environment.ADMIN_PASSWORD,
    dns: environment.CLUSTER_DNS,
    log: true,
  })
  await server.listen({ host: environment.HOST, port: environment.PORT })
})

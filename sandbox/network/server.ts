/** Stand-in for the names that pods look up: which loopback port a host and port of the cluster, or outside of it, lead to. */
import fastify from 'fastify'
import { z } from 'zod'
import type { PortName, Ports } from '../basis/ports'
import { type Directory, type Resolution, resolveService, serviceOfHost } from './resolution'

/** What lies outside of the cluster and is played here. */
const outside: Readonly<Record<string, PortName>> = { 'api.github.com': 'github' }

const querySchema = z.object({
  host: z.string().min(1),
  port: z.coerce.number().int().positive(),
  /** Of who asks: a short name means a service of it. Processes of the sandbox that name none are the service's own. */
  namespace: z.string().min(1).default('fawkes'),
})

export async function serveNetwork(directory: Directory, ports: Ports): Promise<void> {
  const server = fastify()
  server.get('/healthz', () => 'ok')
  server.get('/resolve', (request): Resolution => {
    const { host, port, namespace } = querySchema.parse(request.query)
    const played = outside[host]
    if (played !== undefined) return { port: ports[played] }
    const service = serviceOfHost(host, namespace)
    if (service === undefined) return { failure: 'unknown', reason: `${host} is no name of a service` }
    return resolveService(directory, ports, service.namespace, service.name, port)
  })
  await server.listen({ host: '127.0.0.1', port: ports.network })
}

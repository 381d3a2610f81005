/** Stand-in for the name resolution of pods: returns the loopback port for a host and port inside or outside the cluster. */
import fastify from 'fastify'
import { z } from 'zod'
import { storedNames } from '../basis/names'
import type { Ports } from '../basis/ports'
import { externalHosts } from './external-hosts'
import { type Directory, type Resolution, resolveService, serviceOfHost } from './resolution'

const querySchema = z.object({
  host: z.string().min(1),
  port: z.coerce.number().int().positive(),
  /** The caller's namespace, in which short names are resolved. The service's own processes send none. */
  namespace: z.string().min(1).optional(),
})

export async function serveNetwork(directory: Directory, ports: Ports): Promise<void> {
  const server = fastify()
  const own = storedNames().namespace
  server.get('/healthz', () => 'ok')
  server.get('/resolve', (request): Resolution => {
    const { host, port, namespace = own } = querySchema.parse(request.query)
    // A database outside the cluster runs on this machine.
    if (host === 'localhost') return { port }
    const external = externalHosts[host]
    if (external !== undefined) return { port: ports[external] }
    const service = serviceOfHost(host, namespace)
    if (service === undefined) return { failure: 'unknown', reason: `${host} is not the name of a service` }
    return resolveService(directory, ports, service.namespace, service.name, port)
  })
  await server.listen({ host: '127.0.0.1', port: ports.network })
}

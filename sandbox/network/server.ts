/** Stand-in for the names that pods look up: which loopback port a host and port of the cluster, or outside of it, lead to. */
import fastify from 'fastify'
import { z } from 'zod'
import type { PortName, Ports } from '../ports'
import { type Directory, type Resolution, resolveService, serviceOfHost } from './resolution'

/** What lies outside of the cluster and is played here. */
const outside: Readonly<Record<string, PortName>> = { 'api.github.com': 'github' }

const querySchema = z.object({ host: z.string().min(1), port: z.coerce.number().int().positive() })

/** Pods that can be looked into live here, so their short names mean services of this namespace. */
const namespaceOfPods = 'fawkes'

export async function serveNetwork(directory: Directory, ports: Ports): Promise<void> {
  const server = fastify()
  server.get('/healthz', () => 'ok')
  server.get('/resolve', (request): Resolution => {
    const { host, port } = querySchema.parse(request.query)
    const played = outside[host]
    if (played !== undefined) return { port: ports[played] }
    const service = serviceOfHost(host, namespaceOfPods)
    if (service === undefined) return { failure: 'unknown', reason: `${host} is no name of a service` }
    return resolveService(directory, ports, service.namespace, service.name, port)
  })
  await server.listen({ host: '127.0.0.1', port: ports.network })
}

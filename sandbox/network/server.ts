/** Answers the wget and curl of `kubectl exec`: which loopback port a host and port of the cluster lead to. */
import fastify from 'fastify'
import { z } from 'zod'
import type { Ports } from '../ports'
import { type Directory, type Resolution, resolveService, serviceOfHost } from './resolution'

const querySchema = z.object({ host: z.string().min(1), port: z.coerce.number().int().positive() })

/** Pods that can be looked into live here, so their short names mean services of this namespace. */
const namespaceOfPods = 'fawkes'

export async function serveNetwork(directory: Directory, ports: Ports): Promise<void> {
  const server = fastify()
  server.get('/healthz', () => 'ok')
  server.get('/resolve', (request): Resolution => {
    const { host, port } = querySchema.parse(request.query)
    const service = serviceOfHost(host, namespaceOfPods)
    if (service === undefined) return { failure: 'unknown', reason: `${host} is no name of a service` }
    return resolveService(directory, ports, service.namespace, service.name, port)
  })
  await server.listen({ host: '127.0.0.1', port: ports.network })
}

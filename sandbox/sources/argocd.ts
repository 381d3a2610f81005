/** Stand-in for the API of ArgoCD's server: it lists the Applications to callers with the token. */
import type { KubernetesObject } from '@kubernetes/client-node'
import fastify from 'fastify'
import type { Ports } from '../basis/ports'
import type { Cache } from '../cluster/cluster'
import { readVault, vaultValue } from '../credentials/vault'
import { isRevoked } from './revoked'

export async function serveArgoCdApi(applications: Cache<KubernetesObject>, ports: Ports): Promise<void> {
  const server = fastify()
  server.get('/healthz', () => 'ok')
  server.get('/api/v1/applications', (request, reply) => {
    const token = vaultValue(readVault(), 'fawkes/argocd', 'token')
    if (request.headers.authorization !== `Bearer ${token}` || isRevoked('argocd'))
      return reply.code(401).send({ error: 'no session information', code: 16, message: 'no session information' })
    return { metadata: {}, items: applications.items() }
  })
  await server.listen({ host: '127.0.0.1', port: ports.argocd })
}

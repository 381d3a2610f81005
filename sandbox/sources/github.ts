/** Stand-in for GitHub's REST API: it only names the user to whom a token belongs. */
import fastify from 'fastify'
import type { Ports } from '../basis/ports'
import { readVault, vaultValue } from '../credentials/vault'
import { isRevoked } from './revoked'

export async function serveGitHub(ports: Ports): Promise<void> {
  const server = fastify()
  server.get('/user', (request, reply) => {
    const token = vaultValue(readVault(), 'fawkes/devlake/secrets', 'github-token')
    if (request.headers.authorization !== `Bearer ${token}` || isRevoked('github'))
      return reply.code(401).send({ message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' })
    return reply.header('X-OAuth-Scopes', 'read:org, read:user, repo').send({ login: 'devlake-collector', id: 1 })
  })
  await server.listen({ host: '127.0.0.1', port: ports.github })
}

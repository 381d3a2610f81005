/** Stand-in for Jenkins: it only shows its start page to callers with the token. */
import fastify from 'fastify'
import type { Ports } from '../basis/ports'
import { readVault, vaultValue } from '../credentials/vault'
import { jenkinsUser } from './connections'
import { isRevoked } from './revoked'

export async function serveJenkins(ports: Ports): Promise<void> {
  const server = fastify()
  server.get('/login', (_request, reply) => reply.type('text/html').send('<title>Sign in [Jenkins]</title>'))
  server.get('/', (request, reply) => {
    const token = vaultValue(readVault(), 'fawkes/jenkins', 'token')
    const login = `Basic ${Buffer.from(`${jenkinsUser}:${token}`).toString('base64')}`
    if (request.headers.authorization !== login || isRevoked('jenkins')) return reply.code(401).send('Unauthorized')
    return reply.type('text/html').send('<title>Dashboard [Jenkins]</title>')
  })
  await server.listen({ host: '127.0.0.1', port: ports.jenkins })
}

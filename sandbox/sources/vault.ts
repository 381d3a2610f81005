/**
 * The secrets manager of the real External Secrets: the part of Vault's API that its provider uses, over the file that stands in
 * for Vault. Only a holder of the login token may read.
 */
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import type { Ports } from '../basis/ports'
import { loginToken, readVault } from '../credentials/vault'
import { isRevoked } from './revoked'

/** Vault's answer to a token that it does not know. */
const denied = { errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'] }
const created = new Date().toISOString()

/** Serves the engine "KV version 2" at the path `secret`. */
export async function serveVault(ports: Ports): Promise<void> {
  const server = fastify()
  server.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-vault-token'] !== loginToken() || isRevoked('vault')) await reply.code(403).send(denied)
  })
  server.get('/v1/auth/token/lookup-self', () => ({
    data: { type: 'service', ttl: 0, expire_time: null, renewable: false, policies: ['external-secrets'] },
  }))
  const version = { created_time: created, deletion_time: '', destroyed: false, version: 1 }
  const entry = (request: FastifyRequest, reply: FastifyReply) => {
    const { '*': path = '' } = request.params as Readonly<Record<string, string>>
    const data = readVault()[path]
    if (data === undefined) reply.code(404)
    return data
  }
  server.get('/v1/secret/data/*', (request, reply) => {
    const data = entry(request, reply)
    return data === undefined ? { errors: [] } : { data: { data, metadata: version } }
  })
  server.get('/v1/secret/metadata/*', (request, reply) => {
    const data = entry(request, reply)
    return data === undefined ? { errors: [] } : { data: { current_version: 1, versions: { 1: version } } }
  })
  await server.listen({ host: '127.0.0.1', port: ports.vault })
}

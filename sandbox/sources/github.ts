/** Stand-in for GitHub's REST API: the user to whom a token belongs, and the repositories with their pushes. */
import fastify from 'fastify'
import type { Ports } from '../basis/ports'
import { readVault, vaultValue } from '../credentials/vault'
import { pushesTo } from './pushes'
import { isRevoked } from './revoked'

export async function serveGitHub(ports: Ports): Promise<void> {
  const server = fastify()
  server.addHook('onRequest', async ({ headers }, reply) => {
    const token = vaultValue(readVault(), 'fawkes/devlake/secrets', 'github-token')
    if (headers.authorization !== `Bearer ${token}` || isRevoked('github'))
      await reply.code(401).send({ message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' })
  })
  server.get('/user', (_request, reply) =>
    reply.header('X-OAuth-Scopes', 'read:org, read:user, repo').send({ login: 'devlake-collector', id: 1 }),
  )
  server.get<{ Params: { owner: string; name: string } }>('/repos/:owner/:name', ({ params: { owner, name } }) => ({
    full_name: `${owner}/${name}`,
    default_branch: 'main',
  }))
  server.get<{ Params: { owner: string; name: string }; Querystring: { ref?: string } }>(
    '/repos/:owner/:name/activity',
    ({ params: { owner, name }, query: { ref = 'refs/heads/main' } }) =>
      pushesTo('github', `${owner}/${name}`)
        .filter(() => ref === 'refs/heads/main')
        .map(({ at, sha, before }) => ({ activity_type: 'push', timestamp: at, ref, before, after: sha })),
  )
  await server.listen({ host: '127.0.0.1', port: ports.github })
}

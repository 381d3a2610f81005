/** Stand-in for GitLab's API v4: it lists projects and their pushes to callers with the token. */
import fastify from 'fastify'
import type { Ports } from '../basis/ports'
import { readVault, vaultValue } from '../credentials/vault'
import { gitLabHost } from '../network/external-hosts'
import { pushesTo } from './pushes'
import { isRevoked } from './revoked'

export async function serveGitLab(ports: Ports): Promise<void> {
  const server = fastify()
  server.addHook('onRequest', async ({ headers }, reply) => {
    const token = vaultValue(readVault(), 'fawkes/devlake/secrets', 'gitlab-token')
    const isKnown = headers['private-token'] === token || headers.authorization === `Bearer ${token}`
    if (!isKnown || isRevoked('gitlab')) await reply.code(401).send({ message: '401 Unauthorized' })
  })
  server.get('/api/v4/version', () => ({ version: '18.4.1', revision: 'sandbox', enterprise: false }))
  server.get('/api/v4/user', () => ({ id: 1, username: 'devlake-collector', state: 'active' }))
  server.get('/api/v4/projects', () => gitLabProjects)
  const project = (given: string) =>
    gitLabProjects.find(({ id, path_with_namespace: path }) => [String(id), path].includes(given))
  server.get<{ Params: { id: string } }>('/api/v4/projects/:id', ({ params }, reply) => {
    return project(params.id) ?? reply.code(404).send({ message: '404 Project Not Found' })
  })
  server.get<{ Params: { id: string } }>('/api/v4/projects/:id/events', ({ params }) =>
    pushesTo('gitlab', project(params.id)?.path_with_namespace ?? '').map(({ at, sha, before }) => ({
      ...{ action_name: 'pushed to', created_at: at },
      push_data: { ref_type: 'branch', ref: 'main', commit_from: before, commit_to: sha },
    })),
  )
  await server.listen({ host: '127.0.0.1', port: ports.gitlab })
}

/** The projects, which are also the scopes of the service's connection. */
export const gitLabProjects = ['shop/checkout', 'shop/payments', 'shop/catalog'].map((path, index) => ({
  id: index + 1,
  name: path.split('/').at(-1) ?? path,
  path_with_namespace: path,
  default_branch: 'main',
  web_url: `https://${gitLabHost}/${path}`,
}))

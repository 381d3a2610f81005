/**
 * `/api/plugins/{github,gitlab,argocd,jenkins}`: connections, their tests, and the scopes collected through them, in the form
 * of Apache DevLake's API. A scope collects the `entities` of its configuration, or everything if that lists none.
 */
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database'
import { connectionRoutes } from './connection-routes'
import type { HttpGet } from './outgoing'
import { plugins } from './plugins'
import { scopeConfigRoutes, scopeRoutes } from './scope-routes'

export function sourceRoutes(server: FastifyInstance, database: Database, get: HttpGet): void {
  for (const plugin of plugins) {
    connectionRoutes(server, database, plugin, get)
    scopeConfigRoutes(server, database, plugin)
    scopeRoutes(server, database, plugin)
  }
}

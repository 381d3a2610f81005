/** The routes of a connection's scopes and scope configurations. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../database/database'
import { longest } from '../database/keys'
import { bytesOf, jsonOf, parse } from '../rest/body'
import { param, query } from '../rest/query'
import { noSuch, requireConnection, success } from './lookup'
import type { Plugin } from './plugins'
import { addScopeConfig, changeScopeConfig, listScopeConfigs, listScopes, putScope, removeScope } from './storage'

const entities = z.array(z.enum(['CODE', 'CODEREVIEW', 'CROSS', 'CICD', 'TICKET']))
const newScopeConfig = z.object({ name: z.string().min(1).max(longest.text), entities: entities.default([]) })
const changedScopeConfig = newScopeConfig.partial()
const newScopes = z.object({ data: z.array(z.looseObject({ scopeConfigId: z.number().int().nullish() })) })
const pageQuery = z.object({
  page: z.coerce.number().int().positive().default(1),
  pageSize: z.coerce.number().int().positive().max(1000).default(100),
})

export function scopeConfigRoutes(server: FastifyInstance, database: Database, plugin: Plugin): void {
  const base = `/api/plugins/${plugin.name}/connections/:id`

  server.get(`${base}/scope-configs`, async (request) => {
    const id = param(request, 'id')
    return await database.read(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      const configs = await listScopeConfigs(transaction, connection.id)
      return configs.map((config) => ({ ...config, connectionId: connection.id }))
    })
  })

  server.post(`${base}/scope-configs`, { config: { access: 'write' } }, async (request) => {
    const body = parse(newScopeConfig, jsonOf(bytesOf(request)))
    const id = param(request, 'id')
    return await database.write(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      await addScopeConfig(transaction, connection.id, body, new Date())
      const added = (await listScopeConfigs(transaction, connection.id)).at(-1)
      return { ...added, connectionId: connection.id }
    })
  })

  server.patch(`${base}/scope-configs/:config`, { config: { access: 'write' } }, async (request) => {
    const body = parse(changedScopeConfig, jsonOf(bytesOf(request)))
    const [id, config] = [param(request, 'id'), param(request, 'config')]
    return await database.write(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      const known = await listScopeConfigs(transaction, connection.id)
      const before = known.find((one) => String(one.id) === config)
      if (!before) throw noSuch('scope config')
      const after = { name: body.name ?? before.name, entities: body.entities ?? before.entities }
      await changeScopeConfig(transaction, { id: before.id, ...after }, new Date())
      return { ...before, ...after, connectionId: connection.id }
    })
  })
}

export function scopeRoutes(server: FastifyInstance, database: Database, plugin: Plugin): void {
  const base = `/api/plugins/${plugin.name}/connections/:id`

  server.get(`${base}/scopes`, async (request) => {
    const id = param(request, 'id')
    const { page, pageSize } = parse(pageQuery, query(request))
    return await database.read(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      const configs = await listScopeConfigs(transaction, connection.id)
      const scopes = await listScopes(transaction, connection.id)
      const shown = scopes.map(({ properties, scopeConfigId, createdAt, updatedAt }) => ({
        scope: { ...properties, connectionId: connection.id, scopeConfigId: scopeConfigId ?? 0, createdAt, updatedAt },
        scopeConfig: configs.find((config) => config.id === scopeConfigId) ?? null,
        blueprints: [],
      }))
      const first = (page - 1) * pageSize
      return { scopes: shown.slice(first, first + pageSize), count: scopes.length }
    })
  })

  server.put(`${base}/scopes`, { config: { access: 'write' } }, async (request) => {
    const { data } = parse(newScopes, jsonOf(bytesOf(request)))
    const id = param(request, 'id')
    const now = new Date()
    return await database.write(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      for (const { scopeConfigId = null, ...properties } of data) {
        const { id: scope, name } = parse(plugin.scope, properties)
        await putScope(transaction, connection.id, { id: scope, name, scopeConfigId, properties }, now)
      }
      return data
    })
  })

  server.delete(`${base}/scopes/:scope`, { config: { access: 'write' } }, async (request) => {
    const [id, scope] = [param(request, 'id'), param(request, 'scope')]
    await database.write(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      if (!(await removeScope(transaction, connection.id, scope))) throw noSuch('scope')
    })
    return success
  })
}

/**
 * `/api/plugins/{github,argocd,jenkins}`: connections, whether they work, and what is collected through them, in the shapes of
 * Apache DevLake's API. What a scope collects is the `entities` of its configuration; without any it is everything.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../basis/service-error'
import { type Database, errorCode, type Transaction } from '../database/database'
import { longest } from '../database/keys'
import { bytesOf, jsonOf, parse } from '../rest/body'
import { param, query } from '../rest/query'
import type { Ask } from './outgoing'
import { type Connection, type Plugin, plugins } from './plugins'
import {
  addConnection,
  addScopeConfig,
  changeConnection,
  changeScopeConfig,
  listConnections,
  listScopeConfigs,
  listScopes,
  putScope,
  removeConnection,
  removeScope,
} from './storage'

const text = z.string().min(1).max(longest.text)

const endpoint = z
  .url({ protocol: /^https?$/, error: 'expected a URL such as https://api.github.com/' })
  .transform((url) => (url.endsWith('/') ? url : `${url}/`))

const newConnection = z.object({
  name: text,
  endpoint,
  username: text.nullable().default(null),
  token: z.string().default(''),
  password: z.string().default(''),
})

/** What is left out stays as it was. */
const changedConnection = z.object({
  name: text.optional(),
  endpoint: endpoint.optional(),
  username: text.optional(),
  token: z.string().optional(),
  password: z.string().optional(),
})

const entities = z.array(z.enum(['CODE', 'CODEREVIEW', 'CROSS', 'CICD', 'TICKET']))
const newScopeConfig = z.object({ name: text, entities: entities.default([]) })
const changedScopeConfig = newScopeConfig.partial()
const newScopes = z.object({ data: z.array(z.looseObject({ scopeConfigId: z.number().int().nullish() })) })
const page = z.object({
  page: z.coerce.number().int().positive().default(1),
  pageSize: z.coerce.number().int().positive().max(1000).default(100),
})

const done = { code: 0, success: true, message: 'success', causes: null, data: null }

export function sourceRoutes(server: FastifyInstance, database: Database, ask: Ask): void {
  for (const plugin of plugins) {
    connectionRoutes(server, database, plugin, ask)
    scopeRoutes(server, database, plugin)
  }
}

const unknown = (what: string) => new ServiceError('NOT_FOUND', `there is no such ${what}`)

async function connectionBy(transaction: Transaction, plugin: Plugin, id: string): Promise<Connection> {
  const found = (await listConnections(transaction, plugin)).find((connection) => String(connection.id) === id)
  if (!found) throw unknown('connection')
  return found
}

function shown(plugin: Plugin, connection: Connection): object {
  const { id, name, endpoint: url, secret, createdAt, updatedAt } = connection
  const rest = { name, id, createdAt, updatedAt, endpoint: url, proxy: '', rateLimitPerHour: 0 }
  return { ...rest, ...plugin.fields(connection), [plugin.secretField]: plugin.shown(secret) }
}

/** Two connections of a plugin never share a name. */
async function unlessDuplicate<T>(work: Promise<T>, name: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (errorCode(error) !== 'ER_DUP_ENTRY') throw error
    throw new ServiceError('INVALID_REQUEST', `name: a connection named '${name}' already exists`)
  }
}

function connectionRoutes(server: FastifyInstance, database: Database, plugin: Plugin, ask: Ask): void {
  const base = `/api/plugins/${plugin.name}/connections`

  server.get(base, async () => {
    const connections = await database.read((transaction) => listConnections(transaction, plugin))
    return connections.map((connection) => shown(plugin, connection))
  })

  server.get(`${base}/:id`, async (request) => {
    const id = param(request, 'id')
    return shown(plugin, await database.read((transaction) => connectionBy(transaction, plugin, id)))
  })

  server.post(base, { config: { access: 'write' } }, async (request) => {
    const body = parse(newConnection, jsonOf(bytesOf(request)))
    const { name, username } = body
    const connection = { name, endpoint: body.endpoint, username, secret: body[plugin.secretField] }
    return await unlessDuplicate(
      database.write(async (transaction) => {
        await addConnection(transaction, plugin, connection, new Date())
        const added = (await listConnections(transaction, plugin)).find((known) => known.name === name)
        return added && shown(plugin, added)
      }),
      name,
    )
  })

  server.patch(`${base}/:id`, { config: { access: 'write' } }, async (request) => {
    const body = parse(changedConnection, jsonOf(bytesOf(request)))
    const id = param(request, 'id')
    return await unlessDuplicate(
      database.write(async (transaction) => {
        const before = await connectionBy(transaction, plugin, id)
        const { [plugin.secretField]: secret = '', name = before.name, username = before.username } = body
        // The page that changes a connection sends back what it was shown.
        const kept = secret === '' || secret === plugin.shown(before.secret)
        const after = {
          name,
          username,
          endpoint: body.endpoint ?? before.endpoint,
          secret: kept ? before.secret : secret,
        }
        await changeConnection(transaction, { id: before.id, ...after }, new Date())
        return shown(plugin, await connectionBy(transaction, plugin, id))
      }),
      body.name ?? '',
    )
  })

  server.delete(`${base}/:id`, { config: { access: 'write' } }, async (request) => {
    const id = param(request, 'id')
    return await database.write(async (transaction) => {
      const connection = await connectionBy(transaction, plugin, id)
      await removeConnection(transaction, connection.id)
      return shown(plugin, connection)
    })
  })

  // It asks the endpoint and changes nothing, so that a token that may only read is enough.
  server.post(`${base}/:id/test`, async (request, reply) => {
    const id = param(request, 'id')
    const connection = await database.read((transaction) => connectionBy(transaction, plugin, id))
    try {
      return { ...done, ...(await plugin.tryOut(connection, ask)) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return reply.code(400).send({ ...done, success: false, message })
    }
  })
}

function scopeRoutes(server: FastifyInstance, database: Database, plugin: Plugin): void {
  const base = `/api/plugins/${plugin.name}/connections/:id`

  server.get(`${base}/scope-configs`, async (request) => {
    const id = param(request, 'id')
    return await database.read(async (transaction) => {
      const connection = await connectionBy(transaction, plugin, id)
      const configs = await listScopeConfigs(transaction, connection.id)
      return configs.map((config) => ({ ...config, connectionId: connection.id }))
    })
  })

  server.post(`${base}/scope-configs`, { config: { access: 'write' } }, async (request) => {
    const body = parse(newScopeConfig, jsonOf(bytesOf(request)))
    const id = param(request, 'id')
    return await database.write(async (transaction) => {
      const connection = await connectionBy(transaction, plugin, id)
      await addScopeConfig(transaction, connection.id, body, new Date())
      const added = (await listScopeConfigs(transaction, connection.id)).at(-1)
      return { ...added, connectionId: connection.id }
    })
  })

  server.patch(`${base}/scope-configs/:config`, { config: { access: 'write' } }, async (request) => {
    const body = parse(changedScopeConfig, jsonOf(bytesOf(request)))
    const [id, config] = [param(request, 'id'), param(request, 'config')]
    return await database.write(async (transaction) => {
      const connection = await connectionBy(transaction, plugin, id)
      const known = await listScopeConfigs(transaction, connection.id)
      const before = known.find((one) => String(one.id) === config)
      if (!before) throw unknown('scope config')
      const after = { name: body.name ?? before.name, entities: body.entities ?? before.entities }
      await changeScopeConfig(transaction, { id: before.id, ...after }, new Date())
      return { ...before, ...after, connectionId: connection.id }
    })
  })

  server.get(`${base}/scopes`, async (request) => {
    const id = param(request, 'id')
    const asked = parse(page, query(request))
    return await database.read(async (transaction) => {
      const connection = await connectionBy(transaction, plugin, id)
      const configs = await listScopeConfigs(transaction, connection.id)
      const scopes = await listScopes(transaction, connection.id)
      const shownScopes = scopes.map(({ properties, scopeConfigId, createdAt, updatedAt }) => ({
        scope: { ...properties, connectionId: connection.id, scopeConfigId: scopeConfigId ?? 0, createdAt, updatedAt },
        scopeConfig: configs.find((config) => config.id === scopeConfigId) ?? null,
        blueprints: [],
      }))
      const first = (asked.page - 1) * asked.pageSize
      return { scopes: shownScopes.slice(first, first + asked.pageSize), count: scopes.length }
    })
  })

  server.put(`${base}/scopes`, { config: { access: 'write' } }, async (request) => {
    const { data } = parse(newScopes, jsonOf(bytesOf(request)))
    const id = param(request, 'id')
    const now = new Date()
    return await database.write(async (transaction) => {
      const connection = await connectionBy(transaction, plugin, id)
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
      const connection = await connectionBy(transaction, plugin, id)
      if (!(await removeScope(transaction, connection.id, scope))) throw unknown('scope')
    })
    return done
  })
}

/** The routes of connections: list, create, change, delete and test, and what is passed on to an endpoint. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../basis/service-error'
import { type Database, errorCode } from '../database/database'
import { longest } from '../database/keys'
import { bytesOf, jsonOf, parse } from '../rest/body'
import { param } from '../rest/query'
import { requireConnection, success } from './lookup'
import type { HttpGet } from './outgoing'
import type { Connection, Plugin } from './plugins'
import { addConnection, changeConnection, listConnections, type NewConnection, removeConnection } from './storage'

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

/** Fields that are left out keep their value. */
const changedConnection = z.object({
  name: text.optional(),
  endpoint: endpoint.optional(),
  username: text.optional(),
  token: z.string().optional(),
  password: z.string().optional(),
})

export function connectionRoutes(server: FastifyInstance, database: Database, plugin: Plugin, get: HttpGet): void {
  const base = `/api/plugins/${plugin.name}/connections`

  server.get(base, async () => {
    const connections = await database.read((transaction) => listConnections(transaction, plugin))
    return connections.map((connection) => shown(plugin, connection))
  })

  server.get(`${base}/:id`, async (request) => {
    const id = param(request, 'id')
    return shown(plugin, await database.read((transaction) => requireConnection(transaction, plugin, id)))
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
        const before = await requireConnection(transaction, plugin, id)
        await changeConnection(transaction, { id: before.id, ...changed(plugin, before, body) }, new Date())
        return shown(plugin, await requireConnection(transaction, plugin, id))
      }),
      body.name ?? '',
    )
  })

  server.delete(`${base}/:id`, { config: { access: 'write' } }, async (request) => {
    const id = param(request, 'id')
    return await database.write(async (transaction) => {
      const connection = await requireConnection(transaction, plugin, id)
      await removeConnection(transaction, connection.id)
      return shown(plugin, connection)
    })
  })

  // The test sends a request to the endpoint but changes nothing, so a read-only token is enough.
  server.post(`${base}/:id/test`, async (request, reply) => {
    const id = param(request, 'id')
    const connection = await database.read((transaction) => requireConnection(transaction, plugin, id))
    try {
      return { ...success, ...(await plugin.test(connection, get)) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return reply.code(400).send({ ...success, success: false, message })
    }
  })

  if (plugin.passesOn) passingOn(server, database, plugin, get)
}

/** DevLake passes a GET on to the endpoint with the secret of the connection, and returns only JSON. */
function passingOn(server: FastifyInstance, database: Database, plugin: Plugin, get: HttpGet): void {
  const path = `/api/plugins/${plugin.name}/connections/:id/proxy/rest/`
  server.get(`${path}*`, async (request, reply) => {
    const [id, below] = [param(request, 'id'), param(request, '*')]
    const connection = await database.read((transaction) => requireConnection(transaction, plugin, id))
    const { search } = new URL(request.url, connection.endpoint)
    try {
      const { status, body } = await get(new URL(`${below}${search}`, connection.endpoint), plugin.login(connection))
      return reply.code(status).send(JSON.parse(body))
    } catch (error) {
      throw new ServiceError('INTERNAL_ERROR', error instanceof Error ? error.message : String(error))
    }
  })
}

/** The connection as the API shows it, with its secret masked. */
function shown(plugin: Plugin, connection: Connection): object {
  const { id, name, endpoint: url, secret, createdAt, updatedAt } = connection
  const rest = { name, id, createdAt, updatedAt, endpoint: url, proxy: '', rateLimitPerHour: 0 }
  return { ...rest, ...plugin.fields(connection), [plugin.secretField]: plugin.masked(secret) }
}

/** The connection with the fields of the request applied. */
function changed(plugin: Plugin, before: Connection, body: z.infer<typeof changedConnection>): NewConnection {
  const { [plugin.secretField]: secret = '', name = before.name, username = before.username } = body
  // The page that changes a connection sends back the masked secret that it was shown.
  const kept = secret === '' || secret === plugin.masked(before.secret)
  return { name, username, endpoint: body.endpoint ?? before.endpoint, secret: kept ? before.secret : secret }
}

/** @throws ServiceError INVALID_REQUEST if the plugin already has a connection of this name */
async function unlessDuplicate<T>(work: Promise<T>, name: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (errorCode(error) !== 'ER_DUP_ENTRY') throw error
    throw new ServiceError('INVALID_REQUEST', `name: a connection named '${name}' already exists`)
  }
}

/** Connections, their scopes and scope configurations, in the service's own tables. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import type { Connection, Plugin } from './plugins'

const connectionRow = z.object({
  id: z.number(),
  name: z.string(),
  endpoint: z.string(),
  username: z.string().nullable(),
  secret: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
})

const connectionColumns = 'id, name, endpoint, username, secret, created_at AS createdAt, updated_at AS updatedAt'

export async function listConnections(transaction: Transaction, plugin: Plugin): Promise<readonly Connection[]> {
  return await transaction.rows(
    connectionRow,
    `SELECT ${connectionColumns} FROM _tool_connections WHERE plugin = :plugin ORDER BY id`,
    { plugin: plugin.name },
  )
}

/** A connection before it is stored, which sets its id and times. */
export type NewConnection = Omit<Connection, 'id' | 'createdAt' | 'updatedAt'>

/** @throws the driver's ER_DUP_ENTRY if the plugin already has a connection of this name */
export async function addConnection(
  transaction: Transaction,
  plugin: Plugin,
  { name, endpoint, username, secret }: NewConnection,
  now: Date,
): Promise<void> {
  await transaction.insert(
    `INSERT INTO _tool_connections (plugin, name, endpoint, username, secret, created_at, updated_at) VALUES ?`,
    [[plugin.name, name, endpoint, username, secret, now, now]],
  )
}

export async function changeConnection(
  transaction: Transaction,
  { id, name, endpoint, username, secret }: Omit<Connection, 'createdAt' | 'updatedAt'>,
  now: Date,
): Promise<void> {
  await transaction.run(
    `UPDATE _tool_connections
     SET name = :name, endpoint = :endpoint, username = :username, secret = :secret, updated_at = :now WHERE id = :id`,
    { id, name, endpoint, username, secret, now },
  )
}

/** Removes a connection with its scopes and scope configurations. */
export async function removeConnection(transaction: Transaction, id: number): Promise<void> {
  await transaction.run('DELETE FROM _tool_scopes WHERE connection_id = :id', { id })
  await transaction.run('DELETE FROM _tool_scope_configs WHERE connection_id = :id', { id })
  await transaction.run('DELETE FROM _tool_connections WHERE id = :id', { id })
}

const json = z.string().transform((text): unknown => JSON.parse(text))

const scopeConfigRow = z.object({
  id: z.number(),
  name: z.string(),
  entities: json.pipe(z.array(z.string())),
  createdAt: z.date(),
  updatedAt: z.date(),
})
type ScopeConfig = z.infer<typeof scopeConfigRow>

export async function listScopeConfigs(transaction: Transaction, connection: number): Promise<readonly ScopeConfig[]> {
  return await transaction.rows(
    scopeConfigRow,
    `SELECT id, name, entities, created_at AS createdAt, updated_at AS updatedAt
     FROM _tool_scope_configs WHERE connection_id = :connection ORDER BY id`,
    { connection },
  )
}

export async function addScopeConfig(
  transaction: Transaction,
  connection: number,
  { name, entities }: Pick<ScopeConfig, 'name' | 'entities'>,
  now: Date,
): Promise<void> {
  await transaction.insert(
    'INSERT INTO _tool_scope_configs (connection_id, name, entities, created_at, updated_at) VALUES ?',
    [[connection, name, JSON.stringify(entities), now, now]],
  )
}

export async function changeScopeConfig(
  transaction: Transaction,
  { id, name, entities }: Pick<ScopeConfig, 'id' | 'name' | 'entities'>,
  now: Date,
): Promise<void> {
  await transaction.run(
    'UPDATE _tool_scope_configs SET name = :name, entities = :entities, updated_at = :now WHERE id = :id',
    { id, name, entities: JSON.stringify(entities), now },
  )
}

const scopeRow = z.object({
  id: z.string(),
  name: z.string(),
  scopeConfigId: z.number().nullable(),
  properties: json.pipe(z.record(z.string(), z.unknown())),
  createdAt: z.date(),
  updatedAt: z.date(),
})
export type ConnectionScope = z.infer<typeof scopeRow>

export async function listScopes(transaction: Transaction, connection: number): Promise<readonly ConnectionScope[]> {
  return await transaction.rows(
    scopeRow,
    `SELECT scope_id AS id, name, scope_config_id AS scopeConfigId, properties, created_at AS createdAt,
       updated_at AS updatedAt
     FROM _tool_scopes WHERE connection_id = :connection ORDER BY name, scope_id`,
    { connection },
  )
}

/** Stores a scope, or replaces the one with the same id. */
export async function putScope(
  transaction: Transaction,
  connection: number,
  { id, name, scopeConfigId, properties }: Omit<ConnectionScope, 'createdAt' | 'updatedAt'>,
  now: Date,
): Promise<void> {
  await transaction.insert(
    `INSERT INTO _tool_scopes (connection_id, scope_id, name, scope_config_id, properties, created_at, updated_at)
     VALUES ?
     ON DUPLICATE KEY UPDATE
       name = VALUES(name), scope_config_id = VALUES(scope_config_id), properties = VALUES(properties),
       updated_at = VALUES(updated_at)`,
    [[connection, id, name, scopeConfigId, JSON.stringify(properties), now, now]],
  )
}

/** Returns false if there was no such scope. */
export async function removeScope(transaction: Transaction, connection: number, id: string): Promise<boolean> {
  return (
    (await transaction.run('DELETE FROM _tool_scopes WHERE connection_id = :connection AND scope_id = :id', {
      connection,
      id,
    })) > 0
  )
}

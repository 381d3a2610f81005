/** Connections by their id in a request, and the answers that connections and scopes share. */
import { ServiceError } from '../basis/service-error'
import type { Transaction } from '../database/database'
import type { Connection, Plugin } from './plugins'
import { listConnections } from './storage'

/** DevLake's answer to an operation that returns no data. */
export const success = { code: 0, success: true, message: 'success', causes: null, data: null }

/** The error for a connection, scope or scope config that does not exist. */
export const noSuch = (kind: string) => new ServiceError('NOT_FOUND', `there is no such ${kind}`)

/** @throws ServiceError NOT_FOUND if the plugin has no connection with this id */
export async function requireConnection(transaction: Transaction, plugin: Plugin, id: string): Promise<Connection> {
  const found = (await listConnections(transaction, plugin)).find((connection) => String(connection.id) === id)
  if (!found) throw noSuch('connection')
  return found
}

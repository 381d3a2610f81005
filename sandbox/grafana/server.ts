/** Stand-in for the Grafana of the service: its HTTP API and its pages, over one installation. */
import fastify, { type FastifyInstance } from 'fastify'
import { Accounts } from './accounts'
import { serveApi } from './api'
import { type Installation, install } from './installation'
import { servePages } from './pages'
import { Mysql } from './sql/mysql'

export interface GrafanaOptions {
  /** The folder of the installation; it is provisioned anew. */
  readonly directory: string
  /** The admin's password of a new installation. */
  readonly adminPassword: string
  /** Where names of services are looked up; without it they are dialled as they are. */
  readonly dns?: string | undefined
  readonly now?: () => number
  readonly log?: boolean
}

export interface Grafana {
  readonly server: FastifyInstance
  readonly installation: Installation
}

/** A server that does not listen yet. */
export function createGrafana({ directory, adminPassword, dns, now, log = false }: GrafanaOptions): Grafana {
  const installation = install(directory)
  const accounts = new Accounts(installation.accounts, adminPassword, now)
  const mysql = new Mysql(dns)
  const server = fastify(log ? { logger: { level: 'info' }, disableRequestLogging: true } : {})
  serveApi(server, installation, accounts, mysql)
  servePages(server, installation, accounts)
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'Not found', traceID: '' }))
  server.addHook('onClose', () => mysql.close())
  return { server, installation }
}

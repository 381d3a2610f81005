/** Stand-in for the Grafana of the service: its HTTP API and its pages, over one installation. */
import fastify, { type FastifyInstance } from 'fastify'
import { Accounts } from './accounts'
import { serveApi } from './api'
import { type Installation, install, type Provisioning } from './installation'
import { servePages } from './pages'
import { Mysql, type Queried } from './sql/mysql'

export interface GrafanaOptions {
  /** The directory of the installation; it is provisioned anew. */
  readonly directory: string
  /** What with; that of the service when absent. */
  readonly provisioning?: Provisioning
  /** Who answers the queries; MySQL when absent. */
  readonly mysql?: Queried
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
export function createGrafana(options: GrafanaOptions): Grafana {
  const { directory, provisioning, adminPassword, dns, now, log = false, mysql = new Mysql(dns) } = options
  const installation = install(directory, provisioning)
  const { root } = installation
  const accounts = new Accounts(installation.accounts, adminPassword, now)
  const server = fastify({
    ...(log ? { logger: { level: 'info' }, disableRequestLogging: true } : {}),
    rewriteUrl: ({ url = '/' }) =>
      root !== '' && `${url}/`.startsWith(`${root}/`) ? url.slice(root.length) || '/' : url,
  })
  serveApi(server, installation, accounts, mysql)
  servePages(server, installation, accounts)
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'Not found', traceID: '' }))
  server.addHook('onClose', () => mysql.close())
  return { server, installation }
}

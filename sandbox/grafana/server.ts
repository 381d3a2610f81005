/** Stand-in for the Grafana of the service: HTTP API and pages on top of one installation. */
import fastify, { type FastifyInstance } from 'fastify'
import { Accounts } from './accounts'
import { serveApi } from './api'
import { type Installation, install, type Provisioning } from './installation'
import { servePages } from './pages'
import { Mysql, type QueryClient } from './sql/mysql'

export interface GrafanaOptions {
  /** The directory of the installation, which is provisioned again. */
  readonly directory: string
  /** The dashboards and data sources; the service's own by default. */
  readonly provisioning?: Provisioning
  /** The database client for queries; MySQL by default. */
  readonly mysql?: QueryClient
  /** The admin's password in a new installation. */
  readonly adminPassword: string
  /** The URL of the sandbox's name resolution; without it, host names are used directly. */
  readonly dns?: string | undefined
  readonly now?: () => number
  readonly log?: boolean
}

export interface Grafana {
  readonly server: FastifyInstance
  readonly installation: Installation
}

/** Creates a server that does not listen yet. */
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

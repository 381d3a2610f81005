/** Stand-in for Grafana's HTTP API: dashboards, folders, data sources, queries, users and logins. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Accounts, Role, User } from './accounts'
import {
  type Caller,
  callerOf,
  type Refusal,
  sessionCookie,
  sessionCookies,
  sessionOf,
  wantedPage,
  wrongPassword,
} from './authentication'
import { found, readDashboards, urlOfFolder, withMeta } from './dashboards'
import { listedDatasource, readDatasources, shownDatasource } from './datasources'
import type { Folder, Installation } from './installation'
import { answerQueries } from './queries'
import { type QueryClient, queryErrorOf } from './sql/mysql'

const version = '12.1.1'

const login = z.object({ user: z.string(), password: z.string() })
const search = z.object({
  query: z.string().default(''),
  type: z.string().optional(),
  tag: z.union([z.string(), z.array(z.string())]).optional(),
  dashboardUIDs: z.union([z.string(), z.array(z.string())]).optional(),
  limit: z.coerce.number().int().positive().default(1_000),
})
const uidParameter = z.object({ uid: z.string() })
const ownPassword = z.object({ oldPassword: z.string(), newPassword: z.string().min(4) })
const anyPassword = z.object({ password: z.string().min(4) })

const shown = ({ id, login: name, email, role }: User): object => ({
  id,
  uid: `user-${id}`,
  email,
  name: '',
  login: name,
  theme: '',
  orgId: 1,
  isGrafanaAdmin: role === 'Admin',
  isDisabled: false,
  isExternal: false,
  authLabels: [],
  avatarUrl: '',
  isProvisioned: false,
})

const listed = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

const isRefusal = (value: Caller | Refusal): value is Refusal => 'status' in value

/** A request with its caller. */
interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly caller: Caller
}

type Handler = (exchange: Exchange) => unknown
/** Adds a route for all authorized callers, or only for those with the given role. */
type AddRoute = (method: 'GET' | 'POST' | 'PUT', url: string, handler: Handler, needed?: Role) => void

/** Returns a function that adds routes, whose requests it authorizes. */
function authorized(server: FastifyInstance, installation: Installation, accounts: Accounts): AddRoute {
  return (method, url, handler, needed) => {
    server.route({
      method,
      url,
      handler: (request, reply) => {
        const caller = callerOf(request, accounts, installation)
        if (isRefusal(caller)) return reply.code(caller.status).send(caller.body)
        if (needed !== undefined && caller.role !== needed) {
          return reply.code(403).send({
            accessErrorId: 'ACE0000000000',
            message: "You'll need additional permissions to perform this action.",
            title: 'Access denied',
          })
        }
        return handler({ request, reply, caller })
      },
    })
  }
}

function addLoginRoutes(server: FastifyInstance, installation: Installation, accounts: Accounts): void {
  server.post('/login', (request, reply) => {
    const given = login.safeParse(request.body)
    if (installation.serviceToken !== undefined) return reply.code(401).send({ message: 'Unauthorized', traceID: '' })
    if (!given.success) return reply.code(400).send({ message: 'bad login data', traceID: '' })
    const user = accounts.authenticated(given.data.user, given.data.password)
    if (user === undefined) return reply.code(wrongPassword.status).send(wrongPassword.body)
    const redirectUrl = wantedPage(request, installation.root)
    return reply.header('set-cookie', sessionCookies(accounts.open(user))).send({ message: 'Logged in', redirectUrl })
  })
  if (installation.serviceToken !== undefined)
    server.get('/login/generic_oauth', (_request, reply) =>
      reply.redirect('https://login.example.com/authorize?client_id=grafana&response_type=code', 302),
    )
  server.get('/logout', (request, reply) => {
    const token = sessionOf(request)
    if (token !== undefined) accounts.close(token)
    return reply
      .header('set-cookie', `${sessionCookie}=; Path=/; Max-Age=0`)
      .redirect(`${installation.root}/login`, 302)
  })
}

function addUserRoutes(route: AddRoute, accounts: Accounts): void {
  route('GET', '/api/user', ({ reply, caller }) =>
    caller.user === undefined
      ? reply.code(401).send({ message: 'Unauthorized', messageId: 'auth.unauthorized', statusCode: 401, traceID: '' })
      : shown(caller.user),
  )
  route('PUT', '/api/user/password', ({ request, reply, caller }) => {
    const given = ownPassword.safeParse(request.body)
    if (!given.success || caller.user === undefined) return reply.code(400).send({ message: 'bad request data' })
    if (accounts.authenticated(caller.user.login, given.data.oldPassword) === undefined)
      return reply.code(401).send({ message: 'Invalid old password' })
    accounts.changePassword(caller.user.id, given.data.newPassword)
    return { message: 'User password changed' }
  })
  route(
    'PUT',
    '/api/admin/users/:id/password',
    ({ request, reply }) => {
      const given = anyPassword.safeParse(request.body)
      if (!given.success) return reply.code(400).send({ message: 'New password too short' })
      const { id } = z.object({ id: z.coerce.number() }).parse(request.params)
      if (!accounts.changePassword(id, given.data.password)) return reply.code(404).send({ message: 'user not found' })
      return { message: 'User password updated' }
    },
    'Admin',
  )
}

function addSettingsRoutes(route: AddRoute, installation: Installation): void {
  route('GET', '/api/admin/settings', () => ({ DEFAULT: { app_mode: 'production' } }), 'Admin')
  route('GET', '/api/org', () => ({
    id: 1,
    name: 'Main Org.',
    address: { address1: '', address2: '', city: '', zipCode: '', state: '', country: '' },
  }))
  route('GET', '/api/frontend/settings', () => ({
    oauth: installation.serviceToken === undefined ? {} : { generic_oauth: { name: 'Single sign-on', icon: 'signin' } },
    anonymousEnabled: installation.settings().anonymous !== undefined,
    buildInfo: { version, commit: 'sandbox', env: 'production', edition: 'Open Source' },
    defaultDatasource: readDatasources(installation.datasources).find(({ isDefault }) => isDefault)?.name ?? '',
  }))
}

function addDashboardRoutes(route: AddRoute, installation: Installation, logWarning: (line: string) => void): void {
  const dashboards = () => readDashboards(installation, logWarning)
  const folders = installation.folder === null ? [] : [installation.folder]
  const withUrl = (folder: Folder) => ({ ...folder, url: urlOfFolder(folder, installation.root) })

  route('GET', '/api/folders', () => folders)
  route('GET', '/api/folders/:uid', ({ request, reply, caller: { role } }) => {
    const { uid } = uidParameter.parse(request.params)
    const folder = folders.find((candidate) => candidate.uid === uid)
    if (folder === undefined) return reply.code(404).send({ message: 'folder not found', status: 'not-found' })
    return {
      ...withUrl(folder),
      hasAcl: false,
      canSave: role !== 'Viewer',
      canEdit: role !== 'Viewer',
      canAdmin: role === 'Admin',
      version: 1,
    }
  })
  route('GET', '/api/search', ({ request }) => {
    const { query, type, tag, dashboardUIDs, limit } = search.parse(request.query)
    const uids = listed(dashboardUIDs)
    const text = query.toLowerCase()
    const foundFolders =
      type === 'dash-db' || uids.length > 0 || listed(tag).length > 0
        ? []
        : folders
            .filter(({ title }) => title.toLowerCase().includes(text))
            .map((folder) => ({
              ...withUrl(folder),
              uri: `db/${folder.uid}`,
              slug: '',
              type: 'dash-folder',
              tags: [],
              isStarred: false,
            }))
    const matching =
      type === 'dash-folder'
        ? []
        : dashboards()
            .filter(({ title }) => title.toLowerCase().includes(text))
            .filter(({ tags }) => listed(tag).every((wanted) => tags.includes(wanted)))
            .filter(({ uid }) => uids.length === 0 || uids.includes(uid))
            .sort((left, right) => left.title.localeCompare(right.title))
            .map((dashboard) => found(dashboard, installation))
    return [...foundFolders, ...matching].slice(0, limit)
  })
  route('GET', '/api/dashboards/uid/:uid', ({ request, reply }) => {
    const { uid } = uidParameter.parse(request.params)
    const dashboard = dashboards().find((candidate) => candidate.uid === uid)
    if (dashboard === undefined) return reply.code(404).send({ message: 'Dashboard not found', traceID: '' })
    return withMeta(dashboard, installation)
  })
  route(
    'POST',
    '/api/dashboards/db',
    ({ reply }) => reply.code(400).send({ message: 'Cannot save provisioned dashboard' }),
    'Admin',
  )
}

function addDatasourceRoutes(
  route: AddRoute,
  installation: Installation,
  mysql: QueryClient,
  logWarning: (line: string) => void,
): void {
  const datasources = () => readDatasources(installation.datasources)

  route('GET', '/api/datasources', () => datasources().map(listedDatasource), 'Admin')
  const datasource = (suffix: string, handler: (index: number, exchange: Exchange) => unknown): void =>
    route('GET', `/api/datasources/uid/:uid${suffix}`, (exchange) => {
      const { uid } = uidParameter.parse(exchange.request.params)
      const index = datasources().findIndex((candidate) => candidate.uid === uid)
      if (index < 0) return exchange.reply.code(404).send({ message: 'Data source not found', traceID: '' })
      return handler(index, exchange)
    })
  datasource('', (index, { reply }) => {
    const source = datasources()[index]
    return source === undefined ? reply.code(404).send() : shownDatasource(source, index)
  })
  datasource('/health', async (index, { reply }) => {
    const source = datasources()[index]
    if (source === undefined) return reply.code(404).send()
    try {
      await mysql.query(source, 'SELECT 1')
      return { message: 'Database Connection OK', status: 'OK' }
    } catch (error) {
      return reply.code(400).send({ message: queryErrorOf(error), status: 'ERROR' })
    }
  })
  route('POST', '/api/ds/query', async ({ request, reply }) => {
    const { status, body } = await answerQueries(request.body, datasources(), mysql, logWarning)
    return reply.code(status).send(body)
  })
}

export function serveApi(
  server: FastifyInstance,
  installation: Installation,
  accounts: Accounts,
  mysql: QueryClient,
): void {
  const logWarning = (line: string) => server.log.warn(line)
  const route = authorized(server, installation, accounts)
  server.get('/api/health', () => ({ commit: 'sandbox', database: 'ok', version }))
  addLoginRoutes(server, installation, accounts)
  addUserRoutes(route, accounts)
  addSettingsRoutes(route, installation)
  addDashboardRoutes(route, installation, logWarning)
  addDatasourceRoutes(route, installation, mysql, logWarning)
}

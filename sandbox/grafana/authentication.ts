/**
 * Stand-in for Grafana's authentication: basic auth, session cookies, and anonymous access if the settings allow it; behind
 * single sign-on only the token of a service account.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts, Role, User } from './accounts'
import type { Installation } from './installation'

export const sessionCookie = 'grafana_session'
const redirectCookie = 'redirect_to'

/** The caller of a request: a user, a service account, or an anonymous visitor with the role of anonymous access. */
export interface Caller {
  readonly role: Role
  readonly user?: User
}

/** Grafana's answer to an unauthorized request. */
export interface Refusal {
  readonly status: number
  readonly body: object
}

const refusal = (status: number, message: string, messageId: string): Refusal => ({
  status,
  body: { message, messageId, statusCode: status, traceID: '' },
})

const unauthorized = refusal(401, 'Unauthorized', 'auth.unauthorized')
export const wrongPassword = refusal(401, 'Invalid username or password', 'password-auth.failed')

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([key]) => key === name)?.[1]
}

export const sessionOf = (request: FastifyRequest): string | undefined => cookieOf(request, sessionCookie)

/** The caller of a request, or the refusal. Wrong credentials are refused even if anonymous access is allowed. */
export function callerOf(
  request: FastifyRequest,
  accounts: Accounts,
  { settings, serviceToken }: Pick<Installation, 'settings' | 'serviceToken'>,
): Caller | Refusal {
  const { anonymous } = settings()
  const [scheme, credentials] = (request.headers.authorization ?? '').split(' ')
  if (scheme === 'Basic' && credentials !== undefined && serviceToken === undefined) {
    const [name, ...password] = Buffer.from(credentials, 'base64').toString('utf8').split(':')
    const user = accounts.authenticated(name ?? '', password.join(':'))
    return user === undefined ? wrongPassword : { role: user.role, user }
  }
  if (scheme === 'Bearer')
    return serviceToken !== undefined && credentials === serviceToken
      ? { role: 'Admin' }
      : refusal(401, 'Invalid API key', 'api-key.invalid')
  const token = sessionOf(request)
  const user = token === undefined ? undefined : accounts.ofSession(token)
  if (user !== undefined) return { role: user.role, user }
  return anonymous === undefined ? unauthorized : { role: anonymous }
}

/** Redirects a browser to the login form, which leads back to the requested page. */
export function toLogin(request: FastifyRequest, reply: FastifyReply, root: string): FastifyReply {
  const back = `${redirectCookie}=${encodeURIComponent(request.originalUrl)}; Path=/; SameSite=Lax; Max-Age=600`
  return reply.header('set-cookie', back).redirect(`${root}/login`, 302)
}

/** The cookie headers of a new session, which also delete the cookie with the requested page. */
export const sessionCookies = (token: string): string[] => [
  `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000`,
  `${redirectCookie}=; Path=/; Max-Age=0`,
]

/** The page that the browser requested before the login: a path of this server. */
export function wantedPage(request: FastifyRequest, root: string): string {
  const path = decodeURIComponent(cookieOf(request, redirectCookie) ?? '')
  return /^\/(?!\/)/.test(path) ? path : `${root}/`
}

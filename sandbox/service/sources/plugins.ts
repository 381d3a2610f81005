/**
 * The plugins that collect from other systems: the form of their connections and scopes in Apache DevLake's API, and
 * each plugin's test of a connection (backend/plugins/{github,gitlab,argocd,jenkins} of apache/incubator-devlake).
 */
import { z } from 'zod'
import { longest } from '../database/keys'
import type { HttpGet, Reply } from './outgoing'

/** A connection as it is stored. Its secret is sent only to its endpoint. */
export interface Connection {
  readonly id: number
  readonly name: string
  /** Ends with a slash, because paths are relative to it. */
  readonly endpoint: string
  readonly username: string | null
  readonly secret: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The outcome of a connection test in which the endpoint accepted the credentials. */
interface Outcome {
  readonly success: boolean
  readonly message: string
}

export interface Plugin {
  readonly name: 'github' | 'gitlab' | 'argocd' | 'jenkins'
  /** The API's name for the secret. */
  readonly secretField: 'token' | 'password'
  /** The secret as the API shows it. */
  readonly masked: (secret: string) => string
  /** The headers by which the service logs in at the endpoint. */
  readonly login: (connection: Connection) => Readonly<Record<string, string>>
  /** True if the service passes requests on to the endpoint. */
  readonly passesOn: boolean
  /** Additional fields of a connection. */
  readonly fields: (connection: Connection) => object
  /** @throws Error in the words shown to an operator, if the endpoint does not accept the credentials */
  readonly test: (connection: Connection, get: HttpGet) => Promise<Outcome>
  /** A scope as it is sent, with the field that identifies it. */
  readonly scope: z.ZodType<{ readonly id: string; readonly name: string }>
}

const text = z.string().min(1).max(longest.text)

const stars = (secret: string): string =>
  secret.length <= 4
    ? '*'.repeat(secret.length)
    : `${secret.slice(0, 2)}${'*'.repeat(secret.length - 4)}${secret.slice(-2)}`

const bearer = ({ secret }: Connection) => ({ authorization: `Bearer ${secret}` })
const privateToken = ({ secret }: Connection) => ({ 'private-token': secret })
const basic = ({ username, secret }: Connection) => ({
  authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
})

/** @throws Error in DevLake's words, if the endpoint does not accept the credentials */
function outcomeOf({ status }: Reply): Outcome {
  if (status === 401) throw new Error('StatusUnauthorized error when testing connection')
  if (status !== 200) throw new Error(`unexpected status code while testing connection (${status})`)
  return { success: true, message: 'success' }
}

/** The scopes that DevLake requires of a classic token, each with the broader one that includes it. */
const requiredScopes: Readonly<Record<string, string>> = {
  'repo:status': 'repo',
  repo_deployment: 'repo',
  'read:user': 'user',
  'read:org': 'admin:org',
}

export const plugins: readonly Plugin[] = [
  {
    name: 'github',
    secretField: 'token',
    masked: stars,
    login: bearer,
    passesOn: true,
    fields: () => ({ authMethod: 'AccessToken', appId: '', secretKey: '', enableGraphql: true }),
    test: async (connection, get) => {
      const reply = await get(new URL('user', connection.endpoint), bearer(connection))
      const granted = (reply.headers.get('x-oauth-scopes') ?? '').split(', ')
      const missing = Object.entries(requiredScopes).flatMap(([scope, broader]) =>
        granted.includes(scope) || granted.includes(broader) ? [] : [scope],
      )
      const outcome = outcomeOf(reply)
      return missing.length === 0
        ? outcome
        : { success: false, message: `Please check the field(s) ${missing.join(', ')}` }
    },
    scope: z
      .looseObject({ githubId: z.number().int(), name: text, fullName: text.optional() })
      .transform(({ githubId, fullName, name }) => ({ id: String(githubId), name: fullName ?? name })),
  },
  {
    name: 'gitlab',
    secretField: 'token',
    masked: stars,
    login: privateToken,
    passesOn: true,
    fields: () => ({}),
    test: async (connection, get) => {
      const reply = await get(new URL('projects?page=1&per_page=1', connection.endpoint), privateToken(connection))
      if (reply.status === 401) throw new Error('StatusUnauthorized error when testing api or read_api permissions')
      return outcomeOf(reply)
    },
    scope: z
      .looseObject({ gitlabId: z.number().int(), name: text, pathWithNamespace: text.optional() })
      .transform(({ gitlabId, pathWithNamespace, name }) => ({
        id: String(gitlabId),
        name: pathWithNamespace ?? name,
      })),
  },
  {
    name: 'argocd',
    secretField: 'token',
    masked: stars,
    login: bearer,
    passesOn: false,
    fields: () => ({}),
    test: async (connection, get) =>
      outcomeOf(await get(new URL('applications', connection.endpoint), bearer(connection))),
    scope: z.looseObject({ name: text }).transform(({ name }) => ({ id: name, name })),
  },
  {
    name: 'jenkins',
    secretField: 'password',
    masked: () => '',
    login: basic,
    passesOn: true,
    fields: ({ username }) => ({ username: username ?? '' }),
    test: async (connection, get) => outcomeOf(await get(new URL(connection.endpoint), basic(connection))),
    scope: z.looseObject({ fullName: text }).transform(({ fullName }) => ({ id: fullName, name: fullName })),
  },
]

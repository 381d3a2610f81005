/**
 * The plugins that collect from somewhere else: what their connections and scopes look like in Apache DevLake's API, and how
 * each tries a connection (backend/plugins/{github,argocd,jenkins} of apache/incubator-devlake).
 */
import { z } from 'zod'
import { longest } from '../database/keys'
import type { Ask, Reply } from './outgoing'

/** A connection as it is stored; the secret is told to nobody but its endpoint. */
export interface Connection {
  readonly id: number
  readonly name: string
  /** Ends with a slash: paths are relative to it. */
  readonly endpoint: string
  readonly username: string | null
  readonly secret: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** How a try ended whose endpoint let the service in. */
interface Outcome {
  readonly success: boolean
  readonly message: string
}

export interface Plugin {
  readonly name: 'github' | 'argocd' | 'jenkins'
  /** The field of the API that the secret has. */
  readonly secretField: 'token' | 'password'
  /** What the API shows of a secret. */
  readonly shown: (secret: string) => string
  /** Further fields of a connection. */
  readonly fields: (connection: Connection) => object
  /** @throws Error in the words that an operator is shown, unless the endpoint lets the service in */
  readonly tryOut: (connection: Connection, ask: Ask) => Promise<Outcome>
  /** A scope as it is put, with the field that identifies it. */
  readonly scope: z.ZodType<{ readonly id: string; readonly name: string }>
}

const text = z.string().min(1).max(longest.text)

const stars = (secret: string): string =>
  secret.length <= 4
    ? '*'.repeat(secret.length)
    : `${secret.slice(0, 2)}${'*'.repeat(secret.length - 4)}${secret.slice(-2)}`

const bearer = ({ secret }: Connection) => ({ authorization: `Bearer ${secret}` })

function letIn({ status }: Reply): Outcome {
  if (status === 401) throw new Error('StatusUnauthorized error when testing connection')
  if (status !== 200) throw new Error(`unexpected status code while testing connection (${status})`)
  return { success: true, message: 'success' }
}

/** The rights that DevLake asks of a classic token, each with the larger one that contains it. */
const rights: Readonly<Record<string, string>> = {
  'repo:status': 'repo',
  repo_deployment: 'repo',
  'read:user': 'user',
  'read:org': 'admin:org',
}

export const plugins: readonly Plugin[] = [
  {
    name: 'github',
    secretField: 'token',
    shown: stars,
    fields: () => ({ authMethod: 'AccessToken', appId: '', secretKey: '', enableGraphql: true }),
    tryOut: async (connection, ask) => {
      const reply = await ask(new URL('user', connection.endpoint), bearer(connection))
      const granted = (reply.headers.get('x-oauth-scopes') ?? '').split(', ')
      const missing = Object.entries(rights).flatMap(([right, larger]) =>
        granted.includes(right) || granted.includes(larger) ? [] : [right],
      )
      const outcome = letIn(reply)
      return missing.length === 0
        ? outcome
        : { success: false, message: `Please check the field(s) ${missing.join(', ')}` }
    },
    scope: z
      .looseObject({ githubId: z.number().int(), name: text, fullName: text.optional() })
      .transform(({ githubId, fullName, name }) => ({ id: String(githubId), name: fullName ?? name })),
  },
  {
    name: 'argocd',
    secretField: 'token',
    shown: stars,
    fields: () => ({}),
    tryOut: async (connection, ask) =>
      letIn(await ask(new URL('applications', connection.endpoint), bearer(connection))),
    scope: z.looseObject({ name: text }).transform(({ name }) => ({ id: name, name })),
  },
  {
    name: 'jenkins',
    secretField: 'password',
    shown: () => '',
    fields: ({ username }) => ({ username: username ?? '' }),
    tryOut: async (connection, ask) => {
      const login = Buffer.from(`${connection.username}:${connection.secret}`).toString('base64')
      return letIn(await ask(new URL(connection.endpoint), { authorization: `Basic ${login}` }))
    },
    scope: z.looseObject({ fullName: text }).transform(({ fullName }) => ({ id: fullName, name: fullName })),
  },
]

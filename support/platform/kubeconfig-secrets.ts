/** Registers every credential of a kubeconfig before it is sent: those in the file, in files that it names, and of plugins. */
import { readFileSync } from 'node:fs'
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js'
import { redaction } from '../basis/redaction'

type RequestOptions = Parameters<Authenticator['applyAuthentication']>[1]

/**
 * Registers tokens, passwords and keys of all users, and those in the URLs of clusters. Credentials that a plugin returns
 * are registered when it answers.
 */
export function registerSecrets(config: KubeConfig): void {
  for (const user of config.users) for (const secret of secretsOf(user)) registerKnown(secret)
  for (const { server, proxyUrl } of config.clusters)
    for (const url of [server, proxyUrl]) registerKnown(passwordIn(url))
  config.addAuthenticator(new RegisteringPlugins())
  config.users = config.users.map(throughRegistration)
}

function* secretsOf(user: User): Generator<string | undefined> {
  const { token, password, keyData, keyFile, authProvider, exec } = user
  yield* [token, password, keyData]
  if (keyData) yield Buffer.from(keyData, 'base64').toString('utf8')
  yield contentOf(keyFile)
  const provider: unknown = authProvider?.config
  if (isRecord(provider)) {
    // In a cluster the client library makes a user with the file of the service account's token.
    yield contentOf(provider.tokenFile)
    for (const key of ['access-token', 'id-token', 'refresh-token', 'client-secret']) yield textOf(provider[key])
  }
  if (isRecord(exec) && Array.isArray(exec.env))
    for (const variable of exec.env.filter(isRecord))
      if (/secret|token|password|key/i.test(textOf(variable.name) ?? '')) yield textOf(variable.value)
}

function registerKnown(secret: string | undefined): void {
  if (secret) redaction.register(secret)
}

/** The name under which a user's plugin runs with its credentials registered. */
const provider = 'registering'

/** Leaves the plugin to {@link RegisteringPlugins}, which the client library asks where it knows no provider itself. */
function throughRegistration(user: User): User {
  return user.exec ? { ...user, exec: undefined, authProvider: { name: provider, config: { plugin: user } } } : user
}

class RegisteringPlugins implements Authenticator {
  private readonly plugins = new ExecAuth()

  isAuthProvider(user: User): boolean {
    return user.authProvider?.name === provider
  }

  /** @throws Error when the plugin fails; the message never holds what the plugin printed as its answer */
  async applyAuthentication(user: User, options: RequestOptions): Promise<void> {
    try {
      await this.plugins.applyAuthentication(user.authProvider.config.plugin, options)
    } catch (error) {
      // The parser's message quotes its input, which may be a token.
      if (error instanceof SyntaxError) throw new Error('The credential plugin of the kubeconfig printed no JSON.')
      throw error
    }
    const { headers, key } = options
    const authorization = headers && 'Authorization' in headers ? String(headers.Authorization) : ''
    registerKnown(authorization.replace(/^\S+ /, ''))
    registerKnown(key === undefined || key === null ? undefined : String(key))
  }
}

/** @returns undefined when there is no file to read: the client library says so itself */
function contentOf(path: unknown): string | undefined {
  if (typeof path !== 'string' || path === '') return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The password of a URL, decoded. */
function passwordIn(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { password } = new URL(url)
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

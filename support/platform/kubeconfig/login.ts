/** The credentials with which requests are sent, by kubectl's rules: which of a user's credentials count, and when they are renewed. */
import { readFileSync } from 'node:fs'
import { within } from '../../basis/eventually'
import { type PluginCredentials, runPlugin } from './credential-plugin'
import type { Cluster, User } from './schema'
import { contentOf, passwordIn, registerKnown } from './secrets'

/** The headers and the client certificate of one request. A header with several values is sent once for each. */
export interface Login {
  readonly headers: Readonly<Record<string, string | string[]>>
  /** In PEM, with its key. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

/** The credentials of plugins by plugin and cluster: all clients of a process share them, so that a plugin asks a person once. */
const fromPlugins = new Map<string, Promise<PluginCredentials>>()

export class Logins {
  constructor(
    private readonly user: User,
    private readonly cluster: Cluster,
    /** Credentials are never sent without TLS. */
    private readonly isSecure: boolean,
    private readonly deadlineMs: number,
  ) {}

  /** Returns the credentials that are valid now. @throws Error, such as PluginFailure, if there are none */
  async current(): Promise<Login> {
    const impersonation = impersonationOf(this.user)
    if (!this.isSecure) return { headers: inBytes(impersonation) }
    const { authorization, certificate, key } = await this.credentials()
    return { headers: inBytes({ ...(authorization ? { authorization } : {}), ...impersonation }), certificate, key }
  }

  /** Discards the credentials of a plugin that the server does not accept. Returns true if the next ones may differ. */
  renew(): boolean {
    return fromPlugins.delete(this.pluginKey)
  }

  private async credentials(): Promise<{ authorization?: string; certificate?: string; key?: string }> {
    const { user, cluster } = this
    const certificate = user['client-certificate-data']
      ? decoded(user['client-certificate-data'])
      : user['client-certificate'] && readFileSync(user['client-certificate'], 'utf8')
    const key = user['client-key-data']
      ? decoded(user['client-key-data'])
      : user['client-key'] && readFileSync(user['client-key'], 'utf8')
    const own = certificate && key ? { certificate, key } : {}
    // Go prefers a login in the URL to all others.
    const url = URL.parse(cluster.server ?? '')
    if (url?.username)
      return { ...own, authorization: basic(decodeURIComponent(url.username), passwordIn(cluster.server)) }
    const token = this.token()
    registerKnown(token)
    if (token) return { ...own, authorization: `Bearer ${token}` }
    if (user.username !== undefined) return { ...own, authorization: basic(user.username, user.password) }
    if (user['auth-provider']) return { ...own, ...(await this.fromProvider()) }
    // kubectl runs the plugin only where there are no other credentials.
    return certificate ? own : this.fromPlugin()
  }

  /** A token file wins over a token, and is read again each time, because tokens of service accounts are rotated. */
  private token(): string | undefined {
    const { token, tokenFile } = this.user
    if (tokenFile === undefined) return token
    const content = contentOf(tokenFile)
    if (!content && token === undefined) throw new Error(`the token file ${tokenFile} cannot be read or is empty`)
    return content || token
  }

  private async fromPlugin(): Promise<{ authorization?: string; certificate?: string; key?: string }> {
    const { exec } = this.user
    if (!exec) return {}
    const known = fromPlugins.get(this.pluginKey)
    if (known && isExpired(await known) && fromPlugins.get(this.pluginKey) === known) this.renew()
    const running = fromPlugins.get(this.pluginKey) ?? runPlugin(exec, this.cluster, this.deadlineMs)
    fromPlugins.set(this.pluginKey, running)
    // A plugin that failed may succeed later.
    running.catch(() => this.renew())
    const { token, certificate, key } = await running
    return {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(certificate && key ? { certificate, key } : {}),
    }
  }

  private get pluginKey(): string {
    return JSON.stringify([this.user.exec, this.cluster])
  }

  /** OpenID Connect: the client library refreshes the token. */
  private async fromProvider(): Promise<{ authorization?: string }> {
    const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js')
    const options = { headers: {} as Record<string, string> }
    const authProvider = { ...this.user['auth-provider'], config: { ...this.user['auth-provider']?.config } }
    await within(
      new OpenIDConnectAuth().applyAuthentication({ name: 'user', authProvider }, options),
      this.deadlineMs,
      () => new Error(`the token was not refreshed within ${this.deadlineMs / 1000} s`),
    )
    const { Authorization: authorization } = options.headers
    registerKnown(authorization?.replace(/^Bearer /, ''))
    return authorization === undefined ? {} : { authorization }
  }
}

const basic = (name: string, password = '') => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

/** Returns headers whose values are sent as UTF-8, as Go does: Node sends each character of a value as one byte. */
const inBytes = (headers: Readonly<Record<string, string | string[]>>): Login['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(bytesOf) : bytesOf(value)]),
  )

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

const isExpired = ({ expiresAt }: PluginCredentials) => expiresAt !== undefined && expiresAt <= Date.now()

const decoded = (data: string) => Buffer.from(data, 'base64').toString('utf8')

function impersonationOf(user: User): Record<string, string | string[]> {
  if (user.as === undefined) return {}
  const extra = Object.entries(user['as-user-extra']).map(([key, values]) => [
    `Impersonate-Extra-${inHeader(key)}`,
    values,
  ])
  return {
    'Impersonate-User': user.as,
    ...(user['as-uid'] ? { 'Impersonate-Uid': user['as-uid'] } : {}),
    ...(user['as-groups'].length > 0 ? { 'Impersonate-Group': user['as-groups'] } : {}),
    ...Object.fromEntries(extra),
  }
}

/** A key of `as-user-extra` as a part of a header's name: characters that no name may have are escaped as in a URL. */
const inHeader = (key: string) =>
  [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[!#$&'*+.^_`|~0-9A-Za-z-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')

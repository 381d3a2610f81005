/**
 * The way to the API server that kubectl would take: server, certificates, proxy and credentials. The client library is given only
 * the result, because it loads and merges kubeconfigs by other rules than kubectl.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { delimiter, join } from 'node:path'
import { checkServerIdentity, getCACertificates, type PeerCertificate } from 'node:tls'
// The index of the library loads 868 modules, which takes longer than a whole section of the checklist.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { type Choice, chooseCluster } from './choice'
import { expiredPart } from './expiry'
import { type Login, Logins } from './login'
import { proxyFromEnvironment } from './proxy'
import { passwordIn, registerKnown } from './secrets'
import { serverUrlOf } from './server-url'

/** The connections to a server with one set of certificates. */
interface OpenWay {
  /** The connection pool for requests. */
  readonly dispatcher: Dispatcher
  /** The same way for the library's WebSockets, without headers. */
  readonly library: KubeConfig
}

/** All that a request needs, valid now. */
export interface Connection extends OpenWay {
  readonly headers: Login['headers']
}

export class ClusterAccess {
  readonly context: string
  /** The place where the context was found, for people. */
  readonly source: string
  /** The name of the cluster in the kubeconfig; undefined inside a cluster. */
  readonly clusterName: string | undefined
  /** True only if the cluster is the one in which this process runs. */
  readonly insideCluster: boolean
  /** The URL of the API server, without a slash at its end. */
  readonly server: string
  /** The URL of the proxy, which may hold a password; undefined for a direct connection. */
  readonly proxy: string | undefined
  /** SHA-256, in hex, over the certificates of the configured authority in any order; undefined without one. */
  readonly fingerprint: string | undefined
  private readonly logins: Logins
  private login: Login | undefined
  private open: { readonly certificates: string; readonly way: Promise<OpenWay> } | undefined

  constructor(
    private readonly choice: Choice,
    deadlineMs: number,
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {
    const { cluster, user, context, source, insideCluster, clusterName } = choice
    this.context = context
    this.source = source
    this.clusterName = clusterName
    this.insideCluster = insideCluster
    this.server = serverUrlOf(cluster.server ?? '') ?? ''
    const url = new URL(this.server)
    this.proxy = withoutPath(cluster['proxy-url'] ?? proxyFromEnvironment(url, environment))
    registerKnown(passwordIn(this.proxy))
    const authority = this.authority()
    this.fingerprint = fingerprintOf(authority)
    const described = {
      ...cluster,
      'proxy-url': this.proxy,
      'certificate-authority-data': authority && Buffer.from(authority).toString('base64'),
    }
    this.logins = new Logins(user, described, url.protocol === 'https:', deadlineMs)
  }

  /**
   * Selects the context that kubectl would use.
   * @param context name of the context; the current context if undefined
   * @throws Blocked if there is no kubeconfig, ConfigurationError if kubectl could not use it
   */
  static to(context: string | undefined, deadlineMs: number): ClusterAccess {
    return new ClusterAccess(chooseCluster(context), deadlineMs)
  }

  /** Returns the way with credentials that are valid now. @throws Error, such as PluginFailure, without credentials */
  async connection(): Promise<Connection> {
    const login = await this.logins.current()
    this.login = login
    const authority = this.authority()
    const certificates = JSON.stringify([authority, login.certificate])
    if (this.open?.certificates !== certificates) {
      this.open?.way.then(({ dispatcher }) => dispatcher.close()).catch(() => {})
      this.open = { certificates, way: this.connect(authority, login) }
    }
    return { headers: login.headers, ...(await this.open.way) }
  }

  /** The part of the last credentials that has expired, in words; undefined if none says so. */
  get expired(): string | undefined {
    return this.login && expiredPart(this.login)
  }

  /** Discards credentials that the server does not accept. Returns true if the next request may have others. */
  renew(): boolean {
    return this.logins.renew()
  }

  /** Returns the configured authority in PEM; undefined if the machine's own authorities count. */
  private authority(): string | undefined {
    const { 'certificate-authority-data': data, 'certificate-authority': file } = this.choice.cluster
    return data ? Buffer.from(data, 'base64').toString('utf8') : file && readFileSync(file, 'utf8')
  }

  private async connect(authority: string | undefined, { certificate, key }: Login): Promise<OpenWay> {
    const { proxy } = this
    const isInsecure = this.choice.cluster['insecure-skip-tls-verify']
    const serverName = this.choice.cluster['tls-server-name']?.replace(/\.$/, '')
    const isSecure = this.server.startsWith('https:')
    const ca = isInsecure || !isSecure ? undefined : (authority ?? machineAuthorities(this.environment))
    const trust = { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: !isInsecure }
    const tls = {
      ...trust,
      ...(certificate && key ? { cert: certificate, key } : {}),
      ...(serverName ? nameOfServer(serverName) : {}),
    }
    const library = new KubeConfig()
    library.loadFromClusterAndUser(
      {
        name: this.context,
        server: this.server,
        // The library refuses HTTP unless it need not verify.
        skipTLSVerify: isInsecure || !isSecure,
        ...(ca === undefined ? {} : { caData: inBase64(ca) }),
        ...(serverName ? { tlsServerName: serverName } : {}),
        // The proxy resolves the name, as for kubectl.
        ...(proxy ? { proxyUrl: proxy.replace(/^socks5:/, 'socks5h:') } : {}),
      },
      {
        name: this.context,
        ...(certificate && key ? { certData: inBase64(certificate), keyData: inBase64(key) } : {}),
      },
    )
    if (proxy?.startsWith('socks')) return { library, dispatcher: await dispatcherOf(library) }
    const dispatcher = proxy
      ? new ProxyAgent({ uri: proxy, requestTls: tls, proxyTls: trust, proxyTunnel: isSecure })
      : new Agent({ connect: { ...tls, ...keepAlive } })
    return { library, dispatcher }
  }
}

/** Load balancers drop idle connections after 60 s: like kubectl, the suite probes them every 30 s. */
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 30_000 }

/** Returns the library's own connection pool, which knows SOCKS. */
async function dispatcherOf(library: KubeConfig): Promise<Dispatcher> {
  const request = new RequestContext('https://unused', HttpMethod.GET)
  await library.applySecurityAuthentication(request)
  const dispatcher = request.getDispatcher()
  if (dispatcher === undefined) throw new Error('the client library opens no connection by way of SOCKS')
  return dispatcher
}

/** A certificate may be for an address, which no client sends as the name of the server. */
const nameOfServer = (name: string) =>
  isIP(name)
    ? { checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate) }
    : { servername: name }

/** Returns the URL of a proxy without a path, which has no meaning for a proxy. */
const withoutPath = (proxy: string | undefined) => proxy?.replace(/^(\w+:\/\/[^/?#]*).*$/, '$1')

const inBase64 = (text: string) => Buffer.from(text).toString('base64')

const inPem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

function fingerprintOf(authority = ''): string | undefined {
  const certificates = (authority.match(inPem) ?? []).map((one) => one.replace(/\s/g, '')).sort()
  return certificates.length === 0 ? undefined : createHash('sha256').update(certificates.join('\n')).digest('hex')
}

let authorities: string | undefined
const authoritiesOfNode = () => {
  authorities ??= [...new Set([...getCACertificates('system'), ...getCACertificates('default')])].join('\n')
  return authorities
}

/**
 * Returns the authorities of the machine by Go's rules: SSL_CERT_FILE replaces their file, and SSL_CERT_DIR their folders. What
 * cannot be read is passed over.
 */
function machineAuthorities({ SSL_CERT_FILE: file, SSL_CERT_DIR: folders }: NodeJS.ProcessEnv): string {
  const named = [...(file ? [file] : []), ...(folders ?? '').split(delimiter).flatMap(filesIn)]
  const own = file && folders ? [] : [authoritiesOfNode()]
  return [...own, ...named.flatMap(certificatesIn)].join('\n')
}

function filesIn(folder: string): string[] {
  try {
    return folder === '' ? [] : readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}

function certificatesIn(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').match(inPem) ?? []
  } catch {
    return []
  }
}

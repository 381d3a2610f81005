/**
 * HTTP as the surfaces speak it: one deadline for the whole exchange, a bound for the body, and a sentence that says which
 * of the many ways to go wrong it was. A host name can be reached at an address of its own, as with curl's --resolve.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { connect as connectTls, createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { Agent, buildConnector, request } from 'undici'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import { redaction } from '../basis/redaction'
import { withoutStackTrace } from '../formats/stack-trace'
import { reasonOf, type Witness } from './exchange'

/** Far above what any surface has to say; more is a fault, not data. */
const largestBody = 20 * 1024 * 1024

/**
 * An unused connection is closed early, whatever the server promises: a port-forward does not tell when the pod has closed
 * it, so the next question would be sent to nobody and look like a service that hangs.
 */
const longestIdleMs = 1000

export interface HttpAnswer {
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Where a URL's host is really reached, when its name does not resolve or must not be used. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface HttpOptions {
  readonly deadlineMs: number
  /** PEM of an additional authority for HTTPS. */
  readonly certificateAuthority?: string | undefined
  /** Whether the scope of the run allows requests that change something. */
  readonly writes?: boolean
  readonly witness: Witness
}

export interface HttpQuestion {
  readonly at?: Address | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** The secrets that an answer tells: nobody sees them, whoever is shown the answer. */
  readonly secretsIn?: ((body: string) => readonly string[]) | undefined
}

export class Http {
  private readonly agents = new Map<string, Agent>()

  constructor(readonly options: HttpOptions) {}

  /**
   * @throws Unmet when no whole answer came: refused, reset, cut off, too slow, too large, not UTF-8, or not trusted
   */
  get(url: string, question: HttpQuestion = {}): Promise<HttpAnswer> {
    return this.send('GET', url, question)
  }

  /** A POST that only reads, such as a query of GraphQL: the verb does not say so, the caller does. @throws as {@link get} */
  query(url: string, body: string, question: HttpQuestion = {}): Promise<HttpAnswer> {
    return this.send('POST', url, question, body)
  }

  /** @throws Blocked where the scope does not allow it, and as {@link get} does */
  change(method: 'POST' | 'PATCH', url: string, body: string, question: HttpQuestion = {}): Promise<HttpAnswer> {
    if (!this.options.writes) throw refused(url)
    return this.send(method, url, question, body)
  }

  /** @throws Blocked where the scope does not allow it, and as {@link get} does */
  delete(url: string, question: HttpQuestion = {}): Promise<HttpAnswer> {
    if (!this.options.writes) throw refused(url)
    return this.send('DELETE', url, question)
  }

  private async send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    question: HttpQuestion,
    body?: string,
  ): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(this.options.deadlineMs)
    const route = question.at ? ` by way of ${question.at.host}:${question.at.port}` : ''
    try {
      const answer = await request(url, {
        dispatcher: this.agentFor(question.at),
        signal,
        method,
        ...(body === undefined ? {} : { body }),
        headers: { accept: 'application/json, */*', ...question.headers },
      })
      const whole = decode(await bounded(answer.body))
      const text = answer.statusCode < 400 ? whole : withoutStackTrace(whole)
      for (const secret of question.secretsIn?.(text) ?? []) redaction.register(secret)
      this.options.witness(`${method} ${url}${route}`, `${answer.statusCode}\n${text}`)
      return { url, status: answer.statusCode, headers: answer.headers, body: text }
    } catch (error) {
      const found = wayOf(error, signal.aborted, this.options.deadlineMs)
      this.options.witness(`${method} ${url}${route}`, found)
      throw new Unmet(unanswered(url, route, found))
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()))
  }

  private agentFor(at: Address | undefined): Agent {
    const key = at ? `${at.host}:${at.port}` : ''
    const agent = this.agents.get(key) ?? this.newAgent(at)
    this.agents.set(key, agent)
    return agent
  }

  private newAgent(at: Address | undefined): Agent {
    const secureContext = trustOf(this.options.certificateAuthority)
    const connector = buildConnector({ timeout: this.options.deadlineMs, ...(secureContext ? { secureContext } : {}) })
    return new Agent({
      bodyTimeout: this.options.deadlineMs,
      headersTimeout: this.options.deadlineMs,
      keepAliveTimeout: longestIdleMs,
      keepAliveMaxTimeout: longestIdleMs,
      connect: at
        ? (wanted, callback) =>
            connector(
              // The name that the certificate must bear stays the one that was asked for.
              {
                ...wanted,
                hostname: at.host,
                host: at.host,
                port: String(at.port),
                servername: serverName(wanted.hostname),
              },
              callback,
            )
        : connector,
    })
  }
}

const trusts = new Map<string, SecureContext>()

/** The known authorities and one more; made once, for reading some hundred certificates takes longer than a connection. */
function trustOf(certificateAuthority: string | undefined): SecureContext | undefined {
  if (certificateAuthority === undefined) return undefined
  const trust =
    trusts.get(certificateAuthority) ??
    createSecureContext({ ca: [...getCACertificates('default'), certificateAuthority] })
  trusts.set(certificateAuthority, trust)
  return trust
}

const refused = (url: string) =>
  new Blocked({
    summary: `The scope of this run is read-only, so it may not change anything at ${url}.`,
    object: 'configuration key writes',
    expected: 'writes.context equal to the context in use',
    found: 'read-only',
  })

const serverName = (hostname: string) => (isIP(hostname) ? '' : hostname)

async function bounded(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > largestBody) throw new TooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

class TooLarge extends Error {}

function decode(body: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(body)
}

function wayOf(error: unknown, timedOut: boolean, deadlineMs: number): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (error instanceof TooLarge) return `a body of more than ${largestBody / 1024 / 1024} MB`
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'a body that is not valid UTF-8'
  if (timedOut || code.endsWith('_TIMEOUT')) return `no whole answer within ${deadlineMs / 1000} s`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'a host name that does not resolve'
  if (code === 'ECONNREFUSED') return 'a refused connection: nothing listens there'
  if (code === 'ECONNRESET') return 'a connection that was reset'
  if (code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return 'a connection that ended before the answer was whole'
  return reasonOf(error)
}

function unanswered(url: string, route: string, found: string): Circumstances {
  return {
    summary: `${url} gave no answer: ${found}.`,
    object: url,
    expected: `a whole answer${route}`,
    found,
    remedy: commandsFor(url),
  }
}

/** From wherever the reader is: a service's name in the cluster means nothing outside of it. */
function commandsFor(url: string): string[] {
  const { hostname, port, pathname, search } = new URL(url)
  const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc$/.exec(hostname) ?? []
  if (service === undefined) return [`curl -v ${url}`]
  return [
    `kubectl port-forward -n ${namespace} svc/${service} ${port}:${port}`,
    `curl -v 'http://localhost:${port}${pathname}${search}'`,
  ]
}

/** The certificate that a server shows for a name. */
export interface ServerCertificate {
  readonly validTo: Date
  readonly trusted: boolean
  readonly reason: string
  /** Of its public key, in base64. */
  readonly keySha256: string
}

/** @throws Unmet when no TLS connection can be made */
export async function serverCertificate(
  host: string,
  at: Address,
  { deadlineMs, certificateAuthority }: Pick<HttpOptions, 'deadlineMs' | 'certificateAuthority'>,
): Promise<ServerCertificate> {
  const secureContext = trustOf(certificateAuthority)
  return new Promise((resolve, reject) => {
    const fail = (found: string) => {
      socket.destroy()
      reject(new Unmet(unanswered(`https://${host}`, ` by way of ${at.host}:${at.port}`, found)))
    }
    const socket = connectTls({
      host: at.host,
      port: at.port,
      servername: serverName(host),
      rejectUnauthorized: false,
      ...(secureContext ? { secureContext } : {}),
    })
    socket.setTimeout(deadlineMs, () => fail(`no TLS handshake within ${deadlineMs / 1000} s`))
    socket.once('error', (error) => fail(wayOf(error, false, deadlineMs)))
    socket.once('secureConnect', () => {
      const { valid_to, raw } = socket.getPeerCertificate()
      const reason = String(socket.authorizationError ?? '')
      const key = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' })
      const keySha256 = createHash('sha256').update(key).digest('base64')
      socket.destroy()
      resolve({ validTo: new Date(valid_to), trusted: reason === '', reason, keySha256 })
    })
  })
}

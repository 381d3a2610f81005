/**
 * An HTTP client with one deadline for the whole exchange, a limit for the body, and a finding that names the exact failure. A
 * host name can be reached at a given address, as with curl's --resolve.
 */
import { Agent, buildConnector, errors, request } from 'undici'
import { bounds } from '../basis/bounds'
import { command, configuration } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { redaction } from '../basis/redaction'
import { Turns } from '../basis/turns'
import { withoutStackTrace } from '../formats/stack-trace'
import { boundedBody } from './bounded-body'
import { cookiesIn, registerCookies } from './cookies'
import type { Address, Witness } from './exchange'
import { failureOf, routeSuffix, unanswered } from './http-failures'
import { ownRequests, userAgent } from './own-requests'
import { serverName, trustOf } from './server-certificate'

/**
 * The time in milliseconds after which an idle connection is closed, whatever keep-alive the server promises. A port-forward does
 * not report that the pod closed the connection, so a request on it would look like a service that hangs.
 */
const longestIdleMs = 1000

export interface HttpAnswer {
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** Objects whose failure could explain the answer. */
  readonly reliesOn?: readonly string[]
}

export interface HttpOptions {
  readonly deadlineMs: number
  /** The PEM certificate of an additional authority for HTTPS. */
  readonly certificateAuthority?: string | undefined
  /** True if the run may send requests that change something. */
  readonly writes?: boolean
  /** Requests to one origin at a time; no limit if undefined. A request that waits is not late: its deadline begins when it is sent. */
  readonly parallelRequests?: number
  readonly witness: Witness
}

export interface RequestOptions {
  readonly at?: Address | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Returns the secrets in a response, which are registered for redaction before anyone sees the response. */
  readonly secretsIn?: ((body: string) => readonly string[]) | undefined
  /** Returns the part of a body that reports show; the whole body when absent. */
  readonly shown?: ((body: string) => string) | undefined
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export class Http {
  private readonly agents = new Map<string, Agent>()
  private readonly turns = new Map<string, Turns>()

  constructor(readonly options: HttpOptions) {}

  /**
   * Sends a GET.
   * @throws Unmet if there is no usable response: refused, reset, cut off, too slow, too large, not UTF-8, or not trusted
   */
  get(url: string, options: RequestOptions = {}): Promise<HttpAnswer> {
    return this.send('GET', url, options)
  }

  /** Sends a POST that only reads, such as a GraphQL query; the caller vouches for that. @throws as {@link get} */
  query(url: string, body: string, options: RequestOptions = {}): Promise<HttpAnswer> {
    return this.send('POST', url, options, body)
  }

  /** Sends a request that changes something. @throws Blocked in a read-only run, and as {@link get} does */
  change(method: 'POST' | 'PATCH', url: string, body: string, options: RequestOptions = {}): Promise<HttpAnswer> {
    if (!this.options.writes) throw refused(url)
    return this.send(method, url, options, body)
  }

  /** Sends a DELETE. @throws Blocked in a read-only run, and as {@link get} does */
  delete(url: string, options: RequestOptions = {}): Promise<HttpAnswer> {
    if (!this.options.writes) throw refused(url)
    return this.send('DELETE', url, options)
  }

  /** Sends a request when fewer than the allowed number of requests to its origin are running. */
  private send(method: Method, url: string, options: RequestOptions, body?: string): Promise<HttpAnswer> {
    const { origin } = new URL(url)
    const turns = this.turns.get(origin) ?? new Turns(this.options.parallelRequests ?? Number.POSITIVE_INFINITY)
    this.turns.set(origin, turns)
    return turns.take(() => this.sendNow(method, url, options, body))
  }

  private async sendNow(
    method: Method,
    url: string,
    { at, headers = {}, secretsIn, shown = (text) => text }: RequestOptions,
    body?: string,
  ): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(this.options.deadlineMs)
    const sent = `${method} ${url}${routeSuffix(at)}`
    const sentAt = Date.now()
    try {
      const response = await this.responseTo(url, at, {
        signal,
        method,
        ...(body === undefined ? {} : { body }),
        headers: { accept: 'application/json, */*', 'user-agent': userAgent, ...headers },
      })
      ownRequests.note(url, response.statusCode, response.headers.date, sentAt)
      const whole = decode(await boundedBody(response.body, 'responseBody'))
      const text = response.statusCode < 400 ? whole : withoutStackTrace(whole)
      for (const secret of secretsIn?.(text) ?? []) redaction.register(secret)
      registerCookies(cookiesIn(response.headers))
      this.options.witness(sent, `${response.statusCode}\n${shown(text)}`)
      return { url, status: response.statusCode, headers: response.headers, body: text }
    } catch (error) {
      const found = failureOf(error, signal.aborted, this.options.deadlineMs)
      this.options.witness(sent, found)
      throw unanswered(url, at, found)
    }
  }

  /**
   * Sends a request, and a GET once more on a connection of its own if the kept one was closed before the response began: the
   * server may have closed it while it was idle (RFC 9112, 9.3.1).
   */
  private async responseTo(url: string, at: Address | undefined, options: Parameters<typeof request>[1]) {
    try {
      return await request(url, { ...options, dispatcher: this.agentFor(at) })
    } catch (error) {
      const wasKept = error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0
      if (options?.method !== 'GET' || !wasKept) throw error
      const dispatcher = this.newAgent(at)
      return await request(url, { ...options, dispatcher }).finally(() => void dispatcher.close())
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
    const connector = buildConnector({
      timeout: this.options.deadlineMs,
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: the answers of a server that nobody trusts prove nothing.
      rejectUnauthorized: true,
      ...(secureContext ? { secureContext } : {}),
    })
    return new Agent({
      maxHeaderSize: bounds.responseHeaders.most,
      bodyTimeout: this.options.deadlineMs,
      headersTimeout: this.options.deadlineMs,
      keepAliveTimeout: longestIdleMs,
      keepAliveMaxTimeout: longestIdleMs,
      connect: at
        ? (target, callback) =>
            connector(
              // The certificate must be valid for the host of the URL, not for the address.
              {
                ...target,
                hostname: at.host,
                host: at.host,
                port: String(at.port),
                servername: serverName(target.hostname),
              },
              callback,
            )
        : connector,
    })
  }
}

const refused = (url: string) =>
  new Blocked({
    summary: `This run is read-only and may not change anything at ${url}.`,
    object: 'configuration key writes',
    expected: 'writes.context set to the current context',
    found: 'read-only',
    remedy: [configuration`writes:\n  context: CONTEXT`, command`kubectl config current-context`],
  })

function decode(body: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(body)
}

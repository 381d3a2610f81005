/** The REST API of the service: paths are asked by the route to the lake, answers are JSON or a finding. */
import { Blocked, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Http, HttpAnswer } from './http'
import type { Route, Routes } from './routes'

export interface Change {
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string | undefined
  /** The secrets that an answer tells, which no report may show. */
  readonly secretsIn?: (body: string) => readonly string[]
}

export class Rest {
  constructor(
    private readonly http: Http,
    private readonly routes: Routes,
  ) {}

  /**
   * @param secretsIn the secrets that an answer tells, which no report may show
   * @throws Unmet when no whole answer comes, Blocked when the rate limit is used up
   */
  async get(path: string, token?: string, secretsIn?: (body: string) => readonly string[]): Promise<HttpAnswer> {
    const headers = authorization(token)
    return this.ask((route) => this.http.get(`${route.base}${path}`, { at: route.at, headers, secretsIn }))
  }

  /** A POST that only reads, such as a GraphQL query or the test of a connection. */
  async query(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    token?: string,
  ): Promise<HttpAnswer> {
    const sent = { ...headers, ...authorization(token) }
    return this.ask((route) => this.http.query(`${route.base}${path}`, body, { at: route.at, headers: sent }))
  }

  /** Sends what changes something. @throws Blocked for it in a read-only scope, and as {@link get} does */
  async change(
    method: 'POST' | 'PATCH',
    path: string,
    body: string,
    { headers = {}, token, secretsIn }: Change = {},
  ): Promise<HttpAnswer> {
    const sent = { 'content-type': 'application/json', ...headers, ...authorization(token) }
    return this.ask(({ base, at }) =>
      this.http.change(method, `${base}${path}`, body, { at, headers: sent, secretsIn }),
    )
  }

  /** @throws as {@link create} does */
  async remove(path: string, token: string): Promise<HttpAnswer> {
    const headers = authorization(token)
    return this.ask((route) => this.http.delete(`${route.base}${path}`, { at: route.at, headers }))
  }

  private async ask(by: (route: Route) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const answer = await by(await this.routes.to('lake'))
    if (answer.status === 429) throw limited(answer)
    if (answer.status === 428) throw unmigrated(answer)
    return answer.status in meanings ? this.behindGateway(answer, by) : answer
  }

  /** A gateway hides what went wrong behind it, so the service is asked without it, and what it does is the finding. */
  private async behindGateway(gateway: HttpAnswer, by: (route: Route) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const path = new URL(gateway.url).pathname
    const direct = await by(await this.routes.straightTo('lake')).catch((error: unknown) => {
      if (!(error instanceof Unmet)) throw error
      throw new Unmet({
        ...error.finding,
        summary: `${path} gave no answer: ${meanings[gateway.status]}.`,
        object: gateway.url,
        found: `status ${gateway.status} from the ingress; without it ${error.finding.found}`,
      })
    })
    // Whether the ingress leads everywhere is what section 5 is about; here it is only a way to ask.
    return direct
  }
}

/** What a gateway's own answers say about the service behind it. */
const meanings: Readonly<Record<number, string>> = {
  502: 'a connection that was refused, reset or cut off behind the ingress',
  503: 'no ready endpoint behind the ingress',
  504: 'no answer to the ingress in time',
}

const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

function limited({ url, headers }: HttpAnswer): Blocked {
  const reset = Number(headers['x-ratelimit-reset'])
  return new Blocked({
    summary: 'The rate limit of the service is used up.',
    object: url,
    expected: 'an answer',
    found: `status 429${Number.isFinite(reset) ? `, until ${new Date(reset * 1000).toISOString()}` : ''}`,
  })
}

/** DevLake does nothing else until somebody agrees to the migration of its database, which may cost data. */
const unmigrated = ({ url, body }: HttpAnswer) =>
  new Unmet({
    summary: 'The service waits until the migration of its database is confirmed.',
    object: 'database migration of the service',
    expected: 'a service that is ready',
    found: `status 428: ${excerpt(body)}`,
    remedy: [
      '# first a backup: a migration may wipe collected data',
      `curl -i '${new URL('/proceed-db-migration', url)}'`,
    ],
  })

/** The body as JSON. @throws Unmet that says what it is instead: a page, empty, cut off, no JSON */
export function jsonOf({ url, body, headers, status }: HttpAnswer): unknown {
  try {
    return JSON.parse(body)
  } catch {
    const type = String(headers['content-type'] ?? 'no content type')
    const what = /^\s*<(!doctype|html)/i.test(body)
      ? 'a page (HTML)'
      : body.trim() === ''
        ? 'an empty body'
        : 'no valid JSON'
    throw new Unmet({
      summary: `${new URL(url).pathname} answers ${what} where JSON is expected.`,
      object: url,
      expected: 'JSON',
      found: `status ${status}, ${type}: ${excerpt(body, 200)}`,
      remedy: [`curl -i ${url}`],
    })
  }
}

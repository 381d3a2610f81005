/** A client for the REST API of the service, over the route to the lake. Responses are JSON or a finding. */
import { type CommandLine, command, comment } from '../basis/command'
import { Blocked, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { isoText } from '../formats/instant'
import type { Http, HttpAnswer } from './http'
import type { Route, Routes } from './routes'

export interface Change {
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string | undefined
}

export class Rest {
  /**
   * @param secretsIn returns the secrets in an answer: no report may show them, whichever request the answer is for
   * @param database the objects without which the service answers with an error of its own
   */
  constructor(
    private readonly http: Http,
    private readonly routes: Routes,
    private readonly secretsIn: (body: string) => readonly string[],
    private readonly database: readonly string[] = [],
  ) {}

  /**
   * @param shown returns the part of the body that reports show; the whole body when absent
   * @throws Unmet if there is no complete response, Blocked if the rate limit is exhausted
   */
  async get(path: string, token?: string, shown?: (body: string) => string): Promise<HttpAnswer> {
    const headers = authorization(token)
    const { secretsIn } = this
    return this.send((route) => this.http.get(`${route.base}${path}`, { at: route.at, headers, secretsIn, shown }))
  }

  /** Returns the command with which an operator reads a path. */
  async commandFor(path: string): Promise<CommandLine> {
    return command`curl -s -H 'Authorization: Bearer …' '${`${(await this.routes.to('lake')).base}${path}`}'`
  }

  /** Sends a POST that only reads, such as a GraphQL query or the test of a connection. */
  async query(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    token?: string,
  ): Promise<HttpAnswer> {
    const sent = { ...headers, ...authorization(token) }
    const { secretsIn } = this
    return this.send(({ base, at }) => this.http.query(`${base}${path}`, body, { at, headers: sent, secretsIn }))
  }

  /** Sends a request that changes something. @throws Blocked in a read-only run, and as {@link get} does */
  async change(
    method: 'POST' | 'PATCH',
    path: string,
    body: string,
    { headers = {}, token }: Change = {},
  ): Promise<HttpAnswer> {
    const { secretsIn } = this
    const sent = { 'content-type': 'application/json', ...headers, ...authorization(token) }
    return this.send(({ base, at }) =>
      this.http.change(method, `${base}${path}`, body, { at, headers: sent, secretsIn }),
    )
  }

  /** Sends a DELETE. @throws as {@link change} does */
  async remove(path: string, token: string): Promise<HttpAnswer> {
    const headers = authorization(token)
    const { secretsIn } = this
    return this.send(({ base, at }) => this.http.delete(`${base}${path}`, { at, headers, secretsIn }))
  }

  private async send(request: (route: Route) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const response = await request(await this.routes.to('lake'))
    if (response.status === 429) throw limited(response)
    if (response.status === 428) throw unmigrated(response)
    const answer = response.status in meanings ? await this.behindGateway(response, request) : response
    return answer.status >= 500 ? { ...answer, reliesOn: this.database } : answer
  }

  /**
   * Repeats a request without the ingress, because a gateway hides what went wrong behind it. The direct response is used even if
   * only the ingress is broken: section 5 judges the ingress, and here it is only a route.
   */
  private async behindGateway(
    gateway: HttpAnswer,
    request: (route: Route) => Promise<HttpAnswer>,
  ): Promise<HttpAnswer> {
    const path = new URL(gateway.url).pathname
    return request(await this.routes.directTo('lake')).catch((error: unknown) => {
      if (!(error instanceof Unmet)) throw error
      throw new Unmet({
        ...error.finding,
        summary: `No usable response from ${path}: ${meanings[gateway.status]}.`,
        object: gateway.url,
        found: `status ${gateway.status} from the ingress; without the ingress: ${error.finding.found}`,
      })
    })
  }
}

/** The meaning of each status that a gateway itself sends about the service behind it. */
const meanings: Readonly<Record<number, string>> = {
  502: 'the connection behind the ingress was refused, reset or cut off',
  503: 'there is no ready endpoint behind the ingress',
  504: 'the ingress received no response in time',
}

const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

function limited({ url, headers }: HttpAnswer): Blocked {
  const reset = Number(headers['x-ratelimit-reset'])
  return new Blocked({
    summary: 'The rate limit of the service is exhausted.',
    object: url,
    expected: 'a response within the rate limit',
    found: `status 429${Number.isFinite(reset) ? `; the limit resets at ${isoText(reset * 1000)}` : ''}`,
    remedy: [command`curl -sI '${url}'`],
  })
}

/** DevLake serves nothing else until someone confirms the migration of its database, which may delete data. */
const unmigrated = ({ url, body }: HttpAnswer) =>
  new Unmet({
    summary: 'The service is waiting for someone to confirm the migration of its database.',
    object: 'database migration of the service',
    expected: 'a service that is ready',
    found: `status 428: ${excerpt(body)}`,
    remedy: [
      comment`back up the database first: the migration may delete collected data`,
      command`curl -i '${new URL('/proceed-db-migration', url).href}'`,
    ],
  })

/** Returns the body as JSON. @throws Unmet with what the body is instead: an HTML page, empty, or invalid JSON */
export function jsonOf({ url, body, headers, status }: HttpAnswer): unknown {
  try {
    return JSON.parse(body)
  } catch {
    const type = String(headers['content-type'] ?? 'no content type')
    throw new Unmet({
      summary: `${new URL(url).pathname} returns ${kindOf(body)}.`,
      object: url,
      expected: 'JSON',
      found: `status ${status}, ${type}: ${excerpt(body, 200)}`,
      remedy: [command`curl -i ${url}`],
    })
  }
}

function kindOf(body: string): string {
  if (/^\s*<(!doctype|html)/i.test(body)) return 'an HTML page instead of JSON'
  return body.trim() === '' ? 'an empty body instead of JSON' : 'invalid JSON'
}

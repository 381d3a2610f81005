/** A client for Grafana's documented HTTP API. docs/grafana.md lists the parts that the suite relies on. */

import { z } from 'zod'
import { type CommandLine, command, comment, urlPart } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { type Dashboard, dashboardModel } from './grafana-model'
import type { Http, HttpAnswer } from './http'
import { libraryElement, libraryPanelsIn, withLibraryPanels } from './library-panels'
import { jsonOf } from './rest'
import type { Routes } from './routes'

/** A user of Grafana, or a service account by its token. A request without a login is anonymous. */
export type Login = { readonly user: string; readonly password: string } | { readonly token: string }

const hit = z.looseObject({
  uid: z.string(),
  title: z.string(),
  /** Absent for a dashboard outside all folders. */
  folderTitle: z.string().default(''),
  folderUid: z.string().default(''),
})
/** A dashboard in the results of a search. */
export type Hit = z.infer<typeof hit>

const rights = z.looseObject({ canSave: z.boolean(), canEdit: z.boolean(), canAdmin: z.boolean() })

const datasource = z.looseObject({
  uid: z.string(),
  name: z.string(),
  type: z.string(),
  url: z.string().default(''),
  isDefault: z.boolean().default(false),
  /** The database name before Grafana 9.4. Newer versions have it in jsonData. */
  database: z.string().default(''),
  jsonData: z.looseObject({ database: z.string().optional() }).nullish(),
})
export type Datasource = z.infer<typeof datasource>

const health = z.looseObject({ status: z.string().default(''), message: z.string().default('') })

const frontendSettings = z.looseObject({ oauth: z.record(z.string(), z.unknown()).nullish() })

const queryResults = z.looseObject({
  results: z.record(
    z.string(),
    z.looseObject({
      frames: z.array(z.looseObject({ data: z.looseObject({ values: z.array(z.array(z.unknown())) }) })).default([]),
    }),
  ),
})

export class Grafana {
  constructor(
    private readonly http: Http,
    private readonly routes: Routes,
  ) {}

  /** Requests the current user: 200 for a valid login, 401 otherwise. */
  user(login: Login): Promise<HttpAnswer> {
    return this.get('/api/user', login)
  }

  /** Requests the current organization without a login: 200 if Grafana admits anonymous visitors. */
  organization(): Promise<HttpAnswer> {
    return this.get('/api/org')
  }

  /** Requests a search, which every login may do: 200 for a valid login, 401 otherwise. A service account has no user. */
  search(login: Login): Promise<HttpAnswer> {
    return this.get('/api/search?limit=1', login)
  }

  /** Requests the login by a provider of single sign-on, such as "generic_oauth": a redirect to it. */
  signOn(provider: string): Promise<HttpAnswer> {
    return this.get(`/login/${urlPart(provider)}`)
  }

  /** Returns the providers of single sign-on by OAuth; none with SAML or a proxy. */
  async signOnProviders(login: Login): Promise<string[]> {
    const { oauth } = documented(await this.get('/api/frontend/settings', login), frontendSettings)
    return Object.keys(oauth ?? {})
  }

  async dashboards(login?: Login): Promise<Hit[]> {
    return documented(await this.get('/api/search?type=dash-db', login), z.array(hit))
  }

  /** Returns the command with which an operator reads a path: as the admin, or as an anonymous visitor. */
  async commandFor(path: string, visitor: 'admin' | 'anonymous' = 'admin'): Promise<CommandLine> {
    const url = `${(await this.routes.to('grafana')).base}${path}`
    return visitor === 'admin' ? command`curl -s -u 'admin:…' '${url}'` : command`curl -s '${url}'`
  }

  /** Returns the command that shows the model of a dashboard: its variables, its panels and their queries. */
  dashboardCommand(uid: string): Promise<CommandLine> {
    return this.commandFor(`/api/dashboards/uid/${urlPart(uid)}`)
  }

  /** Returns the rights of a login in a folder. */
  async rightsIn(folder: string, login?: Login): Promise<z.infer<typeof rights>> {
    return documented(await this.get(`/api/folders/${urlPart(folder)}`, login), rights)
  }

  /** Returns the model of a dashboard, or undefined if no dashboard has this uid. */
  async dashboard(uid: string, login: Login): Promise<Dashboard | undefined> {
    const response = await this.get(`/api/dashboards/uid/${urlPart(uid)}`, login)
    if (response.status === 404) return undefined
    const references = libraryPanelsIn(jsonOf(response))
    if (references.length === 0) return documented(response, dashboardModel)
    const models = new Map<string, object>()
    for (const panel of references) {
      const element = await this.get(`/api/library-elements/${urlPart(panel)}`, login)
      if (element.status !== 404) models.set(panel, documented(element, libraryElement))
    }
    const body = JSON.stringify(withLibraryPanels(jsonOf(response), models))
    return documented({ ...response, body }, dashboardModel)
  }

  async datasources(login: Login): Promise<Datasource[]> {
    return documented(await this.get('/api/datasources', login), z.array(datasource))
  }

  /** Makes Grafana test a data source and returns the result. Grafana reports a failed test with status 400. */
  async healthOf(uid: string, login: Login): Promise<z.infer<typeof health>> {
    return documented(await this.get(`/api/datasources/uid/${urlPart(uid)}/health`, login), health, 400)
  }

  /** Returns the first column of the result of a query. The endpoint is a POST that only reads. */
  async valuesOf(uid: string, rawSql: string, login: Login): Promise<unknown[]> {
    const query = { refId: 'A', datasource: { uid }, rawSql, format: 'table' }
    const { base, at } = await this.routes.to('grafana')
    const response = await this.http.query(
      `${base}/api/ds/query`,
      JSON.stringify({ queries: [query], from: 'now-1h', to: 'now' }),
      { at, headers: { 'content-type': 'application/json', ...authorization(login) } },
    )
    return documented(response, queryResults).results.A?.frames[0]?.data.values[0] ?? []
  }

  private async get(path: string, login?: Login): Promise<HttpAnswer> {
    const { base, at } = await this.routes.to('grafana')
    return this.http.get(`${base}${path}`, { at, headers: authorization(login) })
  }
}

function authorization(login: Login | undefined): Record<string, string> {
  if (login === undefined) return {}
  if ('token' in login) return { authorization: bearer(login) }
  return { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }
}

export const bearer = ({ token }: { readonly token: string }): string => `Bearer ${token}`

/** Parses a response. @throws Unmet if the response does not have the documented structure */
function documented<T>(response: HttpAnswer, schema: z.ZodType<T>, alsoStatus = 200): T {
  const { status, url, body } = response
  const parsed = status === 200 || status === alsoStatus ? schema.safeParse(jsonOf(response)) : undefined
  if (parsed?.success) return parsed.data
  const { pathname } = new URL(url)
  if (status === 403)
    throw new Unmet({
      summary: `The login with which the suite reads Grafana may not read ${pathname}.`,
      object: url,
      expected: 'the role Admin',
      found: `status 403: ${excerpt(body)}`,
      remedy: [
        command`curl -s -u 'admin:…' '${url}'`,
        comment`in Grafana: give the user or the service account the role Admin`,
      ],
    })
  const [issue] = parsed?.error?.issues ?? []
  throw new Unmet({
    summary: issue
      ? `The response of Grafana to ${pathname} does not match its API documentation.`
      : `Grafana answers ${status} to ${pathname}, where 200 is expected.`,
    object: url,
    expected: issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'status 200',
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [command`curl -s -u 'admin:…' '${url}'`],
  })
}

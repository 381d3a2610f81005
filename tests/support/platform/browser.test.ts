/** Pages in a browser: waiting for a page, collecting its complaints, and trusting its certificate. */
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { Unmet } from '../../../support/basis/expectation'
import { Browser } from '../../../support/platform/browser'
import type { Route } from '../../../support/platform/routes'
import { newAuthority } from '../../fixtures/certificates'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

function browserFor(route: Route, certificateAuthority?: string): Browser {
  const routes = { to: async () => route }
  const browser = new Browser(routes, { deadlineMs: 5000, certificateAuthority, witness: () => {} })
  closing.push(() => browser.close())
  return browser
}

const late = () => ({ summary: 'The page is late.', object: 'page', expected: 'a page', found: 'none', remedy: [] })
const title = (page: Page) => page.title()

async function visited(route: Route, path = '/', deadlineMs = 20_000, authority?: string) {
  const browser = browserFor(route, authority)
  const window = await browser.window({})
  return browser.visit(window, { url: `${route.base}${path}`, deadlineMs, shown: title, late, pictured: true })
}

/** Serves pages and returns a route to them by a host name that DNS does not resolve. */
async function serving(answer: RequestListener): Promise<Route> {
  const port = await listening(createServer(answer))
  return { base: 'http://pages.test', at: { host: '127.0.0.1', port } }
}

const html = (body: string) => `<!doctype html><title>A page</title><link rel="icon" href="data:,"><body>${body}</body>`

describe('a page', () => {
  it('opens at a host that does not resolve, with its text and a picture', async () => {
    const route = await serving((_request, response) => response.end(html('all is well')))
    const { value, complaints, picture } = await visited(route)
    expect({ value, complaints }).toEqual({ value: 'A page', complaints: [] })
    expect(picture?.text).toContain('all is well')
    expect(picture?.png.subarray(1, 4).toString()).toBe('PNG')
  })

  it('reports console errors, exceptions, and failed requests to its own host, but not to other hosts', async () => {
    const route = await serving((request, response) => {
      if (request.url === '/lost.js') response.writeHead(404)
      response.end(
        html(`<script>console.error('out of paper'); console.warn('nearly out of ink')</script>
          <script>throw new Error('broken')</script><script src="/lost.js"></script>
          <img src="http://elsewhere.test/avatar.png">`),
      )
    })
    const { complaints } = await visited(route)
    expect(complaints.toSorted()).toEqual([expect.stringContaining('404'), 'out of paper', 'uncaught: broken'])
  })

  it('reuses the tab of the previous page without reporting that page’s late messages', async () => {
    const route = await serving((_request, response) => {
      response.end(html('<script>setInterval(() => { console.error(location.pathname) }, 5)</script>'))
    })
    const browser = browserFor(route)
    const window = await browser.window({})
    const complaints: string[] = []
    for (const path of ['/one', '/two', '/three']) {
      const shown = (page: Page) => page.waitForEvent('console')
      const visit = await browser.visit(window, { url: `${route.base}${path}`, deadlineMs: 20_000, shown, late })
      complaints.push([...new Set(visit.complaints)].join())
    }
    expect(complaints).toEqual(['/one', '/two', '/three'])
    expect(window.pages()).toHaveLength(1)
  })

  it('that opens others, or a service worker, is alone', async () => {
    const route = await serving((request, response) => {
      if (request.url === '/worker.js') response.setHeader('content-type', 'text/javascript')
      const opening = `<script>
        for (let index = 0; index < 20; index++) window.open('/popup', '_blank', index % 2 ? 'noopener' : '')
        navigator.serviceWorker?.register('/worker.js').catch(() => {})</script>`
      response.end(request.url === '/worker.js' ? '' : html(request.url === '/' ? opening : 'a popup'))
    })
    const browser = browserFor(route)
    const window = await browser.window({})
    await browser.visit(window, { url: `${route.base}/`, deadlineMs: 20_000, shown: title, late })
    await expect.poll(() => window.pages().length, { timeout: 10_000 }).toBe(1)
    expect(window.serviceWorkers()).toEqual([])
  })

  it('that failed does not leave its tab for reuse', async () => {
    const route = await serving((request, response) => {
      if (request.url !== '/never') response.end(html('all is well'))
    })
    const browser = browserFor(route)
    const window = await browser.window({})
    const visit = (path: string, deadlineMs: number) =>
      browser.visit(window, { url: `${route.base}${path}`, deadlineMs, shown: title, late })
    await expect(visit('/never', 300)).rejects.toThrow('The page is late.')
    expect(window.pages()).toHaveLength(0)
    expect((await visit('/', 20_000)).value).toBe('A page')
  })

  it('that does not load in time is Unmet, with the finding of the caller', async () => {
    const route = await serving(() => {})
    await expect(visited(route, '/', 300)).rejects.toThrow('The page is late.')
  })

  it('that cannot be opened is Unmet, with the reason', async () => {
    const route = await serving((request) => request.socket.destroy())
    const error = await visited(route, '/d/mttr').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toMatchObject({ finding: { summary: '/d/mttr does not open in a browser.' } })
  })
})

describe('over HTTPS the browser', () => {
  async function secured(host: string) {
    const authority = await newAuthority()
    const server = createTlsServer(await authority.issue(host), (_request, response) => response.end(html('safe')))
    const at = { host: '127.0.0.1', port: await listening(server) }
    return { authority: authority.certificate, route: { base: 'https://pages.test', at } }
  }

  it('trusts the configured authority', async () => {
    const { authority, route } = await secured('pages.test')
    expect((await visited(route, '/', 20_000, authority)).value).toBe('A page')
  })

  it('trusts neither an unknown authority nor a certificate for another host', async () => {
    const { route } = await secured('pages.test')
    await expect(visited(route)).rejects.toThrow('does not open in a browser')
    const { authority, route: other } = await secured('elsewhere.test')
    await expect(visited(other, '/', 20_000, authority)).rejects.toThrow('does not open in a browser')
  })
})

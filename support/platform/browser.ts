/**
 * Opens pages as people see them, in one Chromium for the whole run that starts with the first page. The routes resolve host
 * names, and Chromium trusts the certificates that this process trusts, including those of a private authority.
 */

import type {
  BrowserContext,
  BrowserContextOptions,
  Browser as Chromium,
  ConsoleMessage,
  Page,
  Request,
} from 'playwright-core'
import { command } from '../basis/command'
import { within } from '../basis/eventually'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { chromiumPath, launchChromium, openingChromium } from './chromium'
import { reasonOf } from './exchange'
import type { HttpOptions } from './http'
import { type Picture, pictureOf } from './picture'
import type { Route, Routes } from './routes'
import { serverCertificate } from './server-certificate'

export interface Visit<T> {
  readonly url: string
  readonly deadlineMs: number
  /** Runs before the URL is opened. Returns a function that undoes its effects before the tab shows another page. */
  readonly begun?: (page: Page) => Promise<() => Promise<void>>
  /** Resolves when the page shows everything that it must show. */
  readonly shown: (page: Page) => Promise<T>
  /** Returns the finding for a page that misses the deadline. */
  readonly late: () => Circumstances
  /** Returns true for a complaint that has no cause on the platform. */
  readonly isExcused?: ((text: string, url: string) => boolean) | undefined
  /** Takes a picture if true. A picture takes as long as a small page. */
  readonly pictured?: boolean
}

export interface Visited<T> {
  readonly value: T
  /** Console errors, uncaught exceptions, and failed requests to the page's own host. */
  readonly complaints: readonly string[]
  readonly loadedMs: number
  readonly picture: Picture | null
}

/** The components that have pages. */
const withPages = ['ui', 'grafana'] as const

export class Browser {
  private launched: Promise<Chromium> | undefined
  /** The origins that the browser may connect to. */
  private readonly judged = new Set<string>()
  /** Tabs to reuse. A new tab starts a process, which takes twice as long as a page. */
  private readonly idle = new WeakMap<BrowserContext, Page[]>()
  /** Resolves when no tab needs the foreground. */
  private front: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly routes: Pick<Routes, 'to'>,
    private readonly options: HttpOptions,
  ) {}

  /** Opens a window with its own cookies. @throws Blocked if no browser can be started */
  async window(options: BrowserContextOptions): Promise<BrowserContext> {
    this.launched ??= this.launch()
    const browser = await this.launched
    return inTime(
      browser.newContext({
        locale: 'en-US',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        acceptDownloads: false,
        serviceWorkers: 'block',
        ...options,
      }),
    )
  }

  /** Opens a page and waits until it is shown. @throws Unmet if the page does not load, or not in time */
  async visit<T>(
    window: BrowserContext,
    { url, deadlineMs, begun, shown, late, isExcused = () => false, pictured = false }: Visit<T>,
  ): Promise<Visited<T>> {
    const page = this.idle.get(window)?.pop() ?? (await newTab(window))
    // The deadline is enforced below, with a finding that names what is missing.
    page.setDefaultTimeout(deadlineMs + 5000)
    const { complaints, strangers, stopListening } = listenTo(page, new URL(url).origin, this.judged, isExcused)
    try {
      const undo = begun && (await inTime(begun(page)))
      const begin = performance.now()
      const opened = page.goto(url, { waitUntil: 'load' }).then(() => shown(page))
      // Operations that are still pending when the page is closed are rejected; nobody waits for them.
      opened.catch(() => {})
      const value = await within(opened, deadlineMs, () => new Unmet(late()))
      const loadedMs = performance.now() - begin
      const picture = pictured ? await inTime(pictureOf(page)) : null
      const others = [...strangers].map(([origin, count]) => `\n${origin}: ${count} requests, not sent`)
      this.options.witness(`${url} in a browser`, `loaded in ${Math.round(loadedMs)} ms${others.join('')}`)
      stopListening()
      if (undo) await inTime(undo())
      await this.leave(page)
      return { value, complaints, loadedMs, picture }
    } catch (error) {
      // A page that does not close is closed together with the browser.
      await inTime(page.close()).catch(() => {})
      throw pageFailure(error, url)
    }
  }

  /** Reads a page while its tab is in the foreground, because background tabs draw only once a second. */
  inFront<T>(page: Page, read: () => Promise<T>): Promise<T> {
    const turn = this.front.then(() => page.bringToFront()).then(read)
    this.front = turn.catch(() => {})
    return turn
  }

  /** Clears a tab and keeps it for the next page. */
  private async leave(page: Page): Promise<void> {
    await inTime(page.goto('about:blank'))
    const window = page.context()
    this.idle.set(window, [...(this.idle.get(window) ?? []), page])
  }

  async close(): Promise<void> {
    const browser = await this.launched?.catch(() => undefined)
    if (browser) await inTime(browser.close()).catch(() => {})
  }

  private async launch(): Promise<Chromium> {
    const found = await Promise.allSettled(withPages.map((component) => this.routes.to(component)))
    const routes = found.flatMap((route) => (route.status === 'fulfilled' ? [route.value] : []))
    for (const { base } of routes) this.judged.add(new URL(base).origin)
    const keys = (await Promise.all(routes.map((route) => this.trustedKey(route)))).filter((key) => key !== undefined)
    return launchChromium(
      [
        `--host-resolver-rules=${[...routes.map(ruleOf), 'MAP * ~NOTFOUND'].join(',')}`,
        ...(keys.length > 0 ? [`--ignore-certificate-errors-spki-list=${keys.join(',')}`] : []),
      ],
      this.options.witness,
    )
  }

  /**
   * Returns the key of a server whose certificate is valid under the configured authority, including host name and dates.
   * Chromium takes authorities only from databases of the machine, so it is configured to trust this key instead.
   */
  private async trustedKey({ base, at }: Route): Promise<string | undefined> {
    const { protocol, hostname, port } = new URL(base)
    if (protocol !== 'https:' || this.options.certificateAuthority === undefined) return undefined
    const address = at ?? { host: hostname, port: Number(port || 443) }
    const { trusted, keySha256 } = await serverCertificate(hostname, address, this.options)
    return trusted ? keySha256 : undefined
  }
}

/** Opens a tab whose page can open no further ones: nobody would look at them, and enough of them take all memory. */
async function newTab(window: BrowserContext): Promise<Page> {
  const page = await inTime(window.newPage())
  page.on('popup', (popup) => void popup.close().catch(() => {}))
  return page
}

/** The deadline for operations that do not depend on a page. It is far longer than they take. */
const browserMs = 20_000

/** Waits for an operation that depends only on the browser. @throws Blocked if the browser does not respond */
function inTime<T>(operation: Promise<T>): Promise<T> {
  // After the deadline nobody waits for the operation, so a later rejection must not count as unhandled.
  operation.catch(() => {})
  return within(operation, browserMs, () => {
    const expected = `a response within ${browserMs / 1000} s`
    return new Blocked({
      summary: 'Chromium does not respond.',
      object: 'Chromium',
      expected,
      found: 'no response',
      remedy: [openingChromium(chromiumPath())],
    })
  })
}

/** Returns Chromium's equivalent of curl's --resolve. All hosts and ports without such a rule do not resolve. */
function ruleOf({ base, at }: Route): string {
  const { hostname, port, protocol } = new URL(base)
  const named = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
  return `MAP ${named} ${at === undefined ? named : `${at.host}:${at.port}`}`
}

/** A page can write more to its console than anybody reads. */
const mostComplaints = 100
const longestComplaint = 2000

/**
 * Collects the complaints of a page, and counts its requests to origins that the run does not judge, until `stopListening` is
 * called. A failed request to another host, such as a news feed or an avatar, is not the fault of the platform and is ignored.
 */
function listenTo(
  page: Page,
  origin: string,
  judged: ReadonlySet<string>,
  isExcused: (text: string, url: string) => boolean,
) {
  const complaints: string[] = []
  const complain = (text: string) => {
    if (complaints.length < mostComplaints) complaints.push(excerpt(text, longestComplaint))
  }
  const strangers = new Map<string, number>()
  const isOwn = (url: string) => url === '' || originOf(url) === origin
  const onConsole = (message: ConsoleMessage) => {
    const { url } = message.location()
    if (message.type() === 'error' && isOwn(url) && !isExcused(message.text(), url)) complain(message.text())
  }
  const onError = (error: Error) => complain(`uncaught: ${error.message}`)
  const onRequest = (request: Request) => {
    const asked = originOf(request.url())
    if (asked !== 'null' && !judged.has(asked)) strangers.set(asked, (strangers.get(asked) ?? 0) + 1)
  }
  const onRequestFailed = (request: Request) => {
    const reason = request.failure()?.errorText ?? ''
    // A page aborts its own requests when it repeats them.
    if (reason !== 'net::ERR_ABORTED' && isOwn(request.url())) complain(`${reason}: ${request.url()}`)
  }
  page.on('console', onConsole).on('pageerror', onError).on('request', onRequest).on('requestfailed', onRequestFailed)
  const stopListening = () => {
    page.off('console', onConsole).off('pageerror', onError)
    page.off('request', onRequest).off('requestfailed', onRequestFailed)
  }
  return { complaints, strangers, stopListening }
}

/** Returns the origin of a URL; "null" for a URL without one, such as data:. */
export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? 'null'
}

/**
 * Turns an error of Playwright into Unmet if it concerns the page and into Blocked if the browser exited. Any other error is
 * returned unchanged, because it is a bug of the suite.
 */
function pageFailure(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof Unmet || error instanceof Blocked) return error
  if (!/^(page|locator|browserContext|cdpSession)\./.test(error.message)) return error
  const hasEnded = /crashed|has been closed/.test(error.message)
  const [found = ''] = reasonOf(error).split('\n')
  const circumstances = {
    summary: hasEnded
      ? 'Chromium crashed or exited while a page was open.'
      : `${new URL(url).pathname} does not open in a browser.`,
    object: hasEnded ? 'Chromium' : url,
    expected: 'a page that opens',
    found,
    remedy: [command`curl -v '${url}'`],
  }
  return hasEnded ? new Blocked(circumstances) : new Unmet(circumstances)
}

/**
 * Pages as people see them, in one Chromium for the whole run, started when the first page is wanted. Host names that do not
 * resolve lead where the routes say, and a private authority is believed where this process believes it.
 */
import type {
  BrowserContext,
  BrowserContextOptions,
  Browser as Chromium,
  ConsoleMessage,
  Page,
  Request,
} from 'playwright-core'
import { within } from '../basis/eventually'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import { launchChromium } from './chromium'
import { reasonOf } from './exchange'
import { type HttpOptions, serverCertificate } from './http'
import type { Route, Routes } from './routes'

/** A picture of a page, and the text in it, by which it is known what it must not show. */
export interface Picture {
  readonly png: Buffer
  readonly text: string
}

export interface Visit<T> {
  readonly url: string
  readonly deadlineMs: number
  /** Before the address is opened; returns what has to be undone before the tab shows another page. */
  readonly begun?: (page: Page) => Promise<() => Promise<void>>
  /** Comes back when the page shows all that it has to show. */
  readonly shown: (page: Page) => Promise<T>
  readonly late: () => Circumstances
  /** Whether somebody is to see it: a picture takes as long as a small page. */
  readonly pictured?: boolean
}

export interface Visited<T> {
  readonly value: T
  /** What the page said in the console, threw, or could not load from its own host. */
  readonly complaints: readonly string[]
  readonly loadedMs: number
  readonly picture: Picture | null
}

/** Components that have pages. */
const withPages = ['ui', 'grafana'] as const

export class Browser {
  private launched: Promise<Chromium> | undefined
  /** Tabs that have shown their page: a new one takes a process of its own, and twice as long as a page. */
  private readonly idle = new WeakMap<BrowserContext, Page[]>()
  private front: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly routes: Pick<Routes, 'to'>,
    private readonly options: HttpOptions,
  ) {}

  /** A window with cookies of its own. @throws Blocked when no browser can be had */
  async window(options: BrowserContextOptions): Promise<BrowserContext> {
    this.launched ??= this.launch()
    const browser = await this.launched
    return answering(browser.newContext({ locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce', ...options }))
  }

  /** @throws Unmet when the page does not come, or not in time */
  async visit<T>(
    window: BrowserContext,
    { url, deadlineMs, begun, shown, late, pictured = false }: Visit<T>,
  ): Promise<Visited<T>> {
    const page = this.idle.get(window)?.pop() ?? (await answering(window.newPage()))
    // The deadline is kept here, with a sentence that says what is missing.
    page.setDefaultTimeout(deadlineMs + 5000)
    const { complaints, listenNoMore } = complaintsOf(page, new URL(url).origin)
    try {
      const undo = begun && (await answering(begun(page)))
      const begin = performance.now()
      const opened = page.goto(url, { waitUntil: 'load' }).then(() => shown(page))
      // What is still under way when the page is closed ends with it.
      opened.catch(() => {})
      const value = await within(opened, deadlineMs, () => new Unmet(late()))
      const loadedMs = performance.now() - begin
      const picture = pictured ? await answering(pictureOf(page)) : null
      this.options.witness(`${url} in a browser`, `loaded in ${Math.round(loadedMs)} ms`)
      listenNoMore()
      if (undo) await answering(undo())
      await this.leave(page)
      return { value, complaints, loadedMs, picture }
    } catch (error) {
      // A page that does not close is left to the browser's end.
      await answering(page.close()).catch(() => {})
      throw ofPage(error, url)
    }
  }

  /** Looks at a page while its tab is the one in front, which draws as fast as it can: the others draw once a second. */
  inFront<T>(page: Page, look: () => Promise<T>): Promise<T> {
    const turn = this.front.then(() => page.bringToFront()).then(look)
    this.front = turn.catch(() => {})
    return turn
  }

  /** Nothing of a page is left in the tab when it shows the next. */
  private async leave(page: Page): Promise<void> {
    await answering(page.goto('about:blank'))
    const window = page.context()
    this.idle.set(window, [...(this.idle.get(window) ?? []), page])
  }

  async close(): Promise<void> {
    const browser = await this.launched?.catch(() => undefined)
    if (browser) await answering(browser.close()).catch(() => {})
  }

  private async launch(): Promise<Chromium> {
    const found = await Promise.allSettled(withPages.map((component) => this.routes.to(component)))
    const routes = found.flatMap((route) => (route.status === 'fulfilled' ? [route.value] : []))
    const rules = routes.flatMap(ruleOf)
    const keys = (await Promise.all(routes.map((route) => this.believedKey(route)))).filter((key) => key !== undefined)
    return launchChromium([
      ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(',')}`] : []),
      ...(keys.length > 0 ? [`--ignore-certificate-errors-spki-list=${keys.join(',')}`] : []),
    ])
  }

  /**
   * The key of a server that the configured authority vouches for, name and dates included. Chromium knows authorities only
   * by databases of the machine, so it is told to believe this very key instead.
   */
  private async believedKey({ base, at }: Route): Promise<string | undefined> {
    const { protocol, hostname, port } = new URL(base)
    if (protocol !== 'https:' || this.options.certificateAuthority === undefined) return undefined
    const address = at ?? { host: hostname, port: Number(port || 443) }
    const { trusted, keySha256 } = await serverCertificate(hostname, address, this.options)
    return trusted ? keySha256 : undefined
  }
}

/** Far above what a browser needs for anything that depends on no page. */
const browserMs = 20_000

/** What is asked of the browser alone. @throws Blocked when it does not answer */
function answering<T>(asked: Promise<T>): Promise<T> {
  // What comes later, the end of the browser included, nobody waits for.
  asked.catch(() => {})
  return within(asked, browserMs, () => {
    const found = `no answer within ${browserMs / 1000} s`
    return new Blocked({ summary: 'Chromium does not answer.', object: 'Chromium', expected: 'an answer', found })
  })
}

async function pictureOf(page: Page): Promise<Picture> {
  return { png: await page.screenshot(), text: (await page.textContent('body')) ?? '' }
}

/** What curl calls --resolve. */
function ruleOf({ base, at }: Route): string[] {
  if (at === undefined) return []
  const { hostname, port, protocol } = new URL(base)
  return [`MAP ${hostname}:${port || (protocol === 'https:' ? 443 : 80)} ${at.host}:${at.port}`]
}

/** Grows until nobody listens. What another host does not answer (a news feed, an avatar) is not the platform's. */
function complaintsOf(page: Page, origin: string) {
  const complaints: string[] = []
  const isOwn = (url: string) => url === '' || url.startsWith(origin)
  const said = (message: ConsoleMessage) => {
    if (message.type() === 'error' && isOwn(message.location().url)) complaints.push(message.text())
  }
  const threw = (error: Error) => complaints.push(`uncaught: ${error.message}`)
  const lost = (request: Request) => {
    const reason = request.failure()?.errorText ?? ''
    // A page gives up requests of its own when it asks anew.
    if (reason !== 'net::ERR_ABORTED' && isOwn(request.url())) complaints.push(`${reason}: ${request.url()}`)
  }
  page.on('console', said).on('pageerror', threw).on('requestfailed', lost)
  const listenNoMore = () => void page.off('console', said).off('pageerror', threw).off('requestfailed', lost)
  return { complaints, listenNoMore }
}

/** What Playwright says of a page is about the platform, unless it is about the browser; anything else is a bug. */
function ofPage(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof Unmet || error instanceof Blocked) return error
  if (!/^(page|locator|browserContext|cdpSession)\./.test(error.message)) return error
  const isOver = /crashed|has been closed/.test(error.message)
  const [found = ''] = reasonOf(error).split('\n')
  const circumstances = {
    summary: isOver
      ? 'The browser ended in the middle of a page.'
      : `${new URL(url).pathname} does not open in a browser.`,
    object: isOver ? 'Chromium' : url,
    expected: 'a page',
    found,
    remedy: [`curl -v '${url}'`],
  }
  return isOver ? new Blocked(circumstances) : new Unmet(circumstances)
}

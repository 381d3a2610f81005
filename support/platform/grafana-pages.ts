/**
 * Grafana's pages in the browser: the login form, and dashboards with what they asked, were answered, and show. The numbers
 * are those of the answers that the page itself got, for it is the page that puts the variables into its queries.
 */
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { z } from 'zod'
import type { Window } from '../dora/metrics'
import type { Browser, Picture, Visited } from './browser'
import type { Login } from './grafana'
import { type Dashboard, datasourcesOf } from './grafana-model'
import type { Routes } from './routes'

/** A column of a data frame. */
export interface Column {
  readonly name: string
  readonly isNumber: boolean
  readonly values: readonly unknown[]
}

export interface PanelView {
  readonly id: number
  readonly title: string
  readonly columns: readonly Column[]
  /** Of its queries, and the mark of an error that it shows. */
  readonly errors: readonly string[]
  /** What stands in it. */
  readonly text: string
}

export interface DashboardView {
  readonly panels: readonly PanelView[]
  readonly complaints: readonly string[]
  readonly loadedMs: number
  readonly picture: Picture | null
}

/** What is chosen on a dashboard; all teams where there is none. */
export interface Choice {
  readonly variables: Readonly<Record<string, string>>
  readonly window: Window
  readonly deadlineMs: number
  readonly pictured: boolean
}

/** Pixels of a row of Grafana's grid with its gap, and of what stands above the panels. */
const rowHeight = 38
const headHeight = 160

export class GrafanaPages {
  private entered: Promise<BrowserContext> | undefined

  constructor(
    private readonly browser: Browser,
    private readonly routes: Routes,
    private readonly deadlineMs: number,
  ) {}

  /** @throws Unmet when it does not open in time, Blocked without a browser */
  async open(
    login: Login,
    dashboard: Dashboard,
    { variables, window, deadlineMs, pictured }: Choice,
  ): Promise<DashboardView> {
    this.entered ??= this.enter(login)
    const context = await this.entered
    const { base } = await this.routes.to('grafana')
    const parameters = new URLSearchParams({ from: String(window.start), to: String(window.end), kiosk: '' })
    for (const [name, value] of Object.entries(variables)) parameters.set(`var-${name}`, value)
    const asking = dashboard.panels.filter((panel) => datasourcesOf(panel, dashboard.variables).length > 0)
    const answers = new PanelAnswers(asking.map(({ id }) => id))
    const rows = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h), 1)
    const url = `${base}/d/${encodeURIComponent(dashboard.uid)}/?${parameters}`
    const object = `dashboard ${dashboard.title}`
    const { value: shown, ...visited }: Visited<ShownPanel[]> = await this.browser.visit(context, {
      url,
      deadlineMs,
      pictured,
      begun: async (page) => {
        // Grafana asks only for panels that are in sight.
        await page.setViewportSize({ width: 1400, height: headHeight + rows * rowHeight })
        return answers.listenTo(page)
      },
      shown: async (page) => {
        await answers.complete
        await page.waitForFunction(nothingLoads, undefined, { polling: pollingMs })
        return this.browser.inFront(page, async () => {
          await page.evaluate(nextFrames)
          return shownPanels(page)
        })
      },
      late: () => ({
        summary: `The ${object} does not open within ${deadlineMs / 1000} s.`,
        object,
        expected: `all panels within ${deadlineMs / 1000} s`,
        found: `no answer for ${
          dashboard.panels
            .filter(({ id }) => answers.missing.has(id))
            .map(({ title }) => title)
            .join(', ') || 'nothing, but panels that still load'
        }`,
        remedy: [`# in a browser: ${url}`],
      }),
    })
    const panels = dashboard.panels.flatMap(({ id, title }) => {
      const drawn = shown.find((candidate) => isTitled(candidate.title, title))
      const { columns = [], errors = [] } = answers.of(id) ?? {}
      return drawn ? [{ id, title, columns, errors: [...errors, ...drawn.marks], text: drawn.text }] : []
    })
    return { panels, ...visited }
  }

  /** By the login form, as people do; the session is that of the window. */
  private async enter({ user, password }: Login): Promise<BrowserContext> {
    const context = await this.browser.window({ viewport: { width: 1400, height: 900 } })
    const { base } = await this.routes.to('grafana')
    const url = `${base}/login`
    await this.browser.visit(context, {
      url,
      deadlineMs: this.deadlineMs,
      shown: async (page) => {
        await page.fill('input[name="user"]', user)
        await page.fill('input[name="password"]', password)
        await page.click('button[type="submit"]')
        await page.waitForURL((at) => !at.pathname.endsWith('/login'), { waitUntil: 'commit' })
      },
      late: () => ({
        summary: `Grafana's login page does not let ${user} in.`,
        object: url,
        expected: 'another page after the login',
        found: `none within ${this.deadlineMs / 1000} s`,
        remedy: [`# in a browser: ${url}`],
      }),
    })
    return context
  }
}

/** Whether what is drawn is the title of a model, whatever its variables stand for. */
function isTitled(drawn: string, title: string): boolean {
  const parts = title.split(/\$\{[^}]*\}|\$\w+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(drawn)
}

const frame = z.looseObject({
  schema: z.looseObject({ fields: z.array(z.looseObject({ name: z.string().default(''), type: z.string() })) }),
  data: z.looseObject({ values: z.array(z.array(z.unknown())) }),
})
const answer = z.looseObject({
  results: z.record(z.string(), z.looseObject({ error: z.string().optional(), frames: z.array(frame).nullish() })),
})

interface PanelAnswer {
  readonly columns: readonly Column[]
  readonly errors: readonly string[]
}

/**
 * The answers of the query endpoint on their way to the page. They are read before the page has them: the browser forgets the
 * bodies of those that it has handed on.
 */
class PanelAnswers {
  private readonly answers = new Map<number, PanelAnswer>()
  readonly missing: Set<number>
  /** Until each panel that asks has an answer. */
  readonly complete: Promise<void>
  private completed: () => void = () => {}

  constructor(panels: readonly number[]) {
    this.missing = new Set(panels)
    this.complete = panels.length === 0 ? Promise.resolve() : new Promise((resolve) => (this.completed = resolve))
  }

  of(panel: number): PanelAnswer | undefined {
    return this.answers.get(panel)
  }

  /** @returns what ends it */
  async listenTo(page: Page): Promise<() => Promise<void>> {
    const session = await page.context().newCDPSession(page)
    session.on('Fetch.requestPaused', (paused) => {
      // A page that is closed meanwhile needs nothing any more.
      this.take(session, paused).catch(() => {})
    })
    const patterns = [{ urlPattern: '*/api/ds/query*', requestStage: 'Response' as const }]
    await session.send('Fetch.enable', { patterns })
    return () => session.detach()
  }

  private async take(session: CDPSession, { requestId, request, responseStatusCode }: Paused): Promise<void> {
    const panel = Number(Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'x-panel-id')?.[1])
    const got =
      responseStatusCode === undefined ? undefined : await session.send('Fetch.getResponseBody', { requestId })
    await session.send('Fetch.continueRequest', { requestId })
    if (Number.isNaN(panel)) return
    const body = got ? Buffer.from(got.body, got.base64Encoded ? 'base64' : 'utf8').toString('utf8') : ''
    this.answers.set(panel, panelAnswer(responseStatusCode, body))
    this.missing.delete(panel)
    if (this.missing.size === 0) this.completed()
  }
}

interface Paused {
  readonly requestId: string
  readonly request: { readonly headers: object }
  readonly responseStatusCode?: number
}

/** What a body of the query endpoint says. */
export function panelAnswer(status: number | undefined, body: string): PanelAnswer {
  const parsed = answer.safeParse(tolerant(body))
  if (!parsed.success) return { columns: [], errors: [`status ${status ?? 'none'}: ${body.slice(0, 200)}`] }
  const results = Object.values(parsed.data.results)
  const columns = results.flatMap(({ frames }) =>
    (frames ?? []).flatMap(({ schema, data }) =>
      schema.fields.map(({ name, type }, index) => ({
        name,
        isNumber: type === 'number',
        values: data.values[index] ?? [],
      })),
    ),
  )
  return { columns, errors: results.flatMap(({ error }) => (error === undefined ? [] : [error])) }
}

function tolerant(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

interface ShownPanel {
  readonly title: string
  readonly text: string
  readonly marks: readonly string[]
}

const nothingLoads = `document.querySelector('[aria-label="Panel loading bar"]') === null`
/** And not with each frame, of which a tab that is not in front has few. */
const pollingMs = 50
const nextFrames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))'

/** By the marks that Grafana's own tests look for. */
function shownPanels(page: Page): Promise<ShownPanel[]> {
  return page.$$eval('[data-testid^="data-testid Panel header "]', (panels) =>
    panels.map((panel) => ({
      title: (panel.getAttribute('data-testid') ?? '').replace('data-testid Panel header ', ''),
      text: panel.querySelector('[data-testid="data-testid panel content"]')?.textContent ?? '',
      marks: [...panel.querySelectorAll('[data-testid="data-testid Panel status error"]')].map(
        (mark) => mark.getAttribute('aria-label') ?? 'the mark of an error',
      ),
    })),
  )
}

/** Grafana's pages in the browser: the login form, and dashboards with the results of their queries and the text they show. */
import type { BrowserContext, Page } from 'playwright-core'
import { type CommandLine, command, comment, urlPart } from '../basis/command'
import { type Circumstances, Unmet } from '../basis/expectation'
import type { Window } from '../dora/metrics'
import { type Browser, originOf, type Visited } from './browser'
import { registerCookies } from './cookies'
import { bearer, type Login } from './grafana'
import { type Dashboard, type Panel, sendsQueries, sourceOf, transformationsOf } from './grafana-model'
import { type Column, PanelAnswers } from './panel-answers'
import type { FieldConfig } from './panel-fields'
import type { Picture } from './picture'
import type { Routes } from './routes'
import { withShownNames } from './shown-names'
import { copiesOf, nextFrames, nothingLoads, pollingMs, type ShownPanel, shownPanels } from './shown-panels'

export interface PanelView {
  readonly id: number
  /** The kind of drawing, such as "stat". */
  readonly type: string
  readonly title: string
  readonly fieldConfig: FieldConfig
  /** The changes in the browser between the query and the drawing. */
  readonly transformations?: Panel['transformations']
  /** The options of this kind of drawing. */
  readonly options?: Panel['options']
  /** The time zone of the axis; "" and "browser" are the reader's. */
  readonly timezone: string
  /** The times of its own, such as "timeFrom 7d"; absent if the panel shows the chosen range. */
  readonly ownTime?: string
  /** The variable for each of whose values the panel is drawn. */
  readonly repeat?: Panel['repeat']
  /** The count of its copies on the page; one when absent. */
  readonly copies?: number
  readonly columns: readonly Column[]
  /** The errors of the panel's queries, and the labels of the error icons that it shows. */
  readonly errors: readonly string[]
  /** The text that the panel shows. */
  readonly text: string
}

/** A range in the words of Grafana's time picker, such as "now-6M" to "now". */
export interface RelativeRange {
  readonly from: string
  readonly to: string
}

export interface DashboardView {
  /** The range of most queries of the page, in whole seconds; undefined if no query names one. */
  readonly asked: Window | undefined
  readonly panels: readonly PanelView[]
  readonly complaints: readonly string[]
  readonly loadedMs: number
  readonly picture: Picture | null
}

/** The variables and the time range to select on a dashboard. Without a selected team it shows all teams. */
export interface Choice {
  readonly variables: Readonly<Record<string, string | readonly string[]>>
  /** Absent: the range that the dashboard opens with. */
  readonly window?: Window | RelativeRange | undefined
  readonly deadlineMs: number
  readonly pictured: boolean
}

/** The height in pixels of a row of Grafana's grid including its gap, and of the page above the panels. */
const rowHeight = 38
const headHeight = 160

export class GrafanaPages {
  private session: Promise<BrowserContext> | undefined

  constructor(
    private readonly browser: Browser,
    private readonly routes: Routes,
    private readonly deadlineMs: number,
  ) {}

  /** Opens a dashboard and reads its panels. @throws Unmet if it does not open in time, Blocked if there is no browser */
  async open(login: Login, dashboard: Dashboard, choice: Choice): Promise<DashboardView> {
    const { deadlineMs, pictured } = choice
    this.session ??= 'token' in login ? this.window() : this.logIn(login)
    const context = await this.session
    const url = await this.urlOf(dashboard, choice)
    const { base } = await this.routes.to('grafana')
    const model = command`curl -s -u 'admin:…' '${`${base}/api/dashboards/uid/${urlPart(dashboard.uid)}`}'`
    const idsOf = (panels: readonly Panel[]) => panels.map(({ id }) => id)
    const ofOwnTime = dashboard.panels.filter((panel) => ownTimeOf(panel) !== undefined)
    const answers = new PanelAnswers(idsOf(dashboard.panels.filter(sendsQueries)), idsOf(ofOwnTime))
    const { value: shown, ...visited }: Visited<ShownPanel[]> = await this.browser.visit(context, {
      url,
      deadlineMs,
      pictured,
      begun: async (page) => {
        // Grafana queries only the panels inside the viewport.
        const rows = Math.min(rowsOf(dashboard) * mostCopies(dashboard, choice), mostRows)
        await page.setViewportSize({ width: 1400, height: headHeight + rows * rowHeight })
        const undo = 'token' in login ? await authorizedAt(page, new URL(base).origin, bearer(login)) : undefined
        const stop = await answers.listenTo(page)
        return async () => {
          await stop()
          await undo?.()
        }
      },
      isExcused: 'token' in login ? ofServiceAccounts : undefined,
      shown: async (page) => {
        await answers.complete
        await page.waitForFunction(nothingLoads, undefined, { polling: pollingMs })
        return this.browser.inFront(page, async () => {
          await page.evaluate(nextFrames)
          return shownPanels(page)
        })
      },
      late: () => tooLate(dashboard, answers.missing, model, url, deadlineMs),
    })
    const panels = dashboard.panels.flatMap((panel): PanelView[] => {
      const { id, type, title, fieldConfig, options, repeat } = panel
      const copies = copiesOf(panel, shown)
      const [drawn] = copies
      if (!drawn) return []
      const source = sourceOf(panel, dashboard.panels)
      const { columns = [], errors = [] } = answers.of(source.id) ?? {}
      const ownTime = ownTimeOf(source)
      const transformations = transformationsOf(panel, dashboard.panels)
      const drawing = {
        ...{ fieldConfig, options, repeat, copies: copies.length },
        ...{ transformations, columns: withShownNames(columns, transformations) },
        timezone: options?.timezone?.[0] || dashboard.timezone,
        ...(ownTime !== undefined && { ownTime }),
      }
      const shownErrors = [...errors, ...copies.flatMap(({ marks }) => marks)]
      return [{ id, type, title, ...drawing, errors: shownErrors, text: drawn.text }]
    })
    return { panels, asked: answers.asked, ...visited }
  }

  private async urlOf({ uid }: Dashboard, { variables, window }: Choice): Promise<string> {
    const { base } = await this.routes.to('grafana')
    const parameters = new URLSearchParams({ kiosk: '' })
    if (window) {
      const { from, to } = 'start' in window ? { from: String(window.start), to: String(window.end) } : window
      parameters.set('from', from)
      parameters.set('to', to)
    }
    for (const [name, values] of Object.entries(variables))
      for (const value of [values].flat()) parameters.append(`var-${name}`, value)
    return `${base}/d/${urlPart(uid)}/?${parameters}`
  }

  private window(): Promise<BrowserContext> {
    return this.browser.window({ viewport: { width: 1400, height: 900 } })
  }

  /** Logs in with the login form, as people do, and returns the window that has the session. */
  private async logIn({ user, password }: Exclude<Login, { token: string }>): Promise<BrowserContext> {
    const context = await this.window()
    const { base } = await this.routes.to('grafana')
    const url = `${base}/login`
    await this.browser.visit(context, {
      url,
      deadlineMs: this.deadlineMs,
      begun: (page) => onlyTo(page, new URL(base).origin),
      shown: async (page) => {
        await page.fill('input[name="user"]', user)
        await enterPassword(page, password, new URL(base).origin, url)
        await page.click('button[type="submit"]')
        await page.waitForURL((at) => !at.pathname.endsWith('/login'), { waitUntil: 'commit' })
      },
      late: () => ({
        summary: `Grafana's login page does not log ${user} in.`,
        object: url,
        expected: 'a redirect to another page after the login',
        found: `no redirect within ${this.deadlineMs / 1000} s`,
        remedy: [command`curl -sI '${url}'`, comment`open in a browser: ${url}`],
      }),
    })
    registerCookies(await context.cookies())
    return context
  }
}

/**
 * Grafana's pages are made for people: a service account is refused the paths of its own user, and a browser sends no token with
 * a WebSocket. Neither is an error that people see. https://github.com/grafana/grafana-kiosk/issues/146
 */
const ofServiceAccounts = (text: string, url: string): boolean =>
  /\/api\/(user|live)(\/|$)/.test(URL.parse(url)?.pathname ?? '') ||
  /^WebSocket connection to '\S+\/api\/live\/ws/.test(text)

/**
 * Sends a token with each request of a page to one origin, and to no other, redirects included. Returns a function that undoes this.
 */
async function authorizedAt(page: Page, origin: string, authorization: string): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const headers = Object.entries(request.headers)
      .filter(([name]) => name.toLowerCase() !== 'authorization')
      .map(([name, value]) => ({ name, value }))
    if (originOf(request.url) === origin) headers.push({ name: 'Authorization', value: authorization })
    // An error means that the page was closed meanwhile.
    session.send('Fetch.continueRequest', { requestId, headers }).catch(() => {})
  })
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
  return () => session.detach()
}

/**
 * Lets a page connect to one origin only, redirects included. Returns a function that undoes this.
 */
async function onlyTo(page: Page, origin: string): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const asked = new URL(request.url)
    const isAllowed = asked.origin === origin || asked.protocol === 'data:' || asked.protocol === 'blob:'
    const answer = isAllowed
      ? session.send('Fetch.continueRequest', { requestId })
      : session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
    // An error means that the page was closed meanwhile.
    answer.catch(() => {})
  })
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
  return () => session.detach()
}

/**
 * Enters the password only if the document belongs to the origin that was opened. The field is bound to its document, so that a
 * page that replaces it in between receives nothing.
 * @throws Unmet if the login page belongs to another origin
 */
async function enterPassword(page: Page, password: string, origin: string, url: string): Promise<void> {
  const field = await page.waitForSelector('input[name="password"]')
  const { opened, sendsTo } = await field.evaluate((input) => ({
    opened: input.ownerDocument.location.origin,
    sendsTo: new URL((input as HTMLInputElement).form?.action ?? '', input.ownerDocument.baseURI).origin,
  }))
  if (opened === origin && sendsTo === origin) return field.fill(password)
  throw new Unmet({
    summary: "Grafana's login page belongs to another origin, so the password was not entered.",
    object: url,
    expected: `a login form of ${origin}`,
    found: opened === origin ? `a form that sends to ${sendsTo}` : `a page of ${opened}`,
    remedy: [command`curl -sI ${url}`],
  })
}

/** A panel's own times in place of those of the page. Grafana applies "timeFrom" to relative ranges only (PanelTimeRange.tsx). */
function ownTimeOf({ timeFrom, timeShift }: Panel): string | undefined {
  const times = [...(timeFrom ? [`timeFrom ${timeFrom}`] : []), ...(timeShift ? [`timeShift ${timeShift}`] : [])]
  return times.length > 0 ? times.join(', ') : undefined
}

/** The assumed copies of a panel that is repeated for all values of a variable, and the copies that stand side by side. */
const unknownCopies = 20
const copiesInRow = 4

/** The most copies of a panel that a page draws below each other for a choice. */
function mostCopies({ panels }: Dashboard, { variables }: Choice): number {
  const counts = panels.flatMap(({ repeat, repeatDirection }) => {
    if (!repeat) return []
    const chosen = [variables[repeat] ?? 'All'].flat()
    const copies = chosen.some((value) => /^(?:All|\$__all)$/.test(value)) ? unknownCopies : chosen.length
    return Math.ceil(copies / (repeatDirection === 'v' ? 1 : copiesInRow))
  })
  return Math.max(1, ...counts)
}

/** The most rows that are opened at once: a higher window takes more memory than a machine has. People's dashboards have far fewer. */
const mostRows = 1000

const rowsOf = ({ panels }: Dashboard) => Math.max(...panels.map(({ gridPos: { y, h } }) => y + h), 1)

function tooLate(
  { title, panels }: Dashboard,
  missing: ReadonlySet<number>,
  model: CommandLine,
  url: string,
  deadlineMs: number,
): Circumstances {
  const object = `dashboard ${title}`
  const withoutAnswer = panels.filter(({ id }) => missing.has(id)).map((panel) => panel.title)
  return {
    summary: `The ${object} does not open within ${deadlineMs / 1000} s.`,
    object,
    expected: `all panels loaded within ${deadlineMs / 1000} s`,
    found:
      withoutAnswer.length > 0
        ? `no query results for: ${withoutAnswer.join(', ')}`
        : 'results for all queries, but panels that are still loading',
    remedy: [model, comment`open in a browser: ${url}`],
  }
}

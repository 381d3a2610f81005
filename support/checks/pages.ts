/** 11.1 and 21.7: pages as people open them: in time, without an error, and with nothing to complain about. */
import { Unmet } from '../basis/expectation'
import { rememberOutcome } from '../basis/memo'
import type { Picture, Visited } from '../platform/browser'
import type { DashboardView } from '../platform/grafana-pages'
import type { Platform } from '../platform/platform'
import { viewForPeople } from './numbers/dashboard-views'

/** 11.1: it opens in time, and there is something to see. Returns a picture. */
export async function expectUiOpens(platform: Platform): Promise<Picture | null> {
  const { value, picture } = await uiOf(platform)
  if (value > 0) return picture
  throw new Unmet({
    summary: 'The page of the DevLake UI is empty.',
    object: 'DevLake UI',
    expected: 'something to read',
    found: 'nothing that can be seen',
    remedy: [`curl -v '${(await platform.routes.to('ui')).base}/'`],
  })
}

/** 11.1 */
export async function expectSilentUi(platform: Platform): Promise<void> {
  const { complaints } = await uiOf(platform)
  expectNoComplaints('The DevLake UI', 'DevLake UI', complaints)
}

/** The page, opened once in a run, and how many texts can be read on it. */
const uiOf = rememberOutcome(openUi)

async function openUi({ routes, browser, configuration }: Platform): Promise<Visited<number>> {
  const url = `${(await routes.to('ui')).base}/`
  const deadlineMs = configuration.deadlines.dashboard
  return browser.visit(await browser.window({ viewport: { width: 1400, height: 900 } }), {
    url,
    deadlineMs,
    pictured: true,
    shown: async (page) => {
      await page.waitForLoadState('networkidle')
      return page.getByText(/\S/).filter({ visible: true }).count()
    },
    late: () => ({
      summary: `The DevLake UI does not open within ${deadlineMs / 1000} s.`,
      object: 'DevLake UI',
      expected: 'a page that is loaded',
      found: 'one that still loads',
      remedy: [`curl -v '${url}'`],
    }),
  })
}

function expectNoComplaints(what: string, object: string, complaints: readonly string[]): void {
  const [first] = complaints
  if (first === undefined) return
  throw new Unmet({
    summary: `${what} complains in the console of the browser: ${first.slice(0, 200)}`,
    object,
    expected: 'no error in the console, and everything loaded',
    found: [...new Set(complaints)].join('\n'),
    remedy: ['# in a browser: the console of the page (F12)'],
  })
}

/** 21.7: it opens within the deadline. Returns what was seen. */
export function expectDashboardOpens(platform: Platform, title: string): Promise<DashboardView> {
  return viewForPeople(platform, title)
}

/** All dashboards open in time: what else is looked at on them needs that. */
export async function expectDashboardsOpen(platform: Platform): Promise<void> {
  for (const { title } of platform.contract.dashboards.all) await viewForPeople(platform, title)
}

/** 21.7: each panel is drawn, and none with an error. Returns how many there are. */
export async function expectNoPanelErrors(platform: Platform, title: string): Promise<number> {
  const { panels } = await viewForPeople(platform, title)
  const wrong = panels.filter(({ errors }) => errors.length > 0)
  const [first] = wrong
  if (panels.length > 0 && !first) return panels.length
  throw new Unmet({
    summary: first
      ? `The panel ${first.title} of the dashboard ${title} shows an error instead of numbers.`
      : `The dashboard ${title} shows no panel.`,
    object: first ? `panel ${title} / ${first.title}` : `dashboard ${title}`,
    expected: 'panels without an error',
    found: wrong.map((panel) => `${panel.title}: ${[...new Set(panel.errors)].join('; ')}`).join('\n') || 'none',
    remedy: ['# in Grafana: the query of the panel'],
  })
}

/** 21.7 */
export async function expectSilentConsole(platform: Platform, title: string): Promise<void> {
  const { complaints } = await viewForPeople(platform, title)
  expectNoComplaints(`The dashboard ${title}`, `dashboard ${title}`, complaints)
}

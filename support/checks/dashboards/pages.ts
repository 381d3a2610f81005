/** Section 21.7: the dashboards as a person opens them: in time, without errors in panels or in the browser console. */
import { expectNone, throwIfBlocked, Unmet } from '../../basis/expectation'
import type { DashboardView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { expectSilence } from '../browser-console'
import { inGrafana, namesOf } from './installation'
import { panelError } from './panels'
import { openDashboards, viewForPeople } from './views'

/** 21.7: the dashboard opens within the deadline. Returns what it showed. */
export function expectDashboardOpens(platform: Platform, title: string): Promise<DashboardView> {
  return viewForPeople(platform, title)
}

/** Checks that there is a dashboard that opens in time. @throws Blocked with the findings of all dashboards */
export async function expectOneOpens(platform: Platform): Promise<void> {
  const { readable, unreadable } = await openDashboards(platform)
  if (readable.length === 0) throwIfBlocked(unreadable)
}

/** 21.7: every panel is drawn, none with an error. Returns the number of panels. */
export async function expectNoPanelErrors(platform: Platform, title: string): Promise<number> {
  const { panels } = await viewForPeople(platform, title)
  const names = namesOf(platform, title)
  const wrong = panels.filter(({ errors }) => errors.length > 0)
  expectNone(await Promise.all(wrong.map((panel) => panelError(platform, names, panel))))
  if (panels.length > 0) return panels.length
  throw new Unmet({
    summary: `The dashboard ${title} shows no panel.`,
    object: `dashboard ${title}`,
    expected: 'at least one panel',
    found: 'no panels',
    remedy: await inGrafana(platform, names),
  })
}

/** 21.7: the dashboard logs no errors in the browser console. */
export async function expectSilentConsole(platform: Platform, title: string): Promise<void> {
  const { complaints } = await viewForPeople(platform, title)
  const remedy = await inGrafana(platform, namesOf(platform, title), 'the plugins of the panels')
  expectSilence(`The dashboard ${title}`, `dashboard ${title}`, complaints, remedy)
}

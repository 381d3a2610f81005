/** Section 21.7: the dashboards as a person opens them: in time, without errors in panels or in the browser console. */
import { Unmet } from '../../basis/expectation'
import type { DashboardView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { expectSilence } from '../browser-console'
import { inGrafana, namesOf } from './installation'
import { viewForPeople } from './views'

/** 21.7: the dashboard opens within the deadline. Returns what it showed. */
export function expectDashboardOpens(platform: Platform, title: string): Promise<DashboardView> {
  return viewForPeople(platform, title)
}

/** Checks that every dashboard opens in time, which all other checks of their panels need. */
export async function expectDashboardsOpen(platform: Platform): Promise<void> {
  for (const { title } of platform.contract.dashboards.all) await viewForPeople(platform, title)
}

/** 21.7: every panel is drawn, none with an error. Returns the number of panels. */
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
    expected: 'panels without errors',
    found: wrong.map((panel) => `${panel.title}: ${[...new Set(panel.errors)].join('; ')}`).join('\n') || 'no panels',
    remedy: await inGrafana(platform, namesOf(platform, title)),
  })
}

/** 21.7: the dashboard logs no errors in the browser console. */
export async function expectSilentConsole(platform: Platform, title: string): Promise<void> {
  const { complaints } = await viewForPeople(platform, title)
  const remedy = await inGrafana(platform, namesOf(platform, title), 'the plugins of the panels')
  expectSilence(`The dashboard ${title}`, `dashboard ${title}`, complaints, remedy)
}

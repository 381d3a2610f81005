/** Panels that show an error instead of numbers. */
import { asBlocked, type Circumstances, expectData, expectNone, throwIfBlocked, unmetOf } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import type { PanelView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { behind } from './datasources'
import { inGrafana, panelOf, showDashboards } from './installation'
import { openDashboards, type ReadableDashboards, viewForPeople } from './views'

/** The finding for a panel that shows an error instead of numbers. */
export async function panelError(
  platform: Platform,
  names: DashboardNames,
  { title, errors }: Pick<PanelView, 'title' | 'errors'>,
): Promise<Circumstances> {
  return {
    summary: `The panel ${title} of the dashboard ${names.title} shows an error instead of numbers.`,
    object: panelOf(names, title),
    ...behind(platform, errors),
    expected: 'an answer to each of its queries',
    found: [...new Set(errors)].join('; '),
    remedy: await inGrafana(platform, names),
  }
}

/** The findings for the panels of a page that show an error. */
export const errorsOn = (platform: Platform, names: DashboardNames, panels: readonly PanelView[]) =>
  Promise.all(panels.filter(({ errors }) => errors.length > 0).map((panel) => panelError(platform, names, panel)))

/** The findings for the panels of a dashboard that show an error to people. */
export const errorsForPeople = async (platform: Platform, names: DashboardNames) =>
  errorsOn(platform, names, (await viewForPeople(platform, names.title)).panels)

/** The dashboards that open in time and whose panels all show an answer. */
export async function answeredDashboards(platform: Platform): Promise<ReadableDashboards> {
  const { readable: open, unreadable } = await openDashboards(platform)
  const errors: Circumstances[] = []
  const readable: DashboardNames[] = []
  for (const names of open) {
    const found = await errorsForPeople(platform, names)
    if (found.length === 0) readable.push(names)
    errors.push(...found)
  }
  const unanswered = unmetOf(errors)
  return { readable, unreadable: unanswered ? [...unreadable, asBlocked(unanswered)] : unreadable }
}

/** Checks what a comparison of all dashboards needs. @throws Blocked with whatever is missing */
export async function expectAllReadable(platform: Platform): Promise<void> {
  throwIfBlocked((await answeredDashboards(platform)).unreadable)
}

/** 16.2: the queries of all panels succeed. Returns the number of panels. */
export async function expectPanelsAnswered(platform: Platform): Promise<number> {
  const { readable, unreadable } = await openDashboards(platform)
  const views = await Promise.all(readable.map(({ title }) => viewForPeople(platform, title)))
  const panels = views.flatMap((view) => view.panels)
  expectNone((await Promise.all(readable.map((names) => errorsForPeople(platform, names)))).flat())
  throwIfBlocked(unreadable)
  expectData(panels, 'panel', 'the dashboards', [await showDashboards(platform)])
  return panels.length
}

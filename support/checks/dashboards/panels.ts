import { type Circumstances, expectData, expectNone } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import type { PanelView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { behind, inGrafana, panelOf, showDashboards } from './installation'
import { subjectsOf, viewOf } from './views'

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

/** 16.2: the queries of all panels succeed. Returns the number of panels. */
export async function expectPanelsAnswered(platform: Platform): Promise<number> {
  const { projects, window } = await subjectsOf(platform)
  const unmet: Circumstances[] = []
  let panels = 0
  for (const names of platform.contract.dashboards.all) {
    const view = await viewOf(platform, names, { project: projects[0], window })
    panels += view.panels.length
    for (const { title, errors } of view.panels)
      if (errors.length > 0) unmet.push(await panelError(platform, names, { title, errors }))
  }
  expectNone(unmet)
  expectData(Array.from({ length: panels }), 'panel', 'the dashboards', [await showDashboards(platform)])
  return panels
}

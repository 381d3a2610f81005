/** The metrics of one project with the events behind them, as `dora-acceptance explain` shows them. */

import { applicable, Blocked } from '../../basis/expectation'
import { visibleDataInOneLine } from '../../basis/visible-text'
import { emptyAccount } from '../../dora/account'
import { metricsOf } from '../../dora/compute'
import { type Explained, explanationAsJson, explanationAsText } from '../../dora/explanation'
import type { Window } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { settingsOfProjects } from '../../service/metric-settings'
import { expectProject } from '../../service/projects'
import { unknownTables } from '../../service/raw-event-statements'
import { eventsOfProject } from '../../service/raw-events'
import { acceptsRange, reportingIn, reportsAll, surfacesOf } from '../../service/surfaces'
import type { Explanation } from './numbers-proof'

/** The explanation in its two forms. A newline in a name must not start a line of the text. */
export const explanationOf = (explained: Explained): Explanation => ({
  text: explanationAsText(visibleDataInOneLine(explained)),
  json: explanationAsJson(explained),
})

/**
 * Recomputes the metrics of a project in any window from its events, and reads every surface that answers about such a window.
 * @throws NotApplicable when the flavour reports no metrics over REST
 * @throws Unmet or Blocked when a part cannot be read, or there is no such project
 */
export async function explainProject(
  platform: Platform,
  project: string,
  window: Window,
  all = surfacesOf(platform),
): Promise<Explained> {
  applicable(platform.contract.dora.rest)
  await platform.registerSecrets()
  const unknown = unknownTables(platform.configuration)
  // Without builds, the rework rate is shown as N/A: the command is for the four metrics.
  unknown.delete('rework rate')
  for (const lacking of unknown.values()) throw new Blocked(lacking)
  await expectProject(platform, project)
  const { defaults } = platform.contract.dora.settings
  const { severities, frequencyEnvironment } = (await settingsOfProjects(platform)).get(project) ?? defaults
  const token = await apiToken(platform)
  const events = await eventsOfProject(platform, project)
  const question = { token, project, range: window, window, severities, now: window.end }
  const surfaces = await Promise.all(
    reportingIn(all)
      .filter((surface) => reportsAll(surface) && acceptsRange(surface, window))
      .map(async (surface) => {
        const { reading } = await surface.read(platform, question)
        const { project: named, ...numbers } = reading
        return { surface: surface.name, reading: named === project ? numbers : reading }
      }),
  )
  const account = emptyAccount()
  const options = { project, windows: [window], severities, frequencyEnvironment, now: window.end, account }
  return { project, window, events, metrics: metricsOf(events, options), account, surfaces }
}

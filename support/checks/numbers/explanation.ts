/** How the metrics of one project of the platform came about: what `npm run explain` shows. */

import { applicable, Blocked, Unmet } from '../../basis/expectation'
import { metricsOf } from '../../dora/compute'
import type { Explained } from '../../dora/explanation'
import type { Window } from '../../dora/metrics'
import { openPlatform } from '../../run/session'
import { apiToken } from '../../service/api'
import { settingsOfProjects } from '../../service/metric-settings'
import { expectProjects } from '../../service/projects'
import { unknownTables } from '../../service/raw-event-statements'
import { eventsOfProject } from '../../service/raw-events'
import { readRest } from '../../service/surfaces'

/**
 * The metrics of a project of the platform in any window, their events, and what REST says of the same window.
 * @throws Unmet or Blocked when a part cannot be asked, or there is no such project; NotApplicable where REST says no metrics
 */
export async function explainProject(project: string, window: Window): Promise<Explained> {
  const platform = openPlatform()
  const rest = applicable(platform.contract.dora.rest)
  await platform.registerSecrets()
  const unknown = unknownTables(platform.configuration)
  // Rework is shown as N/A without builds; the four metrics are what the command is for.
  unknown.delete('rework rate')
  for (const lacking of unknown.values()) throw new Blocked(lacking)
  const projects = await expectProjects(platform)
  if (!projects.includes(project))
    throw new Unmet({
      summary: `There is no project ${project}.`,
      object: 'REST API',
      expected: 'the name of a project',
      found: projects.join(', ') || 'no project at all',
    })
  const { defaults } = platform.contract.dora.settings
  const { severities } = (await settingsOfProjects(platform)).get(project) ?? defaults
  const token = await apiToken(platform)
  const events = await eventsOfProject(platform, project)
  const surfaces = await Promise.all(
    Object.values(rest).map((metric) => readRest(platform, token, metric, project, window)),
  )
  const metrics = metricsOf(events, { project, windows: [window], severities, now: window.end })
  return { project, window, events, metrics, surfaces }
}

/** Sections 18 and 21: recomputes the metrics of the projects from their stored events and compares every surface with them. */

import { applicable, expectData } from '../../basis/expectation'
import { shownBoth } from '../../dora/comparison'
import type { Quantity } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { settingsOfProjects } from '../../service/metric-settings'
import { projectsOfPlatform } from '../../service/projects'
import type { EventCount } from '../../service/raw-events'
import { type ReportingSurface, reportingIn, type Surface } from '../../service/surfaces'
import { chosenProjects } from './chosen-projects'
import { rejection, type WrongNumber } from './differences'
import { type Metric, quantitiesOf, recomputable } from './metric'
import { ProjectReconciliation, type SurfaceDifference, settingsWindow } from './project-reconciliation'

/** All projects, recomputed and compared. */
export interface Reconciliation {
  readonly projects: readonly string[]
  /** The number of projects on the platform; a larger number than `projects` was sampled. */
  readonly of: number
  readonly events: EventCount
  /** The number of answers of surfaces that were compared. */
  readonly compared: number
  readonly differences: readonly SurfaceDifference[]
}

/**
 * @throws NotApplicable when the flavour reports no metrics over REST
 * @throws Unmet or Blocked when a part cannot be read
 */
export async function reconcileProjects(platform: Platform, surfaces: readonly Surface[]): Promise<Reconciliation> {
  applicable(platform.contract.dora.rest)
  const reporting: readonly ReportingSurface[] = reportingIn(surfaces)
  const all = await projectsOfPlatform(platform)
  const projects = chosenProjects(all, platform.configuration.projects)
  const token = await apiToken(platform)
  const settings = await settingsOfProjects(platform)
  const isKnown = recomputable(platform.configuration)
  const events: EventCount = { deployments: 0, commits: 0, incidents: 0, builds: 0 }
  const differences: SurfaceDifference[] = []
  let compared = 0
  for (const project of projects) {
    const inForce = settings.get(project) ?? platform.contract.dora.settings.defaults
    // A surface that did not catch up within the time given for one project will not do so for the next.
    const isPatient = differences.length === 0
    const one = new ProjectReconciliation(platform, reporting, token, project, inForce, isKnown)
    const result = await one.run(isPatient)
    events.deployments += result.events.deployments
    events.commits += result.events.commits
    events.incidents += result.events.incidents
    events.builds += result.events.builds
    compared += result.compared
    differences.push(...result.differences)
  }
  return { projects, of: all.length, events, compared, differences }
}

/** 21.2 to 21.6 and 18.5: every surface reports what the events of each project yield. Returns what was compared. */
export const expectReconciled = (reconciliation: Reconciliation, metric: Metric): string =>
  judged(reconciliation, metric, (range) => range !== settingsWindow)

/**
 * 18.2 and 18.4: a request without a range is answered over the window of the project's settings. Returns a description of
 * the comparison.
 */
export const expectSettingsReconciled = (reconciliation: Reconciliation, metric: Metric): string =>
  judged(reconciliation, metric, (range) => range === settingsWindow)

function judged(
  { projects, of, events, compared, differences }: Reconciliation,
  metric: Metric,
  isMeant: (range: string) => boolean,
): string {
  expectData(projects, 'project', 'REST API')
  const [what, count] =
    metric === 'rework rate' ? ['build', events.builds] : ['event', events.deployments + events.incidents]
  if (count === 0) expectData([], `${what} of a project`, 'database')
  if (compared === 0) expectData([], 'answer of a surface', 'the surfaces of the metrics')
  const quantities: readonly Quantity[] = quantitiesOf[metric]
  const meant = differences.filter(({ quantity, range }) => quantities.includes(quantity) && isMeant(range))
  const [first, ...others] = meant
  if (first)
    throw rejection(wrongNumber(first), others.map(wrongNumber), {
      object: `${metric} of ${first.project}`,
      owner: `${first.project} (${first.range})`,
      source: 'its events',
      columns: ['project', 'surface', 'range'],
    })
  const sample = projects.length < of ? `${projects.length} of ${of} projects` : `${projects.length} projects`
  return `${sample}, ${events.deployments} deployments, ${events.commits} commits, ${events.incidents} incidents, ${events.builds} builds; ${compared} answers of the surfaces`
}

function wrongNumber(difference: SurfaceDifference): WrongNumber {
  const { project, surface, range, quantity, likely, command } = difference
  const [expected, found] = shownBoth(difference)
  return {
    place: [project, surface, range],
    shows: `${surface} reports`,
    quantity,
    expected,
    found,
    likely,
    remedy: command,
  }
}

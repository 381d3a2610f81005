/**
 * Sections 18 and 21: the events of every project are read from the database and recomputed, and each surface must report the
 * same numbers. One reconciliation serves all scenarios of a run.
 */

import { applicable, Blocked, expectData, Unmet } from '../../basis/expectation'
import { rememberOutcome } from '../../basis/memo'
import type { Configuration } from '../../configuration/schema'
import { shownBoth } from '../../dora/comparison'
import { likeliest } from '../../dora/interpretation'
import type { Quantity } from '../../dora/metrics'
import { expectReported } from '../../flavours/devlake/reporting-dashboard'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { settingsOfProjects } from '../../service/metric-settings'
import { projectsOfPlatform } from '../../service/projects'
import { unknownTables } from '../../service/raw-event-statements'
import type { EventCount } from '../../service/raw-events'
import { chosenProjects } from './chosen-projects'
import { type Finding, ProjectReconciliation, settingsWindow } from './project-reconciliation'

/** Those whose window is a setting of the project. */
export type WindowedMetric = Extract<Metric, 'deployment frequency' | 'change failure rate'>

const metrics = ['deployment frequency', 'lead time', 'change failure rate', 'time to restore', 'rework rate'] as const
export type Metric = (typeof metrics)[number]

const quantitiesOf: Readonly<Record<Metric, readonly Quantity[]>> = {
  'deployment frequency': [
    'deployment frequency',
    'deployments',
    'deployments by day',
    'deployment frequency level',
    'all-time deployments',
  ],
  'lead time': [
    'lead time',
    'lead time p50',
    'lead time p95',
    'lead time level',
    'all-time lead times',
    'sum of all lead times',
    'lead times up to an hour',
    'lead times up to a day',
  ],
  'change failure rate': [
    'change failure rate',
    'completed deployments',
    'failed deployments',
    'change failure rate level',
    'change failure ratio',
  ],
  'time to restore': [
    'time to restore',
    'time to restore p50',
    'time to restore p95',
    'resolved incidents',
    'time to restore level',
    'all-time resolved incidents',
    'sum of all times to restore',
    'incidents resolved within an hour',
    'incidents resolved within a day',
  ],
  'rework rate': ['rework rate', 'builds', 'repeat builds'],
}

interface Reconciliation {
  readonly projects: readonly string[]
  /** How many there are; more than a bounded number are sampled. */
  readonly of: number
  readonly events: EventCount
  readonly compared: number
  readonly findings: readonly Finding[]
}

/**
 * Reads and recomputes every project once in a run.
 * @throws Unmet or Blocked when a part cannot be asked, or the metric cannot be recomputed by this configuration
 */
async function reconcile(platform: Platform, metric: Metric): Promise<Reconciliation> {
  // Nobody but the REST API says it.
  if (metric === 'rework rate') applicable(platform.contract.dora.rest)
  const lacking = unknownTables(platform.configuration).get(metric)
  if (lacking) throw new Blocked(lacking)
  return reconciliationOf(platform)
}

const reconciliationOf = rememberOutcome(reconcileProjects)

async function reconcileProjects(platform: Platform): Promise<Reconciliation> {
  const all = await projectsOfPlatform(platform)
  const projects = chosenProjects(all, platform.configuration.projects)
  const token = await apiToken(platform)
  const settings = await settingsOfProjects(platform)
  const isKnown = recomputable(platform.configuration)
  const events: EventCount = { deployments: 0, commits: 0, incidents: 0, builds: 0 }
  const findings: Finding[] = []
  let compared = 0
  for (const project of projects) {
    const inForce = settings.get(project) ?? platform.contract.dora.settings.defaults
    // What Prometheus did not catch up with for one project in all that time, it will not for the next.
    const isPatient = findings.length === 0
    const result = await new ProjectReconciliation(platform, token, project, inForce, isKnown).run(isPatient)
    events.deployments += result.events.deployments
    events.commits += result.events.commits
    events.incidents += result.events.incidents
    events.builds += result.events.builds
    compared += result.compared
    findings.push(...result.findings)
  }
  return { projects, of: all.length, events, compared, findings }
}

/** Whether the configuration names all that it takes to recompute a quantity. */
export function recomputable(configuration: Configuration): (quantity: Quantity) => boolean {
  const unknown = unknownTables(configuration)
  return (quantity) => metrics.every((metric) => !unknown.has(metric) || !quantitiesOf[metric].includes(quantity))
}

/** 21.2 to 21.6: every surface reports what the events of each project make up. Returns what was looked at, in words. */
export async function expectReconciled(platform: Platform, metric: Metric): Promise<string> {
  const { reportedOn } = platform.contract.dora
  if (reportedOn !== null && metric !== 'rework rate') return expectReported(platform, reportedOn, metric)
  const reconciliation = await reconcile(platform, metric)
  return judged(
    reconciliation,
    metric,
    ({ quantity, when }) => quantitiesOf[metric].includes(quantity) && when !== settingsWindow,
  )
}

/** 18.2 and 18.4: without a range in the question, the window of the project's settings holds. */
export async function expectWindowInForce(platform: Platform, metric: WindowedMetric): Promise<string> {
  const reconciliation = await reconcile(platform, metric)
  return judged(
    reconciliation,
    metric,
    ({ quantity, when }) => quantitiesOf[metric].includes(quantity) && when === settingsWindow,
  )
}

/** 18.5: the time to restore counts the incidents of the severities that the settings name, on every surface. */
export function expectSeveritiesInForce(platform: Platform): Promise<string> {
  return expectReconciled(platform, 'time to restore')
}

function judged(
  { projects, of, events, compared, findings }: Reconciliation,
  metric: Metric,
  isMeant: (finding: Finding) => boolean,
): string {
  expectData(projects, 'project', 'REST API')
  const [what, count] =
    metric === 'rework rate' ? ['build', events.builds] : ['event', events.deployments + events.incidents]
  if (count === 0) expectData([], `${what} of a project`, 'database')
  const meant = findings.filter(isMeant)
  const [first] = meant
  if (first) throw rejection(metric, first, meant)
  const sample = projects.length < of ? `${projects.length} of ${of} projects` : `${projects.length} projects`
  return `${sample}, ${events.deployments} deployments, ${events.commits} commits, ${events.incidents} incidents, ${events.builds} builds; ${compared} answers of the surfaces`
}

function rejection(metric: Metric, first: Finding, all: readonly Finding[]): Unmet {
  const { project, surface, quantity, when } = first
  const likely = likeliest(all.map((finding) => finding.likely))
  const why = likely.length > 0 ? `: probably ${likely.join(', or ')}` : ''
  const [expected, found] = shownBoth(first)
  return new Unmet({
    summary: `${surface} reports ${found} as the ${quantity} of ${project} (${when}), where its events make up ${expected}${why}.`,
    object: `${metric} of ${project}`,
    expected,
    found: `${found}\n${tableOf(all)}`,
    remedy: [first.command],
  })
}

const mostRows = 40

function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    const { project, surface, when, quantity } = finding
    return [project, surface, when, quantity, ...shownBoth(finding)].join(' | ')
  })
  const more = rows.length > mostRows ? [`… ${rows.length} in all`] : []
  return ['project | surface | range | quantity | expected | found', ...rows.slice(0, mostRows), ...more].join('\n')
}

/** Sections 18 and 21: recomputes the metrics of the projects from their stored events and compares every surface with them. */

import { type CommandLine, comment } from '../../basis/command'
import { applicable, Blocked, type Circumstances, expectData, throwIfBlocked, Unmet } from '../../basis/expectation'
import type { Benchmarks } from '../../dora/benchmarks'
import { shownBoth } from '../../dora/comparison'
import type { MeasuredProject } from '../../dora/measured'
import type { Quantity } from '../../dora/metrics'
import type { BenchmarkedMetric, StoredBenchmarks } from '../../dora/stored-benchmarks'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { benchmarksOfPlatform } from '../../service/benchmarks'
import { readClocks } from '../../service/clocks'
import { collectionSchedule } from '../../service/collection-schedule'
import { settingsOfProjects } from '../../service/metric-settings'
import { projectsOfPlatform } from '../../service/projects'
import type { EventCount } from '../../service/raw-events'
import { ensureEventTables } from '../../service/stored-tables'
import { uncountedEvents } from '../../service/uncounted-events'
import { missedAtSource, unlessUnreadable } from './at-source'
import { chosenProjects } from './chosen-projects'
import { repositoriesInWords } from './commits-at-forges'
import { rejection, type WrongNumber } from './differences'
import { type Deadlines, skewInWords, staleness, unknownAge } from './freshness'
import type { Readability } from './instruments'
import { withUnreadable } from './measured-project'
import { type Metric, ofWholeAnswer, quantitiesOf, recomputable } from './metric'
import { type NewestAtSources, newestAtSources } from './newest-at-source'
import { ProjectReconciliation } from './project-reconciliation'
import { failureOf, type StatedEnd, type SurfaceDifference, type UnknownFields, type Unread } from './project-result'
import { addSamples, CommitCount, noSamples, reasonFor, type Samples } from './samples'
import { settingsWindow } from './surface-comparison'

/** All projects, recomputed and compared. */
export interface Reconciliation {
  readonly projects: readonly string[]
  /** The number of projects on the platform; a larger number than `projects` was sampled. */
  readonly of: number
  readonly events: EventCount
  readonly commits: CommitCount
  readonly samples: Samples
  /** The numbers of each project in the range that the reports show. */
  readonly measured: readonly MeasuredProject[]
  readonly benchmarks: Benchmarks
  /** The number of answers of surfaces that were compared. */
  readonly compared: number
  readonly differences: readonly SurfaceDifference[]
  /** The questions that readable surfaces did not answer. */
  readonly unread: readonly Unread[]
  readonly unreadable: Readability['unreadable']
  readonly unknown: readonly UnknownFields[]
  /** The newest events that the sources have. */
  readonly newest: NewestAtSources
  /** The finding about numbers that are too old. */
  readonly stale: Circumstances | undefined
  /** The finding about ranges that do not say when the last collection ended. */
  readonly ageless: Circumstances | undefined
  /** The clocks that differ, as lines of the evidence. */
  readonly skew: readonly string[]
  /** The events that belong to no project of the platform, as lines of the evidence. */
  readonly uncounted: Awaited<ReturnType<typeof uncountedEvents>>
  readonly deviations: StoredBenchmarks['deviations']
  /** Returns the command with which an operator runs a statement. */
  readonly inMySql: (statement: string) => CommandLine
}

/**
 * @throws NotApplicable when the flavour reports no metrics over REST
 * @throws Unmet or Blocked when the projects, the settings or the events cannot be read
 */
export async function reconcileProjects(
  platform: Platform,
  { readable, unreadable }: Readability,
): Promise<Reconciliation> {
  applicable(platform.contract.dora.rest)
  await ensureEventTables(platform)
  const all = await projectsOfPlatform(platform)
  const token = await apiToken(platform)
  const clocks = await readClocks(platform, token)
  const projects = chosenProjects(all, platform.configuration.projects, clocks.database)
  const settings = await settingsOfProjects(platform)
  const settingsOf = (project: string) => settings.get(project) ?? platform.contract.dora.settings.defaults
  const { benchmarks, deviations } = await benchmarksOfPlatform(platform)
  const common = { benchmarks, token, surfaces: readable }
  const isKnown = recomputable(platform.configuration)
  const events: EventCount = { deployments: 0, commits: 0, incidents: 0, builds: 0 }
  const differences: SurfaceDifference[] = []
  const unread: Unread[] = []
  const ends: StatedEnd[] = []
  const measured: MeasuredProject[] = []
  const unknown: UnknownFields[] = []
  let [commits, samples, compared] = [new CommitCount(), noSamples, 0]
  for (const project of projects) {
    // A surface that did not recover within the time given for one project will not do so for the next.
    const isPatient = differences.length === 0 && unread.length === 0
    const one = new ProjectReconciliation(platform, { ...common, project, settings: settingsOf(project), isKnown })
    const result = await one.run(isPatient)
    events.deployments += result.events.deployments
    events.commits += result.events.commits
    events.incidents += result.events.incidents
    events.builds += result.events.builds
    commits = commits.plus(result.commits)
    samples = addSamples(samples, result.yielded, result.events)
    compared += result.compared
    differences.push(...result.differences)
    unread.push(...result.unread)
    ends.push(...result.ends)
    unknown.push(...result.unknown)
    measured.push(withUnreadable(result.measured, unreadable))
  }
  for (const { name: surface, reports, undescribed } of readable)
    if (undescribed) unknown.push({ surface, reports, fields: await unlessUnreadable(undescribed(platform, token)) })
  const deadlines: Deadlines = { ...platform.configuration.deadlines, ...(await collectionSchedule(platform)) }
  // The clocks of the sources are their own: an event is late if it is so by each clock here.
  const earliest = Math.min(clocks.database, clocks.cluster)
  const environments = new Map(projects.map((project) => [project, settingsOf(project).frequencyEnvironment]))
  const newest = await newestAtSources(platform, { projects: environments, now: earliest, deadlines })
  const stale = staleness(ends, clocks, deadlines) ?? missedAtSource(newest.events, earliest, deadlines)
  return {
    ...{ projects, of: all.length, events, commits, samples, compared, differences, unread, unreadable, unknown },
    ...{ stale, newest },
    ...{ ageless: unknownAge(ends), skew: skewInWords(clocks), uncounted: await uncountedEvents(platform, all) },
    ...{ deviations, measured, benchmarks },
    inMySql: (statement) => inMySql(platform, statement),
  }
}

const incidents = 'the newest incident at its source is unknown: nothing that the suite can ask lists all incidents'

/** 21.2 to 21.6: every surface reports what the events of each project yield, up to now. Returns what was compared. */
export function expectReconciled(reconciliation: Reconciliation, metric: Metric): string {
  const { stale, ageless, newest, projects, skew } = reconciliation
  if (stale) throw new Unmet(stale)
  const compared = judged(reconciliation, metric, (range) => range !== settingsWindow)
  if (ageless) throw new Blocked(ageless)
  const unknown = projects.length - newest.projects.length
  const deployments = `the newest deployment at its source is unknown for ${unknown} of ${projects.length} projects`
  const commits = metric === 'lead time' ? repositoriesInWords(newest.repositories) : []
  const lines = [
    unknown === 0 ? [] : deployments,
    commits,
    unasked[metric] ?? [],
    leftOut(reconciliation, metric),
    skew,
  ]
  return [compared, ...lines].flat().join('\n')
}

/** The events whose sources are not asked, by the metric that is computed from them: nobody knows whether newer ones are missing. */
const unasked: Readonly<Partial<Record<Metric, string>>> = {
  'change failure rate': incidents,
  'time to restore': incidents,
  'rework rate':
    'the newest build at its source is unknown: a stored build does not say which job of Jenkins it is from',
}

/** The stored events that the metric should count and no number contains, as lines of the evidence. */
function leftOut({ uncounted, commits: { commits, unknown } }: Reconciliation, metric: Metric): string[] {
  if (metric !== 'lead time') return [uncounted[kindOf[metric]] ?? []].flat()
  return unknown === 0
    ? []
    : [`${unknown} of ${commits} commits of the deployments are not in the table commits, or have no authored date`]
}

const kindOf = {
  'deployment frequency': 'deployments',
  'change failure rate': 'incidents',
  'time to restore': 'incidents',
  'rework rate': 'builds',
} as const

/** 18.5: the time to restore counts the severities in the settings, whatever the age of the numbers. */
export const expectSeveritiesReconciled = (reconciliation: Reconciliation): string =>
  judged(reconciliation, 'time to restore', (range) => range !== settingsWindow)

/**
 * 18.2 and 18.4: a request without a range is answered over the window of the project's settings. Returns a description of
 * the comparison.
 */
export const expectSettingsReconciled = (reconciliation: Reconciliation, metric: Metric): string =>
  judged(reconciliation, metric, (range) => range === settingsWindow)

/** Wrong numbers go before whatever blocks the comparison. */
function judged(reconciliation: Reconciliation, metric: Metric, isMeant: (range: string) => boolean): string {
  const { projects, of, events, compared, differences, unread, unreadable, inMySql } = reconciliation
  const showSettings = inMySql('SELECT * FROM project_metric_settings')
  expectData(projects, 'project', 'REST API', [showSettings])
  const quantities: readonly Quantity[] = quantitiesOf[metric]
  const meant = differences
    .filter(({ quantity, reports }) =>
      ofWholeAnswer.includes(quantity) ? reports.includes(metric) : quantities.includes(quantity),
    )
    .filter(({ range }) => isMeant(range))
  const [first, ...others] = meant
  if (first)
    throw rejection(
      wrongNumber(metric, first),
      others.map((other) => wrongNumber(metric, other)),
      {
        source: 'its events',
        columns: ['project', 'surface', 'range'],
      },
    )
  const unanswered = unread.filter(({ reports }) => reports.includes(metric))
  for (const { failure } of unanswered) if (failure instanceof Unmet) throw failureOf(failure, unanswered, projects)
  expectPublishedBounds(reconciliation, metric)
  const closed = unreadable.flatMap(({ surface, failure }) => (surface.reports.includes(metric) ? [failure] : []))
  // Of the questions that one surface left open, one says enough.
  const open = closed.length === 0 ? unanswered.slice(0, 1).map(({ failure }) => failure) : []
  throwIfBlocked([...closed, ...open, ...withoutSamples(reconciliation, metric)])
  if (compared === 0) expectData([], 'answer of a surface', 'the surfaces of the metrics', [showSettings])
  const sample =
    projects.length < of
      ? `${projects.length} of ${of} projects, ${of - projects.length} left out today (projects.atMost)`
      : `${projects.length} projects`
  return `${sample}, ${events.deployments} deployments, ${events.commits} commits, ${events.incidents} incidents, ${events.builds} builds; ${compared} answers of the surfaces${unknownIn(reconciliation, metric)}`
}

/** Lists the fields that nothing was compared with, because the contract does not name them. */
function unknownIn({ unknown }: Reconciliation, metric: Metric): string {
  const found = unknown.filter(({ reports }) => reports.includes(metric))
  const lines = new Set(found.flatMap(({ surface, fields }) => fields.map((field) => `${surface}: ${field}`)))
  return lines.size === 0
    ? ''
    : `\nnot compared, because the contract does not describe it:\n${[...lines].sort().join('\n')}`
}

/** The metrics that have levels. */
const benchmarked: Readonly<Partial<Record<Metric, BenchmarkedMetric>>> = {
  'deployment frequency': 'deploymentFrequency',
  'lead time': 'leadTime',
  'change failure rate': 'changeFailureRate',
  'time to restore': 'timeToRestore',
}

/** The levels are judged by the table, whose bounds must be the published ones. */
function expectPublishedBounds({ deviations, inMySql }: Reconciliation, metric: Metric): void {
  const key = benchmarked[metric]
  const [first, ...others] = key ? deviations[key] : []
  if (first === undefined) return
  throw new Unmet({
    summary: `The table dora_benchmarks differs from the published bounds of the ${metric}.`,
    object: `bounds of the ${metric} in dora_benchmarks`,
    expected: 'the published bounds',
    found: [first, ...others].join('; '),
    remedy: [
      inMySql('SELECT metric_name, performance_level, min_value, max_value, unit FROM dora_benchmarks'),
      comment`if the bounds were changed on purpose: add a waiver, because the levels cannot be compared with other platforms`,
    ],
  })
}

/** A metric is proven by samples of its own: surfaces that agree on "no data" prove nothing. */
function withoutSamples({ samples, events, commits, inMySql }: Reconciliation, metric: Metric): Blocked[] {
  if (samples[metric] > 0) return []
  const lacking = new Blocked({
    summary: `There is no data yet: no sample of the ${metric} in the ranges that are compared.`,
    object: 'database',
    expected: `at least one sample of the ${metric}`,
    found: `none; likely reason: ${reasonFor(metric, events, commits)}`,
    remedy: [inMySql('SELECT * FROM deployments ORDER BY finished_date DESC LIMIT 10')],
  })
  return [lacking]
}

function wrongNumber(metric: Metric, difference: SurfaceDifference): WrongNumber {
  const { project, surface, range, quantity, likely, command } = difference
  const [expected, found] = shownBoth(difference)
  return {
    object: `${metric} of ${project}`,
    owner: `${project} (${range})`,
    place: [project, surface, range],
    shows: `${surface} reports`,
    quantity,
    expected,
    found,
    likely,
    remedy: [command],
  }
}

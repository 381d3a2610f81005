/**
 * The one list of surfaces that report the metrics of a project. The reconciliation, the stories, the check of the instruments
 * and `npm run explain` all read this list, so a surface added here is compared by all of them.
 */

import { isAbsent } from '../basis/capability'
import type { GraphQLMetrics, MetricSettings, RangeName, RestMetrics } from '../contracts/dora'
import type { Window } from '../dora/metrics'
import type { Platform } from '../platform/platform'
import { readDeployments, readGraphQLList } from './event-lists'
import { undescribedMetrics } from './graphql-fields'
import { type Metric, unknownTables } from './raw-event-statements'
import type { SurfaceReading } from './surface-readings'
import { readExposition, readGraphQL, readPrometheus, readRest, readStoredEvents } from './surface-readings'

/** The settings of a project that are the length of a window. */
export type WindowSetting = keyof Pick<MetricSettings, 'frequencyWindowDays' | 'failureRateWindowDays'>

/** A question about one project. */
interface SurfaceQuestion {
  readonly token: string
  readonly project: string
  /** The range to ask for; undefined asks for the default range of the surface. */
  readonly range: RangeName | Window | undefined
  /** The same range as times. */
  readonly window: Window
  /** The severities that the time to restore counts; null counts all. */
  readonly severities: readonly string[] | null
  /** The end of the last collection, in milliseconds since 1970 UTC. */
  readonly now: number
}

/** The checks that the surfaces rely on; each has an item of its own, whose finding it throws. */
export interface Instruments {
  readonly lake: () => Promise<void>
  readonly graphql: () => Promise<void>
  readonly metricsPage: () => Promise<void>
  readonly prometheus: () => Promise<void>
}

export type ListedKind = 'deployments' | 'incidents'

interface Readable {
  /** The name in findings. */
  readonly name: string
  /** The metrics that the surface reports. */
  readonly reports: readonly Metric[]
  /** "scrape": the surface may be behind the service by one scrape. */
  readonly lag: 'none' | 'scrape'
  /** Set for a surface that lists stored events and reports no quantities. */
  readonly lists?: ListedKind
  /** The only severity that the answers are about, in lower case; absent: all that count. */
  readonly severity?: string
  /** The name of the metric that the answers give; absent if the contract documents none. */
  readonly metricName?: string
  readonly read: (platform: Platform, question: SurfaceQuestion) => Promise<SurfaceReading>
  /** Asks for the fields that the surface has beside those that it is asked for. */
  readonly undescribed?: (platform: Platform, token: string) => Promise<readonly string[]>
}

/** A surface that covers a range which the caller chooses. */
interface Ranged {
  readonly covers: 'a range'
  readonly accepts: 'any window' | 'named ranges'
  /**
   * The range of an answer when none is asked for: a fixed one, or the window of a setting. "any": the contract does not say
   * which range it is. Null if a range is required.
   */
  readonly defaultWindow: WindowSetting | RangeName | 'any' | null
}

interface AllTime {
  readonly covers: 'all time'
}

/** A surface of the service itself. */
interface OfService {
  readonly source: 'service'
  /** @throws Unmet or Blocked when the surface cannot be read */
  readonly expectReadable: (instruments: Instruments) => Promise<void>
}

/** The oracle over the stored events. Only stories compare it: everywhere else it is what the surfaces are compared with. */
interface OfStoredEvents {
  readonly source: 'stored events'
}

type Coverage = Ranged | AllTime
type RangedSurface = Readable & Ranged & (OfService | OfStoredEvents)
export type ReportingSurface = Readable & OfService & Coverage
export type Surface = Readable & Coverage & (OfService | OfStoredEvents)

/** The surfaces of the platform, in the order in which findings list them. */
export function surfacesOf(platform: Pick<Platform, 'contract' | 'configuration'>): Surface[] {
  const { dora, metrics } = platform.contract
  return [
    ...(isAbsent(dora.rest) ? [] : restSurfaces(dora.rest)),
    ...(isAbsent(dora.deployments) ? [] : [deploymentList(dora.deployments.path(''))]),
    ...(isAbsent(dora.graphql) ? [] : [graphql(dora.graphql), ...graphqlLists(dora.graphql)]),
    ...(isAbsent(metrics) ? [] : [metricsPage(metrics.path), prometheus]),
    // Without tables that the configuration does not name, the recomputed metrics would be incomplete.
    ...(unknownTables(platform.configuration).size === 0 ? [storedEvents] : []),
  ]
}

/** The surfaces of the service itself, without the stored events. */
export const reportingIn = (surfaces: readonly Surface[]): ReportingSurface[] =>
  surfaces.filter((surface): surface is ReportingSurface => surface.source === 'service')

/** True for a surface whose quantities are those of all events of a project. */
export const reportsAll = ({ lists, severity }: Surface): boolean => lists === undefined && severity === undefined

/** True for a surface that can answer about the range, or covers all time and needs none. */
export const answersAbout = (surface: Surface, range: RangeName | Window): boolean =>
  surface.covers === 'all time' || acceptsRange(surface, range)

/** True for a surface that can be asked for the range. */
export const acceptsRange = (surface: Surface, range: RangeName | Window): surface is RangedSurface =>
  surface.covers === 'a range' && (surface.accepts === 'any window' || typeof range === 'string')

const windowsByDefault: Readonly<Record<keyof RestMetrics, WindowSetting | RangeName>> = {
  overview: 'last30days',
  deploymentFrequency: 'frequencyWindowDays',
  deploymentsByWeek: 'frequencyWindowDays',
  deploymentsByMonth: 'frequencyWindowDays',
  leadTime: 'last30days',
  leadTimeWithStages: 'last30days',
  changeFailureRate: 'failureRateWindowDays',
  timeToRestore: 'last30days',
  timeToRestoreOfCritical: 'last30days',
  timeToRestoreOfHigh: 'last30days',
  timeToRestoreOfMedium: 'last30days',
  timeToRestoreOfLow: 'last30days',
  rework: 'last30days',
}

const fourMetrics: readonly Metric[] = ['deployment frequency', 'lead time', 'change failure rate', 'time to restore']

const metricsByPath: Readonly<Record<keyof RestMetrics, readonly Metric[]>> = {
  overview: fourMetrics,
  deploymentFrequency: ['deployment frequency'],
  deploymentsByWeek: ['deployment frequency'],
  deploymentsByMonth: ['deployment frequency'],
  leadTime: ['lead time'],
  leadTimeWithStages: ['lead time'],
  changeFailureRate: ['change failure rate'],
  timeToRestore: ['time to restore'],
  timeToRestoreOfCritical: ['time to restore'],
  timeToRestoreOfHigh: ['time to restore'],
  timeToRestoreOfMedium: ['time to restore'],
  timeToRestoreOfLow: ['time to restore'],
  rework: ['rework rate'],
}

function restSurfaces(rest: RestMetrics): Surface[] {
  return (Object.keys(rest) as (keyof RestMetrics)[]).map((key) => ({
    name: ['REST', new URL(rest[key].path(''), 'http://service').pathname, rest[key].variant ?? []].flat().join(' '),
    reports: metricsByPath[key],
    covers: 'a range',
    accepts: 'any window',
    defaultWindow: windowsByDefault[key],
    lag: 'none',
    source: 'service',
    ...(rest[key].severity !== undefined && { severity: rest[key].severity }),
    ...(rest[key].metricName !== undefined && { metricName: rest[key].metricName }),
    read: (platform, { token, project, range }) => readRest(platform, token, rest[key], project, range),
    expectReadable: ({ lake }) => lake(),
  }))
}

const graphql = (metrics: GraphQLMetrics): Surface => ({
  name: 'GraphQL',
  reports: fourMetrics,
  covers: 'a range',
  accepts: 'named ranges',
  defaultWindow: 'any',
  lag: 'none',
  source: 'service',
  read: (platform, { token, project, range }) => {
    if (typeof range === 'object') throw new Error('GraphQL answers about named ranges only.')
    return readGraphQL(platform, token, project, range)
  },
  undescribed: (platform, token) => undescribedMetrics(platform, token, metrics),
  expectReadable: (instruments) => instruments.graphql(),
})

const deploymentList = (path: string): Surface => ({
  name: `REST ${new URL(path, 'http://service').pathname}`,
  reports: ['deployment frequency'],
  covers: 'all time',
  lag: 'none',
  lists: 'deployments',
  source: 'service',
  read: (platform, { token, project }) => readDeployments(platform, token, project),
  expectReadable: ({ lake }) => lake(),
})

const graphqlLists = (metrics: GraphQLMetrics): Surface[] =>
  (['deployments', 'incidents'] as const).map((lists) => ({
    name: `GraphQL ${lists}`,
    reports: [lists === 'deployments' ? 'deployment frequency' : 'time to restore'],
    covers: 'a range',
    accepts: 'named ranges',
    defaultWindow: 'any',
    lag: 'none',
    lists,
    source: 'service',
    read: (platform, { token, project, range }) => {
      if (typeof range === 'object') throw new Error('GraphQL answers about named ranges only.')
      return readGraphQLList(platform, token, project, range, metrics[lists])
    },
    expectReadable: (instruments) => instruments.graphql(),
  }))

const metricsPage = (path: string): Surface => ({
  name: path,
  reports: fourMetrics,
  covers: 'all time',
  lag: 'none',
  source: 'service',
  read: (platform, { project }) => readExposition(platform, project),
  expectReadable: (instruments) => instruments.metricsPage(),
})

const prometheus: Surface = {
  name: 'Prometheus',
  reports: fourMetrics,
  covers: 'all time',
  lag: 'scrape',
  source: 'service',
  read: (platform, { project }) => readPrometheus(platform, project),
  expectReadable: (instruments) => instruments.prometheus(),
}

const storedEvents: Surface = {
  name: 'SQL',
  reports: [...fourMetrics, 'rework rate'],
  covers: 'a range',
  accepts: 'any window',
  defaultWindow: null,
  lag: 'none',
  source: 'stored events',
  read: (platform, { project, window, severities, now }) =>
    readStoredEvents(platform, { project, windows: [window], severities, now }),
}

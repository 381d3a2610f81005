/** The definitions by which the reporting dashboard counts, and the traps that keep rows from being counted as intended. */
import type { ComparedSurfaces, FourMetric, MeasuredMetric } from '../../dora/measured'
import type { Window } from '../../dora/metrics'
import { failedCollections, lateRows } from './oracle/collections'
import { dashboardOf } from './oracle/dashboard'
import { type DevLakeDefinitions, devlake2021, devlake2023 } from './oracle/definitions'
import { definitionInWords, levelsInWords, measuredOnDashboard } from './oracle/measured'
import { type ExpectedPanel, expectedPanels, type ReportedMetric } from './oracle/panels'
import {
  closedWithoutResolution,
  failuresCountedAsSuccess,
  miswrittenDeployments,
  type Trapped,
  uncollectedProjects,
} from './oracle/traps'
import { unreachedDeployments, unreachedIncidents } from './oracle/unreached'
import type { Administration } from './rows/administration'
import type { Lake } from './rows/rows'

/** The sets of definitions by the values of the dashboard's variable. */
export const definitions: Readonly<Record<string, DevLakeDefinitions>> = { 2023: devlake2023, 2021: devlake2021 }

/** A panel of the dashboard as one of the reports must show it. */
export interface ReportPanel extends ExpectedPanel {
  readonly report: string
}

/** The panels of all reports, as the rows of the database yield them. */
export const reportPanels = (lake: Lake, project: string, window: Window): ReportPanel[] =>
  Object.entries(definitions).flatMap(([report, byReport]) =>
    expectedPanels(
      dashboardOf(lake, { projects: [project], window: asStored(lake, window), definitions: byReport }),
    ).map((panel) => ({
      ...panel,
      report,
    })),
  )

/** The report that the dashboard shows first. */
const firstReport = devlake2023

/** A metric of each project and of all together, as the first report of the dashboard must show it. */
export function reportedMetric(
  lake: Lake,
  metric: FourMetric,
  { projects, of, window, days, surfaces }: ReportedQuestion,
): MeasuredMetric {
  const over = (some: readonly string[]) =>
    measuredOnDashboard(lake, { projects: some, window: asStored(lake, window), definitions: firstReport })[metric]
  const [from, to] = [window.start, window.end].map((time) => new Date(time).toISOString())
  return {
    metric,
    definition: definitionInWords(metric, firstReport),
    levels: levelsInWords(metric, firstReport),
    range: `last ${days} days`,
    projects: projects.map((project) => ({
      project,
      ...over([project]),
      ...{ from: from ?? '', to: to ?? '' },
      surfaces: surfaces.get(project) ?? { agreeing: [], differing: [], unread: [] },
    })),
    all: over(projects),
    of,
  }
}

interface ReportedQuestion {
  readonly projects: readonly string[]
  /** The number of projects on the platform. */
  readonly of: number
  readonly window: Window
  /** The length of the window. */
  readonly days: number
  /** The panels of each project by the outcome of their comparison. */
  readonly surfaces: ReadonlyMap<string, ComparedSurfaces>
}

/**
 * The window in which stored dates lie for a panel: each end is converted to the zone of the session with the offset in force
 * at that instant, and then compared with a date in UTC.
 */
export function asStored({ offsets = [] }: Lake, { start, end }: Window): Window {
  const moved = (time: number) =>
    time + ((offsets.findLast(({ since }) => since <= time) ?? offsets[0])?.aheadOfUtc ?? 0)
  return { start: moved(start), end: moved(end) }
}

/** Finds what keeps rows from being counted as intended. */
type Trap = (lake: Lake, administration: Administration, address: string, now: number) => Trapped[]

/** The traps of each metric. */
export const traps: Readonly<Record<ReportedMetric, Trap>> = {
  'deployment frequency': (lake, administration, address, now) => [
    ...uncollectedProjects(administration, address, now),
    ...failedCollections(administration, address, now),
    ...lateRows(lake, administration, address, now),
    ...unreachedDeployments(lake, administration, address, now),
    ...miswrittenDeployments(lake, address),
  ],
  'lead time': () => [],
  'change failure rate': (lake, administration, address, now) => [
    ...failuresCountedAsSuccess(lake, administration, address),
    ...unreachedIncidents(lake, administration, address, now),
  ],
  'time to restore': (lake, administration, address, now) => [
    ...closedWithoutResolution(administration, address),
    ...unreachedIncidents(lake, administration, address, now),
  ],
}

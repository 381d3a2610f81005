/** The definitions by which the reporting dashboard counts, and the traps that keep rows from being counted as intended. */
import type { FreshFinding } from '../../basis/finding'
import type { Window } from '../../dora/metrics'
import { failedCollections, lateRows } from './oracle/collections'
import { dashboardOf } from './oracle/dashboard'
import { type DevLakeDefinitions, devlake2021, devlake2023 } from './oracle/definitions'
import { type ExpectedPanel, expectedPanels, type ReportedMetric } from './oracle/panels'
import {
  closedWithoutResolution,
  failuresCountedAsSuccess,
  miswrittenDeployments,
  uncollectedProjects,
  unreachedDeployments,
} from './oracle/traps'
import type { Administration } from './rows/administration'
import type { Lake } from './rows/rows'

/** The sets of definitions by the values of the dashboard's variable. */
const definitions: Readonly<Record<string, DevLakeDefinitions>> = { 2023: devlake2023, 2021: devlake2021 }

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

/** The window in which stored dates lie for a panel, whose session has a time zone of its own. */
const asStored = ({ aheadOfUtc = 0 }: Lake, { start, end }: Window): Window => ({
  start: start + aheadOfUtc,
  end: end + aheadOfUtc,
})

/** Finds what keeps rows from being counted as intended. */
type Trap = (lake: Lake, administration: Administration, address: string, now: number) => FreshFinding[]

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
  'change failure rate': failuresCountedAsSuccess,
  'time to restore': (_, administration, address) => closedWithoutResolution(administration, address),
}

/** What stock DevLake says of the metrics: they are on its dashboards alone. */

import type { DoraContract } from '../../contracts/dora'
import { fawkesDora } from '../fawkes/dora'
import { dashboardOf } from './oracle/dashboard'
import { type DevLakeDefinitions, devlake2021, devlake2023 } from './oracle/definitions'
import { expectedPanels } from './oracle/panels'
import {
  closedWithoutResolution,
  failuresCountedAsSuccess,
  uncollectedProjects,
  unreachedDeployments,
} from './oracle/traps'

const dashboardsOnly = {
  absent:
    'Stock DevLake reports the DORA metrics on its dashboards alone, by definitions of its own: it has no /api/dora.',
}

/** By the values of the dashboard's variable. */
const definitions: Readonly<Record<string, DevLakeDefinitions>> = { 2023: devlake2023, 2021: devlake2021 }

function named(report: string): DevLakeDefinitions {
  const found = definitions[report]
  if (found === undefined) throw new Error(`there are no definitions "${report}"`)
  return found
}

export const devlakeDora: DoraContract = {
  reportedOn: {
    title: 'DORA Metrics Overview',
    reports: Object.keys(definitions),
    expected: (lake, project, window, report) =>
      expectedPanels(dashboardOf(lake, { projects: [project], window, definitions: named(report) })),
    traps: {
      'deployment frequency': (lake, administration, address) => [
        ...uncollectedProjects(administration, address),
        ...unreachedDeployments(lake, administration, address),
      ],
      'lead time': () => [],
      'change failure rate': (lake, administration, address) => failuresCountedAsSuccess(lake, administration, address),
      'time to restore': (_, administration, address) => closedWithoutResolution(administration, address),
    },
  },
  ranges: fawkesDora.ranges,
  precision: fawkesDora.precision,
  rest: dashboardsOnly,
  stages: dashboardsOnly,
  graphql: dashboardsOnly,
  saysNoData: () => false,
  exposed: [],
  settings: {
    plugin: 'dora',
    defaults: fawkesDora.settings.defaults,
    option: { absent: 'Stock DevLake has no windows, stages or severities that a project could set.' },
  },
}

/** The DORA contract of stock DevLake, which reports the metrics on its dashboards alone. */

import type { DoraContract } from '../../contracts/dora'
import { fawkesDora } from '../fawkes/dora'

export const dashboardsOnly = {
  absent:
    'Stock DevLake reports the DORA metrics on its dashboards alone, by definitions of its own: it has no /api/dora.',
}

export const devlakeDora: DoraContract = {
  ranges: fawkesDora.ranges,
  precision: fawkesDora.precision,
  rest: dashboardsOnly,
  deployments: dashboardsOnly,
  stages: dashboardsOnly,
  graphql: dashboardsOnly,
  saysNoData: () => false,
  exposed: [],
  exposedNotCompared: {},
  settings: {
    plugin: 'dora',
    defaults: fawkesDora.settings.defaults,
    option: { absent: 'Stock DevLake has no windows, stages or severities that a project could set.' },
  },
}

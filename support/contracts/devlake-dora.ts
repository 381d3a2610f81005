/** What stock DevLake says of the metrics: they are on its dashboards alone. */
import type { DoraContract } from './dora'
import { fawkesDora } from './fawkes-dora'

const dashboardsOnly = {
  absent:
    'Stock DevLake reports the DORA metrics on its dashboards alone, by definitions of its own: it has no /api/dora.',
}

export const devlakeDora: DoraContract = {
  notRecomputed:
    'The metrics of stock DevLake are counted by definitions of its own, which the suite does not recompute yet.',
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

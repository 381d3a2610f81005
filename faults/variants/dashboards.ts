/** Variants of the dashboards: section 16 of the checklist. */
import { type DashboardModel, remodelled, variableOf } from '../catalogue/breaking'
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import type { Variant } from './variant'

const uids = ['dora-overview', 'deployment-frequency', 'lead-time-for-changes', 'change-failure-rate', 'mttr']

/** Changes the JSON model of every dashboard. */
const models = (change: (model: DashboardModel) => void) => async (doors: Doors) =>
  undoneInReverse(uids.map((uid) => remodelled(doors, uid, change)))

export const dashboardVariants: readonly Variant[] = [
  {
    id: 'dashboards-of-all-projects',
    title: 'All projects can be chosen on every dashboard at once',
    changes: ['dashboards'],
    pages: true,
    apply: models((model) => Object.assign(variableOf(model, 'project'), { includeAll: true, multi: true })),
  },
  {
    id: 'dashboards-of-several-projects',
    title: 'Several projects can be chosen on every dashboard, which open with this week',
    changes: ['dashboards'],
    pages: true,
    apply: models((model) => {
      Object.assign(variableOf(model, 'project'), { multi: true })
      model.time = { from: 'now/w', to: 'now/w' }
    }),
  },
  {
    id: 'dashboards-with-wide-axes',
    title: 'The charts have fixed axes that show all values, and the dashboards open with the last half year',
    changes: ['dashboards'],
    pages: true,
    apply: models((model) => {
      model.time = { from: 'now-6M', to: 'now' }
      for (const { type, fieldConfig } of model.panels)
        if (type === 'timeseries') Object.assign(fieldConfig.defaults, { min: 0, max: 1_000_000 })
    }),
  },
  {
    id: 'dashboards-with-listed-teams',
    title: 'The teams to choose from are a list in the dashboards',
    changes: ['dashboards'],
    pages: true,
    apply: models((model) =>
      Object.assign(variableOf(model, 'team'), {
        type: 'custom',
        query: 'Storefront : storefront, payments, discovery, none',
      }),
    ),
  },
]

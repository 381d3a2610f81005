/** Variants of the dashboards: section 16 of the checklist. */
import type { Rule } from '../../sandbox/interference/rules'
import { answering, type DashboardModel, remodelled, variableOf } from '../catalogue/breaking'
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import type { Variant } from './variant'

const uids = ['dora-overview', 'deployment-frequency', 'lead-time-for-changes', 'change-failure-rate', 'mttr']

/** Changes the JSON model of every dashboard. */
const models = (change: (model: DashboardModel) => void) => async (doors: Doors) =>
  undoneInReverse(uids.map((uid) => remodelled(doors, uid, change)))

/** Makes a variable choose the data source of everything on a dashboard. The model stores no choice. */
function withSourceVariable(model: DashboardModel): void {
  const text = JSON.stringify(model).replaceAll('"uid":"mysql"', '"uid":"$source"')
  const { panels, templating } = JSON.parse(text) as DashboardModel
  const source = { name: 'source', type: 'datasource', query: 'mysql', hide: 0, current: {}, options: [] }
  Object.assign(model, { panels, templating: { list: [source, ...templating.list] } })
}

/** Moves every second panel of a dashboard to the library. Returns the answers of the library. */
function movedToLibrary(model: DashboardModel, uid: string): Rule[] {
  const rules: Rule[] = []
  model.panels = model.panels.map((panel, index) => {
    if (index % 2 === 1) return panel
    const element = { uid: `${uid}-${panel.id}`, name: panel.title, kind: 1 }
    const path = `^/api/library-elements/${element.uid}$`
    rules.push({ process: 'grafana', path, how: answering(200, { result: { ...element, model: panel } }) })
    const { id, gridPos } = panel
    return { id, gridPos, libraryPanel: element } as unknown as typeof panel
  })
  return rules
}

/** The form of value mappings before Grafana 8, which old dashboards still have. */
const formerMapping = { id: 0, op: '=', type: 1, value: 'null', text: 'N/A' }

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
  {
    id: 'dashboards-of-library-panels',
    title: 'Panels of the dashboards are in the library, and a variable chooses the data source',
    changes: ['dashboards'],
    pages: true,
    apply: async (doors) => {
      const rules: Rule[] = []
      const heal = uids.map((uid) =>
        remodelled(doors, uid, (model) => {
          withSourceVariable(model)
          rules.push(...movedToLibrary(model, uid))
        }),
      )
      return undoneInReverse([...heal, await doors.interfere(...rules)])
    },
  },
  {
    id: 'dashboards-repeated-for-each-project',
    title: 'Panels are repeated for each project, big numbers show their change, and outcomes have texts and colors',
    changes: ['dashboards'],
    pages: true,
    apply: models((model) => {
      Object.assign(variableOf(model, 'project'), { includeAll: true, multi: true })
      for (const panel of model.panels) {
        if (panel.type !== 'table') Object.assign(panel, { repeat: 'project', repeatDirection: 'h' })
        if (panel.type === 'stat') Object.assign(panel, { options: { ...panel.options, showPercentChange: true } })
        if (panel.type === 'stat') panel.fieldConfig.defaults.mappings = [formerMapping]
        if (panel.type === 'table') {
          const results = { success: { text: 'Success', color: 'green' }, failure: { color: 'red' } }
          panel.fieldConfig.defaults.mappings = [{ type: 'value', options: results }]
        }
      }
    }),
  },
]

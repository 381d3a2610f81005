/** The variables and the time range that a reader of a dashboard can choose. */
import { expect, it } from 'vitest'
import { choiceProblems } from '../../../../support/checks/dashboards/installation'
import { dashboardModel } from '../../../../support/platform/grafana-model'

/** A dashboard with a project variable, which its only query uses. */
function dashboard(variable: object = {}, timepicker: object = {}) {
  const list = [{ name: 'project', type: 'query', ...variable }]
  const panels = [{ id: 1, type: 'stat', targets: [{ rawSql: "SELECT 1 WHERE name = '$project'" }] }]
  return dashboardModel.parse({
    meta: {},
    dashboard: { uid: 'd', title: 'D', templating: { list }, timepicker, panels },
  })
}
const problems = (...given: Parameters<typeof dashboard>) =>
  choiceProblems(dashboard(...given), ['project']).map(({ says, found }) => `${says}: ${found}`)

it('a reader can choose what the queries use', () => {
  expect(problems()).toEqual([])
  expect(problems({ hide: 1 })).toEqual([])
})

it('a reader cannot choose what is missing, unused, hidden or constant', () => {
  expect(problems({ name: 'other' })).toEqual(['has no variable project: the variables other'])
  expect(problems({ hide: 2 })).toEqual(['does not let the reader choose a project: it is hidden'])
  expect(problems({ type: 'constant' })).toEqual(['does not let the reader choose a project: it is a constant'])
  expect(choiceProblems({ ...dashboard(), panels: [] }, ['project'])[0]?.found).toBe('in no query')
})

it('a reader cannot choose a time range without a time picker', () => {
  expect(problems({}, { hidden: true })).toEqual(['does not let the reader choose a time range: timepicker.hidden'])
})

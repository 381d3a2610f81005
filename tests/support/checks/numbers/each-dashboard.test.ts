/** A dashboard that is missing, does not open or shows errors hides nothing that is wrong on the others. */
import { describe, expect, it } from 'vitest'
import { Blocked, isFailure, Unmet } from '../../../../support/basis/expectation'
import { expectVariablesUsed } from '../../../../support/checks/dashboards/installation'
import { expectPanelsAnswered } from '../../../../support/checks/dashboards/panels'
import { emptyWindow } from '../../../../support/checks/dashboards/views'
import { expectChangedBy, expectNoNumbers } from '../../../../support/checks/numbers/dashboard-filters'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import type { Dashboard } from '../../../../support/platform/grafana-model'
import type { Choice, PanelView } from '../../../../support/platform/grafana-pages'
import type { Platform } from '../../../../support/platform/platform'
import { platformOfVariables, projectVariable } from '../../../fixtures/platform-of-variables'

type Open = (dashboard: string, isEmpty: boolean) => PanelView[]

const isOver = ({ window }: Choice) => window !== undefined && 'start' in window && window.start === emptyWindow.start

/** A platform of two projects. @param open the panels of a dashboard by its uid, over a range with or without events */
function platformOf(open: Open): Platform {
  const base = platformOfVariables(() => projectVariable, ['checkout', 'catalog'], ['checkout', 'catalog'])
  const kubernetes: object = {
    ...{ namespace: 'fawkes', now: new Date(), of: () => kubernetes },
    secret: async () => new Map(['token', 'admin-password', 'mysql-password'].map((key) => [key, 'secret'])),
  }
  return {
    ...base,
    kubernetes,
    contract: { ...fawkes, dora: { ...fawkes.dora, rest: { absent: 'Nothing else is asked.' } } },
    database: { rows: async () => ['checkout', 'catalog'].map((project) => ({ project, deployments: 2 })) },
    grafanaPages: {
      open: async (_login: unknown, { uid }: Dashboard, choice: Choice) => ({
        ...{ asked: undefined, complaints: [], loadedMs: 1, picture: null },
        panels: open(uid, isOver(choice)),
      }),
    },
  } as unknown as Platform
}

/** The panels of a dashboard of the contract. */
const panels = (uid: string, value: number | null, change: Partial<PanelView> = {}): PanelView[] =>
  Object.keys(fawkes.dashboards.all.find((one) => one.uid === uid)?.panels ?? {}).map((title, index) => ({
    ...{
      id: index + 1,
      type: 'stat',
      title,
      timezone: 'utc',
      errors: [],
      text: value === null ? 'No data' : `${value}`,
    },
    fieldConfig: { defaults: {}, overrides: [] },
    columns: [{ name: 'Value', isNumber: true, values: value === null ? [] : [value] }],
    ...change,
  }))

const right: Open = (uid, isEmpty) => panels(uid, isEmpty ? null : 1)
/** The last dashboard of the contract, so that a check that stops at the first trouble does not come to it. */
const last = 'mttr'
const zeroOnTheLast: Open = (uid, isEmpty) => panels(uid, isEmpty ? (uid === last ? 0 : null) : 1)
const sameOnTheLast: Open = (uid, isEmpty) => panels(uid, isEmpty && uid !== last ? null : 1)

const late = new Unmet({
  ...{ summary: 'The dashboard does not open within 5 s.', object: 'dashboard DORA Metrics Overview' },
  ...{ expected: 'all panels', found: 'none', remedy: [] },
})
/** The dashboards with a first one that has a trouble of its own. */
const troubles: readonly (readonly [string, (open: Open) => Open, string])[] = [
  [
    'does not open',
    (open) => (uid, isEmpty) => {
      if (uid === 'dora-overview') throw late
      return open(uid, isEmpty)
    },
    'dashboard DORA Metrics Overview',
  ],
  [
    'shows errors',
    (open) => (uid, isEmpty) =>
      open(uid, isEmpty).map((panel) => (uid === 'dora-overview' ? { ...panel, errors: ['no such column'] } : panel)),
    'panel DORA Metrics Overview / ',
  ],
]

const failureOf = (check: Promise<unknown>): Promise<unknown> =>
  check.then(
    () => undefined,
    (error: unknown) => error,
  )
const findingsOf = (failure: unknown) => (isFailure(failure) ? [failure.finding, ...failure.further] : [])
const objectsOf = (failure: unknown) => findingsOf(failure).map(({ object }) => object)
const summariesOf = (failure: unknown) => findingsOf(failure).map(({ summary }) => summary)

describe.each(troubles)('beside a dashboard that %s', (_, withTrouble, object) => {
  it('panels are found that show a number without events', async () => {
    const failure = await failureOf(expectNoNumbers(platformOf(withTrouble(zeroOnTheLast))))
    expect(failure).toBeInstanceOf(Unmet)
    expect(objectsOf(failure)[0]).toMatch(/^panel Mean Time to Restore /)
  })

  it('panels are found that do not change with the time range', async () => {
    const failure = await failureOf(expectChangedBy(platformOf(withTrouble(sameOnTheLast)), 'time range'))
    expect(failure).toBeInstanceOf(Unmet)
    expect(objectsOf(failure)[0]).toMatch(/^panel Mean Time to Restore /)
  })

  it('right panels are no proof for all of them', async () => {
    for (const check of [expectNoNumbers, (platform: Platform) => expectChangedBy(platform, 'time range')]) {
      const failure = await failureOf(check(platformOf(withTrouble(right))))
      expect(failure).toBeInstanceOf(Blocked)
      expect(objectsOf(failure)).toEqual([expect.stringContaining(object)])
    }
  })
})

describe('beside a dashboard of a data source that Grafana does not have', () => {
  const platformWith = (open: Open): Platform => {
    const platform = platformOf(open)
    const panel = { ...{ id: 1, type: 'stat', title: 'P' }, targets: [{ datasource: { uid: 'gone' } }] }
    const dashboard = async (uid: string) => ({
      ...(await platform.grafana.dashboard(uid, { token: '' })),
      panels: uid === 'dora-overview' ? [panel] : [],
    })
    return { ...platform, grafana: { ...platform.grafana, dashboard } } as unknown as Platform
  }

  it('panels are found that show a number without events', async () => {
    const failure = await failureOf(expectNoNumbers(platformWith(zeroOnTheLast)))
    expect(failure).toBeInstanceOf(Unmet)
    expect(objectsOf(failure)[0]).toMatch(/^panel Mean Time to Restore /)
  })

  it('right panels are no proof for all of them', async () => {
    const failure = await failureOf(expectNoNumbers(platformWith(right)))
    expect(failure).toBeInstanceOf(Blocked)
    expect(objectsOf(failure)).toEqual(['dashboard DORA Metrics Overview'])
  })
})

it('each thing that dashboards do not let the reader choose is one cause for all of them', async () => {
  const failure = await failureOf(expectVariablesUsed(platformOf(right)))
  expect(failure).toBeInstanceOf(Unmet)
  expect(summariesOf(failure)).toEqual([
    'The dashboard DORA Metrics Overview has the variable project, but no query uses it.',
    'The dashboard DORA Metrics Overview has no variable team.',
  ])
})

it('errors on the others are found beside a dashboard that does not open', async () => {
  const open: Open = (uid) => {
    if (uid === 'dora-overview') throw late
    return panels(uid, 1, uid === last ? { errors: ['no such column'] } : {})
  }
  const failure = await failureOf(expectPanelsAnswered(platformOf(open)))
  expect(failure).toBeInstanceOf(Unmet)
  expect(objectsOf(failure)[0]).toMatch(/^panel Mean Time to Restore /)
})

it('an error that panels show for another range only is what is wrong', async () => {
  const open: Open = (uid, isEmpty) =>
    panels(uid, isEmpty ? null : 1, isEmpty && uid === last ? { errors: ['division by zero'] } : {})
  const failure = await failureOf(expectNoNumbers(platformOf(open)))
  expect(failure).toBeInstanceOf(Unmet)
  expect(objectsOf(failure)[0]).toMatch(/^panel Mean Time to Restore /)
})

it('dashboards without a trouble pass', async () => {
  const platform = platformOf(right)
  await expectPanelsAnswered(platform)
  await expectChangedBy(platform, 'time range')
  await expectNoNumbers(platform)
})

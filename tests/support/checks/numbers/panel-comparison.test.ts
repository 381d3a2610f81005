/** A single wrong field on the dashboards of random histories: the comparison names it, its panel, project and range, and nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ownerOf, panelDifferences, wrongTables } from '../../../../support/checks/numbers/panel-comparison'
import type { DashboardNames } from '../../../../support/contracts/dashboards'
import { toleranceOf } from '../../../../support/dora/comparison'
import type { Window } from '../../../../support/dora/metrics'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import type { PanelView } from '../../../../support/platform/grafana-pages'
import { drawn, isBig, kindOf, pageOf, type Shown, shownIn, type View } from '../../../fixtures/dashboard-pages'
import { history, now } from '../../../fixtures/random-histories'

const { precision, ranges } = fawkes.dora
const day = 864e5
const projects = ['checkout', 'payments'] as const
const lengths = [...new Set(Object.values(ranges))]
const windows = lengths.map((days): Window => ({ start: now - days * day, end: now }))
const { all } = fawkes.dashboards

/** Spoils one field of a page. Returns the titles of the panel and the words by which its finding names the field. */
type Spoiler = (
  page: View[],
  names: DashboardNames,
  shown: Shown,
  place: number,
) => { panel: string; fields: readonly string[] }

const picked = <T>(list: readonly T[], place: number): T => {
  const one = list[place % Math.max(list.length, 1)]
  if (one === undefined) throw new Error('There is nothing to choose from.')
  return one
}
const viewIn = (page: readonly View[], title: string): View =>
  picked(
    page.filter((view) => view.title === title),
    0,
  )

function bigNumber(page: View[], names: DashboardNames, { expected }: Shown, place: number) {
  const big = Object.entries(names.panels).filter(([, shown]) => isBig(shown))
  const [panel, shown] = picked(big, place)
  const quantity = picked(shown, 0)
  const value = expected[quantity.quantity]
  const number = typeof value === 'number' ? value : null
  const exactness = toleranceOf(kindOf(quantity), precision, number ?? 0)
  /** The nearest number that no rounding explains. */
  const wrong = number === null ? 0 : number + (kindOf(quantity) === 'count' ? 1 : 0.06 * number + 2 * exactness + 0.02)
  return { view: viewIn(page, panel), quantity, number, wrong, named: { panel, fields: [quantity.quantity] } }
}

const wrongAnswer: Spoiler = (page, names, shown, place) => {
  const { view, quantity, number, wrong, named } = bigNumber(page, names, shown, place)
  const isMissing = place % 2 === 0 && number !== null && number !== 0
  view.columns[0]?.values.splice(0, 1, ...(isMissing ? [] : [wrong]))
  view.text = drawn(quantity, isMissing ? null : wrong)
  return named
}

const wrongText: Spoiler = (page, names, shown, place) => {
  const { view, quantity, wrong, named } = bigNumber(page, names, shown, place)
  const texts = view.columns.some(({ values }) => values.length > 0)
    ? [drawn(quantity, wrong), 'No data', '', 'elite', `${drawn(quantity, wrong)} elite`]
    : [drawn(quantity, wrong + 5), 'elite', 'Level: Low']
  view.text = picked(texts, place)
  return named
}

function chart(page: View[], names: DashboardNames, place: number) {
  const charts = Object.entries(names.panels).filter(([, shown]) => !isBig(shown))
  // A dashboard without a chart is spoilt in a big number.
  if (charts.length === 0) return null
  const [panel, shown] = picked(charts, place)
  const fields = [...shown.map(({ quantity }) => quantity as string), ...(names.points?.[panel] ? [aPoint] : [])]
  return { view: viewIn(page, panel), named: { panel, fields } }
}

/** The words of a finding about a single event in a chart. */
const aPoint = 'draws a point that is no event'

const wrongChart: Spoiler = (page, names, shown, place) => {
  const found = chart(page, names, place)
  if (!found) return wrongText(page, names, shown, place)
  const [at, values] = found.view.columns
  if (!at || !values) throw new Error('The chart has no columns.')
  const index = place % Math.max(values.values.length, 1)
  if (place % 3 === 0) found.view.fieldConfig = { defaults: { unit: 'h' }, overrides: [] }
  else if (values.values.length === 0) {
    at.values.push(now - 1)
    values.values.push(7)
  } else values.values[index] = Number(values.values[index]) + 1e4
  return found.named
}

const wrongDay: Spoiler = (page, names, shown, place) => {
  const found = chart(page, names, place)
  const [at, values] = found?.view.columns ?? []
  const events = values?.values.flatMap((value, index) => (Number(value) > 0 ? [index] : [])) ?? []
  const isByDay = found?.named.fields.some((field) => field.endsWith('by day'))
  if (!found || !at || events.length === 0 || !isByDay) return wrongChart(page, names, shown, place)
  const index = picked(events, place)
  at.values[index] = Number(at.values[index]) + day
  return { ...found.named, fields: found.named.fields.filter((field) => field.endsWith('by day') || field === aPoint) }
}

const wrongTime: Spoiler = (page, names, shown, place) => {
  const found = chart(page, names, place)
  const [at] = found?.view.columns ?? []
  if (!found?.named.fields.includes(aPoint) || !at || at.values.length === 0)
    return wrongChart(page, names, shown, place)
  const index = place % at.values.length
  at.values[index] = Number(at.values[index]) + 60_000
  // The minute may be the last one of its day.
  return { ...found.named, fields: found.named.fields.filter((field) => field.endsWith('by day') || field === aPoint) }
}

const wrongCell: Spoiler = (page, names, _shown, place) => {
  const [panel, { columns }] = picked(Object.entries(names.tables ?? {}), place)
  const compared = Object.entries(columns).filter(([, field]) => typeof field === 'string')
  const [name, field] = picked(compared, place)
  const view = viewIn(page, panel)
  const rows = view.columns[0]?.values.length ?? 0
  if (rows === 0) {
    for (const { values } of view.columns) values.push(1)
    return { panel, fields: ['rows'] }
  }
  const cells = picked(
    view.columns.filter((column) => column.name === name),
    0,
  ).values
  const value = cells[place % rows]
  cells[place % rows] = typeof value === 'number' ? value + 1 : 'another'
  // Another time or id may change the order of the rows, so that another cell of the table is named.
  return { panel, fields: field === 'time' || field === 'id' ? [''] : [name] }
}

const lostRow: Spoiler = (page, names, shown, place) => {
  const [panel] = picked(Object.entries(names.tables ?? {}), place)
  const view = viewIn(page, panel)
  if ((view.columns[0]?.values.length ?? 0) === 0) return wrongCell(page, names, shown, place)
  for (const { values } of view.columns) values.shift()
  return { panel, fields: [''] }
}

/** The findings about a page: the panel, the field or the sentence that names it, and the project with its range. */
function findings(
  names: DashboardNames,
  views: readonly PanelView[],
  shown: Shown,
  range: Parameters<typeof ownerOf>[0],
) {
  const { expected, rows } = shown
  const { wrong } = panelDifferences(names, { views, expected, precision }, () => true)
  const common = { dashboard: names.title, owner: ownerOf(range) }
  return [
    ...wrong.map(({ reading: { panel, quantity } }) => ({ ...common, panel, field: quantity as string })),
    ...wrongTables(names, views, rows, precision).map(({ title, difference }) => ({
      ...common,
      panel: title,
      field: difference.says,
    })),
  ]
}

const spoilers = { wrongAnswer, wrongText, wrongChart, wrongDay, wrongTime, wrongCell, lostRow }

/** The kinds of wrong fields share a thousand draws. */
describe.each(Object.entries(spoilers))('one field of one panel, of one project and one range (%s)', (_, spoil) => {
  it('is named in each draw, and nothing else is', () => {
    const draw = fc.record({
      histories: fc.tuple(history, history),
      ...{
        project: fc.nat(1),
        range: fc.nat(lengths.length - 1),
        dashboard: fc.nat(all.length - 1),
        place: fc.nat(1000),
      },
    })
    fc.assert(
      fc.property(draw, ({ histories, project, range, dashboard, place }) => {
        const spoilt = picked(all, dashboard)
        let named: ReturnType<Spoiler> | undefined
        const found = projects.flatMap((one, owner) =>
          windows.flatMap((window, length) => {
            const shown = shownIn(picked(histories, owner), one, window)
            const isMeant = owner === project && length === range
            return (isMeant ? all : [spoilt]).flatMap((names) => {
              const page = pageOf(names, shown, window)
              if (isMeant && names === spoilt) named = spoil(page, names, shown, place)
              return findings(names, page, shown, { project: one, window })
            })
          }),
        )
        expect(found).not.toEqual([])
        for (const { field, ...rest } of found) {
          const owner = `${projects[project]} (last ${lengths[range]} days)`
          expect(rest).toEqual({ dashboard: spoilt.title, panel: named?.panel, owner })
          expect(
            named?.fields.some((name) => field.includes(name)),
            `${field} for ${named?.fields}`,
          ).toBe(true)
        }
      }),
      { numRuns: 170 },
    )
  }, 120_000)
})

/** Part of the page of the stand-in for Grafana: draws the data of a panel as its type wants it. */
import { chart, legend, seriesOf } from './chart.mjs'
import { element, testId } from './elements.mjs'
import { configurationOf, reduced, shown, thresholdColor } from './values.mjs'

const noData = () => element('div', { class: 'no-data', ...testId('Panel data error message') }, 'No data')

const rowsOf = ({ data }) => data.values[0]?.length ?? 0

function stat(panel, frames) {
  const calculation = panel.options?.reduceOptions?.calcs?.[0]
  const values = frames.flatMap(({ schema, data }) =>
    schema.fields.flatMap((field, column) =>
      field.type === 'number' ? [{ field, value: reduced(data.values[column], calculation) }] : [],
    ),
  )
  if (values.length === 0) return noData()
  return element(
    'div',
    { class: 'stats' },
    values.map(({ field, value }) => {
      const configuration = configurationOf(panel, field.name)
      if (value === null || value === undefined)
        return element('div', { class: 'stat none' }, configuration.noValue ?? 'No data')
      const { text, suffix } = shown(value, field, configuration)
      const color = `color:${thresholdColor(value, configuration)}`
      return element(
        'div',
        { class: 'stat', style: color },
        values.length > 1 ? element('span', { class: 'name' }, field.name) : undefined,
        element('span', { class: 'value' }, text, element('small', {}, suffix)),
      )
    }),
  )
}

function timeSeries(panel, frames, range, space) {
  const all = seriesOf(panel, frames)
  if (all.every(({ values }) => values.length === 0)) return noData()
  const drawn = chart(panel, all, range, { ...space, height: space.height - 24 })
  return element('div', {}, drawn, legend(all))
}

function table(panel, frames) {
  const frame = frames.find((candidate) => rowsOf(candidate) > 0)
  if (frame === undefined) return noData()
  const { fields } = frame.schema
  const cell = (field, value) => {
    const { text, suffix } = shown(value, field, configurationOf(panel, field.name))
    return element('td', { class: field.type === 'number' ? 'number' : undefined }, `${text}${suffix}`)
  }
  const head = element(
    'thead',
    {},
    element(
      'tr',
      {},
      fields.map(({ name, type }) => element('th', { class: type === 'number' ? 'number' : undefined }, name)),
    ),
  )
  const rows = Array.from({ length: rowsOf(frame) }, (_, row) =>
    element(
      'tr',
      {},
      fields.map((field, column) => cell(field, frame.data.values[column][row])),
    ),
  )
  return element('div', { class: 'scroll' }, element('table', {}, head, element('tbody', {}, rows)))
}

/** The body of a panel. */
export function drawn(panel, frames, range, space) {
  switch (panel.type) {
    case 'stat':
    case 'gauge':
      return stat(panel, frames)
    case 'timeseries':
    case 'barchart':
      return timeSeries(panel, frames, range, space)
    case 'table':
      return table(panel, frames)
    default:
      return element('div', { class: 'no-data' }, `Panel plugin not found: ${panel.type}`)
  }
}

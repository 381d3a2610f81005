/** Grafana's stand-in, page part: draws the data of a panel according to its type. */
import { chart, legend, seriesOf } from './chart.mjs'
import { element, testId } from './elements.mjs'
import { configurationOf, mappedText, reduced, shown, thresholdColor } from './values.mjs'

const noData = () => element('div', { class: 'no-data', ...testId('Panel data error message') }, 'No data')

const rowsOf = ({ data }) => data.values[0]?.length ?? 0

/** Tests whether a stat panel shows a field: those that match its pattern, such as "/^name$/", or all number fields. */
function isShown({ options }, { name, type }) {
  const [, pattern] = /^\/(.*)\/$/.exec(options?.reduceOptions?.fields ?? '') ?? []
  return pattern === undefined ? type === 'number' : new RegExp(pattern).test(name)
}

/** The change from the first to the last value, as Grafana's big numbers show it. */
function changeOf(values) {
  const numbers = values.filter((value) => typeof value === 'number')
  const change = (numbers.at(-1) - numbers[0]) / numbers[0]
  return Number.isFinite(change)
    ? change.toLocaleString('en-US', { style: 'percent', maximumSignificantDigits: 3 })
    : undefined
}

function stat(panel, frames) {
  const calculation = panel.options?.reduceOptions?.calcs?.[0]
  const values = frames.flatMap(({ schema, data }) =>
    schema.fields.flatMap((field, column) =>
      isShown(panel, field)
        ? [{ field, value: reduced(data.values[column], calculation), change: changeOf(data.values[column]) }]
        : [],
    ),
  )
  if (values.length === 0) return noData()
  return element(
    'div',
    { class: 'stats' },
    values.map(({ field, value, change }) => {
      const configuration = configurationOf(panel, field.name)
      if ((value === null || value === undefined) && mappedText(value, configuration) === undefined)
        return element('div', { class: 'stat none' }, configuration.noValue ?? 'No data')
      const { text, suffix } = shown(value, field, configuration)
      const isNumber = field.type === 'number'
      const color = isNumber ? `color:${thresholdColor(value, configuration)}` : undefined
      return element(
        'div',
        { class: isNumber ? 'stat' : 'stat text', style: color },
        values.length > 1 ? element('span', { class: 'name' }, field.name) : undefined,
        element('span', { class: 'value' }, text, element('small', {}, suffix)),
        panel.options?.showPercentChange ? element('div', {}, change) : undefined,
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

/** A horizontal bar for each row, labelled by the first text column. */
function bars(panel, frames) {
  const [frame] = frames
  const fields = frame?.schema.fields ?? []
  const names = frame?.data.values[fields.findIndex(({ type }) => type === 'string')] ?? []
  const column = fields.findIndex(({ type }) => type === 'number')
  if (names.length === 0 || column < 0) return noData()
  const values = frame.data.values[column]
  const highest = Math.max(...values.map(Number))
  const configuration = configurationOf(panel, fields[column].name)
  return element(
    'table',
    {},
    names.map((name, row) => {
      const { text, suffix } = shown(values[row], fields[column], configuration)
      const width = highest > 0 ? (Number(values[row]) / highest) * 100 : 0
      return element(
        'tr',
        {},
        element('td', {}, name),
        element(
          'td',
          { style: 'width:100%' },
          element('div', { style: `width:${width}%;height:1em;background:#73bf69` }),
        ),
        element('td', { class: 'number' }, `${text}${suffix}`),
      )
    }),
  )
}

const isOverTime = (frames) => frames.some(({ schema }) => schema.fields.some(({ type }) => type === 'time'))

/** Draws the body of a panel. */
export function drawn(panel, frames, range, space) {
  switch (panel.type) {
    case 'stat':
    case 'gauge':
      return stat(panel, frames)
    case 'timeseries':
      return timeSeries(panel, frames, range, space)
    case 'barchart':
      return isOverTime(frames) ? timeSeries(panel, frames, range, space) : bars(panel, frames)
    case 'text':
      return element('div', { class: 'scroll' }, panel.options?.content ?? '')
    case 'table':
      return table(panel, frames)
    default:
      return element('div', { class: 'no-data' }, `Panel plugin not found: ${panel.type}`)
  }
}

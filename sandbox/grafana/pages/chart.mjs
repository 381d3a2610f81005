/** Grafana's stand-in, page part: draws a time series chart as SVG. */
import { element } from './elements.mjs'
import { axisUnit, configurationOf, seriesColor, shown } from './values.mjs'

const margin = { top: 8, right: 12, bottom: 22, left: 64 }

/** Round numbers from 0 up to the highest value or just above it. */
function ticksOf(highest) {
  const rough = highest / 4 || 0.25
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough)
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step)
}

const steps = [36e5, 6 * 36e5, 12 * 36e5, 864e5, 2 * 864e5, 5 * 864e5, 7 * 864e5, 14 * 864e5, 30 * 864e5, 91 * 864e5]

function timeTicks({ from, to }, width) {
  const wanted = Math.max(2, Math.floor(width / 110))
  const step = steps.find((candidate) => (to - from) / candidate <= wanted) ?? 365 * 864e5
  const ticks = []
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length < 50; at += step) ticks.push(at)
  return ticks.map((at) => {
    const text = new Date(at).toISOString()
    return { at, text: step < 864e5 ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(5, 10) }
  })
}

const nameOf = (field) =>
  field.labels === undefined ? field.name : `${field.name} ${Object.values(field.labels).join(' ')}`

/** The series in the data frames: every number column with its times. */
export function seriesOf(panel, frames) {
  const found = frames.flatMap(({ schema, data }) => {
    const time = schema.fields.findIndex((field) => field.type === 'time')
    if (time < 0) return []
    return schema.fields.flatMap((field, column) =>
      field.type === 'number'
        ? [{ field, name: nameOf(field), times: data.values[time], values: data.values[column] }]
        : [],
    )
  })
  return found.map((series, index) => {
    const configuration = configurationOf(panel, series.name)
    return { ...series, configuration, color: seriesColor(configuration, index) }
  })
}

/** The lower and upper end of each point. Stacked series start at the top of the previous ones. */
function spans(all) {
  const heights = new Map()
  return all.map(({ times, values, configuration }) =>
    values.map((value, index) => {
      const stacked = configuration.custom?.stacking?.mode === 'normal'
      const base = stacked ? (heights.get(times[index]) ?? 0) : 0
      if (stacked) heights.set(times[index], base + (value ?? 0))
      return value === null ? undefined : { at: times[index], low: base, high: base + value, value }
    }),
  )
}

/** Draws the series with axes and a grid. */
export function chart(panel, all, range, { width, height }) {
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }
  const points = spans(all)
  const highest = Math.max(0, ...points.flat().flatMap((point) => (point === undefined ? [] : [point.high])))
  const { scale, suffix } = axisUnit(highest, panel.fieldConfig?.defaults ?? {})
  const ticks = ticksOf(highest / scale).map((tick) => tick * scale)
  const top = ticks.at(-1)
  const x = (at) => margin.left + ((at - range.from) / (range.to - range.from)) * inner.width
  const y = (value) => margin.top + inner.height * (1 - value / top)
  const grid = [
    ...ticks.map((value) =>
      element(
        'g',
        {},
        element('line', { x1: margin.left, x2: margin.left + inner.width, y1: y(value), y2: y(value), class: 'grid' }),
        element(
          'text',
          { x: margin.left - 6, y: y(value) + 4, 'text-anchor': 'end' },
          `${Number((value / scale).toFixed(3))}${suffix}`,
        ),
      ),
    ),
    ...timeTicks(range, inner.width).map(({ at, text }) =>
      element(
        'g',
        {},
        element('line', { x1: x(at), x2: x(at), y1: margin.top, y2: margin.top + inner.height, class: 'grid' }),
        element('text', { x: x(at), y: height - 6, 'text-anchor': 'middle' }, text),
      ),
    ),
  ]
  const drawn = all.map((series, index) => marks(series, points[index], { x, y, inner }))
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': panel.title },
    grid,
    // Clips marks that begin before the range, such as the bar of its first day.
    element(
      'svg',
      {
        x: margin.left,
        y: 0,
        width: inner.width,
        height: margin.top + inner.height,
        viewBox: `${margin.left} 0 ${inner.width} ${margin.top + inner.height}`,
      },
      drawn,
    ),
  )
}

function marks({ configuration, color, field, name }, points, { x, y, inner }) {
  const {
    drawStyle = 'line',
    fillOpacity = 0,
    pointSize = 5,
    showPoints = 'auto',
    lineWidth = 1,
  } = configuration.custom ?? {}
  const present = points.filter((point) => point !== undefined)
  const label = (point) => {
    const { text, suffix } = shown(point.value, field, configuration)
    return element(
      'title',
      {},
      `${new Date(point.at).toISOString().slice(0, 16).replace('T', ' ')} ${name}: ${text}${suffix}`,
    )
  }
  if (drawStyle === 'bars') {
    const gaps = points
      .slice(1)
      .flatMap((point, index) => (point && points[index] ? [x(point.at) - x(points[index].at)] : []))
    const width = Math.max(1, Math.min(...gaps, inner.width / 8) * 0.8)
    return present.map((point) => {
      const place = {
        x: x(point.at) - width / 2,
        y: y(point.high),
        width,
        height: Math.max(0, y(point.low) - y(point.high)),
      }
      return element('rect', { ...place, fill: color, 'fill-opacity': fillOpacity / 100 || 1 }, label(point))
    })
  }
  const dots = present.map((point) =>
    element('circle', { cx: x(point.at), cy: y(point.high), r: pointSize / 2, fill: color }, label(point)),
  )
  if (drawStyle === 'points') return dots
  const path = present.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.at)} ${y(point.high)}`).join('')
  const area = present.length > 1 ? `${path}L${x(present.at(-1).at)} ${y(0)}L${x(present[0].at)} ${y(0)}Z` : ''
  return [
    element('path', { d: area, fill: color, 'fill-opacity': fillOpacity / 100, stroke: 'none' }),
    element('path', { d: path, fill: 'none', stroke: color, 'stroke-width': lineWidth }),
    ...(showPoints === 'never' ? [] : dots),
  ]
}

export const legend = (all) =>
  element(
    'ul',
    { class: 'legend' },
    all.map(({ name, color }) => element('li', {}, element('i', { style: `background:${color}` }), name)),
  )

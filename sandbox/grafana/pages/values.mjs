/** Grafana's stand-in, page part: formats a panel's values with units, decimals and colors. */
import { shownTime } from './time.mjs'

export const palette = ['#73bf69', '#f2cc0c', '#8ab8ff', '#ff780a', '#f2495c', '#5794f2', '#b877d9', '#705da0']
const named = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
  text: '#ccccdc',
}
const colorOf = (name) => named[name] ?? name

/** The configuration of a field: the panel's defaults with the field's overrides applied. */
export function configurationOf(panel, name) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {}
  const own = { ...defaults }
  for (const { matcher, properties } of overrides) {
    const [, pattern] = (matcher.id === 'byRegexp' && /^\/(.*)\/$/.exec(matcher.options)) || []
    const matches =
      pattern === undefined ? matcher.id === 'byName' && matcher.options === name : new RegExp(pattern).test(name)
    if (!matches) continue
    for (const { id, value } of properties) own[id] = value
  }
  return own
}

/** Rounds to the configured decimals, or else to one decimal from 100 on and two below. */
function rounded(value, decimals) {
  if (decimals !== undefined) return value.toFixed(decimals)
  const places = Math.abs(value) >= 100 ? 1 : 2
  return String(Number(value.toFixed(places)))
}

const scales = [
  [525600, 'years'],
  [43800, 'months'],
  [10080, 'weeks'],
  [1440, 'days'],
  [60, 'hours'],
  [1, 'mins'],
]

const scaleOf = (size) => scales.find(([least]) => size >= least) ?? [1 / 60, 's']

/** The scale and the suffix of an axis, chosen by its highest value. */
export function axisUnit(highest, { unit = 'short' }) {
  if (timeUnits[unit] !== undefined) {
    const [scale, name] = scaleOf(highest * timeUnits[unit])
    return { scale: scale / timeUnits[unit], suffix: ` ${name}` }
  }
  if (unit === 'percentunit') return { scale: 0.01, suffix: '%' }
  return { scale: 1, suffix: unit === 'percent' ? '%' : '' }
}

function minutes(value, decimals) {
  const size = Math.abs(value)
  const [scale, unit] = size === 0 ? [1, 'mins'] : scaleOf(size)
  return { text: rounded(value / scale, decimals ?? 2), suffix: ` ${size === scale ? unit.replace(/s$/, '') : unit}` }
}

/** Units of time, in minutes. */
const timeUnits = { ms: 1 / 6e4, s: 1 / 60, m: 1, h: 60, d: 1440 }

const special = {
  null: (value) => value === null || value === undefined,
  nan: Number.isNaN,
  'null+nan': (value) => value === null || value === undefined || Number.isNaN(value),
  true: (value) => value === true,
  false: (value) => value === false,
  empty: (value) => value === '',
}

/** The texts that the value mappings of a field replace a value by. */
const mapped = {
  value: (options, value) => options[String(value)]?.text,
  range: ({ from, to, result }, value) =>
    typeof value === 'number' && value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? result.text : undefined,
  regex: ({ pattern, result }, value) => {
    const [, body = pattern, flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(pattern) ?? []
    return new RegExp(body, flags).test(String(value)) ? result.text : undefined
  },
  special: ({ match, result }, value) => (special[match]?.(value) ? result.text : undefined),
}

/** The text of the first value mapping that applies to a value; undefined if there is none. */
export const mappedText = (value, { mappings = [] }) =>
  mappings.map(({ type, options }) => mapped[type]?.(options, value)).find((text) => text !== undefined)

/** The text and the unit suffix of a value. Like in Grafana, a mapped text has no unit. */
export function shown(value, field, configuration) {
  const replaced = mappedText(value, configuration)
  if (replaced !== undefined) return { text: replaced, suffix: '' }
  if (value === null || value === undefined) return { text: configuration.noValue ?? '', suffix: '' }
  if (field.type === 'time') return { text: shownTime(value), suffix: '' }
  if (field.type !== 'number') return { text: String(value), suffix: '' }
  const { unit = 'short', decimals } = configuration
  if (timeUnits[unit] !== undefined) return minutes(value * timeUnits[unit], decimals)
  if (unit === 'percentunit') return { text: rounded(value * 100, decimals), suffix: '%' }
  if (unit === 'percent') return { text: rounded(value, decimals), suffix: '%' }
  if (unit === 'short' || unit === 'none') return { text: rounded(value, decimals), suffix: '' }
  return { text: rounded(value, decimals), suffix: ` ${unit.replace(/^suffix:/, '').trim()}` }
}

/** The color of the last threshold before the first that the value does not reach, as Grafana chooses it. */
export function thresholdColor(value, { thresholds }) {
  const steps = thresholds?.steps ?? []
  const missed = steps.findIndex((step) => step.value !== null && value < step.value)
  return colorOf(steps.at(missed < 0 ? -1 : missed - 1)?.color ?? 'text')
}

/** The color of a series: the configured one, or else one by its position. */
export const seriesColor = ({ color }, index) =>
  color?.mode === 'fixed' ? colorOf(color.fixedColor) : palette[index % palette.length]

/** Reduces a column to one value. */
export function reduced(values, calculation = 'lastNotNull') {
  const numbers = values.filter((value) => value !== null)
  switch (calculation) {
    case 'first':
      return values[0]
    case 'last':
      return values.at(-1)
    case 'firstNotNull':
      return numbers[0]
    case 'sum':
      return numbers.reduce((sum, value) => sum + value, 0)
    case 'mean':
      return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length
    case 'min':
      return numbers.length === 0 ? null : Math.min(...numbers)
    case 'max':
      return numbers.length === 0 ? null : Math.max(...numbers)
    case 'count':
      return values.length
    default:
      return numbers.at(-1) ?? null
  }
}

/** Compares what a panel draws with the number that it should draw: the picture decides, the frame and the model explain. Pure. */
import { excerpt } from '../../basis/redaction'
import { levels, type Quantity, type QuantityKind, quantities, type Value } from '../../dora/metrics'
import { isoText } from '../../formats/instant'
import { calculationNamed, calculationOf } from '../../platform/field-calculations'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'
import { type FieldOptions, matchesPattern, optionsOfField } from '../../platform/panel-fields'
import { mapsNumbers } from '../../platform/value-mappings'
import { axisDifference, type DrawnDifference, shiftedBars } from './drawn-axis'
import { agreesWithDrawn, drawnNumber } from './drawn-number'
import { bigNumbers } from './drawn-text'
import { gauges } from './drawn-transformations'
import { isForeign } from './drawn-unit'

/** A panel without values says so in one of these texts of Grafana. */
const withoutData = /^(?:no data|data is missing|data outside time range|unable to)/i

const valued = new RegExp(`\\d|\\b(?:${levels.join('|')})\\b`, 'i')

/** Checks whether a person reads a value in a text: a number or a level. */
export const isValued = (text: string): boolean => valued.test(text)

const quoted = (text: string): string => (text.trim() === '' ? 'nothing' : `"${excerpt(text.trim(), 80)}"`)

/** The panel's first column of numbers, or the named one. */
const columnIn = ({ columns }: PanelView, wanted: string | undefined): Column | undefined =>
  columns.find(({ name, isNumber }) => isNumber && (wanted === undefined || name === wanted))

/** The options of the panel's first column of numbers, or of the named one. */
const optionsIn = (view: PanelView, column: string | undefined): FieldOptions =>
  optionsOfField(view.fieldConfig, columnIn(view, column) ?? { name: column ?? '', isNumber: true, values: [] })

/**
 * The difference between what the panel draws for a quantity and the expected value; null if it draws it.
 * @param expected null: the events yield no data
 * @param exactness the contract's tolerance for the quantity
 */
export function drawnDifference(
  view: PanelView,
  { quantity, column }: { readonly quantity: Quantity; readonly column?: string | undefined },
  expected: Value,
  exactness: number,
): DrawnDifference | null {
  const kind = quantities[quantity]
  const options = optionsIn(view, column)
  const hasValues = view.columns.some(({ isNumber, values }) => isNumber && values.some((value) => value !== null))
  if (hasValues && withoutData.test(view.text.trim()))
    return { found: quoted(view.text), reason: 'the query returns values, but the panel draws none' }
  if (view.type !== 'stat')
    return configuredDifference(options, kind) ?? reducedDifference(view, column) ?? axisDifference(view, column, kind)
  const texts = bigNumbers(view, columnIn(view, column), options)
  const read = texts.flatMap((text) => drawnNumber(text, kind, view.title) ?? [])
  const agreeing = (value: number) => read.find((one) => agreesWithDrawn(one, value, exactness))
  const [text = ''] = texts
  if (!hasValues) {
    // A panel may draw no data for a count of 0, and its query decides that.
    const isZero = expected === 0 && agreeing(0)
    return isZero || !isValued(text)
      ? null
      : { found: quoted(text), reason: `the panel draws a text for "no data"${inModel(options)}` }
  }
  if (typeof expected !== 'number') return null
  if (agreeing(expected)) return null
  const reason = read.length
    ? 'the query returns the expected number, but the panel draws another'
    : 'the text is not this number with its unit'
  return { found: quoted(text), reason: `${reason}${inModel(options)}` }
}

/** A chart draws its numbers on a canvas, so its configuration is compared. */
function configuredDifference(options: FieldOptions, kind: QuantityKind): DrawnDifference | null {
  const { unit = 'none', mappings = [] } = options
  if (isForeign(unit, kind))
    return { found: `the unit ${unit}`, reason: `the chart labels its values with another unit${inModel(options)}` }
  if (mapsNumbers(mappings))
    return { found: 'mapped values', reason: `the chart replaces its values by texts${inModel(options)}` }
  return null
}

/** Calculations that are the value itself if there is only one. */
const ofOneValue = /^(?:first|firstNotNull|sum|mean|median|max|min|logmin|p\d+)$/

/** A gauge draws the last value of each column of numbers unless its options name another calculation or other columns. */
function reducedDifference(view: PanelView, column: string | undefined): DrawnDifference | null {
  const drawn = columnIn(view, column)
  if (!gauges.includes(view.type) || !drawn) return null
  const { calcs, values: isOfRows = false, fields = '' } = view.options?.reduceOptions ?? {}
  // Grafana takes the last row for an empty list, even if its value is missing (fieldDisplay.ts).
  const calculation = calculationNamed(calcs ? (calcs[0] ?? 'last') : 'lastNotNull')
  const { name, values } = drawn
  if (fields !== '' && !matchesPattern(fields, name))
    return { found: `the columns ${fields}`, reason: `the panel draws other columns than ${name}` }
  if (isOfRows && values.length > 1)
    return { found: `${values.length} values`, reason: 'the panel draws each row of its query as a value' }
  const numbers = values.filter((value) => typeof value === 'number')
  const [only, ...others] = numbers.slice(-2)
  if (isOfRows || only === undefined) return null
  const isOfLast = /^last/.test(calculation) || (others.length === 0 && ofOneValue.test(calculation))
  return isOfLast && calculationOf(calculation)?.(values) === numbers.at(-1)
    ? null
    : { found: `the calculation ${calculation}`, reason: 'the panel draws another value than the last' }
}

/** The settings of the field that can change the text. */
function inModel({ unit, decimals, mappings = [] }: FieldOptions): string {
  const settings = [
    unit === undefined ? 'no unit' : `unit ${unit}`,
    ...(typeof decimals === 'number' ? [`${decimals} decimals`] : []),
    ...(mappings.length > 0 ? [`${mappings.length} value mappings`] : []),
  ]
  return ` (${settings.join(', ')})`
}

/** Colors from bad to good, by the names of Grafana's palette. */
const ranks: readonly string[] = ['red', 'orange', 'yellow', 'green']

const rankOf = (color: string): number =>
  ranks.indexOf(color.toLowerCase().replace(/^(?:semi-dark|super-light|dark|light)-/, ''))

/** More is better for a frequency; for durations and rates, less is. Counts have no levels. */
const directions: Readonly<Partial<Record<string, 1 | -1>>> = { perDay: 1, minutes: -1, percent: -1 }

/** The thresholds of a quantity that are not in ascending order, or whose colors run from good to bad the wrong way. */
export function wrongThresholds(view: PanelView, quantity: Quantity, column?: string): DrawnDifference | null {
  const { thresholds, min, max } = optionsIn(view, column)
  const kind = quantities[quantity]
  const direction = directions[kind]
  const steps = thresholds?.steps ?? []
  if (direction === undefined || steps.length < 2) return null
  const hasEnds = typeof min === 'number' && typeof max === 'number'
  // Gauges, and values in percent, have ends of their own.
  if (thresholds?.mode === 'percentage' && !hasEnds && view.type === 'stat' && kind !== 'percent')
    return {
      found: 'thresholds in percent of the range of the drawn values',
      reason: 'without fixed ends (min and max), the color of a value does not depend on its level',
    }
  const found = steps.map(({ color, value }) => `${color} from ${value ?? 'the lowest value'}`).join(', ')
  // The first step has no value: it is the base that Grafana uses below all others.
  const bounds = steps.slice(1).map(({ value }) => value ?? Number.NEGATIVE_INFINITY)
  const [base] = steps
  const starts = [base?.value ?? Number.NEGATIVE_INFINITY, ...bounds]
  if (starts.some((start, index) => index > 0 && start <= (starts[index - 1] ?? start)))
    return { found, reason: 'the thresholds are not in ascending order, so Grafana picks the wrong color' }
  const colors = steps.map(({ color }) => rankOf(color)).filter((rank) => rank >= 0)
  const isOrdered = colors.every((rank, index) => index === 0 || (rank - (colors[index - 1] ?? rank)) * direction >= 0)
  return isOrdered ? null : { found, reason: 'the colors call bad values good' }
}

const hour = 3_600_000
const day = 24 * hour

/** True if two times are whole days apart. Days of a zone with daylight saving may be an hour shorter or longer. */
function areDaysApart(one: number, other: number): boolean {
  const gap = Math.abs(other - one)
  const days = Math.round(gap / day)
  return days > 0 && [0, hour].includes(Math.abs(gap - days * day))
}

/** The times of a daily series; none if there is no such series. */
function startsOfDays({ columns }: PanelView): readonly number[] {
  for (const { isTime, values } of columns) {
    const times = values.filter((value) => typeof value === 'number')
    if (!isTime || times.length < 2) continue
    if (times.every((time, index) => index === 0 || areDaysApart(times[index - 1] ?? time, time))) return times
  }
  return []
}

/**
 * The first offset of a time zone from UTC at some times, such as "+10:00"; "" for UTC, for the reader's own zone and for one that is
 * unknown. A zone with daylight saving has none in the winter of London.
 */
function offsetOf(timezone: string, times: readonly number[]): string {
  if (timezone === '' || timezone === 'browser') return ''
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
    const zoneAt = (time: number) => format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    return times.map((time) => zoneAt(time).replace(/^GMT/, '').replace('+00:00', '')).find(Boolean) ?? ''
  } catch {
    return ''
  }
}

/** The days of a daily series that do not start at 0:00 UTC, by their times or by the time zone of the axis. */
export function shiftedDays(view: PanelView, column?: string): DrawnDifference | null {
  const starts = startsOfDays(view)
  if (starts.length === 0) return null
  const shifted = starts.find((time) => time % day !== 0)
  if (shifted !== undefined)
    return {
      found: `days that start at ${isoText(shifted).slice(11, 16)} UTC`,
      reason: 'the times of the series are shifted',
    }
  const offset = offsetOf(view.timezone, starts)
  if (offset === '') return shiftedBars(view, column)
  const reason = `the panel draws its axis in the time zone ${view.timezone}, but the service counts by UTC days`
  return { found: `UTC days on an axis of UTC${offset}`, reason }
}

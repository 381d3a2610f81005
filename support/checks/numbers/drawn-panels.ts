/** Compares what a panel draws with the number that it should draw: the picture decides, the frame and the model explain. Pure. */
import { z } from 'zod'
import { excerpt } from '../../basis/redaction'
import { levels, type Quantity, quantities, type Value } from '../../dora/metrics'
import { type FieldOptions, optionsOfField } from '../../platform/grafana-model'
import type { PanelView } from '../../platform/grafana-pages'
import { axisDifference, type DrawnDifference, shiftedBars } from './drawn-axis'
import { agreesWithDrawn, drawnNumber } from './drawn-number'

/** A panel without values says so in one of these texts of Grafana. */
const withoutData = /^(?:no data|data is missing|data outside time range|unable to)/i

const valued = new RegExp(`\\d|\\b(?:${levels.join('|')})\\b`, 'i')

/** Checks whether a person reads a value in a text: a number or a level. */
export const isValued = (text: string): boolean => valued.test(text)

/** Units of Grafana that draw a number of another kind, or one of the same kind at another scale. */
const foreignUnits: Readonly<Partial<Record<string, RegExp>>> = {
  minutes: /^(?!(?:m|dtdurationm|(?:suffix: ?)?(?:min|mins|minutes))$)/,
  percent: /^(?!(?:percent|(?:suffix: ?)?%)$)/,
  count: /^(?:ns|µs|ms|s|m|h|d|dt.*|clock.*|percent.*|bytes|.*\/.*)$/,
  series: /^(?:ns|µs|ms|s|m|h|d|dt.*|clock.*|percent.*|bytes|.*\/ ?(?:week|month|hour).*)$/,
}

const quoted = (text: string): string => (text.trim() === '' ? 'nothing' : `"${excerpt(text.trim(), 80)}"`)

/** The options of the panel's first column of numbers, or of the named one. */
function optionsIn({ fieldConfig, columns }: PanelView, column: string | undefined): FieldOptions {
  const field = columns.find(({ name, isNumber }) => isNumber && (column === undefined || name === column))
  return optionsOfField(fieldConfig, field?.name ?? column ?? '', 'number')
}

/** The text of a big number without the name of its series, which Grafana draws before it when there are several. */
function withoutName({ text, columns }: PanelView, { displayName }: FieldOptions): string {
  const names = [...(displayName ? [displayName] : []), ...columns.map((column) => column.name)]
  const name = names.find((one) => one !== '' && text.trim().startsWith(one))
  return name === undefined ? text : text.trim().slice(name.length)
}

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
  const text = withoutName(view, options)
  const drawn = drawnNumber(text, kind, view.title)
  if (!hasValues) {
    // A panel may draw no data for a count of 0, and its query decides that.
    const isZero = expected === 0 && drawn !== null && agreesWithDrawn(drawn, 0, exactness)
    return isZero || !isValued(text)
      ? null
      : { found: quoted(text), reason: `the panel draws a text for "no data"${inModel(options)}` }
  }
  if (typeof expected !== 'number') return null
  if (drawn && agreesWithDrawn(drawn, expected, exactness)) return null
  const reason = drawn
    ? 'the query returns the expected number, but the panel draws another'
    : 'the text is not this number with its unit'
  return { found: quoted(text), reason: `${reason}${inModel(options)}` }
}

const specialMapping = z.looseObject({ type: z.literal('special'), options: z.looseObject({ match: z.string() }) })

/** A mapping of Grafana replaces numbers, unless it is about missing values only. */
function replacesNumbers(mapping: unknown): boolean {
  const parsed = specialMapping.safeParse(mapping)
  return !parsed.success || !['null', 'nan', 'null+nan', 'empty'].includes(parsed.data.options.match)
}

/** A chart draws its numbers on a canvas, so its configuration is compared. */
function configuredDifference(options: FieldOptions, kind: string): DrawnDifference | null {
  const { unit = 'none', mappings = [] } = options
  if (foreignUnits[kind]?.test(unit))
    return { found: `the unit ${unit}`, reason: `the chart labels its values with another unit${inModel(options)}` }
  if (mappings.some(replacesNumbers))
    return { found: 'mapped values', reason: `the chart replaces its values by texts${inModel(options)}` }
  return null
}

/** Kinds of panels that draw one number of several values, and on a canvas. */
const gauges: readonly string[] = ['gauge', 'bargauge', 'piechart']

/** Calculations that are the value itself if there is only one. */
const ofOneValue: readonly string[] = ['first', 'firstNotNull', 'sum', 'mean', 'median', 'max', 'min']

/** A gauge draws the last value unless its options name another calculation. */
function reducedDifference({ type, options, columns }: PanelView, column: string | undefined): DrawnDifference | null {
  const [calculation = 'lastNotNull'] = options?.reduceOptions?.calcs ?? []
  if (!gauges.includes(type) || /^last/.test(calculation)) return null
  const { values = [] } =
    columns.find(({ name, isNumber }) => isNumber && (column === undefined || name === column)) ?? {}
  const isValue = values.length < 2 && ofOneValue.includes(calculation)
  return isValue
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

const day = 86_400_000

/** The time of day at which the days of a daily series start, in milliseconds after 0:00 UTC; null if there is no such series. */
function startOfDays({ columns }: PanelView): number | null {
  for (const { isTime, values } of columns) {
    const times = values.filter((value) => typeof value === 'number')
    const [first] = times
    if (!isTime || first === undefined || times.length < 2) continue
    if (times.every((time) => (time - first) % day === 0)) return first % day
  }
  return null
}

/** The offset of a time zone from UTC, such as "+10:00"; "" for UTC, for the reader's own zone and for one that is unknown. */
function offsetOf(timezone: string, at: number): string {
  if (timezone === '' || timezone === 'browser') return ''
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
    const zone = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    return zone.replace(/^GMT/, '').replace('+00:00', '')
  } catch {
    return ''
  }
}

/** The days of a daily series that do not start at 0:00 UTC, by their times or by the time zone of the axis. */
export function shiftedDays(view: PanelView, now: number, column?: string): DrawnDifference | null {
  const start = startOfDays(view)
  if (start === null) return null
  const clock = new Date(start).toISOString().slice(11, 16)
  if (start !== 0) return { found: `days that start at ${clock} UTC`, reason: 'the times of the series are shifted' }
  const offset = offsetOf(view.timezone, now)
  if (offset === '') return shiftedBars(view, column)
  const reason = `the panel draws its axis in the time zone ${view.timezone}, but the service counts by UTC days`
  return { found: `UTC days on an axis of UTC${offset}`, reason }
}

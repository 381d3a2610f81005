/**
 * Checks whether a chart draws the values of its query as they are: their series, their axis and its ends. Charts are drawn on
 * canvases, so their options in the JSON model are judged (packages/grafana-schema of Grafana's repository). Pure.
 */
import type { QuantityKind } from '../../dora/metrics'
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'
import { type FieldOptions, optionsOfField } from '../../platform/panel-fields'
import { changingTransformation } from './drawn-transformations'

/** A quantity that a panel draws wrongly. */
export interface DrawnDifference {
  /** The text or the mark that a person sees. */
  readonly found: string
  /** The part of the dashboard's model that explains it. */
  readonly reason: string
}

interface Series extends Column {
  readonly options: FieldOptions
}

/** The series of a chart with their options, without the hidden ones. */
function seriesOf({ columns, fieldConfig }: PanelView): Series[] {
  return columns
    .filter(({ isNumber }) => isNumber)
    .map((column) => ({ ...column, options: optionsOfField(fieldConfig, column) }))
    .filter(({ options }) => options.custom?.hideFrom?.viz !== true)
}

/** The first way in which a chart draws a column wrongly; null if there is none. @param column the only one when absent */
export function axisDifference(
  view: PanelView,
  column: string | undefined,
  kind: QuantityKind,
): DrawnDifference | null {
  const transformation = changingTransformation(view, column)
  if (transformation !== undefined)
    return {
      found: `values changed by the transformation ${transformation}`,
      reason: 'the panel changes or drops values after its query',
    }
  const all = seriesOf(view)
  const series = all.find(({ name }) => column === undefined || name === column)
  if (!series) {
    const isAnswered = view.columns.some(({ name, isNumber }) => isNumber && (column === undefined || name === column))
    return isAnswered ? { found: 'no series', reason: 'the chart hides the series that its query returns' } : null
  }
  const { options, name } = series
  const { displayName, custom = {} } = options
  if (isInvisible(options))
    return { found: 'a series without lines, fills and points', reason: 'nobody sees the series' }
  const other = all.find((one) => one !== series && one.name === displayName)
  if (other) return { found: `the series ${name} under the name ${other.name}`, reason: 'the chart swaps the names' }
  if (custom.transform && custom.transform !== 'none')
    return {
      found: `values changed by ${custom.transform}`,
      reason: 'the chart transforms its values before it draws them',
    }
  if (custom.stacking?.mode === 'percent')
    return {
      found: 'shares of 100 %',
      reason: 'the chart stacks its series to 100 %, so that the values cannot be read',
    }
  return labelDifference(custom.axisLabel ?? '', kind) ?? rangeDifference(view, series, all)
}

/** True if a series has no color, or nothing that could have one. */
function isInvisible({ color, custom = {} }: FieldOptions): boolean {
  const { drawStyle = 'line', lineWidth = 1, fillOpacity = 0, showPoints = 'auto' } = custom
  if (
    color?.mode === 'fixed' &&
    /^(?:transparent|rgba\(.*, ?0(?:\.0*)?\)|#[0-9a-f]{6}00)$/i.test(color.fixedColor ?? '')
  )
    return true
  return (
    drawStyle !== 'points' && lineWidth === 0 && fillOpacity === 0 && (drawStyle === 'bars' || showPoints === 'never')
  )
}

const numbersIn = ({ values }: Column) => values.filter((value) => typeof value === 'number')

/** The fixed ends of the axis, and a logarithmic one, must show all values. */
function rangeDifference({ type }: PanelView, series: Series, all: readonly Series[]): DrawnDifference | null {
  const { min, max, custom = {} } = series.options
  const stacked = custom.stacking?.mode === 'normal' ? all : [series]
  const drawn = series.values.map((_, index) =>
    stacked.reduce((sum, { values }) => sum + (typeof values[index] === 'number' ? values[index] : 0), 0),
  )
  const lowest = numbersIn(series).reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const highest = drawn.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (numbersIn(series).length === 0) return null
  if (typeof max === 'number' && highest > max)
    return { found: `an axis up to ${max}`, reason: `the fixed end of the axis cuts off values up to ${highest}` }
  const isBars = custom.drawStyle === 'bars' || type === 'barchart'
  if (typeof min === 'number' && (lowest < min || (isBars && min > 0)))
    return {
      found: `an axis from ${min}`,
      reason: `the fixed start of the axis cuts off values from ${isBars ? 0 : lowest}`,
    }
  if (custom.scaleDistribution?.type !== 'log') return null
  if (lowest <= 0) return { found: 'a logarithmic axis', reason: `a logarithmic axis cannot show the value ${lowest}` }
  return isBars
    ? { found: 'bars on a logarithmic axis', reason: 'the length of a bar is not its value on a logarithmic axis' }
    : null
}

/** Labels that contradict the unit of the values. */
const foreignLabels: Readonly<Partial<Record<QuantityKind, RegExp>>> = {
  minutes: /\b(?:ms|milliseconds?|s|secs?|seconds?|h|hrs?|hours?|d|days?|weeks?|percent)\b|%/i,
  percent: /\b(?:ratio|fraction|secs?|seconds?|mins?|minutes?|hours?|days?|count)\b/i,
  count: /\b(?:percent|rate|secs?|seconds?|mins?|minutes?|hours?)\b|%|\bper (?:hour|week|month|year)\b/i,
  series: /\b(?:percent|rate|secs?|seconds?|mins?|minutes?|hours?)\b|%|\bper (?:hour|week|month|year)\b/i,
}

function labelDifference(label: string, kind: QuantityKind): DrawnDifference | null {
  return foreignLabels[kind]?.test(label)
    ? { found: `the axis label "${label}"`, reason: 'the label of the axis names another unit than that of the values' }
    : null
}

/** Bars of days that are drawn before the day that they count. */
export function shiftedBars(view: PanelView, column: string | undefined): DrawnDifference | null {
  const series = seriesOf(view).find(({ name }) => column === undefined || name === column)
  const { drawStyle, barAlignment } = series?.options.custom ?? {}
  if (drawStyle !== 'bars' || barAlignment !== -1) return null
  return {
    found: 'bars over the day before',
    reason: 'the chart draws the bar of a day before its start (barAlignment -1)',
  }
}

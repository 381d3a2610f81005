/** Section 16: compares the points of a chart with the events that it draws, each at its time with its duration. Pure. */

import { isoText } from '../../formats/instant'
import type { PanelView } from '../../platform/grafana-pages'
import type { TableDifference } from './drawn-tables'
import type { TableRow } from './expected-page'

/** Grafana and its data sources may cut times to whole seconds. */
const second = 1000

interface Point {
  readonly time: number
  readonly minutes: number
}

const byTime = (one: Point, other: Point) => one.time - other.time || one.minutes - other.minutes

/** The points of the only series with values; null if there is not exactly one column of times and one of numbers. */
function pointsOf({ columns }: PanelView): Point[] | null {
  const [times, ...otherTimes] = columns.filter(({ isTime }) => isTime)
  const [values, ...otherValues] = columns.filter(({ isNumber }) => isNumber)
  if (!times || !values || otherTimes.length + otherValues.length > 0) return null
  return values.values.flatMap((minutes, index) => {
    const time = times.values[index]
    return typeof minutes === 'number' && typeof time === 'number' ? [{ time, minutes }] : []
  })
}

/**
 * The first point that differs from the events; null if there is none, and where the numbers of the panel tell more.
 * @param exactness the tolerance of durations in minutes
 */
export function pointDifference(view: PanelView, rows: readonly TableRow[], exactness: number): TableDifference | null {
  const points = pointsOf(view)?.sort(byTime)
  const expected = rows
    .flatMap(({ time, minutes }) => (typeof minutes === 'number' ? [{ time, minutes }] : []))
    .sort(byTime)
  if (!points || points.length !== expected.length) return null
  for (const [index, { time, minutes }] of points.entries()) {
    const wanted = expected[index]
    if (!wanted || (Math.abs(wanted.time - time) < second && Math.abs(wanted.minutes - minutes) <= exactness)) continue
    return { says: 'draws a point that is no event', expected: inWords(wanted), found: inWords({ time, minutes }) }
  }
  return null
}

const inWords = ({ time, minutes }: Point) => `${Number(minutes.toFixed(3))} min at ${isoText(time)}`

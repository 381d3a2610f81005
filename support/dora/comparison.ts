/** Holds what a surface reports against what the events make up. Pure. */
import { type Quantity, type QuantityKind, quantities, type Reading, type Value } from './metrics'

export interface Difference {
  readonly quantity: Quantity
  readonly expected: Value
  readonly found: Value
}

/** How far a number may be off that was rounded to the last digit shown: half of it, and what floating point adds. */
export function toleranceOf(
  kind: QuantityKind,
  precision: Readonly<Record<QuantityKind, number>>,
  value: number,
): number {
  return precision[kind] / 2 + 1e-9 * Math.max(1, Math.abs(value))
}

/** Every quantity that the surface reports and the events decide; what it does not report is not held against it. */
export function differences(
  expected: Reading,
  found: Reading,
  precision: Readonly<Record<QuantityKind, number>>,
): Difference[] {
  return quantityNames.flatMap((quantity) => {
    const [is, shall] = [found[quantity], expected[quantity]]
    if (is === undefined || shall === undefined || agrees(quantity, shall, is, precision)) return []
    return [{ quantity, expected: shall, found: is }]
  })
}

const quantityNames = Object.keys(quantities) as readonly Quantity[]

function agrees(
  quantity: Quantity,
  expected: Value,
  found: Value,
  precision: Readonly<Record<QuantityKind, number>>,
): boolean {
  if (typeof expected !== 'number' || typeof found !== 'number') return expected === found
  return Math.abs(found - expected) <= toleranceOf(quantities[quantity], precision, expected)
}

const units: Readonly<Record<QuantityKind, string>> = {
  perDay: ' a day',
  minutes: ' min',
  percent: ' %',
  seconds: ' s',
  count: '',
  series: '',
  level: '',
  ratio: '',
}

/** Expected and found as they are shown beside each other: of a series only the days that differ. */
export function shownBoth({ quantity, expected, found }: Difference): [expected: string, found: string] {
  if (quantities[quantity] !== 'series') return [shown(quantity, expected), shown(quantity, found)]
  const [shall, is] = [expected, found].map((series) => String(series ?? '').split(', '))
  const only = (days: readonly string[] = [], others: readonly string[] = []) =>
    days.filter((one) => one !== '' && !others.includes(one)).join(', ') || 'none'
  return [only(shall, is), only(is, shall)]
}

/** "1.43 a day", "12.5 min", "elite", "no data". */
export function shown(quantity: Quantity, value: Value): string {
  if (value === null) return 'no data'
  return `${typeof value === 'number' ? Number(value.toFixed(6)) : value}${units[quantities[quantity]]}`
}

/** Holds what a surface reports against what the events make up. Pure. */
import { type Level, type Quantity, type QuantityKind, quantities, type Reading } from './metrics'

type Value = number | Level | null

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
  level: '',
  ratio: '',
}

/** "1.43 a day", "12.5 min", "elite", "no data". */
export function shown(quantity: Quantity, value: Value): string {
  if (value === null) return 'no data'
  return `${typeof value === 'number' ? Number(value.toFixed(6)) : value}${units[quantities[quantity]]}`
}

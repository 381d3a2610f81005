/** Compares the values that a surface reports with the values recomputed from the events. Pure. */
import { type Quantity, type QuantityKind, quantities, type Reading, type Value } from './metrics'

export interface Difference {
  readonly quantity: Quantity
  readonly expected: Value
  readonly found: Value
}

/** The largest difference that rounding to the last digit shown explains: half of that digit, plus floating-point error. */
export function toleranceOf(
  kind: QuantityKind,
  precision: Readonly<Record<QuantityKind, number>>,
  value: number,
): number {
  return precision[kind] / 2 + 1e-9 * Math.max(1, Math.abs(value))
}

/** The quantities that differ. Compares only quantities that both readings contain. */
export function differences(
  expected: Reading,
  found: Reading,
  precision: Readonly<Record<QuantityKind, number>>,
): Difference[] {
  return quantityNames.flatMap((quantity) => {
    const [actual, wanted] = [found[quantity], expected[quantity]]
    if (actual === undefined || wanted === undefined || agrees(quantity, wanted, actual, precision)) return []
    return [{ quantity, expected: wanted, found: actual }]
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
  text: '',
}

/** The texts of the first list that the second does not have, each as often as it is missing. */
export function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1)
  return texts.filter((text) => {
    const count = left.get(text) ?? 0
    if (count > 0) left.set(text, count - 1)
    return count === 0
  })
}

/** The expected and the found value as text. A series shows only the days that differ. */
export function shownBoth({ quantity, expected, found }: Difference): [expected: string, found: string] {
  if (quantities[quantity] !== 'series') return [shown(quantity, expected), shown(quantity, found)]
  const [wanted = [], actual = []] = [expected, found].map((series) =>
    String(series ?? '')
      .split(', ')
      .filter((one) => one !== ''),
  )
  return [without(wanted, actual).join(', ') || 'none', without(actual, wanted).join(', ') || 'none']
}

/** A value with its unit: "1.43 a day", "12.5 min", "elite", "no data". */
export function shown(quantity: Quantity, value: Value): string {
  if (value === null) return 'no data'
  return `${typeof value === 'number' ? Number(value.toFixed(6)) : value}${units[quantities[quantity]]}`
}

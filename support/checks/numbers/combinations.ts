/** Explains a wrong number of several projects by the way in which their numbers were combined. Pure. */
import { toleranceOf } from '../../dora/comparison'
import { type Quantity, type QuantityKind, quantities, type Reading, type Value } from '../../dora/metrics'

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const ways: readonly (readonly [reason: string, combine: (values: readonly number[]) => number])[] = [
  ["it is the mean of the projects' own values", (values) => sum(values) / values.length],
  ["it is the sum of the projects' own values", sum],
  ['it is the value of the highest project only', (values) => Math.max(...values)],
  ['it is the value of the lowest project only', (values) => Math.min(...values)],
]

/** The wrong combinations that yield a number, such as a mean of means. @param each the readings of the projects */
export function wrongCombinations(
  each: readonly Reading[],
  quantity: Quantity,
  found: Value | undefined,
  precision: Readonly<Record<QuantityKind, number>>,
): string[] {
  const values = each.map((reading) => reading[quantity]).filter((value) => typeof value === 'number')
  if (typeof found !== 'number' || values.length < 2) return []
  const tolerance = toleranceOf(quantities[quantity], precision, found)
  return ways.flatMap(([reason, combine]) => (Math.abs(combine(values) - found) <= tolerance ? [reason] : []))
}

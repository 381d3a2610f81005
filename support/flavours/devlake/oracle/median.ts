/** The median as the panels compute it, by PERCENT_RANK: never the mean of the two middle values. */

/** `max(value) WHERE PERCENT_RANK() <= 0.5`: for an even number of values, the lower of the two in the middle. */
export function lowerMedian(values: readonly number[]): number | null {
  return ascending(values)[Math.floor((values.length - 1) / 2)] ?? null
}

/**
 * `min(value) WHERE PERCENT_RANK() >= 0.5`. Equal values share the rank of the first of them. The result is therefore null for a
 * single value, and when the upper half equals the rest.
 */
export function upperByRank(values: readonly number[]): number | null {
  const sorted = ascending(values)
  const found = sorted.find((value) => sorted.indexOf(value) / (sorted.length - 1) >= 0.5)
  return found ?? null
}

const ascending = (values: readonly number[]) => [...values].sort((one, other) => one - other)

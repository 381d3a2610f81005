/** The middle of a list as the panels find it, by PERCENT_RANK: no mean of the two middle values. */

/** `max(value) WHERE PERCENT_RANK() <= 0.5`: of an even number of values the lower of the two in the middle. */
export function lowerMedian(values: readonly number[]): number | null {
  return ascending(values)[Math.floor((values.length - 1) / 2)] ?? null
}

/**
 * `min(value) WHERE PERCENT_RANK() >= 0.5`. Equal values share the rank of the first of them, so that there may be none: of
 * one value alone, and where the upper half equals the rest.
 */
export function upperByRank(values: readonly number[]): number | null {
  const sorted = ascending(values)
  const found = sorted.find((value) => sorted.indexOf(value) / (sorted.length - 1) >= 0.5)
  return found ?? null
}

const ascending = (values: readonly number[]) => [...values].sort((one, other) => one - other)

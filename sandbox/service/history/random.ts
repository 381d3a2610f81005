/** Pseudorandom numbers, the same for the same seed (mulberry32, a public domain generator). */
export interface Random {
  /** From 0 (inclusive) to 1. */
  next(): number
  /** From `low` (inclusive) to `high`. */
  between(low: number, high: number): number
  /** A whole number from `low` to `high`, both inclusive. */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly [T, ...T[]]): T
  /** A duration around a median, with the long tail that is typical of work. */
  around(median: number): number
  hex(length: number): string
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number): number => low + next() * (high - low)
  const whole = (low: number, high: number): number => Math.floor(between(low, high + 1))
  return {
    next,
    between,
    whole,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[whole(0, choices.length - 1)] ?? choices[0],
    around: (median) => median * 2 ** between(-1.6, 1.6),
    hex: (length) => Array.from({ length }, () => whole(0, 15).toString(16)).join(''),
  }
}

/** The durations of Go and Prometheus, such as "1h30m" or "1m0.5s". */

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Longer texts are no durations: reading one must not take long, whatever it contains. */
const longestDuration = 100

const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g

/** Returns a duration in milliseconds; 0 if the text contains no duration. */
export function durationIn(text: string): number {
  if (text.length > longestDuration) return 0
  return [...text.matchAll(part)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units],
    0,
  )
}

/** Instants as text. */

/** The last millisecond since 1970, and the first before it, that JavaScript has a date for. */
const furthest = 8.64e15

/**
 * Returns an instant in the form of ISO 8601; for a number beyond all dates, which only a broken or hostile answer holds, the
 * number itself.
 * @param time in milliseconds since 1970 UTC
 */
export const isoText = (time: number): string =>
  Math.abs(time) <= furthest ? new Date(time).toISOString() : `${time} ms since 1970`

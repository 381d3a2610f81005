/** A part of a list that rotates with the UTC date, so that everything is looked at on one of the next days. Pure. */
import { day } from '../dora/definitions'

/**
 * Returns the whole list, or at most so many of its elements: those of the day. Two calls on the same day return the same ones.
 * @param time in milliseconds since 1970 UTC
 */
export function partOfDay<T>(list: readonly T[], atMost: number, time: number): T[] {
  const days = Math.ceil(list.length / atMost)
  const today = Math.floor(time / day)
  return list.filter((_, index) => days <= 1 || index % days === today % days)
}

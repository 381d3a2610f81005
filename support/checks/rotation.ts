/** A part of a list that rotates with the UTC date, so that everything is looked at on one of the next days. Pure. */
import { day } from '../dora/definitions'

/**
 * Returns at most the given number of elements: those of the day, or all if there are no more. Calls on the same day return the same
 * ones. Each element has its turn, also for runs that leave out days of the week or happen once a week.
 * @param time in milliseconds since 1970 UTC
 */
export function partOfDay<T>(list: readonly T[], atMost: number, time: number): T[] {
  const days = Math.ceil(list.length / atMost)
  const today = Math.floor(time / day)
  // A rotation of whole weeks would show the same part on each Monday.
  const turn = days % 7 === 0 ? Math.floor(today / days) : 0
  return list.filter((_, index) => days <= 1 || index % days === (today + turn) % days)
}

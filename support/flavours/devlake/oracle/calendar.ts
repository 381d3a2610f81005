/**
 * Windows, days, weeks and months with the boundaries that the panels use, in UTC, the assumed time zone of the database
 * session.
 */
import { day, minute } from '../../../dora/definitions'
import type { Window } from '../../../dora/metrics'

const second = 1000

/** `$__timeFilter`: closed at both ends, which are truncated to whole seconds. */
export function isWithin(time: number, { start, end }: Window): boolean {
  return time >= wholeSeconds(start) && time <= wholeSeconds(end)
}

const wholeSeconds = (time: number) => Math.floor(time / second) * second

export const dayOf = (time: number): number => Math.floor(time / day) * day

/**
 * `last_few_calendar_months`: a day counts if the end of the window, moved back to that day, is still after the start. The first
 * day is therefore left out, unless the window ends later in the day than it began. At most 400 days.
 */
export function daysOf(window: Window): number[] {
  const [start, end] = [wholeSeconds(window.start), wholeSeconds(window.end)]
  const count = Math.min(400, Math.max(0, Math.ceil((end - start) / day)))
  return Array.from({ length: count }, (_, index) => dayOf(end - index * day))
}

/** The Monday of the week; 1970 began on a Thursday. */
export const weekOf = (time: number): number => dayOf(time) - ((Math.floor(time / day) + 3) % 7) * day

/** The first instant of the month. */
export function monthOf(time: number): number {
  const date = new Date(time)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

/**
 * The first instant of a month by its name, such as "26/11". The panels compare names: the begin that `calendar_months` holds is
 * shown in the zone of the session.
 */
export function firstInstantOf(name: string): number {
  const [year, month] = name.split('/').map(Number)
  return Date.UTC(2000 + (year ?? Number.NaN), (month ?? Number.NaN) - 1)
}

/** Minutes rounded up, as DevLake rounds the stages of a change. */
export const minutesBegun = (duration: number): number => Math.ceil(duration / minute)

/** Completed minutes: TIMESTAMPDIFF(MINUTE, …) truncates towards zero. */
export const minutesOver = (duration: number): number => Math.trunc(duration / minute)

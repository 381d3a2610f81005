/** Times and durations in the tables of stories. Every time lies before one fixed instant, which does not move during a story. */
import { day, hour, minute } from '../dora/definitions'

/** A day: so many days ago, or a day of the calendar at the last turn of the year or at the last end of February. */
export const dayWords = String.raw`(?:\d+ days? ago|the last (?:31 December|[12] January|day of February|[12] March))`
const instant = new RegExp(
  String.raw`^(${dayWords}) (?:at )?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?(?: ?([+-])(\d\d):(\d\d))?$`,
)
const duration = /^(\d+) ?(ms|s|min|h|d)$/
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: minute, h: hour, d: day }

/**
 * Reads a time such as `3 days ago at 09:00` or `the last 31 December at 09:00`, in UTC unless an offset follows (`+02:00`).
 * Seconds and milliseconds are optional (`09:00:00.001`), and so is the word "at".
 * @param now the fixed instant, in milliseconds since 1970 UTC
 * @returns milliseconds since 1970 UTC
 * @throws Error with an example of the expected form
 */
export function instantOf(text: string, now: number): number {
  const [, days, hours, minutes, seconds = '0', milliseconds = '0', sign, offsetHours, offsetMinutes] =
    instant.exec(text.trim()) ?? []
  if (days === undefined) throw new Error(`expected a time such as "3 days ago at 09:00", found "${text}"`)
  const offset = sign ? Number(`${sign}1`) * (Number(offsetHours) * hour + Number(offsetMinutes) * minute) : 0
  const time = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * 1000 + Number(milliseconds)
  return midnightOf(days, now) + time - offset
}

/** The start of a day in UTC. The days around 1 January and 1 March are those of the last one that has begun. */
function midnightOf(words: string, now: number): number {
  const [, number] = /^(\d+) days? ago$/.exec(words) ?? []
  if (number !== undefined) return (Math.floor(now / day) - Number(number)) * day
  const month = /January|December/.test(words) ? 0 : 2
  const year = new Date(now).getUTCFullYear()
  const first = [year, year - 1].map((one) => Date.UTC(one, month, 1)).find((time) => time <= now) ?? now
  return first + (/\b2 /.test(words) ? day : /December|February/.test(words) ? -day : 0)
}

/**
 * Reads a duration such as `90 s`, `45 min` or `12 h`.
 * @returns milliseconds
 * @throws Error with an example of the expected form
 */
export function lengthOf(text: string): number {
  const [, amount, unit = ''] = duration.exec(text.trim()) ?? []
  const milliseconds = units[unit]
  if (milliseconds === undefined) throw new Error(`expected a duration such as "45 min", found "${text}"`)
  return Number(amount) * milliseconds
}

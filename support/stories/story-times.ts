/** Times and durations in the tables of stories. Every time lies before one fixed instant, which does not move during a story. */
import { day, hour, minute } from '../dora/definitions'

const instant = /^(\d+) days? ago (?:at )?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?(?: ?([+-])(\d\d):(\d\d))?$/
const duration = /^(\d+) ?(ms|s|min|h|d)$/
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: minute, h: hour, d: day }

/**
 * Reads a time such as `3 days ago at 09:00`, in UTC unless an offset follows (`+02:00`). Seconds and milliseconds are optional
 * (`09:00:00.001`), and so is the word "at".
 * @param now the fixed instant, in milliseconds since 1970 UTC
 * @returns milliseconds since 1970 UTC
 * @throws Error with an example of the expected form
 */
export function instantOf(text: string, now: number): number {
  const [, days, hours, minutes, seconds = '0', milliseconds = '0', sign, offsetHours, offsetMinutes] =
    instant.exec(text.trim()) ?? []
  if (days === undefined) throw new Error(`expected a time such as "3 days ago at 09:00", found "${text}"`)
  const midnight = Math.floor(now / day) * day
  const offset = sign ? Number(`${sign}1`) * (Number(offsetHours) * hour + Number(offsetMinutes) * minute) : 0
  const time = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * 1000 + Number(milliseconds)
  return midnight - Number(days) * day + time - offset
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

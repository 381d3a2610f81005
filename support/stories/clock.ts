/** The words by which a story says when: all of it lies in the past of a clock that stands still while it is told. */
import { day, hour, minute } from '../dora/definitions'

const instant = /^(\d+) days? ago (\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?(?: ?([+-])(\d\d):(\d\d))?$/
const length = /^(\d+) ?(ms|s|min|h|d)$/
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: minute, h: hour, d: day }

/**
 * `3 days ago 09:00`, to the millisecond if need be (`09:00:00.001`), in UTC unless an offset follows (`+02:00`).
 * @param now milliseconds since 1970 UTC
 * @throws Error that says what was expected
 */
export function instantOf(text: string, now: number): number {
  const [, days, hours, minutes, seconds = '0', milliseconds = '0', sign, offsetHours, offsetMinutes] =
    instant.exec(text.trim()) ?? []
  if (days === undefined) throw new Error(`expected a time such as "3 days ago 09:00", found "${text}"`)
  const midnight = Math.floor(now / day) * day
  const offset = sign ? Number(`${sign}1`) * (Number(offsetHours) * hour + Number(offsetMinutes) * minute) : 0
  const time = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * 1000 + Number(milliseconds)
  return midnight - Number(days) * day + time - offset
}

/** `90 s`, `45 min`, `12 h`, in milliseconds. @throws Error that says what was expected */
export function lengthOf(text: string): number {
  const [, amount, unit = ''] = length.exec(text.trim()) ?? []
  const milliseconds = units[unit]
  if (milliseconds === undefined) throw new Error(`expected a length such as "45 min", found "${text}"`)
  return Number(amount) * milliseconds
}

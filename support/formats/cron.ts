/** Schedules in cron's notation, as far as they say how often something runs. Pure. */
import { durationIn } from './duration'

const day = 86_400_000

const named: ReadonlyMap<string, number> = new Map([
  ['@hourly', day / 24],
  ['@daily', day],
  ['@midnight', day],
  ['@weekly', 7 * day],
  ['@monthly', 31 * day],
  ['@yearly', 366 * day],
  ['@annually', 366 * day],
])

/**
 * The longest time between two runs by a schedule, in milliseconds: a month, a week, a day or an hour, by the first field of
 * cron's notation that is restricted. Null: no schedule.
 */
export function longestInterval(schedule: string | null): number | null {
  if (schedule === null) return null
  const text = schedule
    .trim()
    .toLowerCase()
    .replace(/^(cron_)?tz=\S+\s+/, '')
  const interval = named.get(text)
  if (interval !== undefined) return interval
  if (text.startsWith('@every ')) return durationIn(text.slice('@every '.length)) || null
  const [minute, hour, dayOfMonth, month, dayOfWeek] = text.split(/\s+/)
  if (minute === undefined || dayOfWeek === undefined) return null
  const isFree = (field: string | undefined) => field === '*' || field === '?'
  if (!isFree(month)) return 366 * day
  // Restricted days of the month and of the week are alternatives.
  if (!isFree(dayOfWeek)) return 7 * day
  if (!isFree(dayOfMonth)) return 31 * day
  return isFree(hour) ? day / 24 : day
}

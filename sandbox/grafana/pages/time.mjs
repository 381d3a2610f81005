/** Grafana's stand-in, page part: parses times from an address and formats them. */

const units = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

function shifted(time, count, unit) {
  if (units[unit] !== undefined) return time + count * units[unit]
  const date = new Date(time)
  if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + count)
  if (unit === 'y') date.setUTCFullYear(date.getUTCFullYear() + count)
  return date.getTime()
}

function startOf(time, unit) {
  const date = new Date(time)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (unit === 'y') return Date.UTC(year, 0, 1)
  if (unit === 'M') return Date.UTC(year, month, 1)
  if (unit === 'w') return Date.UTC(year, month, day - date.getUTCDay())
  return Math.floor(time / units[unit]) * units[unit]
}

/** Milliseconds since 1970 of `now-30d`, `now/d`, `1764000000000` or an ISO time; undefined if the text is not a time. */
export function instantOf(text, now, roundUp = false) {
  if (/^-?\d+$/.test(text)) return Number(text)
  if (!text.startsWith('now')) {
    const parsed = Date.parse(text)
    return Number.isNaN(parsed) ? undefined : parsed
  }
  let time = now
  for (const [, sign, count, unit, rounding] of text.slice(3).matchAll(/([+-])(\d+)([smhdwMy])|\/([smhdwMy])/g)) {
    if (rounding === undefined) time = shifted(time, Number(`${sign}${count}`), unit)
    else time = roundUp ? shifted(startOf(time, rounding), 1, rounding) - 1 : startOf(time, rounding)
  }
  return time
}

export const quickRanges = [
  ['now-24h', 'now', 'Last 24 hours'],
  ['now-7d', 'now', 'Last 7 days'],
  ['now-30d', 'now', 'Last 30 days'],
  ['now-90d', 'now', 'Last 90 days'],
  ['now-6M', 'now', 'Last 6 months'],
]

/** Formats a time in UTC as `2026-03-01 12:00:00`. */
export const shownTime = (time) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

/** The text of a range in the time picker. */
export function shownRange(from, to, resolved) {
  const quick = quickRanges.find(([start, end]) => start === from && end === to)
  return quick ? quick[2] : `${shownTime(resolved.from)} to ${shownTime(resolved.to)}`
}

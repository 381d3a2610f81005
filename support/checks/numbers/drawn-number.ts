/**
 * Numbers as Grafana draws them: a text with a unit, as its value formats write it (packages/grafana-data/src/valueFormats of its
 * repository). Pure.
 */
import type { QuantityKind } from '../../dora/metrics'

/** A number that was read from a drawn text, in the unit of its kind: minutes, percent, per day, or a count. */
export interface DrawnNumber {
  readonly value: number
  /** The largest error that rounding to the last drawn digit explains. */
  readonly tolerance: number
}

/** The length of each unit in minutes, under the beginnings of its names. */
const durations: readonly (readonly [name: RegExp, minutes: number])[] = [
  [/^(?:ns|nanosec)/, 1 / 6e10],
  [/^(?:[µμ]s|microsec)/, 1 / 6e7],
  [/^(?:ms$|millisec)/, 1 / 6e4],
  [/^(?:s$|secs?\b|seconds?\b)/, 1 / 60],
  [/^(?:m$|mins?\b|minutes?\b)/, 1],
  [/^(?:h$|hrs?\b|hours?\b)/, 60],
  [/^(?:d$|days?\b)/, 1440],
  [/^(?:w$|weeks?\b)/, 10_080],
  [/^(?:mo$|months?\b)/, 43_800],
  [/^(?:y$|years?\b)/, 525_949],
]

/** Months and years differ in length between Grafana's formats. */
const inexact = 0.015

/** Factors of the unit `short` and its relatives. */
const scales: Readonly<Record<string, number>> = {
  k: 1e3,
  mil: 1e6,
  m: 1e6,
  bil: 1e9,
  b: 1e9,
  g: 1e9,
  tri: 1e12,
  t: 1e12,
}

const minutesOf = (unit: string): number | undefined => durations.find(([name]) => name.test(unit))?.[1]

interface Part {
  readonly number: number
  readonly lastDigit: number
  readonly unit: string
}

/** The numbers of a text, each with the words that follow it; null if the text begins with anything else. */
function partsOf(text: string): Part[] | null {
  const trimmed = text.trim().replace(/^~/, '')
  if (!/^-?\d/.test(trimmed)) return null
  const found = trimmed.matchAll(/(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)([^\d-]*)/gi)
  return [...found].map(([, digits = '', words = '']) => {
    const plain = digits.replaceAll(',', '')
    const decimals = /\.(\d+)/.exec(plain)?.[1]?.length ?? 0
    const exponent = Number(/e([+-]?\d+)$/i.exec(plain)?.[1] ?? 0)
    return {
      number: Number(plain),
      lastDigit: 10 ** (exponent - decimals),
      unit: words
        .replace(/[\s,:]+/g, ' ')
        .trim()
        .toLowerCase(),
    }
  })
}

function rounded({ number, lastDigit }: Part, factor: number, slack = 0): DrawnNumber {
  const value = number * factor
  return { value, tolerance: (lastDigit * factor) / 2 + Math.abs(value) * slack }
}

function duration(text: string, parts: readonly Part[], elsewhere: string): DrawnNumber | null {
  const clock = /^(?:(\d+) d )?(\d+):(\d\d):(\d\d)$/.exec(text.trim())
  if (clock) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0))
    return { value: days * 1440 + hours * 60 + minutes + seconds / 60, tolerance: 1 / 60 }
  }
  const [only, ...others] = parts
  if (!only) return null
  if (others.length === 0) {
    const unit = only.unit || elsewhere
    const minutes = minutesOf(unit)
    return minutes === undefined ? null : rounded(only, minutes, minutes > 10_080 ? inexact : 0)
  }
  // Grafana truncates a duration of several parts at the last one.
  let value = 0
  let last = 0
  for (const { number, unit } of parts) {
    last = minutesOf(unit) ?? Number.NaN
    value += number * last
  }
  return Number.isNaN(value) ? null : { value, tolerance: last + value * inexact }
}

/** The number of days of the period in a unit such as "/ day" or "deployments per week". */
function daysOf(unit: string): number | null {
  const [, period] = /(?:^|\s)(?:\/|per|an?)\s*([a-z]+)$/.exec(unit) ?? /\/\s*([a-z]+)$/.exec(unit) ?? []
  const minutes = period === undefined ? undefined : minutesOf(period)
  return minutes === undefined ? null : minutes / 1440
}

const scaled = (part: Part): DrawnNumber | null => {
  const factor = part.unit === '' ? 1 : scales[part.unit]
  return factor === undefined ? null : rounded(part, factor)
}

/** The unit that a panel's title names in words, such as "Lead time (hours)". */
const unitIn = (title: string): string => /(?:\bin |\()([a-z]+)\)?\s*$/i.exec(title)?.[1]?.toLowerCase() ?? ''

/**
 * The number that a text says, in the unit of the kind; null if the text is not one number with a unit of that kind. The title
 * may name the unit instead.
 */
export function drawnNumber(text: string, kind: QuantityKind, title = ''): DrawnNumber | null {
  const parts = partsOf(text)
  const [only, ...others] = parts ?? []
  if (!parts || !only) return null
  if (kind === 'minutes') return duration(text, parts, unitIn(title))
  if (others.length > 0) return null
  switch (kind) {
    case 'percent':
      return /^(?:%|percent)$/.test(only.unit) || (only.unit === '' && /[%]|percent/i.test(title))
        ? rounded(only, 1)
        : null
    case 'perDay': {
      const days = daysOf(only.unit === '' ? title.toLowerCase() : only.unit)
      return days === null ? null : rounded(only, 1 / days)
    }
    case 'count':
      return /^(?:deployments?|incidents?|failures?|changes?)$/.test(only.unit) ? rounded(only, 1) : scaled(only)
    default:
      return null
  }
}

/** A drawn number may be rounded further than the service reports it, but not by more than this share of it. */
const mostRounding = 0.05

/** Compares a drawn number with the expected one. @param exactness the contract's tolerance for the quantity */
export function agreesWithDrawn({ value, tolerance }: DrawnNumber, expected: number, exactness: number): boolean {
  const error = Math.abs(value - expected)
  return error <= tolerance + exactness && error <= Math.max(2 * exactness, mostRounding * Math.abs(expected))
}

/** The window that a request asks for. */
import { dateOrTime } from '../basis/instant'
import { ServiceError } from '../basis/service-error'
import type { Window } from './relations'

const day = 86_400_000

/** Ranges that end with the last collection, in days. */
const namedRanges = { last7days: 7, last30days: 30, last90days: 90 } as const

export const lastDays = (days: number, end: Date): Window => ({ start: new Date(end.getTime() - days * day), end })

/** The longest custom range, so that a series stays bounded. */
const longest = 3_660

export interface RangeQuery {
  readonly timeRange?: string | undefined
  readonly startDate?: string | undefined
  readonly endDate?: string | undefined
}

/**
 * The window of a query: `lastNdays` before `end`, or from startDate to endDate; `defaultDays` before `end` when the query
 * names none. Throws INVALID_TIME_RANGE when it is none of these, when a date is missing or malformed, or start ≥ end.
 */
export function windowOf(query: RangeQuery, end: Date, defaultDays: number): Window {
  const range = query.timeRange
  if (range === undefined) return lastDays(defaultDays, end)
  if (range === 'custom') return customWindow(query)
  const days = Object.entries(namedRanges).find(([name]) => name === range)?.[1]
  if (days !== undefined) return lastDays(days, end)
  const allowed = [...Object.keys(namedRanges), 'custom']
  throw invalid(`timeRange '${range}' is not one of ${allowed.join(', ')}`, { timeRange: range, allowed })
}

function customWindow({ startDate, endDate }: RangeQuery): Window {
  const start = boundary('startDate', startDate)
  const end = boundary('endDate', endDate)
  const details = { startDate, endDate }
  if (start >= end) throw invalid('startDate must be before endDate', details)
  if (end.getTime() - start.getTime() > longest * day)
    throw invalid(`the range is longer than ${longest} days`, details)
  return { start, end }
}

function boundary(name: string, text: string | undefined): Date {
  const result = dateOrTime.safeParse(text)
  if (result.success && result.data.getUTCFullYear() >= 1900) return result.data
  throw invalid(`${name} must be an ISO 8601 date or time for the range custom`, { [name]: text ?? null })
}

const invalid = (message: string, details: Record<string, unknown>): ServiceError =>
  new ServiceError('INVALID_TIME_RANGE', message, details)

/** The window of a request. */
import { dateOrTime } from '../basis/instant'
import { ServiceError } from '../basis/service-error'
import type { Window } from './relations'

const day = 86_400_000

/** Lengths of the ranges that end at the last collection, in days. */
const namedRanges = { last7days: 7, last30days: 30, last90days: 90 } as const

export const lastDays = (days: number, end: Date): Window => ({ start: new Date(end.getTime() - days * day), end })

/** In days; keeps a series bounded. */
const longestCustomRange = 3_660

export interface RangeQuery {
  readonly timeRange?: string | undefined
  readonly startDate?: string | undefined
  readonly endDate?: string | undefined
}

/**
 * The window of a query: the last N days before `end`, or startDate to endDate. Without a range, it is the last
 * `defaultDays` before `end`.
 * @throws ServiceError INVALID_TIME_RANGE for an unknown or too long range, for a missing or malformed date, and if
 *   startDate is not before endDate
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
  if (end.getTime() - start.getTime() > longestCustomRange * day)
    throw invalid(`the range is longer than ${longestCustomRange} days`, details)
  return { start, end }
}

function boundary(name: string, text: string | undefined): Date {
  const result = dateOrTime.safeParse(text)
  if (result.success && result.data.getUTCFullYear() >= 1900) return result.data
  throw invalid(`${name} must be an ISO 8601 date or time if timeRange is custom`, { [name]: text ?? null })
}

const invalid = (message: string, details: Record<string, unknown>): ServiceError =>
  new ServiceError('INVALID_TIME_RANGE', message, details)

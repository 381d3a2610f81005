/**
 * Filters of rows by their values, between a query and the drawing (filterByValue.ts and matchers/valueMatchers in
 * packages/grafana-data/src/transformations of Grafana's repository). Pure.
 */
import { z } from 'zod'
import type { Column } from '../../platform/panel-answers'

/** A variable or a text as the bound is not understood here. */
const bound = z.looseObject({ value: z.coerce.number() })

const matchers = {
  isNull: () => (value: unknown) => value === null || value === undefined,
  isNotNull: () => (value: unknown) => value !== null && value !== undefined,
  greater: ofNumbers((value, least) => value > least),
  greaterOrEqual: ofNumbers((value, least) => value >= least),
  lower: ofNumbers((value, most) => value < most),
  lowerOrEqual: ofNumbers((value, most) => value <= most),
} as const satisfies Record<string, (options: unknown) => (value: unknown) => boolean>
const known = Object.keys(matchers) as (keyof typeof matchers)[]

/** Grafana compares a missing value as 0. */
function ofNumbers(compare: (value: number, other: number) => boolean) {
  return (options: unknown) => {
    const { value: other } = bound.parse(options)
    return (value: unknown) => compare(Number(value), other)
  }
}

const filters = z.looseObject({
  type: z.enum(['include', 'exclude']).default('include'),
  match: z.enum(['any', 'all']).default('any'),
  filters: z
    .array(
      z.looseObject({
        fieldName: z.string(),
        config: z.looseObject({ id: z.enum(known), options: z.unknown().optional() }),
      }),
    )
    .default([]),
})

/** True if a filter keeps all rows. @throws ZodError for options or conditions that are not known here */
export function keepsAllRows(given: unknown, columns: readonly Column[]): boolean {
  const { type, match, filters: conditions } = filters.parse(given)
  if (conditions.length === 0) return true
  const tests = conditions.map(({ fieldName, config: { id, options } }) => ({
    test: matchers[id](options),
    values: columns.find(({ name, shownAs = name }) => shownAs === fieldName)?.values,
  }))
  const rows = Math.max(0, ...columns.map(({ values }) => values.length))
  return Array.from({ length: rows }, (_, row) => {
    // A column that does not exist matches nothing.
    const matches = tests.map(({ test, values }) => values !== undefined && test(values[row]))
    const isMatch = match === 'all' ? matches.every(Boolean) : matches.some(Boolean)
    return isMatch === (type === 'include')
  }).every(Boolean)
}

/**
 * The transformations of a panel that change a column: each may be disabled, be for annotations, or be for some queries only
 * (transformDataFrame.ts and refIdMatcher.ts in packages/grafana-data/src/transformations of Grafana's repository). Pure.
 */
import { z } from 'zod'
import type { Panel } from './grafana-model'
import type { Column } from './panel-answers'
import { matchesPattern } from './panel-fields'

type Transformation = Panel['transformations'][number]

const ofQueries = z.looseObject({ id: z.literal('byRefId'), options: z.string().min(1) })

/** True if a matcher of queries selects a query: by its letter, by several letters between bars, or by a pattern. */
export const selectsQuery = (selected: string, query: string): boolean =>
  selected.startsWith('/') ? matchesPattern(selected, query) : selected.split('|').includes(query)

/** True if a transformation gets the values of a column. Filters other than those of queries are taken to let every column pass. */
export function applies({ disabled, topic, filter }: Transformation, { query }: Column): boolean {
  if (disabled || (typeof topic === 'string' && topic !== '' && topic !== 'series')) return false
  const { data } = ofQueries.safeParse(filter)
  return data === undefined || query === undefined || selectsQuery(data.options, query)
}

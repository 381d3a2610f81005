/** The time range that the queries of a dashboard's page ask for. */
import { expect, it } from 'vitest'
import { askedRange } from '../../../support/platform/panel-answers'

it.each([
  ['{"queries":[],"from":"1764000000999","to":"1764003600001"}', { start: 1_764_000_000_000, end: 1_764_003_600_000 }],
  ['{"from":1764000000000,"to":1764003600000}', { start: 1_764_000_000_000, end: 1_764_003_600_000 }],
  ['{"from":"now-6h","to":"now"}', undefined],
  ['{"queries":[]}', undefined],
  ['', undefined],
])('of the body %s is %j', (body, range) => {
  expect(askedRange(body)).toEqual(range)
})

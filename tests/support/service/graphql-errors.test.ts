/** Errors of GraphQL beside data: the field that failed is named, wherever the answer puts its errors. */
import { expect, it } from 'vitest'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { GraphQL } from '../../../support/platform/graphql'
import type { Platform } from '../../../support/platform/platform'
import type { Rest } from '../../../support/platform/rest'
import { readGraphQL } from '../../../support/service/surface-readings'

const days = Array.from({ length: 30 }, (_, index) => ({ date: `2026-11-${index + 1}`, count: 1 }))
const data = {
  doraMetrics: { project: 'checkout', deploymentFrequency: { timeseries: days }, changeFailureRate: { value: null } },
}

function platformWith(...errors: readonly object[]): Platform {
  const answer = { url: 'http://lake/api/graphql', status: 200, body: JSON.stringify({ data, errors }), headers: {} }
  const graphql = new GraphQL({ query: async () => answer } as unknown as Rest, fawkes.graphql)
  return { contract: fawkes, graphql } as unknown as Platform
}

const findingOf = (...errors: readonly object[]) =>
  readGraphQL(platformWith(...errors), 'token', 'checkout', 'last7days').then(
    () => undefined,
    (error: { readonly finding: { readonly summary: string; readonly found: string } }) => error.finding,
  )

it('names the field, the project, the range and the error', async () => {
  const path = ['doraMetrics', 'changeFailureRate', 'value']
  expect(await findingOf({ message: 'division by zero', path })).toMatchObject({
    summary:
      'doraMetrics of GraphQL about checkout (last7days) does not return the metrics as documented: doraMetrics.changeFailureRate.value.',
    found: 'status 200: division by zero',
  })
})

it('names every error, also one that belongs to no field or to an entry of a list', async () => {
  const path = ['doraMetrics', 'deploymentFrequency', 'timeseries', 3, 'count']
  const finding = await findingOf({ message: 'timeout' }, { message: 'no such day', path })
  expect(finding?.summary).toContain('as documented: doraMetrics.deploymentFrequency.timeseries.3.count.')
  expect(finding?.found).toBe('status 200: timeout; no such day')
})

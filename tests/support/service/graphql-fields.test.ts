/** The fields that a service shows over GraphQL beside those of the contract. */
import { buildSchema, graphqlSync } from 'graphql'
import { describe, expect, it } from 'vitest'
import { fawkesGraphQL } from '../../../support/flavours/fawkes/graphql-metrics'
import type { Platform } from '../../../support/platform/platform'
import { undescribedMetrics } from '../../../support/service/graphql-fields'
import { soonMs } from '../../fixtures/deadlines'

/**
 * @param more fields of the type of the metrics
 * @param beside fields of Query
 */
const schemaWith = (more: string, beside: string) => `
  type Query { doraMetrics(project: String!): DORAMetrics ${beside} }
  type DORAMetrics {
    project: String!
    deploymentFrequency: Frequency!
    operationalPerformance: Performance!
    ${more}
  }
  type Frequency { value: Float timeseries: [Day!]! }
  type Day { date: String! count: Int! }
  type Performance { value: Float errorRate: Float }
  type Failures { value: Float worst: [Day!]! again: Failures }
`
const undescribed = (more: string, beside = '') =>
  undescribedMetrics(
    {
      graphql: {
        query: async (source: string) => graphqlSync({ schema: buildSchema(schemaWith(more, beside)), source }),
      },
    } as unknown as Platform,
    'token',
    fawkesGraphQL,
  )

describe('the metrics over GraphQL', () => {
  it('are all described in a service that has no more than the contract', async () => {
    expect(await undescribed('')).toEqual([])
  })

  it('are listed where the service shows more, at any depth', async () => {
    expect(await undescribed('changeFailureRate: Failures reworkRate: Float')).toEqual([
      'doraMetrics.changeFailureRate.again',
      'doraMetrics.changeFailureRate.worst.count',
      'doraMetrics.changeFailureRate.worst.date',
      'doraMetrics.reworkRate',
    ])
  })

  it('are listed beside the fields of Query that the contract does not have', async () => {
    const beside = 'incidents(project: String!): [Day!]! teamMetrics(team: String!): DORAMetrics _service: String'
    expect(await undescribed('', beside)).toEqual(['teamMetrics'])
  })

  it.each([
    [
      'types that all lead to each other',
      30,
      (type: number) => Array.from({ length: 30 }, (_, other) => (type + other) % 30),
    ],
    ['a chain of types', 50_000, (type: number) => [type + 1]],
    ['types that lead twice to the next', 60, (type: number) => [type + 1, type + 1]],
  ])('are listed soon where the schema consists of %s', async (_, count, next) => {
    const type = (name: string, targets: readonly number[]) => ({
      name,
      fields: targets.map((target, index) => ({ name: `f${index}`, type: { name: `T${target}` } })),
    })
    const types = [
      type('DORAMetrics', [0]),
      ...Array.from({ length: count }, (_, index) => type(`T${index}`, next(index))),
    ]
    const answering = {
      graphql: { query: async () => ({ data: { __schema: { queryType: { name: 'Query' }, types } } }) },
    }
    const begun = performance.now()
    const found = await undescribedMetrics(answering as unknown as Platform, 'token', fawkesGraphQL)
    expect(found.length).toBeGreaterThan(0)
    expect(performance.now() - begun).toBeLessThan(soonMs)
  })

  it('are not known to a service whose schema cannot be read', async () => {
    const refused = { graphql: { query: async () => ({ data: null, errors: ['introspection is disabled'] }) } }
    expect(await undescribedMetrics(refused as unknown as Platform, 'token', fawkesGraphQL)).toEqual([])
  })
})

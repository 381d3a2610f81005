/** Fields that a list of stored events shows and nothing is compared with are listed, because they are not proven. */
import { describe, expect, it } from 'vitest'
import { fawkesGraphQL } from '../../../support/flavours/fawkes/graphql-metrics'
import type { Platform } from '../../../support/platform/platform'
import { readDeployments, readGraphQLList } from '../../../support/service/event-lists'
import { answeringPlatform } from '../../fixtures/answering-platform'

const deployment = { deployment_id: 'd1', environment: 'production', finished_date: '2026-03-01T12:00:00Z' }
const listed = (answer: object) => readDeployments(answeringPlatform(answer), 'token', 'checkout')
const unknown = async (answer: object) => (await listed(answer)).unknown

describe('the list of deployments over REST', () => {
  it('is compared in every field that the contract names', async () => {
    expect(await unknown({ deployments: [deployment], count: 1, project: 'checkout' })).toEqual([])
    expect(await unknown([deployment])).toEqual([])
    expect(await unknown({ deployments: [] })).toEqual([])
  })

  it('is about the project that it names', async () => {
    expect((await listed({ deployments: [deployment], project: 'payments' })).reading).toEqual({ project: 'payments' })
  })

  it.each<[string, object, string]>([
    ['a field beside the list', { environment: 'staging' }, 'environment'],
    ['a range beside the list', { timeRange: { end: '2026-03-01T12:00:00Z' } }, 'timeRange.end'],
    ['a count of entries on other pages', { count: 500 }, '499 entries that the answer counts and does not show'],
  ])('is not compared in %s', async (_, beside, name) => {
    expect(await unknown({ deployments: [deployment], ...beside })).toEqual([name])
  })

  it.each<[string, object, string]>([
    ['a second name of a field', { finishedAt: null }, 'finished_date'],
    ['a second id', { id: 'payments:d7' }, 'id'],
    ['a time that only incidents have', { created_date: '2026-03-01T12:00:00Z' }, 'created_date'],
    ['a field of an object', { commit: { id: 'c1' } }, 'commit.id'],
  ])('is not compared in %s of an entry', async (_, shown, name) => {
    expect(await unknown({ deployments: [{ ...deployment, ...shown }] })).toEqual([name])
  })
})

describe('the list of deployments over GraphQL', () => {
  /** Answers questions about the type with these fields, and any other with one deployment. */
  const withFields = (fields: readonly object[]): Platform => {
    const platform = answeringPlatform({ deployments: [{ id: 'd1' }] })
    const { query } = platform.graphql
    const type = { data: { __type: { fields } } }
    const ask: typeof query = async (document, ...rest) => ({
      ...(await query(document, ...rest)),
      ...(document.includes('__type') && type),
    })
    return { ...platform, graphql: { query: ask } } as unknown as Platform
  }
  const field = (name: string, kind = 'SCALAR') => ({ name, type: { kind } })

  it('is not compared in the fields of objects, in lists, and in second names', async () => {
    const fields = [
      field('id'),
      field('finishedAt'),
      field('finished_date'),
      field('commits', 'LIST'),
      field('team', 'OBJECT'),
    ]
    const reading = await readGraphQLList(
      withFields(fields),
      'token',
      'checkout',
      'last7days',
      fawkesGraphQL.deployments,
    )
    expect(reading.unknown).toEqual(['commits', 'finished_date', 'team'])
  })
})

/** The surfaces that agree with the numbers of a project: one that did not answer is never among them. */
import { describe, expect, it } from 'vitest'
import { surfacesByMetric } from '../../../../support/checks/numbers/measured-project'

const overview = { name: 'overview', reports: ['deployment frequency', 'lead time'] as const }
const graphql = { name: 'GraphQL', reports: ['deployment frequency', 'lead time'] as const }
const differing = (quantity: 'lead time p95' | 'time range') => ({
  surface: 'GraphQL',
  reports: graphql.reports,
  quantity,
})

describe('the surfaces of a metric', () => {
  it('agree if they answered every question and no quantity of the metric differs', () => {
    const surfaces = surfacesByMetric([overview, graphql, graphql], [differing('lead time p95')], [])
    expect(surfaces['lead time']).toEqual({ agreeing: ['overview'], differing: ['GraphQL'], unread: [] })
    expect(surfaces['deployment frequency']).toEqual({ agreeing: ['overview', 'GraphQL'], differing: [], unread: [] })
    expect(surfaces['time to restore']).toEqual({ agreeing: [], differing: [], unread: [] })
  })

  it('differ in all their metrics if they cover another range', () => {
    const surfaces = surfacesByMetric([graphql], [differing('time range')], [])
    expect(surfaces['deployment frequency'].differing).toEqual(['GraphQL'])
    expect(surfaces['lead time'].differing).toEqual(['GraphQL'])
  })

  it('do not agree if one of their answers is missing', () => {
    const unread = [{ surface: 'GraphQL', reports: graphql.reports }]
    expect(surfacesByMetric([overview, graphql], [], unread)['lead time']).toEqual({
      ...{ agreeing: ['overview'], differing: [], unread: ['GraphQL'] },
    })
  })
})

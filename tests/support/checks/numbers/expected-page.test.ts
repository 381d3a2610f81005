/** The values that dashboards must show for one or several projects. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wrongCombinations } from '../../../../support/checks/numbers/combinations'
import { ProjectPage, togetherOn } from '../../../../support/checks/numbers/expected-page'
import { computeOf } from '../../../../support/dora/compute'
import { readingOf } from '../../../../support/dora/reading'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { togetherIn } from '../../../fixtures/dashboard-pages'
import { history, now } from '../../../fixtures/random-histories'

const hour = 3_600_000
const window = { start: now - 720 * hour, end: now }
const question = (project: string) => ({ project, windows: [window], severities: null, now })

const deployment = (id: string, age: number, leadHours: number, sha = `${id}-${age}`) => ({
  ...{ id, repository: 'shop', environment: 'production', result: 'SUCCESS', startedAt: null, listsCommits: true },
  finishedAt: now - age * hour,
  commits: [{ sha, authoredAt: now - (age + leadHours) * hour, committedAt: null }],
})
const of = (...deployments: ReturnType<typeof deployment>[]) => ({ deployments, incidents: [], builds: [] })

describe('several projects together', () => {
  const checkout = of(deployment('d1', 3, 1), deployment('d2', 2, 1), deployment('d3', 1, 1))
  const payments = of(deployment('d1', 2, 5))

  it('yield the mean of all samples, and not the mean of the projects', () => {
    const { expected, rows } = togetherIn([
      [checkout, question('checkout')],
      [payments, question('payments')],
    ])
    expect(expected).toMatchObject({ 'lead time': 120, deployments: 4, 'lead time p50': 60 })
    expect(rows('deployments').map(({ project, id }) => `${project} ${id}`)).toHaveLength(4)
    expect(rows('changes')[0]).toMatchObject({ project: 'checkout', id: 'd3' })
  })

  it('blame an incident on a deployment of its own project only', () => {
    const incident = { type: 'incident' as const, project: 'payments', id: 'i1', environment: 'production' }
    const open = { ...incident, severity: 'high', createdAt: now - hour / 2, resolvedAt: null, deploymentId: null }
    const { expected, rows } = togetherIn([
      [checkout, question('checkout')],
      [{ ...payments, incidents: [open] }, question('payments')],
    ])
    expect(expected).toMatchObject({ 'failed deployments': 1, 'change failure rate': 25 })
    expect(rows('failures')).toMatchObject([{ project: 'payments', id: 'd1', incidents: 1 }])
  })

  it('count a commit as new in each project', () => {
    const { expected, rows } = togetherIn([
      [of(deployment('d1', 3, 1, 'c1')), question('checkout')],
      [of(deployment('d1', 3, 1, 'c1')), question('payments')],
    ])
    expect(expected['lead time']).toBe(60)
    expect(rows('changes').map(({ commits }) => commits)).toEqual([1, 1])
  })
})

it('a single project has the values of the oracle', () => {
  fc.assert(
    fc.property(history, (events) => {
      const [metrics] = computeOf(events, question('checkout')).windows
      expect(togetherIn([[events, question('checkout')]]).expected).toEqual(metrics && readingOf(metrics))
    }),
    { numRuns: 200 },
  )
})

it('a project of more events than fit into memory is judged', () => {
  const page = new ProjectPage(question('checkout'))
  const count = 301_000
  for (let index = count; index > 0; index--) page.deployment(deployment(`d${index}`, index / 10, 1))
  page.finish()
  const { reading, rows } = togetherOn([page])
  expect(reading).toMatchObject({ deployments: 7200, 'lead time': 60 })
  expect(rows('deployments')).toHaveLength(7200)
})

describe('a wrong number of several projects', () => {
  const each = [{ 'lead time': 60 }, { 'lead time': 300 }, { 'lead time': null }]
  const reasons = (found: number) => wrongCombinations(each, 'lead time', found, fawkes.dora.precision)

  it.each([
    [180, 'mean'],
    [360, 'sum'],
    [300, 'highest'],
    [60, 'lowest'],
  ])('of %s min is explained by the %s', (found, reason) => {
    expect(reasons(found)).toEqual([expect.stringContaining(reason)])
  })

  it('is not explained otherwise', () => {
    expect(reasons(120)).toEqual([])
  })
})

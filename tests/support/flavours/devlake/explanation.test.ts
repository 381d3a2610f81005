/** `npm run explain` for a stock DevLake: the rows that make each panel, and those that do not count, with the reasons. */
import { describe, expect, it } from 'vitest'
import { explainedLake } from '../../../../support/flavours/devlake/explanation'
import type { Lake } from '../../../../support/flavours/devlake/rows/rows'
import { at, deployment, diff, incident, lakeOf, pullRequest } from '../../../fixtures/devlake/lake'

const window = { start: at('2026-11-01T12:00:00Z'), end: at('2026-11-20T18:00:00Z') }
const blueprints = {
  blueprints: [{ id: '1', project: 'shop', enabled: true, schedule: '0 0 * * *', createdAt: null }],
}

const explained = (...parts: Partial<Lake>[]) =>
  explainedLake(lakeOf(['shop', 'other'], ...parts), blueprints, 'shop', window)

/** The rows of a metric, as "+ row: why" and "- row: why". */
function rowsOf(lake: ReturnType<typeof explained>, metric: string, report = '2023'): string[] {
  const found = lake.metrics.find((one) => one.metric === metric && one.report === report)
  return [
    ...(found?.counted ?? []).map(({ row, because }) => `+ ${row}: ${because}`),
    ...(found?.leftOut ?? []).map(({ row, because }) => `- ${row}: ${because}`),
  ]
}

describe('the deployment frequency', () => {
  it('is explained by the deployments that count, and by the reason for each other one', () => {
    const lake = explained(
      deployment('d1', '2026-11-10T09:00:00Z'),
      deployment('failed', '2026-11-10T10:00:00Z', { result: 'FAILURE' }),
      deployment('lower', '2026-11-10T11:00:00Z', { result: 'success' }),
      deployment('staged', '2026-11-10T12:00:00Z', { environment: 'STAGING' }),
      deployment('early', '2026-10-10T09:00:00Z'),
      deployment('first', '2026-11-01T20:00:00Z'),
      deployment('foreign', '2026-11-11T09:00:00Z', { project: 'other' }),
    )
    expect(rowsOf(lake, 'deployment frequency')).toEqual([
      '+ deployment d1: finished at 2026-11-10T09:00:00.000Z',
      // The range ends earlier in the day than this deployment on the day after its begin.
      '+ deployment first: finished at 2026-11-01T20:00:00.000Z',
      '- deployment failed: its commits ended with FAILURE',
      '- deployment lower: its commits ended with success, which is not SUCCESS in capitals',
      '- deployment staged: its commits went to STAGING',
      '- deployment early: it finished at 2026-10-10T09:00:00.000Z, outside of the range',
    ])
    expect(lake.metrics[0]?.panels).toMatchObject({ 'deployment frequency by month': '26/11 2' })
  })

  it('names the deployments of the first day, which the panel leaves out', () => {
    const whole = { start: at('2026-11-01T00:00:00Z'), end: at('2026-11-20T00:00:00Z') }
    const lake = explainedLake(lakeOf(['shop'], deployment('first', '2026-11-01T09:00:00Z')), blueprints, 'shop', whole)
    expect(rowsOf(lake, 'deployment frequency')).toEqual([
      '- deployment first: it finished at 2026-11-01T09:00:00.000Z, on the first day of the range, which the panel leaves out',
    ])
  })
})

describe('the change failure rate', () => {
  it('is explained by the incidents that are attributed to each deployment', () => {
    const lake = explained(
      deployment('d1', '2026-11-10T09:00:00Z'),
      deployment('d2', '2026-11-12T09:00:00Z'),
      incident('i1', '2026-11-11T09:00:00Z'),
    )
    expect(rowsOf(lake, 'change failure rate')).toEqual([
      '+ deployment d1: failed: incident i1',
      '+ deployment d2: no incident',
    ])
  })
})

describe('the lead time', () => {
  it('is explained by the pull requests, and by the reason for each that was not deployed', () => {
    const merged = { created: '2026-11-11T08:00:00Z', merged: '2026-11-11T09:00:00Z' }
    const lake = explained(
      deployment('d1', '2026-11-10T09:00:00Z', { commit: 'c1' }),
      deployment('d2', '2026-11-12T09:00:00Z', { commit: 'c2' }),
      diff('c2', 'c1'),
      pullRequest('p1', { ...merged, commit: 'c2' }),
      pullRequest('p2', { ...merged, commit: 'c1' }),
      pullRequest('p3', { ...merged, merged: null, commit: '' }),
    )
    expect(rowsOf(lake, 'lead time')).toEqual([
      '+ pull request p1: 1500 min until its deployment at 2026-11-12T09:00:00.000Z',
      '- pull request p2: no deployment to production after the first one brought its merge commit c1',
      '- pull request p3: it is not merged',
    ])
  })
})

describe('the fourth metric', () => {
  const lake = explained(
    deployment('d1', '2026-11-10T09:00:00Z'),
    incident('before', '2026-11-09T09:00:00Z', '2026-11-09T10:00:00Z'),
    incident('open', '2026-11-10T10:00:00Z'),
    incident('late', '2026-11-10T11:00:00Z', '2026-11-21T00:00:00Z'),
    incident('i1', '2026-11-10T12:00:00Z', '2026-11-10T12:45:00Z'),
  )

  it('is explained by recoveries for the report 2023', () => {
    expect(rowsOf(lake, 'time to restore', '2023')).toEqual([
      '+ incident i1: 225 min from the finish of d1 to its resolution',
      '- incident before: no collected deployment to production finished before it',
      '- incident open: it has no resolution date',
      '- incident late: it was resolved at 2026-11-21T00:00:00.000Z, outside of the range',
    ])
  })

  it('is explained by restorations for the report 2021', () => {
    expect(rowsOf(lake, 'time to restore', '2021')).toEqual([
      '+ incident before: 60 min from its creation to its resolution',
      '+ incident i1: 45 min from its creation to its resolution',
      '- incident open: it has no resolution date',
      '- incident late: it was resolved at 2026-11-21T00:00:00.000Z, outside of the range',
    ])
  })
})

it('names the rows that wait for a collection', () => {
  const lake = explained(deployment('new', '2026-11-10T09:00:00Z', { written: '2026-11-10T09:01:00Z' }), {
    collectedUntil: new Map([['shop', at('2026-11-10T00:00:00Z')]]),
  })
  expect(lake.notes).toEqual([
    'not compared, because shop was not collected since: deployment new (POST /blueprints/1/trigger)',
  ])
})

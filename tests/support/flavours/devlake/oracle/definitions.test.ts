/** The surprising definitions of a stock DevLake: the obvious definition fails each case. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureRate } from '../../../../../support/flavours/devlake/oracle/change-failure-rate'
import { type Dashboard, dashboardOf, withFirstMonth } from '../../../../../support/flavours/devlake/oracle/dashboard'
import {
  type DevLakeDefinitions,
  devlake2021,
  devlake2023,
} from '../../../../../support/flavours/devlake/oracle/definitions'
import { leadTimesOf } from '../../../../../support/flavours/devlake/oracle/lead-time'
import type { Lake } from '../../../../../support/flavours/devlake/rows/rows'
import { at, deployment, diff, incident, lakeOf, pullRequest } from '../../../../fixtures/devlake/lake'
import { recordedLake, rowsOf } from '../../../../fixtures/devlake/recording'

/** A week in the middle of a month, from a Tuesday to a Tuesday. */
const week = { start: at('2026-03-10T00:00:00Z'), end: at('2026-03-17T00:00:00Z') }

function shopOver(lake: Lake, window = week, definitions: DevLakeDefinitions = devlake2023): Dashboard {
  return dashboardOf(lake, { projects: ['shop'], window, definitions })
}

const countIn = ({ months }: Dashboard) => months.reduce((sum, { deployments }) => sum + deployments, 0)
const inMarch = (date: number, hour = '12:00') => `2026-03-${String(date).padStart(2, '0')}T${hour}:00Z`

describe('deployments', () => {
  it('that failed count in no metric: a failed one and one with an incident yield 100 %, not 50 %', () => {
    const lake = lakeOf(
      ['shop'],
      deployment('d1', inMarch(11)),
      deployment('d2', inMarch(12), { result: 'FAILURE' }),
      incident('i1', inMarch(13)),
    )
    expect(countIn(shopOver(lake))).toBe(1)
    expect(shopOver(lake).changeFailureRate.shown).toBe('100.0%(low)')
  })

  it('count by the result of their commits: the recorded acc-p2-d3 failed but counts as a success', () => {
    const deployments = rowsOf('cicd_deployments', z.object({ id: z.string(), result: z.string() }))
    expect(deployments.find(({ id }) => id === 'acc-p2-d3')?.result).toBe('FAILURE')
    const window = { start: at('2026-11-21T02:00:00Z'), end: at('2026-11-21T02:30:00Z') }
    const dashboard = dashboardOf(recordedLake, { projects: ['acc-p2'], window, definitions: devlake2023 })
    expect(countIn(dashboard)).toBe(1)
  })

  it('with an environment in another case than PRODUCTION do not count', () => {
    const lake = lakeOf(['shop'], deployment('d1', inMarch(11), { environment: 'production' }))
    expect(countIn(shopOver(lake))).toBe(0)
  })

  it('at the very end of a window count, like those at its start', () => {
    const lake = lakeOf(
      ['shop'],
      deployment('d1', '2026-03-10T00:00:00.000Z'),
      deployment('d2', '2026-03-17T00:00:00.000Z'),
      deployment('d3', '2026-03-17T00:00:00.001Z'),
    )
    expect(countIn(shopOver(lake))).toBe(2)
  })

  it('within the second in which a window ends do not count, because its ends are whole seconds', () => {
    const lake = lakeOf(['shop'], deployment('d1', '2026-03-16T12:00:00.500Z'))
    expect(countIn(shopOver(lake, { ...week, end: at('2026-03-16T12:00:00.900Z') }))).toBe(0)
    expect(countIn(shopOver(lake, { ...week, start: at('2026-03-16T12:00:00.900Z') }))).toBe(1)
  })

  it('of several commits count once, at the finish of the last commit', () => {
    const lake = lakeOf(
      ['shop'],
      deployment('d1', '2026-03-31T23:50:00Z', { commit: 'c1' }),
      deployment('d1', '2026-04-01T00:10:00Z', { commit: 'c2' }),
    )
    const { months } = shopOver(lake, { start: at('2026-03-20T00:00:00Z'), end: at('2026-04-20T00:00:00Z') })
    expect(months.map(({ month, deployments }) => [month, deployments])).toEqual([
      ['26/03', 0],
      ['26/04', 1],
    ])
  })

  it('of a month that begins before the window have no bar in v1.0.1, so they are counted from its begin on', () => {
    const lake = { ...lakeOf(['shop'], deployment('d1', inMarch(11))), onlyBegunMonths: true }
    expect(shopOver(lake).months).toEqual([])
    expect(countIn(shopOver(lake, withFirstMonth(lake, week)))).toBe(1)
    const acrossMonths = { start: at('2026-03-30T00:00:00Z'), end: at('2026-04-02T00:00:00Z') }
    const late = {
      ...lake,
      ...lakeOf(['shop'], deployment('d1', inMarch(31)), deployment('d2', '2026-04-01T12:00:00Z')),
    }
    expect(countIn(shopOver(late, acrossMonths))).toBe(1)
    expect(countIn(shopOver(late, withFirstMonth(late, acrossMonths)))).toBe(2)
    expect(withFirstMonth({ ...lake, onlyBegunMonths: false }, week)).toBe(week)
  })
})

describe('the same deployment id in two projects', () => {
  const lake = lakeOf(
    ['shop', 'store'],
    deployment('d1', inMarch(11)),
    deployment('d1', inMarch(11, '15:00'), { project: 'store' }),
    incident('i1', inMarch(12), null, 'store'),
  )
  const over = (projects: readonly string[]) => dashboardOf(lake, { projects, window: week, definitions: devlake2023 })

  it('by month are found by the name of the month, whose begin is shown in the zone of the session', () => {
    // Seen on a lake whose database was in +05:30: calendar_months held 2026-10-01 05:30 and 2026-11-01 05:30.
    const months = [
      { name: '26/10', begin: at('2026-10-01T05:30:00Z') },
      { name: '26/11', begin: at('2026-11-01T05:30:00Z') },
    ]
    const lake = lakeOf(['shop'], { months }, deployment('d1', '2026-10-31T05:48:06Z'))
    const shown = shopOver(lake, { start: at('2026-10-30T07:33:00Z'), end: at('2026-11-29T07:33:00Z') })
    expect(shown.months.map(({ month, deployments }) => [month, deployments])).toEqual([['26/10', 1]])
  })

  it('is one deployment when both projects are chosen', () => {
    expect([['shop'], ['store'], ['shop', 'store']].map((projects) => countIn(over(projects)))).toEqual([1, 1, 1])
  })

  it('fails in both projects because of an incident in one', () => {
    expect(over(['shop']).changeFailureRate.shown).toBe('100.0%(low)')
  })

  it('was one row in the recorded table, with the scope that sent it last, and counted nevertheless', () => {
    const row = z.object({ id: z.string(), cicd_scope_id: z.string(), environment: z.string() })
    expect(rowsOf('cicd_deployments', row).filter(({ id }) => id === 'acc-p2-d6')).toEqual([
      { id: 'acc-p2-d6', cicd_scope_id: 'webhook:1', environment: 'TESTING' },
    ])
    const window = { start: at('2026-11-21T05:00:00Z'), end: at('2026-11-21T05:30:00Z') }
    expect(countIn(dashboardOf(recordedLake, { projects: ['acc-p2'], window, definitions: devlake2023 }))).toBe(1)
  })
})

describe('deployment frequency', () => {
  const tenOn = (date: number) =>
    Array.from({ length: 10 }, (_, index) => deployment(`d${date}-${index}`, inMarch(date, `1${index}:00`)))

  it('counts days, not deployments: ten on each day of a week are seven', () => {
    const sunday = { start: at('2026-03-08T23:00:00Z'), end: at('2026-03-15T23:00:00Z') }
    const lake = lakeOf(['shop'], ...[9, 10, 11, 12, 13, 14, 15].flatMap(tenOn))
    expect(shopOver(lake, sunday).deploymentFrequency.shown).toBe('7 deployment days per week(elite)')
  })

  it('is elite from five days a week', () => {
    const sunday = { start: at('2026-03-08T23:00:00Z'), end: at('2026-03-15T23:00:00Z') }
    const level = (dates: readonly number[]) =>
      shopOver(lakeOf(['shop'], ...dates.flatMap(tenOn)), sunday).deploymentFrequency.level
    expect(level([9, 10, 11, 12, 13])).toBe('elite')
    expect(level([9, 10, 11, 12])).toBe('high')
  })

  it('differs on the next day of the week; the number by month does not', () => {
    const lake = lakeOf(['shop'], ...[10, 11, 12, 13, 14, 15].flatMap(tenOn))
    const [sunday, monday] = ['2026-03-15T23:30:00Z', '2026-03-16T23:30:00Z'].map((end) =>
      shopOver(lake, { start: at(end) - 7 * 86_400_000, end: at(end) }),
    )
    expect(sunday?.deploymentFrequency.shown).toBe('6 deployment days per week(elite)')
    expect(monday?.deploymentFrequency.shown).toBe('6 deployment days per month(medium)')
    expect([sunday, monday].map((dashboard) => dashboard?.months)).toEqual([
      [expect.objectContaining({ month: '26/03', deployments: 60 })],
      [expect.objectContaining({ month: '26/03', deployments: 60 })],
    ])
  })

  it('leaves out the first day of the window, although the number by month has it', () => {
    const lake = lakeOf(['shop'], deployment('d1', '2026-03-10T18:00:00Z'))
    const dashboard = shopOver(lake, { start: at('2026-03-10T12:00:00Z'), end: at('2026-03-17T12:00:00Z') })
    expect(dashboard.deploymentFrequency.level).toBeNull()
    expect(countIn(dashboard)).toBe(1)
  })

  it('shows no data instead of the lowest level over fewer than seven months', () => {
    const lake = lakeOf(['shop'], deployment('d1', inMarch(11)))
    const over = (start: string) => shopOver(lake, { start: at(start), end: at('2026-04-15T12:00:00Z') })
    expect(over('2025-10-10T12:00:00Z').deploymentFrequency.shown).toBe('0 deployment days per month(low)')
    expect(over('2025-11-10T12:00:00Z').deploymentFrequency.shown).toBe(
      'N/A. Please check if you have collected deployments.',
    )
  })

  it('by month has no bar earlier than two years before DevLake was installed', () => {
    const of = (start: string, end: string) => shopOver(lakeOf(['shop']), { start: at(start), end: at(end) }).months
    expect(of('2024-11-20T00:00:00Z', '2025-01-02T00:00:00Z').map(({ month }) => month)).toEqual(['24/12', '25/01'])
    expect(of('2001-01-01T00:00:00Z', '2001-01-08T00:00:00Z')).toEqual([])
  })

  it('has different levels in 2021: by the month and by six months', () => {
    const lake = lakeOf(['shop'], deployment('d1', inMarch(11)))
    const over = (start: string) =>
      shopOver(lake, { start: at(start), end: at('2026-03-31T12:00:00Z') }, devlake2021).deploymentFrequency.shown
    expect(over('2026-03-01T12:00:00Z')).toBe('1 deployment days per month(high)')
    expect(over('2025-09-01T12:00:00Z')).toBe('1 deployment days per six months(medium)')
  })
})

describe('deployment frequency by six months', () => {
  it('sums up the last six months, not the window: for eight months with four days in the first three it is three', () => {
    const days = ['2025-10-20', '2025-11-20', '2025-11-21', '2025-11-22']
    const lake = lakeOf(['shop'], ...days.map((date) => deployment(date, `${date}T12:00:00Z`)))
    const window = { start: at('2025-09-01T12:00:00Z'), end: at('2026-04-15T12:00:00Z') }
    expect(shopOver(lake, window, devlake2021).deploymentFrequency.shown).toBe(
      '3 deployment days per six months(medium)',
    )
  })
})

describe('lead time', () => {
  const base = deployment('d0', inMarch(1), { commit: 'c0' })
  const change = (number: number, merged: string, deployed: string) => [
    pullRequest(`p${number}`, { created: merged, merged, commit: `c${number}` }),
    deployment(`d${number}`, deployed, { commit: `c${number}` }),
    diff(`c${number}`, `c${number - 1}`),
  ]

  it('is the shorter one of two changes, and the middle one of three', () => {
    const two = [
      ...change(1, inMarch(11, '12:00'), inMarch(11, '13:00')),
      ...change(2, inMarch(12, '12:00'), inMarch(12, '21:00')),
    ]
    expect(shopOver(lakeOf(['shop'], base, ...two)).leadTime.shown).toBe('1.0(elite)')
    const third = change(3, inMarch(13, '12:00'), inMarch(13, '14:00'))
    expect(shopOver(lakeOf(['shop'], base, ...two, ...third)).leadTime.shown).toBe('2.0(elite)')
  })

  const stages = (told: { authored: string; created: string; merged: string; deployed: string }) =>
    shopOver(
      lakeOf(
        ['shop'],
        base,
        pullRequest('p1', { ...told, commit: 'c1' }),
        deployment('d1', told.deployed, { commit: 'c1' }),
        diff('c1', 'c0'),
      ),
    ).months[0]?.leadTimeHours

  it('rounds each of its three stages up to minutes: three seconds are three minutes', () => {
    const hours = stages({
      authored: '2026-03-11T12:00:00Z',
      created: '2026-03-11T12:00:01Z',
      merged: '2026-03-11T12:00:02Z',
      deployed: '2026-03-11T12:00:03Z',
    })
    expect(hours).toBe(0.05)
  })

  it('leaves out a stage that would be negative, and keeps the others', () => {
    const hours = stages({
      authored: '2026-03-11T13:00:00Z',
      created: '2026-03-11T12:00:00Z',
      merged: '2026-03-11T14:00:00Z',
      deployed: '2026-03-11T15:00:00Z',
    })
    expect(hours).toBe(3)
  })

  it('leaves out first deployments, changes that are merged but not deployed, and unmerged changes', () => {
    const merged = pullRequest('p0', { created: inMarch(9), merged: inMarch(10), commit: 'c0' })
    const waiting = pullRequest('p9', { created: inMarch(9), merged: inMarch(10), commit: 'c9' })
    const open = pullRequest('p1', { created: inMarch(9), merged: null, commit: 'c1' })
    const lake = lakeOf(
      ['shop'],
      deployment('d0', inMarch(11), { commit: 'c0' }),
      deployment('d1', inMarch(12), { commit: 'c1' }),
      diff('c0', ''),
      diff('c1', 'c0'),
      merged,
      waiting,
      open,
    )
    expect(shopOver(lake).leadTime).toEqual({
      shown: 'N/A. Please check if you have collected deployments/pull_requests.',
      level: null,
    })
  })

  it('ends with the first successful deployment that ships the change', () => {
    const lake = lakeOf(
      ['shop'],
      base,
      pullRequest('p1', { created: inMarch(11, '12:00'), merged: inMarch(11, '12:00'), commit: 'c1' }),
      deployment('d1', inMarch(11, '13:00'), { commit: 'c1', result: 'FAILURE' }),
      deployment('d2', inMarch(11, '15:00'), { commit: 'c2' }),
      deployment('d3', inMarch(11, '18:00'), { commit: 'c3' }),
      diff('c1', 'c0'),
      diff('c2', 'c0', 'c1'),
      diff('c3', 'c2', 'c1'),
    )
    expect(shopOver(lake).leadTime.shown).toBe('3.0(elite)')
  })

  it('is counted once for two projects that share everything, and for each of them when they differ', () => {
    const change = (pullRequest: string, minutes: number) => ({ pullRequest, minutes, at: week.start })
    expect(leadTimesOf([change('p1', 60), change('p1', 60), change('p1', 90), change('p2', 60)])).toEqual([60, 90, 60])
  })

  it.each([
    [60 - 1, 'elite', 'elite'],
    [60, 'elite', 'high'],
    [24 * 60 - 1, 'elite', 'high'],
    [24 * 60, 'high', 'high'],
    [7 * 24 * 60 - 1, 'high', 'high'],
    [7 * 24 * 60, 'medium', 'medium'],
    [30 * 24 * 60 - 1, 'medium', 'medium'],
    [30 * 24 * 60, 'low', 'medium'],
    [180 * 24 * 60 - 1, 'low', 'medium'],
    [180 * 24 * 60, 'low', 'low'],
  ])('of %i minutes is %s in 2023 and %s in 2021', (minutes, ...levels) => {
    const merged = new Date(at(inMarch(12)) - minutes * 60_000).toISOString()
    const lake = lakeOf(['shop'], base, ...change(1, merged, inMarch(12)))
    const sets = [devlake2023, devlake2021]
    expect(sets.map((definitions) => shopOver(lake, week, definitions).leadTime.level)).toEqual(levels)
  })
})

describe('change failure rate', () => {
  const twenty = Array.from({ length: 20 }, (_, index) =>
    deployment(`d${index}`, new Date(week.start + (index + 1) * 3_600_000).toISOString()),
  )
  const afterEach = (number: number) =>
    Array.from({ length: number }, (_, index) =>
      incident(`i${index}`, new Date(week.start + (index + 1.5) * 3_600_000).toISOString()),
    )

  it.each([
    [1, '5.0%(elite)', '5.0%(elite)'],
    [2, '10.0%(high)', '10.0%(elite)'],
    [3, '15.0%(medium)', '15.0%(elite)'],
    [4, '20.0%(low)', '20.0%(high)'],
    [6, '30.0%(low)', '30.0%(medium)'],
    [7, '35.0%(low)', '35.0%(low)'],
  ])('of %i incidents after twenty deployments is %s in 2023 and %s in 2021', (number, in2023, in2021) => {
    const lake = lakeOf(['shop'], ...twenty, ...afterEach(number))
    expect(shopOver(lake).changeFailureRate.shown).toBe(in2023)
    expect(shopOver(lake, week, devlake2021).changeFailureRate.shown).toBe(in2021)
  })

  it('without an incident is no data, until another project has one', () => {
    const without = lakeOf(['shop', 'other'], deployment('d1', inMarch(11)))
    expect(shopOver(without).changeFailureRate).toEqual({
      shown: 'N/A. Please check if you have collected incidents.',
      level: null,
    })
    const others = lakeOf(['shop', 'other'], deployment('d1', inMarch(11)), incident('i1', inMarch(12), null, 'other'))
    expect(shopOver(others).changeFailureRate).toEqual({ shown: '0.0%(elite)', level: 'elite' })
  })

  it('counts two incidents of one deployment once, and counts incidents that are open or came after the window', () => {
    const lake = lakeOf(
      ['shop'],
      deployment('d1', inMarch(11)),
      deployment('d2', inMarch(16)),
      incident('i1', inMarch(12)),
      incident('i2', inMarch(13)),
      incident('i3', inMarch(25)),
    )
    expect(shopOver(lake).changeFailureRate.shown).toBe('100.0%(low)')
  })

  it('attributes an incident at the instant of a finish to the previous deployment', () => {
    const lake = lakeOf(
      ['shop'],
      deployment('d0', inMarch(1)),
      deployment('d1', inMarch(11)),
      incident('i1', inMarch(11)),
    )
    expect(shopOver(lake).changeFailureRate.shown).toBe('0.0%(elite)')
  })

  it('is rounded to four decimals before the level is decided: 2001 of 40000 are 5 %', () => {
    const ids = Array.from({ length: 40_000 }, (_, index) => `d${index}`)
    expect(failureRate(ids, new Set(ids.slice(0, 2001)))).toBe(500)
  })
})

describe('the fourth metric', () => {
  const lake = lakeOf(
    ['shop'],
    deployment('d1', '2026-03-11T10:00:00Z'),
    incident('i1', '2026-03-11T10:30:00Z', '2026-03-11T11:15:59Z'),
  )

  it('starts at the finish of the deployment in 2023, and at the creation of the incident in 2021', () => {
    expect(shopOver(lake).restoration.shown).toBe('1.3(high)')
    expect(shopOver(lake).months[0]?.restorationHours).toBe(1.25)
    expect(shopOver(lake, week, devlake2021).restoration.shown).toBe('0.8(elite)')
    expect(shopOver(lake, week, devlake2021).months[0]?.restorationHours).toBe(0.75)
  })

  it('takes the lower of the two middle values, and leaves out open incidents', () => {
    const two = lakeOf(
      ['shop'],
      deployment('d1', '2026-03-11T10:00:00Z'),
      incident('i1', '2026-03-11T10:00:01Z', '2026-03-11T11:00:01Z'),
      incident('i2', '2026-03-11T10:00:01Z', '2026-03-11T15:00:01Z'),
      incident('i3', '2026-03-11T10:00:01Z'),
    )
    expect(shopOver(two).restoration.shown).toBe('1.0(high)')
    expect(shopOver(two, week, devlake2021).restoration.shown).toBe('1.0(high)')
  })

  it('of 2021 counts incidents before any deployment; of 2023 does not', () => {
    const alone = lakeOf(['shop'], incident('i1', inMarch(11, '10:00'), inMarch(11, '10:30')))
    expect(shopOver(alone, week, devlake2021).restoration.shown).toBe('0.5(elite)')
    expect(shopOver(alone).restoration.shown).toBe('N/A. Please check if you have collected deployments.')
  })

  it('of 2023 belongs to the month of the deployment, and needs deployment and resolution in the window', () => {
    const lake = lakeOf(
      ['shop'],
      deployment('d1', '2026-03-31T23:00:00Z'),
      incident('i1', '2026-03-31T23:30:00Z', '2026-04-01T01:00:00Z'),
    )
    const until = (end: string) => shopOver(lake, { start: week.start, end: at(end) })
    expect(until('2026-04-20T00:00:00Z').months.map(({ restorationHours }) => restorationHours)).toEqual([2, 0])
    expect(until('2026-04-01T00:59:00Z').restoration.shown).toBe('No data')
  })

  it.each([
    [60 - 1, 'elite'],
    [60, 'high'],
    [24 * 60 - 1, 'high'],
    [24 * 60, 'medium'],
    [7 * 24 * 60 - 1, 'medium'],
    [7 * 24 * 60, 'low'],
  ])('of %i minutes is %s', (minutes, level) => {
    const created = new Date(at(inMarch(12)) - minutes * 60_000).toISOString()
    const lake = lakeOf(['shop'], incident('i1', created, inMarch(12)))
    expect(shopOver(lake, week, devlake2021).restoration.level).toBe(level)
  })

  it('of 2023 needs the deployment in the window too', () => {
    const late = lakeOf(['shop'], deployment('d1', inMarch(9)), incident('i1', inMarch(11), inMarch(12)))
    expect(shopOver(late).restoration.level).toBeNull()
    expect(shopOver(late, week, devlake2021).restoration.shown).toBe('24.0(medium)')
  })

  it('of 2021 by month includes incidents before and after the window', () => {
    const early = lakeOf(['shop'], incident('i1', inMarch(1, '10:00'), inMarch(1, '11:00')))
    const { restoration, months } = shopOver(early, week, devlake2021)
    expect(restoration.level).toBeNull()
    expect(months.map(({ restorationHours }) => restorationHours)).toEqual([1])
  })

  it('is shown with halves rounded up: 9 minutes are 0.2 hours', () => {
    const quick = lakeOf(['shop'], incident('i1', inMarch(11, '10:00'), inMarch(11, '10:09')))
    expect(shopOver(quick, week, devlake2021).restoration.shown).toBe('0.2(elite)')
  })

  it('of 2023 names the missing data', () => {
    const shownOf = (...parts: readonly Partial<Lake>[]) => shopOver(lakeOf(['shop'], ...parts)).restoration.shown
    expect(shownOf()).toBe('N/A. Please check if you have collected deployments and incidents.')
    expect(shownOf(deployment('d1', inMarch(11)))).toBe('N/A. Please check if you have collected incidents.')
    expect(shownOf(deployment('d1', inMarch(11)), incident('i1', inMarch(12)))).toBe('No data')
  })
})

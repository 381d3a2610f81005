/** The edge cases of the definitions of incidents, by number, with values calculated by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { tell } from '../../fixtures/story'

let mariadb: MariaDb
let service: DoraService

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
})

afterAll(async () => {
  await service?.stop()
  await mariadb?.stop()
})

const week = ['2026-03-01', '2026-03-08'] as const
const none = { value: null, level: null }

describe('incidents and the deployments that caused them', () => {
  it('14: two incidents of one deployment are one failed change and two restorations', async () => {
    const story = tell(service, 'edge-14')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd2', finished: '2026-03-03T10:00:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-03T11:00:00Z', resolved: '2026-03-03T11:30:00Z' })
    await story.incident({ id: 'i2', created: '2026-03-03T12:00:00Z', resolved: '2026-03-03T12:10:00Z' })
    const metrics = await story.metrics(...week)
    expect(metrics.changeFailureRate).toMatchObject({ value: 50, failed_deployments: 1 })
    expect(metrics.meanTimeToRestore).toMatchObject({ value: 20, p50: 20, p95: 29 })
  })

  it('15: a failed deployment that also has an incident is counted once', async () => {
    const story = tell(service, 'edge-15')
    await story.deployed({ id: 'd1', status: 'failure', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd2', finished: '2026-03-02T12:00:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', deployment: 'd1' })
    expect((await story.metrics(...week)).changeFailureRate).toMatchObject({ value: 50, failed_deployments: 1 })
  })

  it('16: an incident at the exact instant of a finish belongs to the previous deployment', async () => {
    const story = tell(service, 'edge-16')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00.000Z' })
    await story.deployed({ id: 'd2', finished: '2026-03-05T10:00:00.000Z' })
    await story.incident({ id: 'i1', created: '2026-03-05T10:00:00.000Z' })
    expect((await story.metrics('2026-03-02', '2026-03-03')).changeFailureRate.value).toBe(100)
    expect((await story.metrics('2026-03-05', '2026-03-06')).changeFailureRate.value).toBe(0)
  })

  it('16: a failure is never blamed for an incident that does not name it', async () => {
    const story = tell(service, 'edge-16-failure')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd2', status: 'failure', finished: '2026-03-03T10:00:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-03T11:00:00Z' })
    expect((await story.metrics('2026-03-02', '2026-03-03')).changeFailureRate.value).toBe(100)
  })

  it('17: an incident before any deployment counts for the time to restore, not for the failure rate', async () => {
    const story = tell(service, 'edge-17')
    await story.incident({ id: 'i1', created: '2026-03-02T09:00:00Z', resolved: '2026-03-02T11:00:00Z' })
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    const metrics = await story.metrics(...week)
    expect(metrics.changeFailureRate).toMatchObject({ value: 0, total_deployments: 1 })
    expect(metrics.meanTimeToRestore.value).toBe(120)
  })

  it('18: a deployment in the window whose incident comes after the window has failed; the restoration is later', async () => {
    const story = tell(service, 'edge-18')
    await story.deployed({ id: 'd1', finished: '2026-03-07T10:00:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-09T10:00:00Z', resolved: '2026-03-09T11:00:00Z' })
    const metrics = await story.metrics(...week)
    expect(metrics.changeFailureRate).toMatchObject({ value: 100, failed_deployments: 1 })
    expect(metrics.meanTimeToRestore).toMatchObject(none)
  })

  it('19: an incident created before the window and resolved in it counts with its full duration', async () => {
    const story = tell(service, 'edge-19')
    await story.incident({ id: 'i1', created: '2026-02-28T22:00:00Z', resolved: '2026-03-01T01:00:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore.value).toBe(180)
  })

  it('20: an open incident counts for the failure rate, not for the time to restore', async () => {
    const story = tell(service, 'edge-20')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z' })
    await story.deployed({ id: 'd2', finished: '2026-03-03T10:00:00Z' })
    const open = await story.metrics(...week)
    expect(open.changeFailureRate).toMatchObject({ value: 50, failed_deployments: 1 })
    expect(open.meanTimeToRestore).toMatchObject({ ...none, p50: null, p95: null })
    await story.incident({ id: 'i2', created: '2026-03-03T11:00:00Z', resolved: '2026-03-03T11:30:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore.value).toBe(30)
  })

  it('21: an incident resolved at its creation took 0 minutes, which is elite', async () => {
    const story = tell(service, 'edge-21')
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', resolved: '2026-03-02T11:00:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore).toMatchObject({ value: 0, level: 'elite', p50: 0 })
  })

  it('22: an incident resolved before its creation is left out, and the log says so', async () => {
    const story = tell(service, 'edge-22')
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', resolved: '2026-03-02T10:00:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore).toMatchObject(none)
    await story.incident({ id: 'i2', created: '2026-03-02T11:00:00Z', resolved: '2026-03-02T11:40:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore.value).toBe(40)
    expect(service.log()).toContain('incident i1 of edge-22 left out of time to restore: resolved before its creation')
  })

  it('23: a reopened incident lasts from its first creation to its last resolution', async () => {
    const story = tell(service, 'edge-23')
    await story.incident({ id: 'i1', created: '2026-03-02T10:00:00Z', resolved: '2026-03-02T10:30:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore.value).toBe(30)
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', status: 'open' })
    expect((await story.metrics(...week)).meanTimeToRestore).toMatchObject(none)
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', resolved: '2026-03-02T12:00:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore.value).toBe(120)
  })

  it('23: a reopened incident lasts as long if all its events arrive at once', async () => {
    const story = tell(service, 'edge-23-at-once')
    await story.incident({ id: 'i1', created: '2026-03-02T10:00:00Z', resolved: '2026-03-02T10:30:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-02T11:00:00Z', resolved: '2026-03-02T12:00:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore.value).toBe(120)
  })

  it.each([
    ['elite', 5, 20],
    ['high', 10, 10],
    ['medium', 15, 20],
  ])('28: a failure rate at the bound of %s reaches it', async (level, percent, total) => {
    const story = tell(service, `edge-28-${level}`)
    const failed = (percent * total) / 100
    for (let index = 0; index < total; index += 1) {
      const status = index < failed ? 'failure' : 'success'
      await story.deployed({ id: `d${index}`, status, finished: `2026-03-02T${String(index).padStart(2, '0')}:00:00Z` })
    }
    expect((await story.metrics(...week)).changeFailureRate).toMatchObject({ value: percent, level })
  })

  it('30: a low incident counts for the time to restore', async () => {
    const story = tell(service, 'edge-30')
    const created = '2026-03-02T10:00:00Z'
    await story.incident({ id: 'i1', severity: 'low', created, resolved: '2026-03-02T10:20:00Z' })
    await story.incident({ id: 'i2', severity: 'critical', created, resolved: '2026-03-02T11:00:00Z' })
    expect((await story.metrics(...week)).meanTimeToRestore).toMatchObject({ value: 40, p50: 40 })
    expect(await story.answer('mttr', ...week, '&severity=low')).toMatchObject({
      summary: { value: 20, total_incidents: 1, avg_severity: 'low' },
      incidents: [{ id: 'i1', duration_minutes: 20, severity: 'low' }],
    })
  })

  it('an incident that names a deployment is attributed to no other', async () => {
    const story = tell(service, 'named')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd2', finished: '2026-03-05T10:00:00Z' })
    await story.incident({ id: 'i1', created: '2026-03-05T11:00:00Z', deployment: 'd1' })
    // A later state that does not repeat the deployment keeps it.
    await story.incident({ id: 'i1', created: '2026-03-05T11:00:00Z', resolved: '2026-03-05T12:00:00Z' })
    await story.incident({ id: 'i2', created: '2026-03-05T11:00:00Z', deployment: 'unknown' })
    expect((await story.metrics('2026-03-02', '2026-03-03')).changeFailureRate.value).toBe(100)
    expect((await story.metrics('2026-03-05', '2026-03-06')).changeFailureRate.value).toBe(0)
    expect(await story.answer('change-failure-rate', '2026-03-02', '2026-03-03')).toMatchObject({
      summary: { total_deployments: 1, failed_deployments: 1, successful_deployments: 0 },
      failures: [{ deployment_id: 'd1', reason: 'Incident i1', severity: 'high', mttr_minutes: 60 }],
    })
  })
})

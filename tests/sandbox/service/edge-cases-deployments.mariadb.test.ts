/** The edge cases of the definitions of deployments, by number, with values calculated by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { tell } from '../../fixtures/story'

let mariadb: MariaDb
let service: DoraService

beforeAll(async () => {
  mariadb = await startMariaDb()
  // Edge case 38: the local date differs from the UTC date for hours of each day, and local clocks change.
  service = await startService(mariadb.url, { TZ: 'America/New_York' })
})

afterAll(async () => {
  await service?.stop()
  await mariadb?.stop()
})

const week = ['2026-03-01', '2026-03-08'] as const
const none = { value: null, level: null }

describe('deployments and their windows', () => {
  it('1: a success exactly at the start of the window is counted', async () => {
    const story = tell(service, 'edge-1')
    await story.deployed({ id: 'd1', finished: '2026-03-01T00:00:00.000Z' })
    expect((await story.metrics(...week)).deploymentFrequency).toMatchObject({ value: 0.14, level: 'high' })
  })

  it('2: a success exactly at the end of the window is not counted in it', async () => {
    const story = tell(service, 'edge-2')
    await story.deployed({ id: 'd1', finished: '2026-03-08T00:00:00.000Z' })
    expect((await story.metrics(...week)).deploymentFrequency).toMatchObject(none)
    expect(await story.days('2026-03-01', '2026-03-09')).toEqual({ '2026-03-08': 1 })
  })

  it('3: a finish at 23:59:59.999 belongs to that day', async () => {
    const story = tell(service, 'edge-3')
    await story.deployed({ id: 'd1', finished: '2026-03-02T23:59:59.999Z' })
    expect(await story.days(...week)).toEqual({ '2026-03-02': 1 })
  })

  it('4: 01:00 at an offset of +02:00 belongs to the previous UTC day', async () => {
    const story = tell(service, 'edge-4')
    await story.deployed({ id: 'd1', finished: '2026-03-08T01:00+02:00' })
    expect(await story.days(...week)).toEqual({ '2026-03-07': 1 })
  })

  it('5: a deployment that started before the window and finished in it is counted', async () => {
    const story = tell(service, 'edge-5')
    await story.deployed({ id: 'd1', finished: '2026-03-01T00:10:00Z', minutes: 30 })
    expect(await story.days(...week)).toEqual({ '2026-03-01': 1 })
  })

  it('6: a deployment posted more than once is counted once', async () => {
    const story = tell(service, 'edge-6')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    await service.collected()
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    expect(await story.days(...week)).toEqual({ '2026-03-02': 1 })
  })

  it('7: a failure and then a success under another id are one success and a 50 % failure rate', async () => {
    const story = tell(service, 'edge-7')
    await story.deployed({ id: 'd1', status: 'failure', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd2', finished: '2026-03-02T11:00:00Z' })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency.value).toBe(0.14)
    expect(metrics.changeFailureRate).toMatchObject({ value: 50, total_deployments: 2, failed_deployments: 1 })
  })

  it('8: a failure and then a success under the same id are one success and no failure', async () => {
    const story = tell(service, 'edge-8')
    await story.deployed({ id: 'd1', status: 'failure', finished: '2026-03-02T10:00:00Z' })
    await service.collected()
    await story.deployed({ id: 'd1', finished: '2026-03-02T11:00:00Z' })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency.value).toBe(0.14)
    expect(metrics.changeFailureRate).toMatchObject({ value: 0, level: 'elite', total_deployments: 1 })
  })

  it('10: a deployment that was aborted, is running or has no finish is in no metric', async () => {
    const story = tell(service, 'edge-10')
    await story.pushed([{ sha: 'e10-c1', authored: '2026-03-02T09:00:00Z' }])
    const commits = ['e10-c1']
    await story.deployed({ id: 'd1', status: 'aborted', finished: '2026-03-02T10:00:00Z', commits })
    await story.deployed({ id: 'd2', status: 'running', finished: '2026-03-02T10:00:00Z', commits })
    await story.deployed({ id: 'd3', status: 'success', finished: null, commits })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency).toMatchObject(none)
    expect(metrics.leadTimeForChanges).toMatchObject(none)
    expect(metrics.changeFailureRate).toMatchObject({ ...none, total_deployments: 0 })
  })

  it('11: staging and an empty environment are in no metric; production is, in upper or lower case', async () => {
    const story = tell(service, 'edge-11')
    await story.deployed({ id: 'd1', environment: 'staging', finished: '2026-03-02T10:00:00Z' })
    await story.deployed({ id: 'd2', environment: '', finished: '2026-03-02T10:00:00Z' })
    const created = '2026-03-02T12:00:00Z'
    await story.incident({ id: 'i1', environment: 'staging', created, resolved: '2026-03-02T13:00:00Z' })
    await story.incident({ id: 'i2', environment: '', created, resolved: '2026-03-02T13:00:00Z' })
    const before = await story.metrics(...week)
    expect(before.deploymentFrequency).toMatchObject(none)
    expect(before.changeFailureRate).toMatchObject(none)
    expect(before.meanTimeToRestore).toMatchObject(none)
    await story.deployed({ id: 'd3', environment: 'PRODUCTION', finished: '2026-03-02T10:00:00Z' })
    const after = await story.metrics(...week)
    expect(after.deploymentFrequency.value).toBe(0.14)
    expect(after.changeFailureRate).toMatchObject({ value: 0, total_deployments: 1 })
  })

  it('12: without deployments, frequency, lead time and failure rate are null, without an error', async () => {
    const story = tell(service, 'edge-12')
    await story.built({ commit: 'e12-c1', finished: '2026-03-02T10:00:00Z' })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency).toMatchObject(none)
    expect(metrics.leadTimeForChanges).toMatchObject({ ...none, p50: null, p95: null })
    expect(metrics.changeFailureRate).toMatchObject({ ...none, total_deployments: 0, failed_deployments: 0 })
    for (const path of ['deployment-frequency', 'lead-time', 'change-failure-rate', 'mttr']) {
      expect(await story.code(path, ...week)).toBe('404 NO_DATA')
    }
  })

  it('13: failures alone give frequency 0 without a level, no lead time, and a 100 % failure rate', async () => {
    const story = tell(service, 'edge-13')
    await story.pushed([{ sha: 'e13-c1', authored: '2026-03-02T09:00:00Z' }])
    await story.deployed({ id: 'd1', status: 'failure', finished: '2026-03-02T10:00:00Z', commits: ['e13-c1'] })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency).toMatchObject({ value: 0, level: null })
    expect(metrics.leadTimeForChanges).toMatchObject(none)
    expect(metrics.changeFailureRate).toMatchObject({ value: 100, level: 'low', total_deployments: 1 })
    expect(await story.answer('deployment-frequency', ...week)).toMatchObject({ summary: { value: 0, level: null } })
  })

  it('31: a deployment that arrives late counts once it is collected', async () => {
    const story = tell(service, 'edge-31')
    await story.deployed({ id: 'd2', finished: '2026-03-03T10:00:00Z' })
    expect(await story.days(...week)).toEqual({ '2026-03-03': 1 })
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    expect(await story.days(...week)).toEqual({ '2026-03-02': 1, '2026-03-03': 1 })
  })

  it('32: an unknown project is INVALID_PROJECT, a known one without data is NO_DATA', async () => {
    const unknown = tell(service, 'edge-32-unknown')
    const known = tell(service, 'edge-32')
    await service.send('POST', '/api/projects', { name: 'edge-32' })
    expect(await unknown.code('deployment-frequency', ...week)).toBe('404 INVALID_PROJECT')
    expect(await known.code('deployment-frequency', ...week)).toBe('404 NO_DATA')
  })

  it("33: ArgoCD's health_change makes no deployment; its syncs do", async () => {
    const story = tell(service, 'edge-33')
    const sync = {
      application: 'edge-33',
      namespace: 'fawkes',
      revision: 'e33-c1',
      sync_started_at: '2026-03-02T10:00:00Z',
      sync_finished_at: '2026-03-02T10:02:00Z',
      environment: 'production',
      service_name: 'edge-33',
    }
    await service.post('deployments', { ...sync, event_type: 'sync_succeeded' })
    await service.post('deployments', { ...sync, event_type: 'health_change', sync_started_at: '2026-03-03T10:00:00Z' })
    expect(await story.days(...week)).toEqual({ '2026-03-02': 1 })
    await service.post('deployments', {
      ...sync,
      event_type: 'sync_failed',
      sync_started_at: '2026-03-04T10:00:00Z',
      sync_finished_at: '2026-03-04T10:02:00Z',
    })
    const { changeFailureRate } = await story.metrics(...week)
    expect(changeFailureRate).toMatchObject({ value: 50, total_deployments: 2, failed_deployments: 1 })
  })

  it('34: a range whose start is not before its end is INVALID_TIME_RANGE', async () => {
    const story = tell(service, 'edge-34')
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z' })
    for (const path of ['metrics', 'deployment-frequency', 'lead-time', 'change-failure-rate', 'mttr', 'rework']) {
      expect(await story.code(path, '2026-03-02', '2026-03-02')).toBe('400 INVALID_TIME_RANGE')
      expect(await story.code(path, '2026-03-03', '2026-03-02')).toBe('400 INVALID_TIME_RANGE')
    }
  })

  it('35: the same id in two projects is two deployments, even if the names could be confused', async () => {
    const finished = '2026-03-02T10:00:00Z'
    const [one, other] = [tell(service, 'edge-35'), tell(service, 'edge-35:x')]
    await one.deployed({ id: 'x:d1', finished })
    await other.deployed({ id: 'd1', status: 'failure', finished })
    expect((await one.metrics(...week)).changeFailureRate).toMatchObject({ value: 0, total_deployments: 1 })
    expect((await other.metrics(...week)).changeFailureRate).toMatchObject({ value: 100, total_deployments: 1 })
  })

  it('38: leap days, year ends and changes of the local clock have no effect', async () => {
    const story = tell(service, 'edge-38')
    // Clocks in New York went forward in the night of 2026-03-08 and back in the night of 2025-11-02.
    const finishes = [
      '2024-02-29T23:30:00Z',
      '2024-12-31T23:59:59Z',
      '2025-01-01T00:00:00Z',
      '2025-11-02T05:30:00Z',
      '2026-03-08T07:30:00Z',
    ]
    for (const [index, finished] of finishes.entries()) await story.deployed({ id: `d${index}`, finished })
    expect(await story.days('2024-02-28', '2024-03-02')).toEqual({ '2024-02-29': 1 })
    expect(await story.days('2024-12-31', '2025-01-02')).toEqual({ '2024-12-31': 1, '2025-01-01': 1 })
    expect(await story.days('2025-11-01', '2025-11-04')).toEqual({ '2025-11-02': 1 })
    expect(await story.days('2026-03-07', '2026-03-10')).toEqual({ '2026-03-08': 1 })
    // One deployment in the 14 days from 1 to 15 March, each of 24 h.
    expect((await story.metrics('2026-03-01', '2026-03-15')).deploymentFrequency.value).toBe(0.07)
  })
})

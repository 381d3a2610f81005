/** The worked examples of the definitions, with values calculated by hand. */
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

describe('the worked examples', () => {
  it('10 successful deployments in 7 days are 1.43 per day', async () => {
    const story = tell(service, 'example-frequency')
    for (let hour = 10; hour < 20; hour += 1) {
      await story.deployed({ id: `d${hour}`, finished: `2026-03-03T${hour}:00:00Z` })
    }
    const { deploymentFrequency } = await story.metrics('2026-03-01', '2026-03-08')
    expect(deploymentFrequency).toMatchObject({ value: 1.43, level: 'elite' })
  })

  it('no deployments give no frequency, on its own path and in the overview', async () => {
    const story = tell(service, 'example-nothing')
    await story.incident({ id: 'i1', created: '2025-01-01T00:00:00Z' })
    const { deploymentFrequency } = await story.metrics('2026-03-01', '2026-03-08')
    expect(deploymentFrequency).toMatchObject({ value: null, level: null })
    expect(await story.code('deployment-frequency', '2026-03-01', '2026-03-08')).toBe('404 NO_DATA')
  })

  it('a commit written at 09:00 and deployed at 13:15 has a lead time of 4 h 15 min', async () => {
    const story = tell(service, 'example-lead-time')
    await story.pushed([{ sha: 'lead-c1', authored: '2026-03-03T09:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-03T13:15:00Z', commits: ['lead-c1'] })
    const { leadTimeForChanges } = await story.metrics('2026-03-01', '2026-03-08')
    expect(leadTimeForChanges).toMatchObject({ value: 255, level: 'high', p50: 255, p95: 255 })
  })

  it('2 of 20 deployments with an incident give a failure rate of 10 %, which is high', async () => {
    const story = tell(service, 'example-failure-rate')
    for (let day = 1; day <= 20; day += 1) {
      await story.deployed({ id: `d${day}`, finished: `2026-03-${String(day).padStart(2, '0')}T10:00:00Z` })
    }
    await story.incident({ id: 'i1', created: '2026-03-05T11:00:00Z', resolved: '2026-03-05T12:00:00Z' })
    await story.incident({ id: 'i2', created: '2026-03-28T11:00:00Z', deployment: 'd7' })
    const { changeFailureRate } = await story.metrics('2026-03-01', '2026-03-31')
    expect(changeFailureRate).toMatchObject({
      value: 10,
      level: 'high',
      total_deployments: 20,
      failed_deployments: 2,
    })
  })

  it('an incident from 14:00 to 14:45 gives a time to restore of 45 min, which is elite', async () => {
    const story = tell(service, 'example-restore')
    await story.incident({ id: 'i1', created: '2026-03-03T14:00:00Z', resolved: '2026-03-03T14:45:00Z' })
    const { meanTimeToRestore } = await story.metrics('2026-03-01', '2026-03-08')
    expect(meanTimeToRestore).toMatchObject({ value: 45, level: 'elite', p50: 45, p95: 45 })
  })

  it('5 of 50 builds that repeat another give 10 % rework', async () => {
    const story = tell(service, 'example-rework')
    const at = (minute: number) => `2026-03-03T10:${String(minute).padStart(2, '0')}:00Z`
    for (let build = 0; build < 45; build += 1) await story.built({ commit: `rework-c${build}`, finished: at(build) })
    for (let build = 0; build < 5; build += 1)
      await story.built({ commit: `rework-c${build}`, finished: at(50 + build) })
    expect(await story.answer('rework', '2026-03-01', '2026-03-08')).toMatchObject({
      summary: { rework_rate: 10, build_success_rate: 100, quality_gate_pass_rate: null },
      details: { total_builds: 50, retry_builds: 5 },
    })
  })

  it('percentiles are interpolated between the closest ranks', async () => {
    const story = tell(service, 'example-percentiles')
    // 10, 20, 30 and 50 minutes: the mean is 27.5, the median is halfway between 20 and 30, p95 is at rank 2.85 of 0 to 3.
    for (const minutes of [10, 20, 30, 50]) {
      await story.incident({
        id: `i${minutes}`,
        created: '2026-03-03T10:00:00Z',
        resolved: `2026-03-03T10:${minutes}:00Z`,
      })
    }
    const { meanTimeToRestore } = await story.metrics('2026-03-01', '2026-03-08')
    expect(meanTimeToRestore).toMatchObject({ value: 27.5, p50: 25, p95: 47 })
  })
})

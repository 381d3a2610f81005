/** The edge cases of the definitions of commits and lead time, by number, with values calculated by hand. */
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

describe('changes and their lead time', () => {
  it('9: a deployment of three commits is one deployment and one sample, from the earliest commit', async () => {
    const story = tell(service, 'edge-9')
    await story.pushed([
      { sha: 'e9-c1', authored: '2026-03-02T09:30:00Z' },
      { sha: 'e9-c2', authored: '2026-03-02T08:00:00Z' },
      { sha: 'e9-c3', authored: '2026-03-02T09:45:00Z' },
    ])
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z', commits: ['e9-c1', 'e9-c2', 'e9-c3'] })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency.value).toBe(0.14)
    expect(metrics.leadTimeForChanges).toMatchObject({ value: 120, p50: 120, p95: 120 })
  })

  it('24: a commit authored after the finish gives no sample, and the log says so', async () => {
    const story = tell(service, 'edge-24')
    await story.pushed([{ sha: 'e24-c1', authored: '2026-03-02T10:30:00Z' }])
    await story.pushed([{ sha: 'e24-c2', authored: '2026-03-03T09:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z', commits: ['e24-c1'] })
    await story.deployed({ id: 'd2', finished: '2026-03-03T10:00:00Z', commits: ['e24-c2'] })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency.value).toBe(0.29)
    expect(metrics.leadTimeForChanges).toMatchObject({ value: 60, p50: 60, p95: 60 })
    expect(service.log()).toContain('deployment d1 of edge-24 left out of lead time: authored after its finish')
  })

  it('25: after a rebase the authored date counts, not the committed date', async () => {
    const story = tell(service, 'edge-25')
    const commit = { sha: 'e25-c1', authored: '2026-03-02T04:00:00Z', committed: '2026-03-02T09:50:00Z' }
    await story.pushed([commit])
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z', commits: ['e25-c1'] })
    expect((await story.metrics(...week)).leadTimeForChanges.value).toBe(360)
  })

  it('26: the commits of a failure count for the next success: one sample, from the first commit', async () => {
    const story = tell(service, 'edge-26')
    await story.pushed([{ sha: 'e26-c1', authored: '2026-03-02T08:00:00Z' }])
    await story.pushed([{ sha: 'e26-c2', authored: '2026-03-02T11:00:00Z' }])
    await story.deployed({ id: 'd1', status: 'failure', finished: '2026-03-02T09:00:00Z', commits: ['e26-c1'] })
    await story.deployed({ id: 'd2', finished: '2026-03-02T12:00:00Z', commits: ['e26-c1', 'e26-c2'] })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 240, p50: 240, p95: 240 })
  })

  it('27: a rollback counts as a deployment and gives no sample', async () => {
    const story = tell(service, 'edge-27')
    await story.pushed([{ sha: 'e27-c1', authored: '2026-03-02T08:00:00Z' }])
    await story.pushed([{ sha: 'e27-c2', authored: '2026-03-02T10:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:00:00Z', commits: ['e27-c1'] })
    await story.deployed({ id: 'd2', finished: '2026-03-02T11:00:00Z', commits: ['e27-c2'] })
    await story.deployed({ id: 'd3', finished: '2026-03-03T11:00:00Z', commits: ['e27-c1'] })
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency.value).toBe(0.43)
    expect(metrics.leadTimeForChanges).toMatchObject({ value: 60, p95: 60 })
  })

  it('27: a rollback that names only its own commit gives no sample either', async () => {
    const story = tell(service, 'edge-27-head')
    await story.pushed([{ sha: 'e27h-c1', authored: '2026-03-02T08:00:00Z' }])
    await story.pushed([{ sha: 'e27h-c2', authored: '2026-03-02T10:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:00:00Z', commits: ['e27h-c1'] })
    await story.deployed({ id: 'd2', finished: '2026-03-02T11:00:00Z', head: 'e27h-c2' })
    await story.deployed({ id: 'd3', finished: '2026-03-03T11:00:00Z', head: 'e27h-c1' })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 60, p95: 60 })
  })

  it('29: a lead time of exactly 60 min is high; one millisecond less is elite', async () => {
    const story = tell(service, 'edge-29')
    await story.pushed([{ sha: 'e29-c1', authored: '2026-03-02T09:00:00.000Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00.000Z', commits: ['e29-c1'] })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 60, level: 'high' })
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:59:59.999Z', commits: ['e29-c1'] })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 60, level: 'elite' })
  })

  it("36: a project's first deployment that lists no commits gives no sample", async () => {
    const story = tell(service, 'edge-36')
    await story.pushed([{ sha: 'e36-c1', authored: '2026-03-02T08:00:00Z' }])
    await story.pushed([{ sha: 'e36-c2', authored: '2026-03-02T10:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:00:00Z', head: 'e36-c1' })
    const first = await story.metrics(...week)
    expect(first.deploymentFrequency.value).toBe(0.14)
    expect(first.leadTimeForChanges).toMatchObject(none)
    // Its commits are known nevertheless, so they are not new afterwards.
    await story.deployed({ id: 'd2', finished: '2026-03-02T11:00:00Z', commits: ['e36-c1', 'e36-c2'] })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 60, p95: 60 })
  })

  it('36: a first deployment with an empty list of commits gives no sample either', async () => {
    const story = tell(service, 'edge-36-empty')
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:00:00Z', commits: [] })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject(none)
  })

  it('37: two successes with a failure between them count by their times, whatever the order of arrival', async () => {
    const story = tell(service, 'edge-37')
    const commits = ['e37-c1']
    await story.deployed({ id: 'd3', finished: '2026-03-02T12:00:00Z', commits })
    await service.collected()
    await story.deployed({ id: 'd2', status: 'failure', finished: '2026-03-02T11:00:00Z', commits })
    await service.collected()
    await story.deployed({ id: 'd1', finished: '2026-03-02T10:00:00Z', commits })
    await service.collected()
    await story.pushed([{ sha: 'e37-c1', authored: '2026-03-02T09:00:00Z' }])
    const metrics = await story.metrics(...week)
    expect(metrics.deploymentFrequency.value).toBe(0.29)
    expect(metrics.leadTimeForChanges).toMatchObject({ value: 60, p95: 60 })
    expect(metrics.changeFailureRate).toMatchObject({ value: 33.3, total_deployments: 3, failed_deployments: 1 })
  })

  it('37: two repeated builds count by their times, whatever the order of arrival', async () => {
    const story = tell(service, 'edge-37-builds')
    await story.built({ commit: 'e37b', finished: '2026-03-02T10:20:00Z' })
    await story.built({ commit: 'e37b', finished: '2026-03-02T10:10:00Z', status: 'failure' })
    await service.collected()
    await story.built({ commit: 'e37b', finished: '2026-03-02T10:00:00Z', status: 'failure' })
    // From 10:05 on there are only the two repeats.
    expect(await story.answer('rework', '2026-03-02T10:05:00Z', '2026-03-03')).toMatchObject({
      summary: { rework_rate: 100 },
      details: { total_builds: 2, retry_builds: 2, failed_builds: 1 },
    })
  })
})

describe('a deployment that lists no commits', () => {
  it('contains the commits pushed to its ref since the previous success, in the order of the pushes', async () => {
    const story = tell(service, 'pushed')
    await story.pushed([{ sha: 'p-c1', authored: '2026-03-02T08:00:00Z' }])
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:00:00Z', commits: ['p-c1'] })
    // Merged after the first deployment, although its first commit is older than the deployment.
    await story.pushed([
      { sha: 'p-c2', authored: '2026-03-02T07:00:00Z' },
      { sha: 'p-c3', authored: '2026-03-02T10:00:00Z' },
    ])
    await story.pushed([{ sha: 'p-other', authored: '2026-03-01T01:00:00Z' }], { ref: 'refs/heads/other' })
    await story.pushed([{ sha: 'p-c4', authored: '2026-03-02T12:30:00Z' }])
    await story.deployed({ id: 'd2', finished: '2026-03-02T12:00:00Z', head: 'p-c3' })
    // 60 min for d1; 5 h for d2, from its oldest commit.
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 180, p50: 180, p95: 288 })
  })

  it('takes over the commits of an earlier failure', async () => {
    const story = tell(service, 'pushed-failure')
    await story.pushed([{ sha: 'pf-c1', authored: '2026-03-02T08:00:00Z' }])
    await story.pushed([{ sha: 'pf-c2', authored: '2026-03-02T11:00:00Z' }])
    await story.deployed({ id: 'd1', status: 'failure', finished: '2026-03-02T09:00:00Z', head: 'pf-c1' })
    await story.deployed({ id: 'd2', finished: '2026-03-02T12:00:00Z', head: 'pf-c2' })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 240, p95: 240 })
  })

  it('is compared only with deployments from its own repository', async () => {
    const story = tell(service, 'repositories')
    await story.pushed([{ sha: 'r-c1', authored: '2026-03-02T08:00:00Z' }], { repository: 'shop/one' })
    await story.pushed([{ sha: 'r-c1', authored: '2026-03-02T08:00:00Z' }], { repository: 'shop/two' })
    const commits = ['r-c1']
    await story.deployed({ id: 'd1', finished: '2026-03-02T09:00:00Z', commits, repository: 'shop/one' })
    await story.deployed({ id: 'd2', finished: '2026-03-02T11:00:00Z', commits, repository: 'shop/two' })
    expect((await story.metrics(...week)).leadTimeForChanges).toMatchObject({ value: 120, p50: 120 })
  })
})

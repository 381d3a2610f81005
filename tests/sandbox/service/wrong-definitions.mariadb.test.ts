/** Each wrong definition is in force only while the file names it; the service is not restarted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { wrongDefinitions } from '../../../sandbox/service/metrics/wrong-definitions'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let mariadb: MariaDb
let service: DoraService
const folder = mkdtempSync(join(tmpdir(), 'definitions-'))
const file = join(folder, 'definitions.json')

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url, { DEFINITIONS_FILE: file })
  await service.collected()
})
afterAll(async () => {
  await service?.stop()
  await mariadb?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const answer = z.object({ metrics: z.record(z.string(), z.record(z.string(), z.unknown())) })
const series = z.object({ timeseries: z.array(z.unknown()).optional() })

/** The metrics of all projects. Their window moves, but no event crosses its edges within the seconds of a test. */
async function metrics(): Promise<unknown> {
  const all = ['checkout', 'payments', 'catalog'].map(async (project) => {
    const range = `project=${project}&timeRange=last90days`
    const { status, body } = await service.get(`/api/dora/metrics?${range}`)
    const { timeseries } = series.parse((await service.get(`/api/dora/deployment-frequency?${range}`)).body)
    return { status, metrics: status === 200 ? answer.parse(body).metrics : body, timeseries }
  })
  return Promise.all(all)
}

/** Wrong definitions that the history shows only by chance, because it need not have an event of the case they concern. */
const unseen = [
  'counted-by-start',
  'times-in-whole-seconds',
  'first-deployment-blamed',
  'failures-ship',
  'order-of-arrival',
  'order-by-id',
  'days-of-the-week-year',
  'no-data-as-zero',
  'instant-durations-dropped',
  'bounds-of-rates-missed',
  'bounds-of-durations-reached',
  'open-incidents-until-now',
  'stages-as-one-build',
  'no-environment-as-production',
  'window-closed-at-both-ends',
  'window-open-at-its-start',
  'open-incidents-ignored',
  'late-incidents-ignored',
  'incident-at-the-same-instant',
  'named-deployment-ignored',
  'failed-deployments-blamed',
  'line-of-all-repositories',
  'first-deployment-trusted',
  'restored-by-creation',
]

describe('a wrong definition', () => {
  it.each(Object.keys(wrongDefinitions))('%s is in force while the file names it', async (name) => {
    const right = await metrics()
    writeFileSync(file, JSON.stringify([name]))
    const wrong = await metrics()
    rmSync(file)
    expect(wrong).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }])
    if (!unseen.includes(name)) expect(wrong).not.toEqual(right)
    expect(await metrics()).toEqual(right)
  })
})

/** A project's numbers in Prometheus, which scrapes every pod of the service, and may scrape one pod for several jobs. */
import { describe, expect, it } from 'vitest'
import { readPrometheus } from '../../../support/service/surface-readings'
import { answeringPlatform } from '../../fixtures/answering-platform'

const scraped = (instance: string, deployments: number, labels: object = {}) => [
  {
    name: 'dora_deployment_frequency_total',
    labels: { project: 'checkout', environment: 'production', job: 'devlake-lake', instance, ...labels },
    value: deployments,
  },
  {
    name: 'dora_change_failure_rate',
    labels: { project: 'checkout', job: 'devlake-lake', instance, ...labels },
    value: 0.25,
  },
]

const readingOf = async (...samples: object[]) =>
  (await readPrometheus(answeringPlatform({ samples: samples.flat() }), 'checkout')).reading

describe('the numbers of a project that several targets expose', () => {
  it('are those of each target, not their sum', async () => {
    const reading = await readingOf(scraped('10.0.0.1:8080', 4), scraped('10.0.0.2:8080', 4))
    expect(reading).toMatchObject({ 'all-time deployments': 4, 'change failure ratio': 0.25 })
  })

  it('are those of each job that scrapes the same pod', async () => {
    const reading = await readingOf(scraped('10.0.0.1:8080', 4), scraped('10.0.0.1:8080', 4, { job: 'lake-by-hand' }))
    expect(reading).toMatchObject({ 'all-time deployments': 4, 'change failure ratio': 0.25 })
  })

  it('are all named where the targets differ', async () => {
    const reading = await readingOf(scraped('10.0.0.1:8080', 4), scraped('10.0.0.2:8080', 3))
    expect(reading).toMatchObject({
      'all-time deployments': '4 from 10.0.0.1:8080 and 3 from 10.0.0.2:8080',
      'change failure ratio': 0.25,
    })
  })

  /** The targets of Prometheus, by the namespace in which each was discovered. */
  const readingBeside = async (targets: readonly (readonly [string, string, string])[]) => {
    const samples = [scraped('10.0.0.1:8080', 4), scraped('10.0.0.2:8080', 3)].flat()
    const platform = answeringPlatform({ samples })
    const found = targets.map(([instance, namespace, scrapePool]) => ({
      ...{ scrapePool, labels: { job: 'devlake-lake', instance } },
      discoveredLabels: { __meta_kubernetes_namespace: namespace },
    }))
    Object.assign(platform.prometheus, { targets: async () => found })
    return (await readPrometheus(platform, 'checkout')).reading
  }
  const pool = 'serviceMonitor/monitoring/devlake-metrics/0'
  const ours = ['10.0.0.1:8080', 'fawkes', pool] as const

  it('are not those of a service of the same name in another namespace', async () => {
    const staging = ['10.0.0.2:8080', 'staging', 'serviceMonitor/staging/devlake-metrics/0'] as const
    expect(await readingBeside([ours, staging])).toMatchObject({ 'all-time deployments': 4 })
  })

  it('are those of whatever the ServiceMonitor of the service selects', async () => {
    const selected = ['10.0.0.2:8080', 'staging', pool] as const
    const both = '4 from 10.0.0.1:8080 and 3 from 10.0.0.2:8080'
    expect(await readingBeside([ours, selected])).toMatchObject({ 'all-time deployments': both })
    expect(await readingBeside([ours])).toMatchObject({ 'all-time deployments': both })
  })

  it('are the sum of the series of one target', async () => {
    const [counter] = scraped('10.0.0.1:8080', 4)
    const team = (name: string) => ({ ...counter, labels: { ...counter?.labels, team: name } })
    expect(await readingOf(team('a'), team('b'))).toMatchObject({ 'all-time deployments': 8 })
  })

  it('are found where labels of the targets have the names of exposed ones, which Prometheus renames', async () => {
    const renamed = { project: 'cluster-7', exported_project: 'checkout', exported_environment: 'production' }
    const [counter, ratio] = scraped('10.0.0.1:8080', 4, { ...renamed, environment: 'prod' })
    expect(await readingOf(counter ?? [], ratio ?? [])).toMatchObject({
      'all-time deployments': 4,
      'change failure ratio': 0.25,
      'environment label': 'production',
    })
  })

  it('are not those of another project that a target is named after', async () => {
    const reading = await readingOf(scraped('10.0.0.1:8080', 4, { exported_project: 'payments' }))
    expect(reading).toMatchObject({ 'all-time deployments': 0, 'change failure ratio': null })
  })
})

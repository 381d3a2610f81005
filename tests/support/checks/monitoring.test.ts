/** Times are compared with the clocks of the servers: that of the machine with the suite may be wrong by an hour. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectNoGap, expectTargetUp } from '../../../support/checks/monitoring'
import { commandFor, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const hour = 3_600_000
afterEach(() => {
  vi.useRealTimers()
})

const target = (more: object) => ({
  scrapePool: 'serviceMonitor/monitoring/devlake-metrics/0',
  scrapeUrl: 'http://10.0.0.1:8080/metrics',
  health: 'up',
  lastError: '',
  lastScrape: new Date().toISOString(),
  scrapeInterval: '30s',
  labels: { job: 'devlake-lake', namespace: 'fawkes' },
  discoveredLabels: {},
  ...more,
})

describe('a target of a new pod', () => {
  const unscraped = target({ health: 'unknown', lastScrape: '0001-01-01T00:00:00Z' })
  const answering = (answers: (number: number) => object, condition: string) => {
    let asked = 0
    const prometheus = { commandFor, now: async () => new Date(), targets: async () => [target({}), answers(asked++)] }
    return expectTargetUp(platformOf({ objects: [], configuration: { deadlines: { condition } } }, { prometheus }))
  }

  it('gets the time of its first scrape', async () => {
    expect((await answering((number) => (number < 3 ? unscraped : target({})), '20s')).health).toBe('up')
  })

  it('is a finding if its first scrape fails, or does not come', async () => {
    const down = target({ health: 'down', lastError: 'connection refused' })
    const failing = answering((number) => (number < 2 ? unscraped : down), '1s')
    expect((await findingOf(failing)).summary).toBe('The target devlake-metrics is down.')
    expect((await findingOf(answering(() => unscraped, '300ms'))).summary).toBe(
      'The target devlake-metrics is unknown.',
    )
  })
})

describe('a target is that of the lake', () => {
  const judged = (more: object) => {
    const prometheus = { commandFor, now: async () => new Date(), targets: async () => [target(more)] }
    return expectTargetUp(platformOf({ objects: [] }, { prometheus }))
  }
  const discovered = (name: string, namespace = 'fawkes') => ({
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_service_name: name,
  })

  it.each<[string, object]>([
    ['by its labels', { labels: { namespace: 'fawkes', service: 'devlake-lake' } }],
    ['without labels of its place', { labels: {} }],
    [
      'where Prometheus enforces the namespace of the ServiceMonitor as a label',
      { labels: { namespace: 'monitoring' }, discoveredLabels: discovered('devlake-lake') },
    ],
    [
      'where a relabeling names the service otherwise',
      { labels: { service: 'dora' }, discoveredLabels: discovered('devlake-lake') },
    ],
  ])('%s', async (_, more) => {
    expect((await judged(more)).health).toBe('up')
  })

  it.each<[string, object]>([
    ['of another service', { labels: { namespace: 'fawkes', service: 'jenkins' } }],
    [
      'of another service under the label of the lake',
      { labels: { service: 'devlake-lake' }, discoveredLabels: discovered('jenkins') },
    ],
    ['of another namespace', { labels: {}, discoveredLabels: discovered('devlake-lake', 'staging') }],
  ])('but not %s', async (_, more) => {
    expect((await findingOf(judged(more))).summary).toBe('The targets of devlake-metrics are not the lake.')
  })
})

describe('a target that is down', () => {
  const of = (namespace: string, more: object = {}) => ({
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_service_name: 'devlake-lake',
    ...more,
  })
  const down = { health: 'down', lastError: 'connection refused' }
  const beside = (discoveredLabels: object) => {
    const targets = async () => [target({ ...down, discoveredLabels }), target({ discoveredLabels: of('fawkes') })]
    const prometheus = { commandFor, now: async () => new Date(), targets }
    return expectTargetUp(platformOf({ objects: [] }, { prometheus }))
  }
  const leaving = { __meta_kubernetes_endpointslice_endpoint_conditions_terminating: 'true' }

  it.each<[string, object]>([
    ['of the lake of another namespace', of('staging')],
    ['of a pod that is being replaced', of('fawkes', leaving)],
  ])('does not count if it is that %s', async (_, discovered) => {
    expect((await beside(discovered)).health).toBe('up')
  })

  it('fails beside one that is up, and where no other is left', async () => {
    const { summary } = await findingOf(beside(of('fawkes')))
    expect(summary).toBe('The target devlake-metrics is down.')
    const targets = async () => [target({ ...down, discoveredLabels: of('fawkes', leaving) })]
    const prometheus = { commandFor, now: async () => new Date(), targets }
    expect((await findingOf(expectTargetUp(platformOf({ objects: [] }, { prometheus })))).summary).toBe(summary)
  })
})

describe('the scrapes of a target', () => {
  const now = Date.parse('2026-11-28T09:00:00Z')
  /** @param first the age of the first sample, in seconds */
  const judged = (first: number, ...values: readonly number[]) => {
    const asked: string[] = []
    const prometheus = {
      commandFor,
      now: async () => new Date(now),
      targets: async () => [
        target({ lastScrape: new Date(now).toISOString(), labels: { job: 'lake', pod: 'lake-1' } }),
      ],
      samples: async (query: string) => {
        asked.push(query)
        return [values.map((value, index) => ({ at: now - (first - 30 * index) * 1000, value }))]
      },
    }
    return expectNoGap(platformOf({ objects: [] }, { prometheus })).then(() => asked)
  }

  it('may fail until the new pod behind it listens, and are those of that pod', async () => {
    expect(await judged(120, 0, 0, 1, 1)).toEqual(['up{job="lake",pod="lake-1"}[300s]'])
  })

  it.each<[string, number, ...number[]]>([
    ['after the first success', 120, 0, 1, 0, 1],
    ['of a target that is older than the look-back', 290, 0, 0, 1, 1],
    ['without any success', 120, 0, 0, 0, 0],
  ])('may not fail %s', async (_, first, ...values) => {
    expect((await findingOf(judged(first, ...values))).summary).toBe(
      'Scrapes of devlake-metrics failed in the last 300 s.',
    )
  })
})

describe('a Prometheus without the target', () => {
  const asked = (spec: object) =>
    expectTargetUp(
      platformOf(
        { objects: [{ resource: 'prometheuses', metadata: { name: 'p', namespace: 'monitoring' }, spec }] },
        { prometheus: { commandFor, targets: async () => [] } },
      ),
    )

  it('is a finding, unless others have a part of its targets', async () => {
    const { summary, reliesOn, remedy } = await findingOf(asked({ shards: 1 }))
    expect(summary).toBe('Prometheus has no target for devlake-metrics.')
    expect(reliesOn).toEqual(['ServiceMonitor monitoring/devlake-metrics', 'Service fawkes/devlake-lake'])
    expect(remedy.join('\n')).toContain(
      "-o jsonpath='{.spec.endpoints}'\n# relabelings among them with the action drop",
    )
    await expect(asked({ shards: 3 })).rejects.toThrow(Blocked)
    await expect(asked({ shards: 3 })).rejects.toThrow('Prometheus monitoring/p divides its targets among 3 servers')
  })
})

describe('a target that was scraped a second ago', () => {
  const time = Date.parse('2026-11-28T09:00:00Z')
  const scraped = (msAgo: number) =>
    platformOf(
      { objects: [] },
      {
        prometheus: {
          commandFor,
          now: async () => new Date(time),
          targets: async () => [target({ lastScrape: new Date(time - msAgo).toISOString() })],
        },
      },
    )

  it.each([-hour, hour])('is up when the clock of the runner is wrong by %i ms', async (wrongBy) => {
    vi.useFakeTimers({ now: time + wrongBy, toFake: ['Date'] })
    expect((await expectTargetUp(scraped(1000))).health).toBe('up')
    expect((await findingOf(expectTargetUp(scraped(600_000)))).summary).toContain('has not been scraped for 10 minutes')
  })
})

/** Series that Prometheus still returns although it no longer scrapes them. */
import { describe, expect, it, vi } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectSeries } from '../../../support/checks/series'
import { commandFor, platformOf } from '../../fixtures/platform-of-objects'

const metric = 'dora_change_failure_rate'
const exposed = [{ name: metric, labels: { project: 'shop' }, value: 0.5 }]
vi.mock('../../../support/service/exposition', () => ({
  expectExposition: async () => new Map([[metric, { name: metric, type: 'gauge', samples: exposed }]]),
}))

const now = Date.parse('2026-11-28T09:00:00Z')
interface Scraped {
  readonly endpoint: string
  readonly secondsAgo: number
  readonly value?: number
  readonly project?: string
}

/** @param states what Prometheus has at each comparison; the last one stays */
function platformWith(states: readonly (readonly Scraped[])[]) {
  let comparison = -1
  const state = () => states[Math.min(comparison, states.length - 1)] ?? []
  const labels = (endpoint: string, project = 'shop') => ({ project, endpoint, job: 'devlake-lake' })
  return platformOf(
    { objects: [], configuration: { deadlines: { condition: '1s' } } },
    {
      prometheus: {
        commandFor,
        now: async () => new Date(now),
        query: async (query: string) => {
          if (query === metric) comparison++
          return state().map(({ endpoint, secondsAgo, value = 0.5, project }) =>
            query === metric
              ? { labels: { __name__: metric, ...labels(endpoint, project) }, value }
              : { labels: labels(endpoint, project), value: now / 1000 - secondsAgo },
          )
        },
        targets: async () => [
          {
            scrapePool: 'serviceMonitor/monitoring/devlake-metrics/0',
            scrapeUrl: '',
            health: 'up',
            lastError: '',
            lastScrape: new Date(now).toISOString(),
            scrapeInterval: '1s',
            labels: {},
            discoveredLabels: {},
          },
        ],
      },
    },
  )
}

describe('series of an earlier scrape configuration', () => {
  const old = { endpoint: 'web', secondsAgo: 120, value: 0.25 }
  const current = { endpoint: 'http', secondsAgo: 0 }

  it('are waited for', async () => {
    expect(await expectSeries(platformWith([[old, current], [old, current], [current]]), metric)).toBe(1)
  })

  it('are named, and prove nothing, while they stay', async () => {
    const error = await expectSeries(platformWith([[old, current]]), metric, 500).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Blocked)
    expect(error).toMatchObject({
      finding: {
        summary: 'Prometheus still returns 1 series of an earlier scrape configuration.',
        found: expect.stringContaining('last scraped at 2026-11-28T08:58:00.000Z'),
      },
    })
  })

  it('are not those that are scraped twice', async () => {
    const twice = [current, { endpoint: 'web', secondsAgo: 1 }]
    await expect(expectSeries(platformWith([twice]), metric)).rejects.toThrow(/duplicate series|disagree/)
  })
})

describe('a project of which only Prometheus has series', () => {
  const current = { endpoint: 'http', secondsAgo: 0 }

  it('was renamed or deleted, and is named', async () => {
    const old = { ...current, project: 'old-name' }
    await expect(expectSeries(platformWith([[current, old]]), metric)).rejects.toThrow(
      `Prometheus has series of old-name in the metric ${metric}, which the service does not expose.`,
    )
  })

  it('may have been deleted a moment ago, or belong to a story', async () => {
    const [old, story] = ['old-name', 'dora-acceptance-run-1'].map((project) => ({ ...current, project }))
    const states = [old ? [current, old] : [], story ? [current, story] : []]
    expect(await expectSeries(platformWith(states), metric)).toBe(1)
  })
})

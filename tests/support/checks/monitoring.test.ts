/** Times are compared with the clocks of the servers: that of the machine with the suite may be wrong by an hour. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectTargetUp } from '../../../support/checks/monitoring'
import { commandFor, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const hour = 3_600_000
afterEach(() => {
  vi.useRealTimers()
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
          targets: async () => [
            {
              scrapePool: 'serviceMonitor/monitoring/devlake-metrics/0',
              scrapeUrl: 'http://10.0.0.1:8080/metrics',
              health: 'up',
              lastError: '',
              lastScrape: new Date(time - msAgo).toISOString(),
              scrapeInterval: '30s',
              labels: { job: 'devlake-lake', namespace: 'fawkes' },
            },
          ],
        },
      },
    )

  it.each([-hour, hour])('is up when the clock of the runner is wrong by %i ms', async (wrongBy) => {
    vi.useFakeTimers({ now: time + wrongBy, toFake: ['Date'] })
    expect((await expectTargetUp(scraped(1000))).health).toBe('up')
    expect((await findingOf(expectTargetUp(scraped(600_000)))).summary).toContain('has not been scraped for 10 minutes')
  })
})

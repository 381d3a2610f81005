/** Times are compared with the clocks of the servers: that of the machine with the suite may be wrong by an hour. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectTargetUp } from '../../../support/checks/monitoring'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { ServerClock } from '../../../support/platform/server-clock'
import { findingOf, platformOf } from '../../fixtures/platform-of-objects'

const hour = 3_600_000
afterEach(() => {
  vi.useRealTimers()
})

describe('the clock of a server', () => {
  it('goes on from the last Date header', () => {
    const clock = new ServerClock()
    clock.hear('Sat, 28 Nov 2026 09:00:00 GMT')
    clock.hear(null)
    expect(new Date(clock.now).toISOString().slice(0, 18)).toBe('2026-11-28T09:00:0')
  })

  it('is that of the API server', async () => {
    const date = 'Sat, 28 Nov 2026 09:00:00 GMT'
    const server = createServer((_, response) => response.writeHead(200, { date }).end('{"gitVersion":"v1.35.4"}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const config = new KubeConfig()
      const { port } = server.address() as AddressInfo
      config.loadFromString(
        JSON.stringify({
          clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
          users: [{ name: 'u', user: {} }],
          contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
          'current-context': 'x',
        }),
      )
      const api = new KubernetesApi(config, { writes: false, requestMs: 1000, witness: () => {} })
      await api.version()
      expect(Math.abs(api.now - Date.parse(date))).toBeLessThan(5000)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

describe('a target that was scraped a second ago', () => {
  const time = Date.parse('2026-11-28T09:00:00Z')
  const scraped = (msAgo: number) =>
    platformOf(
      { objects: [] },
      {
        prometheus: {
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

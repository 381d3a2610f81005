/** The load of the suite: requests to one part of the platform at a time, whichever client sends them. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Turns } from '../../../support/basis/turns'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { Alertmanager } from '../../../support/platform/alertmanager'
import { Grafana } from '../../../support/platform/grafana'
import { GraphQL } from '../../../support/platform/graphql'
import { Http } from '../../../support/platform/http'
import { Prometheus } from '../../../support/platform/prometheus'
import { Rest } from '../../../support/platform/rest'
import type { Routes } from '../../../support/platform/routes'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Starts a slow part of the platform that counts the requests that it has at the same time. */
async function slowPart() {
  const load = { now: 0, most: 0, all: 0 }
  const server = createServer((request, response) => {
    load.all++
    load.most = Math.max(load.most, ++load.now)
    request.resume()
    setTimeout(() => {
      load.now--
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          status: 'success',
          data: { activeTargets: [], resultType: 'vector', result: [] },
          results: {},
        }),
      )
    }, 20)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { load, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function clients(base: string, parallelRequests: number) {
  const http = new Http({ deadlineMs: 5000, writes: true, parallelRequests, witness: () => {} })
  closing.push(() => void http.close())
  const route = async () => ({ base, at: undefined })
  const routes = { to: route, directTo: route, toPrometheus: route, toAlertmanager: route } as unknown as Routes
  const rest = new Rest(http, routes)
  const alert = { labels: {}, annotations: {}, startsAt: new Date(0), endsAt: new Date(0) }
  return {
    rest: () => rest.get('/api/projects'),
    graphql: () => new GraphQL(rest, fawkes.graphql).query('{ projects { name } }'),
    prometheus: () => new Prometheus(http, routes).query('up'),
    grafana: () => new Grafana(http, routes).user({ user: 'admin', password: 'of-a-test' }),
    alertmanager: () => new Alertmanager(http, routes).post(alert),
  }
}

describe('a burst of 27 requests', () => {
  it.each(['rest', 'graphql', 'prometheus', 'grafana', 'alertmanager'] as const)(
    'of the client for %s reaches the part six at a time',
    async (client) => {
      const { load, base } = await slowPart()
      const ask = clients(base, 6)[client]
      await Promise.all(Array.from({ length: 27 }, () => ask()))
      expect(load).toEqual({ now: 0, most: 6, all: 27 })
    },
  )

  it('of all clients together reaches the part in the configured number', async () => {
    const { load, base } = await slowPart()
    const asks = Object.values(clients(base, 2))
    await Promise.all(Array.from({ length: 27 }, (_, index) => asks[index % asks.length]?.()))
    expect(load).toEqual({ now: 0, most: 2, all: 27 })
  })

  it('does not slow down another part', async () => {
    const [one, other] = [await slowPart(), await slowPart()]
    const http = new Http({ deadlineMs: 5000, parallelRequests: 6, witness: () => {} })
    closing.push(() => void http.close())
    await Promise.all([one, other].flatMap(({ base }) => Array.from({ length: 6 }, () => http.get(base))))
    expect([one.load.most, other.load.most]).toEqual([6, 6])
  })
})

describe('turns', () => {
  it('are passed on in order, also after a failure', async () => {
    const turns = new Turns(1)
    const order: number[] = []
    const failing = turns.take(() => Promise.reject(new Error('of the work')))
    const others = [1, 2, 3].map((number) => turns.take(async () => order.push(number)))
    await expect(failing).rejects.toThrow('of the work')
    await Promise.all(others)
    expect(order).toEqual([1, 2, 3])
  })
})

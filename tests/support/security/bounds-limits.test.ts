/** Bounds on what a platform may send in total: each is exceeded once, and the finding names it. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bounds } from '../../../support/basis/bounds'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import type { Finding } from '../../../support/basis/finding'
import { expectScopes } from '../../../support/checks/data-sources'
import { expectNoErrorLines } from '../../../support/checks/log-lines'
import { connectionsUnder } from '../../../support/flavours/fawkes/connections'
import { askFromInside } from '../../../support/platform/exec'
import { Http } from '../../../support/platform/http'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { operations } from '../../../support/platform/operations'
import type { Platform } from '../../../support/platform/platform'
import { Prometheus } from '../../../support/platform/prometheus'
import type { Routes } from '../../../support/platform/routes'
import { accessTo } from '../../fixtures/cluster-access'
import { root } from '../../fixtures/features'
import { scopesFrom } from '../../fixtures/scopes'

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closing.splice(0)) await close()
})

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const serving = (answer: RequestListener) => listening(createServer(answer))

async function findingOf(answer: Promise<unknown>): Promise<Finding> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Unmet || error instanceof Blocked) return error.finding
  throw new Error(`expected a finding, got ${error}`)
}

function api(server: string): KubernetesApi {
  return new KubernetesApi(accessTo(server), { writes: false, requestMs: 30_000, witness: () => {} })
}

/** Lets a second pass between any two looks at the clock. */
function slowly(): void {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000))
}

describe('a list of Kubernetes objects', () => {
  const pages = (page: string) => {
    let number = 0
    return serving((_, response) =>
      response.end(`{"metadata":{"continue":"${++number}"},"items":[{"metadata":{"name":"${page}"}}]}`),
    )
  }

  it('ends when all its pages together are too large, although each is not', { timeout: 60_000 }, async () => {
    const server = await pages('x'.repeat(bounds.kubernetesListBytes.most / 3))
    expect(await findingOf(api(server).list(operations.listNodes, {}))).toMatchObject({
      summary: 'The suite stopped reading: the list of nodes exceeds 128 MB.',
      expected: 'at most 128 MB (bound kubernetesListBytes)',
    })
  })

  it('ends when its pages together take too long, although each does not', async () => {
    const client = api(await pages('x'))
    slowly()
    const { expected } = await findingOf(client.list(operations.listNodes, {}))
    expect(expected).toBe('at most 120 s (bound kubernetesListTime)')
  })
})

it('the log of a container that the API server has cut off is a finding', async () => {
  const log = 'an harmless line\n'.repeat(Math.ceil(bounds.containerLog.most / 17))
  const pod = {
    metadata: { name: 'lake-0', ownerReferences: [] },
    spec: { containers: [{ name: 'lake' }], initContainers: [] },
    status: {
      containerStatuses: [{ name: 'lake', state: { running: {} }, lastState: {} }],
      initContainerStatuses: [],
    },
  }
  const kubernetes: object = {
    namespace: 'fawkes',
    pods: async () => [pod],
    log: async () => log,
    of: () => kubernetes,
    now: new Date(),
  }
  const platform = {
    kubernetes,
    http: { own: { refused: [] } },
    configuration: {
      ...{ logs: { lookBack: 60_000, allow: [] }, database: { port: 3306 } },
      components: { lake: { labels: { app: 'lake' } }, mysql: { service: 'devlake-mysql' } },
    },
  } as unknown as Platform
  const { expected } = await findingOf(expectNoErrorLines(platform, 'lake'))
  expect(expected).toBe('at most 10,000,000 bytes (bound containerLog)')
})

describe('a command in a pod', () => {
  const where = { namespace: 'fawkes', pod: 'lake-0', container: 'lake' }
  /** A server that answers exec with messages of the given sizes on the channel of the output. */
  const printing = async (sizes: readonly number[]) => {
    const server = createServer()
    server.on('upgrade', ({ headers }, socket: Duplex) => {
      socket.on('error', () => {})
      closing.push(() => socket.destroy())
      const accept = createHash('sha1')
        .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\nsec-websocket-protocol: v5.channel.k8s.io\r\n\r\n`,
      )
      // A ping: the client listens when it has answered.
      socket.write(Buffer.from([0x89, 0]))
      socket.once('data', () => {
        for (const size of sizes) {
          const header = Buffer.alloc(11)
          header.set([0x82, 127])
          header.writeBigUInt64BE(BigInt(size + 1), 2)
          header[10] = 1
          socket.write(header)
          socket.write(Buffer.alloc(size, 'x'))
        }
      })
    })
    return api(await listening(server))
  }
  const asked = async (sizes: readonly number[]) =>
    findingOf(askFromInside(await printing(sizes), where, 'http://lake:8080/', 20_000))

  it('may not print without end', async () => {
    const part = bounds.commandOutput.most / 4
    expect((await asked([part, part, part, part, part])).found).toBe('the command prints more than 20 MB')
  })

  it('may not print one message without end', async () => {
    expect((await asked([bounds.webSocketMessage.most + 1])).found).toBe('one message is larger than 16 MB')
  })
})

describe('an answer of Prometheus', () => {
  const client = async (answer: string) => {
    const base = await serving((_, response) => response.end(answer))
    const http = new Http({ deadlineMs: 20_000, witness: () => {} })
    closing.push(() => http.close())
    return new Prometheus(http, { toPrometheus: async () => ({ base }) } as unknown as Routes)
  }
  const result = (type: string, entry: string, count: number) =>
    `{"status":"success","data":{"resultType":"${type}","result":[${Array(count).fill(entry).join()}]}}`

  it('may not hold more series than any platform has', async () => {
    const prometheus = await client(result('vector', '{"metric":{},"value":[1,"1"]}', bounds.prometheusSeries.most + 1))
    const { expected } = await findingOf(prometheus.query('up'))
    expect(expected).toBe('at most 50,000 series (bound prometheusSeries)')
  })

  it('may not hold more samples of few series', async () => {
    const samples = Array(bounds.prometheusSeries.most).fill('[1,"1"]').join()
    const prometheus = await client(result('matrix', `{"metric":{},"values":[${samples}]}`, 2))
    const { expected } = await findingOf(prometheus.samples('up[5m]'))
    expect(expected).toBe('at most 50,000 series (bound prometheusSeries)')
  })

  it('may not list more targets', async () => {
    const target = '{"scrapePool":"p","health":"up","lastScrape":"","labels":{}}'
    const targets = Array(bounds.prometheusSeries.most + 1)
      .fill(target)
      .join()
    const prometheus = await client(`{"status":"success","data":{"activeTargets":[${targets}]}}`)
    const { expected } = await findingOf(prometheus.targets())
    expect(expected).toBe('at most 50,000 series (bound prometheusSeries)')
  })
})

it('the introspection of GraphQL may not list more types than any schema has', () => {
  // In a process of its own, because the check loads the reader of schemas on demand.
  const program = `
    const { expectSchema } = require('./support/checks/graphql')
    const types = Array(${bounds.introspectionTypes.most + 1}).fill({})
    const answer = { data: { __schema: { types } }, errors: [], answer: { url: 'http://lake/graphql' } }
    expectSchema({ contract: { graphql: {} }, graphql: { query: async () => answer } })
      .catch(({ finding }) => console.log(finding.expected))`
  const given = ['-r', 'ts-node/register/transpile-only', '-e', program]
  const { stdout } = spawnSync(process.execPath, given, { cwd: root, encoding: 'utf8' })
  expect(stdout.trim()).toBe('at most 5,000 types (bound introspectionTypes)')
})

it('the pages of scopes together may not take too long, although each does not', async () => {
  const platform = scopesFrom(() => ({ scopes: [{ scope: { name: 'a' } }], count: 1e9 }))
  slowly()
  const { expected } = await findingOf(expectScopes(platform, 'github', []))
  expect(expected).toBe('at most 120 s (bound scopeTime)')
})

it('an answer may not hold more fields with secrets than any list of connections has', async () => {
  const body = `[${Array(bounds.secretFields.most + 1)
    .fill('{"token":"abcdef"}')
    .join()}]`
  const url = await serving((_, response) => response.end(body))
  const http = new Http({ deadlineMs: 10_000, witness: () => {} })
  closing.push(() => http.close())
  const secretsIn = (text: string) =>
    connectionsUnder('/api')
      .secretsIn(text)
      .map(({ value }) => value)
  expect((await findingOf(http.get(url, { secretsIn }))).found).toBe('the body has more than 1,000 fields with secrets')
})

describe('JSON', () => {
  const answered = async (body: string) => {
    const url = await serving((_, response) => response.end(body))
    const http = new Http({ deadlineMs: 10_000, witness: () => {} })
    closing.push(() => http.close())
    return http.get(url)
  }
  const most = bounds.jsonValues.most

  it.each([
    ['objects', `[${'{},'.repeat(most)}{}]`],
    ['arrays', `\n\t [${'[],'.repeat(most)}[]]`],
    ['numbers', `[${'1,'.repeat(most)}1]`],
    ['members', `{${'"":1,'.repeat(most)}"":1}`],
  ])('may not hold more %s than any answer has', async (_, body) => {
    expect((await findingOf(answered(body))).found).toBe('the body has more than 1,000,000 values')
  })

  it.each([
    ['arrays', '['.repeat(201)],
    ['objects', '{"a":'.repeat(201)],
  ])('may not nest %s deeper than any answer does', async (_, body) => {
    expect((await findingOf(answered(body))).found).toBe('the body has more than 200 levels')
  })

  it('of the Kubernetes API is bounded likewise', async () => {
    const server = await serving((_, response) => response.end(`{"items":[${'{},'.repeat(most)}{}]}`))
    const { expected } = await findingOf(api(server).list(operations.listNodes, {}))
    expect(expected).toBe('at most 1,000,000 values (bound jsonValues)')
  })

  it('does not count what its texts hold', async () => {
    const body = JSON.stringify({ text: '[{,"\\'.repeat(most) })
    expect(await answered(body)).toMatchObject({ status: 200, body })
  })

  it('is not expected of a log', async () => {
    const body = `2026 [x] ${'[,'.repeat(most)}`
    expect(await answered(body)).toMatchObject({ status: 200 })
  })
})

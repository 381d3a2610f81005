/** Servers that never end: each ends in a finding that names the bound or the deadline. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bounds } from '../../../support/basis/bounds'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import type { Finding } from '../../../support/basis/finding'
import { expectScopes } from '../../../support/checks/data-sources'
import { Http } from '../../../support/platform/http'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { operations } from '../../../support/platform/operations'
import { PortForward } from '../../../support/platform/port-forward'
import { accessTo } from '../../fixtures/cluster-access'
import { scopesFrom } from '../../fixtures/scopes'

const deadlineMs = 1000
let directory: string
const closing: (() => void)[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bounds-'))
  closing.push(() => rmSync(directory, { recursive: true, force: true }))
})
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function http(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, answer)
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return portOf(server)
}

async function tcp(behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    behave(socket)
  })
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return portOf(server)
}

async function findingOf(answer: Promise<unknown>): Promise<Finding> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Unmet || error instanceof Blocked) return error.finding
  throw new Error(`expected a finding, got ${error}`)
}

/** Writes for ever, as fast as the client reads. */
function endlessly(response: ServerResponse | Socket, part: string): void {
  const write = () => {
    while (!response.destroyed && response.write(part));
  }
  response.on('drain', write)
  write()
}

function get(port: number): Promise<unknown> {
  const client = new Http({ deadlineMs, witness: () => {} })
  closing.push(() => void client.close())
  return client.get(`http://127.0.0.1:${port}/`)
}

describe('a service', () => {
  it.each([
    [
      'sends its headers byte by byte',
      (socket: Socket) => slowly(socket, 'HTTP/1.1 200 OK\r\nx: y'),
      /no complete response within 1 s/,
    ],
    [
      'sends no end of one header',
      (socket: Socket) =>
        void endlessly(
          socket.once('data', () => {}),
          'HTTP/1.1 200 OK\r\nx: '.padEnd(70_000, 'y'),
        ),
      /headers are larger than 16 KB/,
    ],
    [
      'sends no end of headers',
      (socket: Socket) => {
        socket.write('HTTP/1.1 200 OK\r\n')
        endlessly(socket, 'x: y\r\n'.repeat(1000))
      },
      /headers are larger than 16 KB/,
    ],
    [
      'sends its body byte by byte',
      (socket: Socket) => slowly(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n', true),
      /no complete response within 1 s/,
    ],
  ])('%s', async (_, behave, found) => {
    const port = await tcp((socket) => socket.once('data', () => behave(socket)))
    expect((await findingOf(get(port))).found).toMatch(found)
  })

  it('sends an endless body in chunks', async () => {
    const client = new Http({ deadlineMs: 15_000, witness: () => {} })
    closing.push(() => void client.close())
    const port = await http((_, response) => endlessly(response, 'x'.repeat(65_536)))
    expect((await findingOf(client.get(`http://127.0.0.1:${port}/`))).found).toBe('the body is larger than 20 MB')
  })

  it('redirects for ever: the redirect itself is the answer', async () => {
    const port = await http((_, response) => response.writeHead(302, { location: '/' }).end())
    expect(await get(port)).toMatchObject({ status: 302 })
  })

  it('promises a billion scopes', async () => {
    let pages = 0
    const platform = scopesFrom(() => ({ scopes: [{ scope: { name: `scope ${++pages}` } }], count: 1e9 }))
    const finding = await findingOf(expectScopes(platform, 'github', []))
    expect(finding.summary).toBe('The suite stopped reading: the list of scopes of GitHub exceeds 250 pages.')
    expect(pages).toBe(bounds.scopePages.most)
  })

  it('sends pages of many scopes', async () => {
    const scopes = Array.from({ length: 9000 }, (_, index) => ({ scope: { name: String(index) } }))
    const finding = await findingOf(
      expectScopes(
        scopesFrom(() => ({ scopes, count: 1e9 })),
        'github',
        [],
      ),
    )
    expect(finding.summary).toContain('exceeds 20,000 scopes')
  })
})

function slowly(socket: Socket, beginning: string, chunks = false): void {
  socket.write(beginning)
  const timer = setInterval(() => socket.write(chunks ? '1\r\nx\r\n' : 'y'), 50)
  socket.on('close', () => clearInterval(timer))
}

const api = (server: string, user: object = {}, requestMs = deadlineMs): KubernetesApi =>
  new KubernetesApi(accessTo(server, user, requestMs), { writes: false, requestMs, witness: () => {} })

describe('a Kubernetes API server', () => {
  const list = async (answer: (request: IncomingMessage, response: ServerResponse) => void, requestMs = 10_000) =>
    findingOf(api(`http://127.0.0.1:${await http(answer)}`, {}, requestMs).list(operations.listNodes, {}))

  it('sends a continue token for ever', async () => {
    let pages = 0
    const finding = await list((_, response) =>
      response.end(JSON.stringify({ items: [{}], metadata: { continue: String(++pages) } })),
    )
    expect(finding.summary).toBe('The suite stopped reading: the list of nodes exceeds 200 pages.')
    expect(pages).toBe(200)
  })

  it('sends pages of many objects', async () => {
    const items = Array(9000).fill({})
    let page = 0
    const finding = await list((_, response) =>
      response.end(JSON.stringify({ items, metadata: { continue: String(++page) } })),
    )
    expect(finding.summary).toContain('exceeds 20,000 objects')
  })

  it('sends an endless body', async () => {
    const finding = await list((_, response) => endlessly(response, ' '.repeat(65_536)), 15_000)
    expect(finding.summary).toContain('exceeds 64 MB')
  })

  it('sends its body byte by byte', async () => {
    const finding = await list((_, response) => {
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
    }, deadlineMs)
    expect(finding.summary).toBe('The Kubernetes API server cannot be reached.')
  })

  it.each(['', '{', '<html>', '{"items":1}', 'null'])('sends %j in place of a list', async (body) => {
    expect((await list((_, response) => response.end(body))).summary).toMatch(/^The Kubernetes API server returns /)
  })

  it('redirects: its credentials go nowhere else', async () => {
    let asked = 0
    const elsewhere = await http((_, response) => {
      asked++
      response.end('{}')
    })
    const finding = await list((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${elsewhere}/` }).end(),
    )
    expect(finding.found).toContain('status 302')
    expect(asked).toBe(0)
  })

  it('never answers the handshake of a WebSocket', async () => {
    const port = await tcp(() => {})
    const opening = PortForward.open(api(`http://127.0.0.1:${port}`), operations.forwardToPod, 'n', 'p', 80, {
      requests: true,
    })
    const finding = await findingOf(opening)
    expect(finding.summary).toBe('The way to the Kubernetes API server lets no WebSockets through.')
    expect(finding.found).toContain('handshake has timed out')
  })
})

describe('a credential plugin', () => {
  function plugin(script: string): object {
    const command = join(directory, 'plugin')
    writeFileSync(command, `#!/bin/sh\necho $$ > '${directory}/pid'\n${script}\n`)
    chmodSync(command, 0o755)
    return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } }
  }
  const isRunning = () => {
    const pid = Number(readFileSync(join(directory, 'pid'), 'utf8'))
    return spawnSync('kill', ['-0', '--', `-${pid}`]).status === 0
  }
  const version = (user: object) => findingOf(api('https://127.0.0.1:9', user).version())

  it.each([
    ['hangs', 'sleep 300', /within 1 s/],
    ['hangs with a child that holds its output', 'sleep 300 & wait', /within 1 s/],
    ['waits for an answer', 'read line; echo "no input" >&2; exit 1', /no input/],
    ['prints without end', 'yes', /printed more than 1 MB/],
  ])('%s: it ends, and all that it started', async (_, script, found) => {
    expect((await version(plugin(script))).found).toMatch(found)
    await expect.poll(isRunning, { timeout: 5000 }).toBe(false)
  })

  it('ends with the process, whoever ends it', async () => {
    const user = plugin('sleep 300')
    const config = {
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9', 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
    }
    const KUBECONFIG = join(directory, 'config')
    const contexts = { contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }], 'current-context': 'x' }
    writeFileSync(KUBECONFIG, JSON.stringify({ ...config, ...contexts }))
    const program = `
      const { ClusterAccess } = require('./support/platform/kubeconfig/access')
      const { KubernetesApi } = require('./support/platform/kubernetes-api')
      const access = ClusterAccess.to(undefined, 60000)
      new KubernetesApi(access, { writes: false, requestMs: 60000, witness() {} }).version()`
    const root = join(__dirname, '..', '..', '..')
    const suite = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', program], {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, KUBECONFIG },
    })
    await expect.poll(() => existsSync(join(directory, 'pid')) && isRunning(), { timeout: 15_000 }).toBe(true)
    suite.kill('SIGTERM')
    await expect.poll(isRunning, { timeout: 2000 }).toBe(false)
    expect(suite.signalCode ?? suite.exitCode).not.toBe(0)
  })
})

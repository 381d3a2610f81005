/** Every way in which a request can fail yields its own finding, and none takes longer than the deadline. */
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Unmet } from '../../../support/basis/expectation'
import { redaction } from '../../../support/basis/redaction'
import { Http, type RequestOptions } from '../../../support/platform/http'
import { serverCertificate } from '../../../support/platform/server-certificate'
import { type Authority, newAuthority } from '../../fixtures/certificates'
import { soonMs } from '../../fixtures/deadlines'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return (server.address() as AddressInfo).port
}

/** Starts an HTTP server with the given listener and returns its port. */
async function serving(answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return listening(server)
}

/** Starts a server that need not speak HTTP: it handles each connection after the first bytes. Returns its port. */
async function misbehaving(behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => behave(socket))
  })
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return listening(server)
}

const seen: string[] = []

function client(options: { deadlineMs?: number; certificateAuthority?: string } = {}): Http {
  seen.length = 0
  const witness = (request: string, response: unknown) => seen.push(`${request} → ${response}`)
  const http = new Http({ deadlineMs: 5000, witness, ...options })
  closing.push(() => void http.close())
  return http
}

const get = (port: number, options?: RequestOptions) => client().get(`http://127.0.0.1:${port}/api/ping`, options)

async function unmet(answer: Promise<unknown>): Promise<Unmet['finding']> {
  const error = await answer.then(
    () => expect.unreachable('There was a response.'),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(Unmet)
  return (error as Unmet).finding
}

const closedPort = async () => {
  const server = createTcpServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a response', () => {
  it('consists of status, headers and text, and is passed to the witness', async () => {
    const port = await serving((_, response) =>
      response.writeHead(418, { 'x-kind': 'teapot' }).end('short and stout ☕'),
    )
    const { status, headers, body } = await get(port)
    expect({ status, kind: headers['x-kind'], body }).toEqual({
      status: 418,
      kind: 'teapot',
      body: 'short and stout ☕',
    })
    expect(seen).toEqual([`GET http://127.0.0.1:${port}/api/ping → 418\nshort and stout ☕`])
  })

  it('has its secrets registered for redaction before the witness receives it', async () => {
    const port = await serving((_, response) => response.end('{"token":"told-by-an-answer"}'))
    const shown: string[] = []
    const witness = (_: string, answer: unknown) => shown.push(redaction.redact(String(answer)))
    const http = new Http({ deadlineMs: 5000, witness })
    closing.push(() => void http.close())
    await http.get(`http://127.0.0.1:${port}/`, { secretsIn: () => ['told-by-an-answer'] })
    expect(shown).toEqual(['200\n{"token":"[redacted]"}'])
  })

  it('is passed to the witness in part, if reports must not show the whole', async () => {
    const port = await serving((_, response) => response.end('{"sha":"abc","author":"jo"}'))
    expect((await get(port, { shown: () => 'abc' })).body).toContain('jo')
    expect(seen).toEqual([`GET http://127.0.0.1:${port}/api/ping → 200\nabc`])
  })

  it('may be empty', async () => {
    expect((await get(await serving((_, response) => response.writeHead(204).end()))).body).toBe('')
  })

  it('is returned even if it is a redirect, which is not followed', async () => {
    const port = await serving((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
    const { status, headers } = await get(port)
    expect({ status, location: headers.location }).toEqual({ status: 302, location: 'http://127.0.0.1:1/' })
  })

  it('may arrive in many chunks, as long as it ends in time', async () => {
    const port = await serving((_, response) => {
      response.write('a')
      setTimeout(() => response.write('b'), 50)
      setTimeout(() => response.end('c'), 100)
    })
    expect((await get(port)).body).toBe('abc')
  })
})

describe('a request without a usable response is Unmet, and the finding reports', () => {
  it('a refused connection', async () => {
    const port = await closedPort()
    expect(await unmet(get(port))).toEqual({
      summary: `No usable response from http://127.0.0.1:${port}/api/ping: connection refused: nothing is listening there.`,
      object: `http://127.0.0.1:${port}/api/ping`,
      expected: 'a complete response',
      found: 'connection refused: nothing is listening there',
      remedy: [`curl -v --max-time 20 'http://127.0.0.1:${port}/api/ping'`],
      reads: [0],
    })
    expect(seen).toHaveLength(1)
  })

  it('a connection that was reset', async () => {
    const port = await misbehaving((socket) => socket.resetAndDestroy())
    expect((await unmet(get(port))).found).toBe('the connection was reset')
  })

  it('a connection that was closed without a response', async () => {
    const port = await misbehaving((socket) => socket.end())
    expect((await unmet(get(port))).found).toBe('the connection was closed before the response was complete')
  })

  it('a kept connection that was closed, unless a new one answers', async () => {
    const port = await misbehaving((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      socket.once('data', () => socket.end())
    })
    const http = client()
    for (let asked = 0; asked < 6; asked++)
      expect((await http.get(`http://127.0.0.1:${port}/api/ping`)).body).toBe('ok')
  })

  it.each<[string, (socket: Socket) => void]>([
    ['by its length', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"message":')],
    [
      'in the middle of a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"mess'),
    ],
  ])('half a body, %s', async (_, behave) => {
    expect((await unmet(get(await misbehaving(behave)))).found).toBe(
      'the connection was closed before the response was complete',
    )
  })

  it('a response that is not HTTP', async () => {
    const port = await misbehaving((socket) => socket.end('5.7.42-log\0mysql_native_password\r\n\r\n'))
    expect((await unmet(get(port))).found).toMatch(/\S/)
  })

  it('a body that is not UTF-8', async () => {
    const port = await serving((_, response) => response.end(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])))
    expect((await unmet(get(port))).found).toBe('the body is not valid UTF-8')
  })

  it('a body that is too large, whose rest is not read', async () => {
    let written = 0
    const port = await serving((_, response) => {
      const megabyte = Buffer.alloc(1024 * 1024, 'x')
      const more = () => {
        while (written < 50 && !response.destroyed) {
          written += 1
          if (!response.write(megabyte)) return response.once('drain', more)
        }
        return response.end()
      }
      more()
    })
    expect((await unmet(get(port))).found).toBe('the body is larger than 20 MB')
    expect(written).toBeLessThan(50)
  })

  it.each<[string, RequestListener]>([
    ['nothing', () => {}],
    ['headers and no body', (_, response) => response.writeHead(200, { 'content-length': '5' }).flushHeaders()],
    [
      'a body that drips and never ends',
      (_, response) => {
        const drip = setInterval(() => response.write('.'), 20)
        response.on('close', () => clearInterval(drip))
      },
    ],
  ])('no complete response within the deadline: %s', async (_, answer) => {
    const port = await serving(answer)
    const began = performance.now()
    const finding = await unmet(client({ deadlineMs: 300 }).get(`http://127.0.0.1:${port}/`))
    expect(finding.found).toBe('no complete response within 0.3 s')
    expect(performance.now() - began).toBeLessThan(soonMs)
  })

  it('a host name that does not resolve', async () => {
    // A DNS label has at most 63 characters, so no name server is queried.
    const tooLong = 'a'.repeat(64)
    expect((await unmet(client().get(`http://${tooLong}.invalid/`))).found).toBe('the host name does not resolve')
  })
})

describe('a host that is reached at another address', () => {
  it('still receives its own name and port, and the witness receives the route', async () => {
    const port = await serving((request, response) => response.end(request.headers.host))
    const at = { host: '127.0.0.1', port }
    expect((await client().get('http://devlake.example.org/', { at })).body).toBe('devlake.example.org')
    expect(seen).toEqual([`GET http://devlake.example.org/ by way of 127.0.0.1:${port} → 200\ndevlake.example.org`])
    expect((await client().get('http://devlake.example.org:8080/', { at })).body).toBe('devlake.example.org:8080')
  })

  it('has the route in the finding if nothing answers there', async () => {
    const port = await closedPort()
    const finding = await unmet(client().get('http://devlake.example.org/', { at: { host: '127.0.0.1', port } }))
    expect(finding.object).toBe('http://devlake.example.org/')
    expect(finding.expected).toBe(`a complete response by way of 127.0.0.1:${port}`)
  })

  it('is not confused with the same host at a third address', async () => {
    const http = client()
    const ports = [
      await serving((_, response) => response.end('one')),
      await serving((_, response) => response.end('two')),
    ]
    const bodies = []
    for (const port of [...ports, ...ports]) {
      const { body } = await http.get('http://devlake.example.org/', { at: { host: '127.0.0.1', port } })
      bodies.push(body)
    }
    expect(bodies).toEqual(['one', 'two', 'one', 'two'])
  })
})

describe('a connection', () => {
  it('is closed when idle, before the keep-alive that the server promises ends', async () => {
    const closed = Promise.withResolvers<void>()
    const port = await serving((request, response) => {
      request.socket.once('end', closed.resolve)
      response.setHeader('keep-alive', 'timeout=600').end('here')
    })
    await get(port)
    // Resolves only if the client closes the connection. The server would close it after five seconds without an end event.
    await closed.promise
  })
})

describe('TLS', () => {
  let authority: Authority
  beforeAll(async () => {
    authority = await newAuthority()
  })

  const host = 'devlake.example.org'

  /** Starts a server with a certificate for one host. It responds with the name sent by TLS. Returns its port. */
  async function securely(name = host, validForDays?: number): Promise<number> {
    const server = createTlsServer(await authority.issue(name, validForDays), (request, response) =>
      response.end(`${request.socket instanceof TLSSocket ? request.socket.servername : ''} ${request.headers.host}`),
    )
    server.on('tlsClientError', () => {})
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return listening(server)
  }

  const at = (port: number) => ({ host: '127.0.0.1', port })
  const trusting = () => client({ certificateAuthority: authority.certificate })
  const certificateOf = (port: number, certificateAuthority?: string) =>
    serverCertificate(host, at(port), { deadlineMs: 1000, certificateAuthority })

  it('accepts a certificate of a configured authority for the requested host', async () => {
    const port = await securely()
    const { body } = await trusting().get(`https://${host}/`, { at: at(port) })
    expect(body).toBe(`${host} ${host}`)
    expect(await certificateOf(port, authority.certificate)).toMatchObject({ trusted: true, reason: '' })
  })

  it.each<[string, () => Promise<number>, boolean, RegExp, string]>([
    [
      'from an unknown authority',
      () => securely(),
      false,
      /verify|self.signed|issuer/,
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'for another host',
      () => securely('other.example.org'),
      true,
      /other\.example\.org/,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['that has expired', () => securely(host, -5), true, /expired/, 'CERT_HAS_EXPIRED'],
  ])('rejects a certificate %s', async (_, server, known, found, reason) => {
    const port = await server()
    const http = known ? trusting() : client()
    expect((await unmet(http.get(`https://${host}/`, { at: at(port) }))).found).toMatch(found)
    expect(await certificateOf(port, known ? authority.certificate : undefined)).toMatchObject({
      trusted: false,
      reason,
    })
  })

  it('rejects one from an unknown authority, also if the environment of Node takes every certificate', async () => {
    const port = await securely()
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const { found } = await unmet(client().get(`https://${host}/`, { at: at(port) })).finally(() => vi.unstubAllEnvs())
    expect(found).toMatch(/verify|self.signed|issuer/)
  })

  it('yields a finding for a server that does not speak TLS', async () => {
    const port = await serving((_, response) => response.end('plain'))
    expect((await unmet(trusting().get(`https://${host}/`, { at: at(port) }))).found).toMatch(/\S/)
    expect(await unmet(certificateOf(port))).toMatchObject({
      object: `https://${host}`,
      expected: `a complete response by way of 127.0.0.1:${port}`,
    })
  })

  it('does not take longer than the deadline', async () => {
    const port = await misbehaving(() => {})
    expect((await unmet(certificateOf(port))).found).toBe('no TLS handshake within 1 s')
    const http = client({ deadlineMs: 300, certificateAuthority: authority.certificate })
    expect((await unmet(http.get(`https://${host}/`, { at: at(port) }))).found).toBe(
      'no complete response within 0.3 s',
    )
  })

  it('yields a finding for a refused connection', async () => {
    expect((await unmet(certificateOf(await closedPort()))).found).toBe(
      'connection refused: nothing is listening there',
    )
  })
})

/** A port-forward does not report that the pod closed a connection. So a kept connection must not take a request that would hang. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { operations } from '../../../support/platform/operations'
import { PortForward } from '../../../support/platform/port-forward'
import { accessTo } from '../../fixtures/cluster-access'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A frame of a WebSocket with the bytes of the pod's port, behind the number of the stream. Source: RFC 6455, section 5.2. */
const frame = (...bytes: readonly number[]) => Buffer.from([0x82, bytes.length + 1, 0, ...bytes])

/** The bytes that a client sent to the pod, of frames shorter than 126 bytes. */
function unmasked(data: Buffer): number[] {
  const length = (data[1] ?? 0) & 0x7f
  const mask = data.subarray(2, 6)
  return [...data.subarray(6, 6 + length)].map((byte, index) => byte ^ (mask[index % 4] ?? 0)).slice(1)
}

/** An API server that sends whatever arrives at the pod back from it. */
async function echoing(): Promise<string> {
  const server = createServer()
  const open = new Set<Socket>()
  server.on('upgrade', (request, stream) => {
    const socket = stream as Socket
    open.add(socket)
    const accepted = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`,
    )
    socket.write(frame(80, 0))
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const isText = ((data[0] ?? 0) & 0x0f) !== 8
      if (isText) socket.write(frame(...unmasked(data)))
      else socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A client of a forwarded port, and a clock that it shares with the port-forward. */
async function forwarded(requests: boolean) {
  const clock = { ms: 0 }
  const requestMs = 5000
  const api = new KubernetesApi(accessTo(await echoing(), {}, requestMs), {
    writes: false,
    requestMs,
    witness: () => {},
  })
  const traffic = { requests, now: () => clock.ms }
  const forward = await PortForward.open(api, operations.forwardToPod, 'fawkes', 'lake-0', 80, traffic)
  closing.push(() => forward.close())
  const client = connect(forward.port, '127.0.0.1')
  const answerTo = async (text: string): Promise<string> => {
    client.write(text)
    return Promise.race([
      once(client, 'data').then(([data]) => String(data)),
      once(client, 'close').then(() => 'the connection was closed'),
    ])
  }
  return { clock, answerTo }
}

it('ends a kept connection with its next request, so that the client repeats it on a new one', async () => {
  const { clock, answerTo } = await forwarded(true)
  expect(await answerTo('one')).toBe('one')
  clock.ms += 2900
  expect(await answerTo('two')).toBe('two')
  clock.ms += 3100
  expect(await answerTo('three')).toBe('the connection was closed')
})

it('keeps a connection that waits long for its answer, or for the rest of it', async () => {
  const { clock, answerTo } = await forwarded(true)
  clock.ms += 60_000
  expect(await answerTo('one')).toBe('one')
})

it('keeps a session, however long it is idle', async () => {
  const { clock, answerTo } = await forwarded(false)
  expect(await answerTo('one')).toBe('one')
  clock.ms += 60_000
  expect(await answerTo('two')).toBe('two')
})

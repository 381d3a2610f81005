/**
 * Forwards a loopback port of this machine to a port of a pod, as `kubectl port-forward` does. It is a TCP bridge over the API
 * server's WebSocket, so every client (HTTP, MySQL, a browser) can use it unchanged.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { PassThrough, Transform } from 'node:stream'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { within } from '../basis/eventually'
import { Blocked } from '../basis/expectation'
import { reasonOf } from './exchange'
import type { KubernetesApi } from './kubernetes-api'
import type { Operation } from './operations'
import { boundedWebSockets } from './websocket'

/** The use of the connections that go over a port-forward. */
export interface Traffic {
  /**
   * True for HTTP: whoever is answered may keep a connection for the next request. False for a protocol whose connections are
   * sessions, such as MySQL's.
   */
  readonly requests: boolean
  /** A clock in milliseconds. */
  readonly now?: () => number
}

/**
 * The time in milliseconds after which an answered connection takes no further request. The pod may have closed it by then, which a
 * port-forward does not report: the request would hang. Browsers and the suite's own HTTP client repeat a request whose kept
 * connection was closed.
 */
const longestIdleMs = 3000

export class PortForward {
  private readonly sockets = new Set<Socket>()
  /** The reason why the last failed connection failed; undefined if none has failed. */
  lastError: string | undefined

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /**
   * Opens the loopback port.
   * @throws Blocked if the way to the API server lets no WebSockets through; clients of the port would see only a lost connection
   */
  static async open(
    api: KubernetesApi,
    operation: Operation,
    namespace: string,
    pod: string,
    podPort: number,
    traffic: Traffic,
  ): Promise<PortForward> {
    api.guard(operation)
    await ensureWebSockets(api, namespace, pod, podPort)
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const forward = new PortForward(server, typeof address === 'object' && address ? address.port : 0)
    server.on('connection', (socket) => forward.bridge(socket, traffic, { api, namespace, pod, podPort }))
    api.report(api.asked(operation, { namespace, name: pod }), `127.0.0.1:${forward.port} → ${podPort}`)
    return forward
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private bridge(socket: Socket, traffic: Traffic, { api, namespace, pod, podPort }: Target): void {
    this.sockets.add(socket)
    const { asked, answered } = watched(socket, traffic)
    const complaint = new PassThrough()
    complaint.on('data', (chunk) => {
      this.lastError = String(chunk).trim()
      socket.destroy()
    })
    const fail = (error: unknown) => {
      this.lastError = reasonOf(error)
      socket.destroy()
    }
    socket.on('error', () => {})
    socket.on('close', () => this.sockets.delete(socket))
    const opening = forwarderFor(api, fail).then((forwarder) =>
      forwarder.portForward(namespace, pod, [podPort], answered, complaint, asked),
    )
    const bridged = opening.then((opened) => {
      const webSocket = typeof opened === 'function' ? opened() : opened
      webSocket?.on('error', fail)
      webSocket?.on('close', () => socket.end())
      socket.on('close', () => webSocket?.close())
      if (socket.destroyed) webSocket?.close()
    })
    const late = () => new Error(`the port-forward was not open within ${api.requestMs / 1000} s`)
    within(bridged, api.requestMs, late).catch(fail)
  }
}

interface Target {
  readonly api: KubernetesApi
  readonly namespace: string
  readonly pod: string
  readonly podPort: number
}

/** Both directions of a socket. A request on a connection that was answered and then idle ends the socket instead. */
function watched(socket: Socket, { requests, now = () => performance.now() }: Traffic) {
  let answeredAt: number | undefined
  const asked = new Transform({
    transform(chunk, _encoding, done) {
      if (requests && answeredAt !== undefined && now() - answeredAt > longestIdleMs) {
        socket.destroy()
        return
      }
      answeredAt = undefined
      done(null, chunk)
    },
  })
  const answered = new Transform({
    transform(chunk, _encoding, done) {
      answeredAt = now()
      done(null, chunk)
    },
  })
  socket.pipe(asked)
  answered.pipe(socket)
  return { asked, answered }
}

/** The library's port-forward loads hundreds of modules, so it is loaded with the first port. */
async function forwarderFor(api: KubernetesApi, failed: (error: unknown) => void) {
  const { PortForward: Forwarder } = await import('@kubernetes/client-node/dist/portforward.js')
  return new Forwarder(new KubeConfig(), true, boundedWebSockets(api.access, api.requestMs, failed))
}

/** The clusters to which a WebSocket was opened. */
const letThrough = new WeakSet<KubernetesApi>()

/** Opens and closes the first WebSocket to a cluster. @throws Blocked if the way to it lets none through */
async function ensureWebSockets(api: KubernetesApi, namespace: string, pod: string, port: number): Promise<void> {
  if (letThrough.has(api)) return
  const none = new PassThrough().resume()
  try {
    const forwarder = await forwarderFor(api, () => {})
    const opened = await forwarder.portForward(namespace, pod, [port], none, none, new PassThrough())
    const webSocket = typeof opened === 'function' ? opened() : opened
    webSocket?.close()
    letThrough.add(api)
  } catch (error) {
    // The API server refused this pod, which the clients of the port report.
    if (error instanceof Blocked) throw error
  }
}

/**
 * Forwards a loopback port of this machine to a port of a pod, as `kubectl port-forward` does. It is a TCP bridge over the API
 * server's WebSocket, so every client (HTTP, MySQL, a browser) can use it unchanged.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { PortForward as Forwarder } from '@kubernetes/client-node/dist/portforward.js'
import { within } from '../basis/eventually'
import { reasonOf } from './exchange'
import type { KubernetesApi } from './kubernetes-api'
import type { Operation } from './operations'
import { boundedWebSockets } from './websocket'

export class PortForward {
  private readonly sockets = new Set<Socket>()
  /** The reason why the last failed connection failed; undefined if none has failed. */
  lastError: string | undefined

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Opens the loopback port. The pod is contacted only when a client connects to the port. */
  static async open(
    api: KubernetesApi,
    operation: Operation,
    namespace: string,
    pod: string,
    podPort: number,
  ): Promise<PortForward> {
    api.guard(operation)
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const forward = new PortForward(server, typeof address === 'object' && address ? address.port : 0)
    server.on('connection', (socket) => forward.bridge(socket, api, namespace, pod, podPort))
    api.report(api.asked(operation, { namespace, name: pod }), `127.0.0.1:${forward.port} → ${podPort}`)
    return forward
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private bridge(socket: Socket, api: KubernetesApi, namespace: string, pod: string, podPort: number): void {
    this.sockets.add(socket)
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
    const forwarder = new Forwarder(api.config, true, boundedWebSockets(api.config, api.requestMs, fail))
    const opening = forwarder.portForward(namespace, pod, [podPort], socket, complaint, socket).then((opened) => {
      const webSocket = typeof opened === 'function' ? opened() : opened
      webSocket?.on('error', fail)
      webSocket?.on('close', () => socket.end())
      socket.on('close', () => webSocket?.close())
      if (socket.destroyed) webSocket?.close()
    })
    const late = () => new Error(`the port-forward was not open within ${api.requestMs / 1000} s`)
    within(opening, api.requestMs, late).catch(fail)
  }
}

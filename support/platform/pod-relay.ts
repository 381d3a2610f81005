/**
 * Relays a loopback port of this machine to a host that only the cluster reaches, through a process in a pod: `kubectl
 * port-forward` itself reaches nothing but the pod.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { Exec } from '@kubernetes/client-node/dist/exec.js'
import type { Address } from './exchange'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'
import { boundedWebSockets } from './websocket'

/** A container in which the relay runs. */
interface RelayContainer {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Passes bytes between its input and output and a host, with bash or, in small images, nc. */
const program = `if command -v bash >/dev/null 2>&1; then
exec bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit; cat <&3 & cat >&3; kill $!' "$0" "$1"
else exec nc "$0" "$1"; fi`

const commandFor = ({ host, port }: Address) => ['sh', '-c', program, host, String(port)]

export class PodRelay {
  private readonly sockets = new Set<Socket>()

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Opens the loopback port. The pod runs a process for each connection to it. */
  static async open(api: KubernetesApi, through: RelayContainer, target: Address): Promise<PodRelay> {
    api.guard(operations.execInPod)
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const relay = new PodRelay(server, typeof address === 'object' && address ? address.port : 0)
    server.on('connection', (socket) => relay.bridge(socket, api, through, target))
    const asked = api.asked(operations.execInPod, { namespace: through.namespace, name: through.pod })
    api.report(asked, `127.0.0.1:${relay.port} → ${target.host}:${target.port}`)
    return relay
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private bridge(
    socket: Socket,
    api: KubernetesApi,
    { namespace, pod, container }: RelayContainer,
    target: Address,
  ): void {
    this.sockets.add(socket)
    const end = () => void socket.destroy()
    socket.on('error', end).on('close', () => this.sockets.delete(socket))
    new Exec(new KubeConfig(), boundedWebSockets(api.access, api.requestMs, end))
      .exec(namespace, pod, container, commandFor(target), socket, new PassThrough().resume(), socket, false, end)
      .then((webSocket) => {
        webSocket.on('error', end)
        webSocket.on('close', end)
        socket.on('close', () => webSocket.close())
        if (socket.destroyed) webSocket.close()
      }, end)
  }
}

/** Checks whether this machine reaches an address by itself. */
export function isReachable({ host, port }: Address, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: deadlineMs })
    const end = (reached: boolean) => {
      socket.destroy()
      resolve(reached)
    }
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false))
  })
}

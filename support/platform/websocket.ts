/** WebSockets of the Kubernetes API with bounds: for the handshake, for one message, and for what a message may do to the process. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { WebSocketHandler, type WebSocketInterface } from '@kubernetes/client-node/dist/web-socket-handler.js'
import { bounds } from '../basis/bounds'
import { Blocked } from '../basis/expectation'
import { boundedBody } from './bounded-body'
import { reasonOf } from './exchange'
import type { ClusterAccess } from './kubeconfig/access'
import { failedRequest, refusedUpgrade, refusedWebSocket } from './kubernetes-failures'

/** The WebSocket of the library `ws`, as far as the handshake needs it. */
interface Handshake {
  on(event: 'unexpected-response', listener: (request: ClientRequest, response: IncomingMessage) => void): void
}

/**
 * Returns a handler for exec and port-forward. Opening a WebSocket rejects with a Blocked that names the cause if the way to the
 * API server does not let it through, and with an Error in words if the API server refuses it.
 * @param failed receives the error of a message that the library cannot read, which would otherwise end the process
 */
export function boundedWebSockets(
  access: ClusterAccess,
  deadlineMs: number,
  failed: (error: unknown) => void,
): WebSocketInterface {
  return {
    async connect(path, onText, onBytes) {
      const { headers, library } = await access.connection().catch((error: unknown) => {
        throw failedRequest(access, 'open a WebSocket', deadlineMs, error)
      })
      let refuse: (reason: Error) => void = () => {}
      const refused = new Promise<never>((_, reject) => (refuse = reject))
      refused.catch(() => {})
      const finishRequest = (request: ClientRequest, socket: Handshake) => {
        socket.on('unexpected-response', (_, response) => {
          textOf(response)
            .then((text) => refuse(refusedUpgrade(access, { status: response.statusCode ?? 0, text })))
            .finally(() => request.destroy())
        })
        request.end()
      }
      const options = { headers, finishRequest, handshakeTimeout: deadlineMs, maxPayload: bounds.webSocketMessage.most }
      const handler = new WebSocketHandler(withOptions(library, options))
      const guarded: typeof onBytes =
        onBytes &&
        ((stream, bytes) => {
          try {
            return onBytes(stream, bytes)
          } catch (error) {
            failed(error)
            return false
          }
        })
      try {
        return await Promise.race([handler.connect(path, onText, guarded), refused])
      } catch (error) {
        throw inWords(access, deadlineMs, error)
      }
    },
  }
}

/** The library takes the options of a WebSocket from the kubeconfig alone. */
const withOptions = (library: KubeConfig, options: object): KubeConfig =>
  Object.create(library, {
    applyToHTTPSOptions: {
      value: async (given: object) => {
        await library.applyToHTTPSOptions(given)
        Object.assign(given, options)
      },
    },
  })

/** The library rejects with an event, whose message is that of the handshake. */
function inWords(access: ClusterAccess, deadlineMs: number, error: unknown): Error {
  if (error instanceof Blocked) return error
  const inner = errorIn(error)
  const found = reasonOf(inner)
  // The answer of a proxy that knows nothing of WebSockets, or one that drops the connection or never answers.
  if (
    /invalid (upgrade|connection|sec-websocket)|server sent (no|an invalid) subprotocol|socket hang up|Bad response|handshake has timed out/i.test(
      found,
    )
  )
    return refusedWebSocket(access, found)
  if (inner instanceof Error && !('code' in inner)) return new Error(found, { cause: inner })
  return failedRequest(access, 'open a WebSocket', deadlineMs, inner)
}

const errorIn = (thrown: unknown): unknown =>
  typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'error' in thrown
    ? thrown.error
    : thrown

async function textOf(response: IncomingMessage): Promise<string> {
  return boundedBody(response, 'responseBody').then(String, () => '')
}

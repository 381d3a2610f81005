/** WebSockets of the Kubernetes API with bounds: for the handshake, for one message, and for what a message may do to the process. */
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { WebSocketHandler, type WebSocketInterface } from '@kubernetes/client-node/dist/web-socket-handler.js'
import { bounds, limitOf } from '../basis/bounds'

/**
 * Returns a handler for exec and port-forward.
 * @param failed receives the error of a message that the library cannot read, which would otherwise end the process
 */
export function boundedWebSockets(
  config: KubeConfig,
  deadlineMs: number,
  failed: (error: unknown) => void,
): WebSocketInterface {
  const bounded: KubeConfig = Object.create(config, {
    applyToHTTPSOptions: {
      value: async (options: object) => {
        await config.applyToHTTPSOptions(options)
        Object.assign(options, { handshakeTimeout: deadlineMs, maxPayload: bounds.webSocketMessage.most })
      },
    },
  })
  const handler = new WebSocketHandler(bounded)
  return {
    connect: (path, onText, onBytes) =>
      handler.connect(
        path,
        onText,
        onBytes &&
          ((stream, bytes) => {
            try {
              return onBytes(stream, bytes)
            } catch (error) {
              failed(error)
              return false
            }
          }),
      ),
  }
}

/** Returns the reason why a connection failed, with the bound if a message exceeded it. */
export function brokenBy(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return error
  return new Error(`one message is larger than ${limitOf('webSocketMessage')}`)
}

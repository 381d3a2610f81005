/** Probes of a process on its loopback port. */
import { readFileSync } from 'node:fs'
import { get as getOverHttp } from 'node:http'
import { get as getOverTls } from 'node:https'
import { connect } from 'node:net'
import { deadlines } from './deadlines'
import { certificateOf } from './layout'

interface Probing {
  /** With TLS, the caller is the sandbox's administrator. */
  readonly over?: 'http' | 'tls'
  /** Milliseconds. */
  readonly timeout?: number
}

/**
 * Tests whether a GET on the loopback port is answered with 200.
 * @throws Error when the connection fails or the answer does not come in time
 */
export function answersOk(
  port: number,
  path: string,
  { over = 'http', timeout = deadlines.probe }: Probing = {},
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, timeout, agent: false as const }
    const admin = certificateOf('admin')
    const request =
      over === 'http'
        ? getOverHttp(options)
        : getOverTls({
            ...options,
            ca: readFileSync(certificateOf('cluster-authority').certificate),
            cert: readFileSync(admin.certificate),
            key: readFileSync(admin.key),
          })
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () =>
      request.destroy(new Error(`GET ${path} on port ${port} got no answer within ${timeout / 1000} s`)),
    )
    request.on('error', reject)
  })
}

/** A test of a server on a loopback port: true once its connection has the event, false if it ends or takes too long before. */
const reaches =
  (event: 'connect' | 'data') =>
  (port: number, timeout: number = deadlines.probe): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.setTimeout(timeout)
      const end = (answer: boolean) => {
        socket.destroy()
        resolve(answer)
      }
      socket.on(event, () => end(true))
      for (const failure of ['timeout', 'error', 'end']) socket.on(failure, () => end(false))
    })

/** Tests whether a server on the loopback port accepts connections. */
export const accepts = reaches('connect')

/** Tests whether a server on the loopback port speaks first, as databases do. One that only accepts connections may hang. */
export const greets = reaches('data')

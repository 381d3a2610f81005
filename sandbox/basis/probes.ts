/** Questions to a part on its loopback port. */
import { readFileSync } from 'node:fs'
import { get as getOverHttp } from 'node:http'
import { get as getOverTls } from 'node:https'
import { connect } from 'node:net'
import { certificateOf } from './layout'

const timeout = 2_000

/** Whether a GET on the loopback port answers 200. With TLS, the caller is the sandbox's administrator. */
export function answersOk(port: number, path: string, over: 'http' | 'tls' = 'http'): Promise<boolean> {
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
    request.on('timeout', () => request.destroy(new Error(`no answer on port ${port} within ${timeout} ms`)))
    request.on('error', reject)
  })
}

/** Whether a server on the loopback port speaks first, as databases do. One that only accepts may hang. */
export function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.setTimeout(timeout)
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('data', () => end(true))
    socket.on('timeout', () => end(false))
    socket.on('error', () => end(false))
    socket.on('end', () => end(false))
  })
}

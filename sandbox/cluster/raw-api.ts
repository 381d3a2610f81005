/**
 * Requests to the API server as they stand. The client library's writes go through its types, which know other names for
 * some fields (the schemas in definitions), its generic API knows no status subresource, and loading it takes most of a
 * second, which `up` does not have.
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { certificateOf } from '../basis/layout'

export interface Answer {
  readonly code: number
  readonly text: string
}

export class RawApi {
  private readonly connections: Agent

  /** The caller is named by its certificate in the sandbox. */
  constructor(
    private readonly port: number,
    caller: 'admin' | 'controllers',
  ) {
    const { certificate, key } = certificateOf(caller)
    this.connections = new Agent({
      keepAlive: true,
      maxSockets: 8,
      ca: readFileSync(certificateOf('cluster-authority').certificate),
      cert: readFileSync(certificate),
      key: readFileSync(key),
    })
  }

  /** PATCH is a merge patch. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const options = { host: '127.0.0.1', port: this.port, method, path, headers: { 'Content-Type': type } }
    return new Promise((resolve, reject) => {
      request({ ...options, agent: this.connections }, (response) => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ code: response.statusCode ?? 0, text }))
      })
        .on('error', reject)
        .end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** GET; throws unless the answer is 200. */
  async read(path: string): Promise<unknown> {
    const { code, text } = await this.send('GET', path)
    if (code !== 200) throw new Error(`GET ${path} was answered ${code}: ${text}`)
    return JSON.parse(text)
  }

  close(): void {
    this.connections.destroy()
  }
}

/**
 * A minimal client of the API server that sends bodies unchanged. The client library renames some fields of custom resource
 * definitions, and its generic API cannot write the status subresource. Loading it also takes most of a second of `up`.
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { z } from 'zod'
import { deadlines } from '../basis/deadlines'
import { certificateOf } from '../basis/layout'

export interface Answer {
  readonly code: number
  readonly text: string
}

const statusSchema = z.looseObject({ kind: z.literal('Status'), message: z.string() })

/** The status code of an answer and the reason, which the API server usually wraps in a Status object. */
export function describeAnswer({ code, text }: Answer): string {
  try {
    return `${code}: ${statusSchema.parse(JSON.parse(text)).message}`
  } catch {
    return `${code}: ${text.slice(0, 500)}`
  }
}

export class RawApi {
  private readonly connections: Agent

  /** @param caller the identity whose certificate the client presents */
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

  /** Sends a request. PATCH sends a merge patch. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const timeout = deadlines.apiRequest
    const options = { host: '127.0.0.1', port: this.port, method, path, timeout, headers: { 'Content-Type': type } }
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, agent: this.connections }, (response) => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ code: response.statusCode ?? 0, text }))
      })
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} got no answer within ${timeout / 1000} s`)))
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** @throws Error unless the answer has status 200 */
  async read(path: string): Promise<unknown> {
    const answer = await this.send('GET', path)
    if (answer.code !== 200) throw new Error(`the API server answered GET ${path} with ${describeAnswer(answer)}`)
    return JSON.parse(answer.text)
  }

  close(): void {
    this.connections.destroy()
  }
}

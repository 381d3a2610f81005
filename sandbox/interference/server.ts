/** A proxy between the pods and the processes behind them. It passes requests on unchanged unless a rule matches. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ports } from '../basis/ports'
import { type Rule, rulesFor } from './rules'

export async function serveInterference(ports: Ports): Promise<void> {
  await Promise.all([
    serve('lake', ports.lakePod, ports.lake),
    serve('prometheus', ports.prometheusPod, ports.prometheus),
    serve('ui', ports.uiPod, ports.ui),
    serve('grafana', ports.grafanaPod, ports.grafana),
  ])
}

function serve(process: Rule['process'], port: number, behind: number): Promise<void> {
  const server = createServer((incoming, answer) => {
    apply(rulesFor(process, incoming.url ?? '/'), incoming, answer, behind).catch(() => answer.destroy())
  })
  return new Promise((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve))
}

/** The changes to an answer on its way back. */
interface Change {
  readonly body?: (body: string) => string
  /** Headers to remove. */
  readonly removed?: readonly string[]
}

/** Applies the actions in turn. Those that change or delay the exchange go on to the next; all others end it. */
async function apply(
  [how, ...more]: readonly Rule['how'][],
  incoming: IncomingMessage,
  answer: ServerResponse,
  behind: number,
  change: Change = {},
): Promise<void> {
  switch (how?.kind) {
    case undefined:
      return pass(incoming, answer, behind, change)
    case 'header':
      incoming.headers[how.name.toLowerCase()] = how.value
      return apply(more, incoming, answer, behind, change)
    case 'delay':
      await pause(how.ms)
      return apply(more, incoming, answer, behind, change)
    case 'replace':
      return apply(more, incoming, answer, behind, {
        ...change,
        body: (body) =>
          how.what.reduce(
            (text, { pattern, by }) => text.replace(new RegExp(pattern, 'gm'), by),
            change.body?.(body) ?? body,
          ),
      })
    case 'without headers':
      return apply(more, incoming, answer, behind, {
        ...change,
        removed: [...(change.removed ?? []), ...how.names],
      })
    case 'answer':
      answer.writeHead(how.status, { 'content-type': how.type }).end(how.body)
      return
    case 'hang':
      return
    case 'reset':
      incoming.socket.resetAndDestroy()
      return
    case 'half':
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"message":')
      setImmediate(() => incoming.socket.destroy())
      return
    case 'flood':
      answer.writeHead(200, { 'content-type': 'application/json' })
      for (let sent = 0; sent < how.megabytes && !answer.destroyed; sent++) {
        if (!answer.write(Buffer.alloc(1024 * 1024, 'x')))
          await new Promise((ready) => answer.once('drain', ready).once('close', ready))
      }
      answer.end()
      return
    case 'broken text':
      answer.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from('{"message":"\xff\xfe"}', 'latin1'))
  }
}

/** Headers about the connection to the process, which differs from the client's (RFC 9110, section 7.6.1). */
const connectionHeaders = ['connection', 'keep-alive']

const withoutHeaders = (headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

/** Passes a request on and its answer back, with the given changes. */
function pass(
  incoming: IncomingMessage,
  answer: ServerResponse,
  behind: number,
  { body: changed, removed = [] }: Change,
): Promise<void> {
  const isChanged = changed !== undefined || removed.length > 0
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming
    const { 'accept-encoding': _encoding, ...plain } = headers
    const onward = request(
      { host: '127.0.0.1', port: behind, method, path: url, headers: isChanged ? plain : headers },
      (reply) => {
        reply.on('error', reject)
        if (!isChanged) {
          answer.writeHead(reply.statusCode ?? 502, withoutHeaders(reply.headers, connectionHeaders))
          reply.pipe(answer).on('finish', resolve)
          return
        }
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const body = changed?.(text) ?? text
          const omitted = [...connectionHeaders, 'content-length', 'transfer-encoding', ...removed]
          answer.writeHead(reply.statusCode ?? 502, withoutHeaders(reply.headers, omitted)).end(body)
          resolve()
        })
      },
    )
    // A dead process must look the same to the client with and without the proxy.
    onward.on('error', () => {
      incoming.socket.destroy()
      resolve()
    })
    incoming.pipe(onward)
  })
}

/** Stands between the pods and the processes behind them, and passes everything on but what a rule makes go wrong. */
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
  const server = createServer((question, answer) => {
    answering(rulesFor(process, question.url ?? '/'), question, answer, behind).catch(() => answer.destroy())
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

/** What is made of an answer on its way back. */
interface Change {
  readonly body?: (body: string) => string
  /** Headers that are left out. */
  readonly withheld?: readonly string[]
}

/** What changes the question, delays it or changes the answer leaves room for what comes after; the rest answers. */
async function answering(
  [how, ...more]: readonly Rule['how'][],
  question: IncomingMessage,
  answer: ServerResponse,
  behind: number,
  change: Change = {},
): Promise<void> {
  switch (how?.kind) {
    case undefined:
      return pass(question, answer, behind, change)
    case 'header':
      question.headers[how.name.toLowerCase()] = how.value
      return answering(more, question, answer, behind, change)
    case 'delay':
      await pause(how.ms)
      return answering(more, question, answer, behind, change)
    case 'replace':
      return answering(more, question, answer, behind, {
        ...change,
        body: (body) =>
          how.what.reduce(
            (text, { pattern, by }) => text.replace(new RegExp(pattern, 'gm'), by),
            change.body?.(body) ?? body,
          ),
      })
    case 'without headers':
      return answering(more, question, answer, behind, {
        ...change,
        withheld: [...(change.withheld ?? []), ...how.names],
      })
    case 'answer':
      answer.writeHead(how.status, { 'content-type': how.type }).end(how.body)
      return
    case 'hang':
      return
    case 'reset':
      question.socket.resetAndDestroy()
      return
    case 'half':
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"message":')
      setImmediate(() => question.socket.destroy())
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

/** What the process behind says about its own connection, which is not that of the asker (RFC 9110, section 7.6.1). */
const ofConnection = ['connection', 'keep-alive']

const withoutHeaders = (headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

/** Hands a request on and its answer back, the body changed and headers left out where somebody wants that. */
function pass(
  question: IncomingMessage,
  answer: ServerResponse,
  behind: number,
  { body: changed, withheld = [] }: Change,
): Promise<void> {
  const isChanged = changed !== undefined || withheld.length > 0
  return new Promise((resolve, reject) => {
    const { method, url, headers } = question
    const { 'accept-encoding': _encoding, ...plain } = headers
    const onward = request(
      { host: '127.0.0.1', port: behind, method, path: url, headers: isChanged ? plain : headers },
      (reply) => {
        reply.on('error', reject)
        if (!isChanged) {
          answer.writeHead(reply.statusCode ?? 502, withoutHeaders(reply.headers, ofConnection))
          reply.pipe(answer).on('finish', resolve)
          return
        }
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const body = changed?.(text) ?? text
          const left = [...ofConnection, 'content-length', 'transfer-encoding', ...withheld]
          answer.writeHead(reply.statusCode ?? 502, withoutHeaders(reply.headers, left)).end(body)
          resolve()
        })
      },
    )
    // A process that is gone looks through a pod as it would without anything in between.
    onward.on('error', () => {
      question.socket.destroy()
      resolve()
    })
    question.pipe(onward)
  })
}

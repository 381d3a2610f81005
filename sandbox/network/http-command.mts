/**
 * Stand-in for the wget (busybox) and curl of a container: the real ones would resolve this machine's names, not the
 * cluster's services. It resolves hosts through the sandbox's network server and fails with the messages of the real ones.
 * Node runs it without transpiling, because each `kubectl exec` waits for its start.
 */
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { parseArgs } from 'node:util'

const [tool, ...given] = process.argv.slice(2)
const network = `http://127.0.0.1:${process.env.SANDBOX_NETWORK}`

class Failure extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

interface RequestOptions {
  url: URL
  method: string
  headers: Record<string, string>
  body: string | undefined
  /** Milliseconds. */
  timeout: number
  /** A path; "-" means standard output, undefined discards the body. */
  output: string | undefined
  includeHeaders: boolean
  failOnStatus: boolean
  quiet: boolean
  writeOut: string
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}

function urlOf(text: string | undefined): URL {
  if (text === undefined) throw new Failure(`${tool}: missing URL`, tool === 'curl' ? 2 : 1)
  const url = new URL(text.includes('://') ? text : `http://${text}`)
  if (url.protocol !== 'http:') throw new Failure(`${tool}: the sandbox supports only http between pods`, 1)
  return url
}

function wgetOptions(args: string[]): RequestOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quiet: { type: 'boolean', short: 'q', default: false },
      'output-document': { type: 'string', short: 'O' },
      'server-response': { type: 'boolean', short: 'S', default: false },
      timeout: { type: 'string', short: 'T', default: '60' },
      tries: { type: 'string', short: 't' },
      spider: { type: 'boolean', default: false },
      header: { type: 'string', multiple: true, default: [] },
      'post-data': { type: 'string' },
    },
  })
  const url = urlOf(positionals[0])
  const body = values['post-data']
  return {
    url,
    method: body === undefined ? 'GET' : 'POST',
    headers: headersOf(values.header),
    body,
    timeout: Number(values.timeout) * 1000,
    output: values.spider ? undefined : (values['output-document'] ?? (url.pathname.split('/').pop() || 'index.html')),
    includeHeaders: values['server-response'],
    failOnStatus: true,
    quiet: values.quiet,
    writeOut: '',
  }
}

function curlOptions(args: string[]): RequestOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      silent: { type: 'boolean', short: 's', default: false },
      'show-error': { type: 'boolean', short: 'S', default: false },
      fail: { type: 'boolean', short: 'f', default: false },
      location: { type: 'boolean', short: 'L' },
      include: { type: 'boolean', short: 'i', default: false },
      output: { type: 'string', short: 'o', default: '-' },
      request: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd' },
      'max-time': { type: 'string', short: 'm', default: '300' },
      'connect-timeout': { type: 'string' },
      'write-out': { type: 'string', short: 'w', default: '' },
    },
  })
  return {
    url: urlOf(positionals[0]),
    method: values.request ?? (values.data === undefined ? 'GET' : 'POST'),
    headers: headersOf(values.header),
    body: values.data,
    timeout: Number(values['max-time']) * 1000,
    output: values.output,
    includeHeaders: values.include,
    failOnStatus: values.fail,
    quiet: values.silent && !values['show-error'],
    writeOut: values['write-out'],
  }
}

const portOf = (url: URL) => (url.port === '' ? 80 : Number(url.port))

async function addressOf(url: URL): Promise<number> {
  const query = new URLSearchParams({ host: url.hostname, port: String(portOf(url)) })
  if (process.env.POD_NAMESPACE) query.set('namespace', process.env.POD_NAMESPACE)
  const answer = (await (await fetch(`${network}/resolve?${query}`)).json()) as {
    port?: number
    failure?: 'unknown' | 'refused'
  }
  if (answer.port !== undefined) return answer.port
  const unknown = answer.failure === 'unknown'
  if (tool === 'curl') {
    throw unknown
      ? new Failure(`curl: (6) Could not resolve host: ${url.hostname}`, 6)
      : new Failure(`curl: (7) Failed to connect to ${url.hostname} port ${portOf(url)}: Connection refused`, 7)
  }
  throw new Failure(
    unknown
      ? `wget: bad address '${url.host}'`
      : `wget: can't connect to remote host (${url.hostname}:${portOf(url)}): Connection refused`,
    1,
  )
}

interface Answer {
  status: number
  head: string
  body: Buffer
}

function send(port: number, { url, method, headers, body, timeout }: RequestOptions): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { Host: url.host, ...headers },
    timeout,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const lines = [`HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`]
        for (let index = 0; index < response.rawHeaders.length; index += 2) {
          lines.push(`${response.rawHeaders[index]}: ${response.rawHeaders[index + 1]}`)
        }
        resolve({ status: response.statusCode ?? 0, head: lines.join('\n'), body: Buffer.concat(chunks) })
      })
    })
    outgoing.on('timeout', () =>
      outgoing.destroy(
        new Failure(`${tool}: ${tool === 'curl' ? '(28) Operation' : 'download'} timed out`, tool === 'curl' ? 28 : 1),
      ),
    )
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ECONNREFUSED' ? 'Connection refused' : error.message
      reject(
        error instanceof Failure
          ? error
          : new Failure(`${tool}: can't connect to ${url.host}: ${refused}`, tool === 'curl' ? 7 : 1),
      )
    })
    outgoing.end(body)
  })
}

async function run(): Promise<void> {
  const options = tool === 'curl' ? curlOptions(given) : wgetOptions(given)
  const answer = await send(await addressOf(options.url), options)
  if (options.includeHeaders)
    (tool === 'curl' ? process.stdout : process.stderr).write(`${answer.head}\n${tool === 'curl' ? '\n' : ''}`)
  if (options.failOnStatus && answer.status >= 400) {
    throw tool === 'curl'
      ? new Failure(`curl: (22) The requested URL returned error: ${answer.status}`, 22)
      : new Failure(`wget: server returned error: ${answer.head.split('\n')[0]}`, 1)
  }
  if (options.output === '-') process.stdout.write(answer.body)
  else if (options.output !== undefined) writeFileSync(options.output, answer.body)
  process.stdout.write(options.writeOut.replaceAll('%{http_code}', String(answer.status)).replaceAll('\\n', '\n'))
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof Failure ? error.exitCode : 1
})

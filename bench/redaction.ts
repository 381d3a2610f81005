/**
 * The time to redact what the suite reads from outside, with 200 secrets, against the time to read it: an answer of the
 * service by the HTTP client, and a log by the client of the Kubernetes API, each as large as the suite accepts. Both are
 * read from a server on this machine. Rounds alternate, and the fastest of each are compared: whatever else the machine does
 * only adds to a round.
 */
import { createHash } from 'node:crypto'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { bounds } from '../support/basis/bounds'
import { Redaction } from '../support/basis/redaction'
import { Http } from '../support/platform/http'
import { KubernetesApi } from '../support/platform/kubernetes-api'
import { operations } from '../support/platform/operations'
import { newAuthority } from '../tests/fixtures/certificates'
import { accessTo } from '../tests/fixtures/cluster-access'

const rounds = 15
/** In the first rounds the compiler is at work for both. */
const warmUps = 4
const maxRatio = 2
const secretCount = 200
/** A report shows no more of an answer. */
const shownCharacters = 20_000

/** Compares both times for each page. @throws Error when a planted secret is not masked */
export async function benchRedaction(print: (line: string) => void): Promise<boolean> {
  const ratios: number[] = []
  for (const name of Object.keys(pages)) ratios.push(await benchPage(name, print))
  return ratios.every((ratio) => ratio < maxRatio)
}

/** @returns the ratio of redaction to reading */
async function benchPage(name: string, print: (line: string) => void): Promise<number> {
  const page = pageNamed(name)
  const server = new Worker(__filename, { workerData: { page: name } })
  const redaction = new Redaction()
  for (const secret of secrets) redaction.register(secret)
  const fastest = { read: Number.POSITIVE_INFINITY, redact: Number.POSITIVE_INFINITY, show: Number.POSITIVE_INFINITY }
  try {
    const started = await new Promise<Started>((resolve, reject) => {
      server.once('message', resolve)
      server.once('error', reject)
    })
    const read = page.reader(started)
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now()
      const body = await read()
      const afterReading = performance.now()
      const redacted = redaction.redact(body)
      const afterRedaction = performance.now()
      const shown = redaction.redactForeignStart(body, shownCharacters)
      const end = performance.now()
      if (shown !== redacted.slice(0, shownCharacters)) throw new Error(`The beginning of ${name} differs.`)
      if (secrets.some((secret) => redacted.includes(secret)) || !redacted.includes('[redacted]'))
        throw new Error(`A secret in ${name} was not masked.`)
      if (round < warmUps) continue
      fastest.read = Math.min(fastest.read, afterReading - begin)
      fastest.redact = Math.min(fastest.redact, afterRedaction - afterReading)
      fastest.show = Math.min(fastest.show, end - afterRedaction)
    }
  } finally {
    await server.terminate()
  }
  const ratio = fastest.redact / fastest.read
  const megabytes = (page.bytes / 1024 / 1024).toFixed(1)
  print(`redaction of ${name}: ${megabytes} MB, ${secretCount} secrets, fastest of ${rounds - warmUps} rounds`)
  print(`  reading    ${fastest.read.toFixed(0)} ms`)
  print(`  redaction  ${fastest.redact.toFixed(0)} ms`)
  print(`  of the ${shownCharacters} characters that a report shows: ${fastest.show.toFixed(1)} ms`)
  print(`  ratio      ${ratio.toFixed(2)} (target less than ${maxRatio})`)
  return ratio
}

const digest = (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding)

/** Passwords and tokens of 8 to 43 characters. */
const secrets = Array.from({ length: secretCount }, (_, index) =>
  digest(`secret ${index}`, 'base64').slice(0, 8 + (index % 36)),
)

/** The way to a server that has started. */
interface Started {
  readonly port: number
  /** Its certificate authority in PEM. */
  readonly authority?: string
}

interface Page {
  readonly bytes: number
  /** True if the page is read by TLS. */
  readonly isSecure: boolean
  /** The text of a row by its number. */
  readonly row: (number: number) => string
  readonly reader: (server: Started) => () => Promise<string>
}

const pages: Readonly<Record<string, Page>> = {
  'an answer in JSON': {
    bytes: bounds.responseBody.most,
    isSecure: false,
    row: (row) =>
      `{"id":${row},"name":"deploy of checkout #${row}","environment":"PRODUCTION","result":"SUCCESS","startedDate":"2026-11-${10 + (row % 20)}T08:${10 + (row % 50)}:00.000Z","durationSec":${row % 977},"commitSha":"${digest(`commit ${row}`, 'hex').slice(0, 40)}","message":"Merge branch \\"feature/${row}\\" into main"},\n`,
    reader: ({ port }) => {
      const http = new Http({ deadlineMs: 30_000, witness: () => {} })
      return async () => (await http.get(`http://127.0.0.1:${port}/`)).body
    },
  },
  'a log': {
    bytes: bounds.containerLog.most,
    isSecure: true,
    row: (row) =>
      `2026-11-24T09:${10 + (row % 50)}:${10 + (row % 49)}.123Z level=info component=collector msg="collected ${row % 977} of 1000 deployments from /api/plugins/webhook/connections/${row % 7}" duration=${row % 313}ms\n`,
    reader: ({ port, authority = '' }) => {
      const trust = { 'certificate-authority-data': Buffer.from(authority).toString('base64') }
      const access = accessTo(`https://127.0.0.1:${port}`, { token: 'of-the-benchmark' }, 30_000, trust)
      // A client reads a log only once.
      const api = () => new KubernetesApi(access, { writes: false, requestMs: 30_000, witness: () => {} })
      return () => api().text(operations.getPodLog, { namespace: 'fawkes', name: 'lake' })
    },
  },
}

function pageNamed(name: string): Page {
  const page = pages[name]
  if (page === undefined) throw new Error(`There is no page "${name}".`)
  return page
}

function bodyOf({ bytes, row }: Page): Buffer {
  const rows: string[] = []
  let size = 0
  for (let number = 0; size < bytes; number++) {
    const secret = number % 20_000 === 19_999 ? `${secrets[number % secretCount]}\n` : ''
    rows.push(row(number), secret)
    size += row(number).length + secret.length
  }
  return Buffer.from(rows.join('')).subarray(0, bytes)
}

async function serve(page: Page): Promise<void> {
  const body = bodyOf(page)
  const answer: RequestListener = (_, response) =>
    response.writeHead(200, { 'content-length': body.length, connection: 'close' }).end(body)
  const listen = (server: Server, authority?: string) =>
    server.listen(0, '127.0.0.1', () =>
      parentPort?.postMessage({ port: (server.address() as AddressInfo).port, authority }),
    )
  if (!page.isSecure) return void listen(createHttpServer(answer))
  const authority = await newAuthority()
  listen(createHttpsServer(await authority.issue('127.0.0.1'), answer), authority.certificate)
}

if (!isMainThread) void serve(pageNamed((workerData as { page: string }).page))

/**
 * The time to redact a page of 20 MB with 200 secrets, against the time to read the same page from a server on this machine
 * with the suite's own HTTP client, in alternating rounds. Reading includes decoding the body to text.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Redaction } from '../support/basis/redaction'
import { Http } from '../support/platform/http'

const rounds = 15
const maxRatio = 2
/** The largest body that the client accepts. */
const pageBytes = 20 * 1024 * 1024
const secretCount = 200
/** A report shows no more of an answer. */
const shownCharacters = 20_000

/** Compares the medians of both times for each page. @throws Error when a planted secret is not masked */
export async function benchRedaction(print: (line: string) => void): Promise<boolean> {
  const ratios: number[] = []
  for (const name of Object.keys(pages)) ratios.push(await benchPage(name, print))
  return ratios.every((ratio) => ratio < maxRatio)
}

/** @returns the ratio of redaction to reading */
async function benchPage(name: string, print: (line: string) => void): Promise<number> {
  const server = new Worker(__filename, { workerData: { page: name } })
  const http = new Http({ deadlineMs: 30_000, witness: () => {} })
  const measured = { read: [] as number[], redact: [] as number[], show: [] as number[] }
  const redaction = new Redaction()
  for (const secret of secrets) redaction.register(secret)
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once('message', resolve)
      server.once('error', reject)
    })
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now()
      const { body } = await http.get(`http://127.0.0.1:${port}/`)
      const read = performance.now()
      const redacted = redaction.redact(body)
      const end = performance.now()
      const shown = redaction.redactForeignStart(body, shownCharacters)
      const cut = performance.now()
      if (shown !== redacted.slice(0, shownCharacters)) throw new Error(`The beginning of the ${name} differs.`)
      if (secrets.some((secret) => redacted.includes(secret)) || !redacted.includes('[redacted]'))
        throw new Error(`A secret in the ${name} was not masked.`)
      // In the first rounds the compiler is at work for both.
      if (round < 4) continue
      measured.read.push(read - begin)
      measured.redact.push(end - read)
      measured.show.push(cut - end)
    }
  } finally {
    await http.close()
    await server.terminate()
  }
  const [read, redact, show] = [median(measured.read), median(measured.redact), median(measured.show)]
  const ratio = redact / read
  print(
    `redaction of ${name}: ${pageBytes / 1024 / 1024} MB, ${secretCount} secrets, median of ${measured.read.length} rounds`,
  )
  print(`  reading    ${read.toFixed(0)} ms`)
  print(`  redaction  ${redact.toFixed(0)} ms`)
  print(`  of the ${shownCharacters} characters that a report shows: ${show.toFixed(1)} ms`)
  print(`  ratio      ${ratio.toFixed(2)} (target less than ${maxRatio})`)
  return ratio
}

const digest = (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding)

/** Passwords and tokens of 8 to 43 characters. */
const secrets = Array.from({ length: secretCount }, (_, index) =>
  digest(`secret ${index}`, 'base64').slice(0, 8 + (index % 36)),
)

/** A row of each page by its number. */
const pages: Readonly<Record<string, (row: number) => string>> = {
  'an answer in JSON': (row) =>
    `{"id":${row},"name":"deploy of checkout #${row}","environment":"PRODUCTION","result":"SUCCESS","startedDate":"2026-11-${10 + (row % 20)}T08:${10 + (row % 50)}:00.000Z","durationSec":${row % 977},"commitSha":"${digest(`commit ${row}`, 'hex').slice(0, 40)}","message":"Merge branch \\"feature/${row}\\" into main"},\n`,
  'a log': (row) =>
    `2026-11-24T09:${10 + (row % 50)}:${10 + (row % 49)}.123Z level=info component=collector msg="collected ${row % 977} of 1000 deployments from /api/plugins/webhook/connections/${row % 7}" duration=${row % 313}ms\n`,
}

function pageOf(name: string): Buffer {
  const row = pages[name]
  if (row === undefined) throw new Error(`There is no page "${name}".`)
  const rows: string[] = []
  let size = 0
  for (let number = 0; size < pageBytes; number++) {
    const secret = number % 20_000 === 19_999 ? `${secrets[number % secretCount]}\n` : ''
    rows.push(row(number), secret)
    size += row(number).length + secret.length
  }
  return Buffer.from(rows.join('')).subarray(0, pageBytes)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

if (!isMainThread) {
  const body = pageOf((workerData as { page: string }).page)
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-length': body.length, connection: 'close' }).end(body),
  )
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port))
}

/** A run hears SIGINT, SIGTERM and SIGHUP while the cluster sends answers that are made to keep it busy. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { endings } from '../../../support/basis/signals'
import { root } from '../../fixtures/features'
import { temporaryDirectory } from '../../fixtures/reports'

const megabyte = 1024 * 1024
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A cluster that allows everything, and answers each list with the given body. */
async function cluster(answer: (response: ServerResponse) => void, asked: () => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/version') response.end('{"gitVersion":"v1.35.4"}')
    else if (request.method === 'POST') response.writeHead(201).end('{"status":{"allowed":true}}')
    else {
      answer(response)
      // An answer that ends counts when the run has read it, and begins to parse it.
      if (response.writableEnded) response.once('finish', asked)
      else asked()
    }
  })
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Keeps writing as fast as the client reads. */
function endlessly(response: ServerResponse): void {
  const write = () => {
    while (!response.destroyed && response.write('{"items":[]}'.repeat(1000)));
  }
  response.on('drain', write)
  write()
}

const nested = `${'['.repeat(9 * megabyte)}${']'.repeat(9 * megabyte)}`

const answers: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['answers that do not end', endlessly],
  ['answers of brackets', (response) => response.end(`{"items":${nested}}`)],
  ['answers of empty objects', (response) => response.end(`{"items":[${'{},'.repeat(7 * megabyte)}{}]}`)],
  [
    'answers of one text',
    (response) => response.end(`{"items":[{"metadata":{"name":"${'a@\\"'.repeat(5 * megabyte)}"}}]}`),
  ],
  ['no answers', () => {}],
]

it.each(
  answers.flatMap(([name, answer], index) => [[endings[index % endings.length] ?? 'SIGINT', name, answer] as const]),
)(
  '%s is heard within 2 s of %s',
  // A busy machine disturbs one attempt. A run that does not hear fails all of them.
  { timeout: 120_000, retry: 2 },
  async (signal, _, answer) => {
    const directory = temporaryDirectory()
    let asked = 0
    const server = await cluster(answer, () => asked++)
    const kubeconfig = join(directory, 'kubeconfig.json')
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: { token: 'the-token-of-nobody' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    )
    const run = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', 'support/cli/main.ts', 'run'], {
      cwd: root,
      env: { ...process.env, KUBECONFIG: kubeconfig, ACCEPTANCE_REPORTS: join(directory, 'reports'), CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    closing.push(() => run.kill('SIGKILL'))
    const ended = new Promise((resolve) => run.once('exit', resolve))
    let printed = ''
    let heardAt = Number.POSITIVE_INFINITY
    for (const stream of [run.stdout, run.stderr])
      stream.on('data', (chunk: Buffer) => {
        printed += chunk
        if (printed.includes(`${signal}: the run ends here`)) heardAt = Math.min(heardAt, performance.now())
      })
    await expect.poll(() => asked > 3 || run.exitCode !== null, { timeout: 60_000 }).toBe(true)
    expect(run.exitCode, printed).toBeNull()
    const sentAt = performance.now()
    run.kill(signal)
    await ended
    expect(printed).toContain(`${signal}: the run ends here`)
    expect(heardAt - sentAt).toBeLessThan(2000)
    expect(run.exitCode).not.toBe(0)
  },
)

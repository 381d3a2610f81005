/** From the start of the process to the first scenario, beside a bare import of the client libraries, in turn. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sandboxEnvironment } from '../faults/runs/sandbox'

const root = resolve(__dirname, '..')
const rounds = 7
const most = 1.3
/** What the suite cannot do without: Cucumber, and the client of each surface. */
const libraries = [
  '@cucumber/cucumber/api',
  '@kubernetes/client-node',
  'undici',
  'graphql-request',
  'mysql2/promise',
  'playwright-core',
]

/** Medians, in milliseconds. @throws when either does not succeed */
export async function benchStartUp(say: (line: string) => void): Promise<boolean> {
  const environment = await sandboxEnvironment()
  const measured = { libraries: [] as number[], suite: [] as number[] }
  await toFirstScenario(environment)
  for (let round = 0; round < rounds; round++) {
    measured.libraries.push(await bareImport())
    measured.suite.push(await toFirstScenario(environment))
  }
  const [baseline, ours] = [median(measured.libraries), median(measured.suite)]
  say(`start-up, median of ${rounds} rounds in turn`)
  say(`  import of the client libraries  ${baseline.toFixed(0)} ms`)
  say(`  to the first scenario           ${ours.toFixed(0)} ms`)
  say(`  ratio                           ${(ours / baseline).toFixed(2)} (target ${most})`)
  return ours <= most * baseline
}

/** In the Node and under the ts-node that run the suite, as whoever only imports them has it. */
async function bareImport(): Promise<number> {
  const begin = performance.now()
  await execa(
    join(root, 'node_modules/.bin/node'),
    ['-r', 'ts-node/register', '-e', libraries.map((library) => `require(${JSON.stringify(library)})`).join(';')],
    { cwd: root, env: { NODE_COMPILE_CACHE: undefined } },
  )
  return performance.now() - begin
}

/** What an operator types; the first scenario's own message says when it began. */
async function toFirstScenario(environment: Readonly<Record<string, string>>): Promise<number> {
  const reports = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const begin = Date.now()
    await execa('node', ['bootstrap.mjs', 'support/cli/acceptance.ts', '--tags', '@section:0 and not @writes'], {
      cwd: root,
      env: { ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
    })
    return beginOfFirstScenario(readFileSync(join(reports, 'messages.ndjson'), 'utf8')) - begin
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** Milliseconds since 1970. */
function beginOfFirstScenario(messages: string): number {
  const line = messages.split('\n').find((one) => one.startsWith('{"testCaseStarted"'))
  if (line === undefined) throw new Error('no scenario began')
  const { timestamp } = (JSON.parse(line) as { testCaseStarted: { timestamp: { seconds: number; nanos: number } } })
    .testCaseStarted
  return timestamp.seconds * 1000 + timestamp.nanos / 1e6
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The time from process start to the first scenario, against a bare import of the client libraries, in alternating rounds. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sandboxEnvironment } from '../faults/runs/sandbox'

const root = resolve(__dirname, '..')
const rounds = 7
const maxRatio = 1.3
/** The libraries that the suite needs in any case: Cucumber, and the client of each surface. */
const libraries = [
  '@cucumber/cucumber/api',
  '@kubernetes/client-node',
  'undici',
  'graphql-request',
  'mysql2/promise',
  'playwright-core',
]

/** Compares the medians of both times. @throws Error when either command fails */
export async function benchStartUp(print: (line: string) => void): Promise<boolean> {
  const environment = await sandboxEnvironment()
  const measured = { libraries: [] as number[], suite: [] as number[] }
  await toFirstScenario(environment)
  for (let round = 0; round < rounds; round++) {
    measured.libraries.push(await bareImport())
    measured.suite.push(await toFirstScenario(environment))
  }
  const [baseline, ours] = [median(measured.libraries), median(measured.suite)]
  print(`start-up, median of ${rounds} alternating rounds`)
  print(`  import of the client libraries  ${baseline.toFixed(0)} ms`)
  print(`  until the first scenario        ${ours.toFixed(0)} ms`)
  print(`  ratio                           ${(ours / baseline).toFixed(2)} (target at most ${maxRatio})`)
  return ours <= maxRatio * baseline
}

/** Imports the libraries with the suite's own Node and ts-node, without a compile cache. Returns milliseconds. */
async function bareImport(): Promise<number> {
  const begin = performance.now()
  await execa(
    join(root, 'node_modules/.bin/node'),
    ['-r', 'ts-node/register', '-e', libraries.map((library) => `require(${JSON.stringify(library)})`).join(';')],
    { cwd: root, env: { NODE_COMPILE_CACHE: undefined } },
  )
  return performance.now() - begin
}

/** Runs the suite as an operator would. Returns the milliseconds until the first scenario began, by its own message. */
async function toFirstScenario(environment: Readonly<Record<string, string>>): Promise<number> {
  const reports = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const begin = Date.now()
    await execa('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run', '--tags', '@section:0 and not @writes'], {
      cwd: root,
      env: { ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
    })
    return beginOfFirstScenario(readFileSync(join(reports, 'messages.ndjson'), 'utf8')) - begin
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** The start of the first scenario in milliseconds since 1970. @throws Error when no scenario began */
function beginOfFirstScenario(messages: string): number {
  const line = messages.split('\n').find((one) => one.startsWith('{"testCaseStarted"'))
  if (line === undefined) throw new Error('No scenario began.')
  const { timestamp } = (JSON.parse(line) as { testCaseStarted: { timestamp: { seconds: number; nanos: number } } })
    .testCaseStarted
  return timestamp.seconds * 1000 + timestamp.nanos / 1e6
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

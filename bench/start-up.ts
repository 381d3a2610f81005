/**
 * The time from process start to the first scenario, of the package and of the checkout, against a bare import of the client
 * libraries, in alternating rounds.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sandboxEnvironment } from '../faults/runs/sandbox'
import { installPacked } from '../tests/fixtures/packed'

const root = resolve(__dirname, '..')
const rounds = 7
/** For the package. The aim is 0.9 s where the import takes 1.05 s. */
const maxRatio = 0.85
/** The libraries that the suite needs in any case: Cucumber, and the client of each surface. */
const libraries = [
  '@cucumber/cucumber/api',
  '@kubernetes/client-node',
  'undici',
  'graphql-request',
  'mysql2/promise',
  'playwright-core',
]

/** Compares the medians of the times. @throws Error when a command fails */
export async function benchStartUp(print: (line: string) => void): Promise<boolean> {
  const environment = await sandboxEnvironment()
  const folder = await installPacked()
  const programs = {
    package: [join(folder, 'node_modules/dora-acceptance/bootstrap.mjs')],
    checkout: [join(root, 'bootstrap.mjs'), 'support/cli/main.ts'],
  }
  const measured = { libraries: [] as number[], package: [] as number[], checkout: [] as number[] }
  try {
    for (const program of Object.values(programs)) await toFirstScenario(program, environment)
    for (let round = 0; round < rounds; round++) {
      measured.libraries.push(await bareImport())
      measured.package.push(await toFirstScenario(programs.package, environment))
      measured.checkout.push(await toFirstScenario(programs.checkout, environment))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const ratio = median(measured.package) / median(measured.libraries)
  const milliseconds = (values: readonly number[]) => `${median(values).toFixed(0)} ms`
  print(`start-up, median of ${rounds} alternating rounds`)
  print(`  import of the client libraries          ${milliseconds(measured.libraries)}`)
  print(`  until the first scenario, the package   ${milliseconds(measured.package)}`)
  print(`  until the first scenario, the checkout  ${milliseconds(measured.checkout)}`)
  print(`  ratio of the package                    ${ratio.toFixed(2)} (target at most ${maxRatio})`)
  return ratio <= maxRatio
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

/**
 * Runs the suite as an operator would. Returns the milliseconds until the first scenario began, by its own message.
 * @param program the words behind `node` that start the suite
 */
async function toFirstScenario(
  program: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const reports = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const begin = Date.now()
    await execa('node', [...program, 'run', '--tags', '@section:0 and not @writes'], {
      cwd: reports,
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

/**
 * `npm test`: static checks, unit tests, the suite on the sandbox, and a part of the fault matrix.
 * The sandbox starts while the static checks run. The last line is "N passed, N failed".
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sandboxDown, sandboxUp } from '../faults/runs/sandbox'

const root = resolve(__dirname, '..')
const results = mkdtempSync(join(tmpdir(), 'results-'))
const counts = { passed: 0, failed: 0 }

function count(passed: number, failed: number): void {
  counts.passed += passed
  counts.failed += failed
}

/** Runs a command of the project and shows its output. Returns true if its exit code is 0. */
async function succeeds(title: string, command: string, given: readonly string[]): Promise<boolean> {
  console.log(`\n── ${title}`)
  const { exitCode } = await execa(command, given, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
    preferLocal: true,
  })
  return exitCode === 0
}

async function staticCheck(title: string, command: string, given: readonly string[]): Promise<void> {
  const ok = await succeeds(title, command, given)
  count(ok ? 1 : 0, ok ? 0 : 1)
}

/** Runs a vitest project. A run without a result or without a test counts as one failure. */
async function vitest(project: string): Promise<void> {
  const file = join(results, `${project}.json`)
  const ok = await succeeds(`Tests: ${project}`, 'vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  try {
    const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(file, 'utf8')) as VitestResult
    // A file that cannot be loaded fails the run without failing a test.
    count(numPassedTests, numFailedTests > 0 || (ok && numTotalTests > 0) ? numFailedTests : 1)
  } catch {
    count(0, 1)
  }
}

interface VitestResult {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numTotalTests: number
}

/** Runs enough faults that each item is failed by one. `npm run faults` runs the whole matrix. */
async function faults(): Promise<void> {
  const ok = await succeeds('Faults', process.execPath, [
    '-r',
    'ts-node/register',
    'faults/main.ts',
    '--representative',
  ])
  try {
    const { killed, total } = JSON.parse(readFileSync(join(root, 'reports', 'faults.json'), 'utf8')) as Faults
    count(killed, total > 0 && (ok || killed < total) ? total - killed : 1)
  } catch {
    count(0, 1)
  }
}

interface Faults {
  readonly killed: number
  readonly total: number
}

async function main(): Promise<void> {
  rmSync(join(root, 'reports', 'faults.json'), { force: true })
  const up = sandboxUp().then(
    () => true,
    (error: unknown) => {
      console.log(error instanceof Error ? error.message : String(error))
      return false
    },
  )
  await staticCheck('Types', 'tsc', ['--noEmit'])
  await staticCheck('Format and lint', 'biome', ['ci', '--error-on-warnings'])
  await staticCheck('Unused code', 'knip', [])
  // Starts after the sandbox, which installs the programs that some unit tests use: Chromium, Java and promtool.
  const isUp = await up
  await vitest('unit')
  if (isUp) {
    await vitest('mariadb')
    await vitest('sandbox')
    await faults()
  } else count(0, 1)
}

main()
  .catch((error: unknown) => {
    console.log(error instanceof Error ? error.message : String(error))
    count(0, 1)
  })
  .finally(async () => {
    rmSync(results, { recursive: true, force: true })
    await sandboxDown().catch(() => count(0, 1))
    console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
    process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1)
  })

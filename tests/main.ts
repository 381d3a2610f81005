/**
 * `npm test`: static checks, unit tests, the suite on the sandbox, and a part of the fault matrix.
 * The sandbox starts while the static checks run. The last line is "N passed, N failed".
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sandboxDown, sandboxUp } from '../faults/runs/sandbox'
import { messageOf } from '../support/basis/message'
import { type FaultReport, Outcome, type TestReport } from './outcome'

const root = resolve(__dirname, '..')
const faultsFile = join(root, 'reports', 'faults.json')
const results = mkdtempSync(join(tmpdir(), 'results-'))
const outcome = new Outcome()

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
  if (await succeeds(title, command, given)) outcome.pass()
  else outcome.fail(title)
}

/** @throws Error if the report was not written or is not JSON */
const reported = <Report>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as Report

/** Runs a vitest project. */
async function vitest(project: string): Promise<void> {
  const title = `Tests: ${project}`
  const file = join(results, `${project}.json`)
  const ok = await succeeds(title, 'vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  try {
    outcome.tests(title, ok, reported<TestReport>(file))
  } catch (error) {
    outcome.fail(title, messageOf(error))
  }
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
    outcome.faults('Faults', ok, reported<FaultReport>(faultsFile))
  } catch (error) {
    outcome.fail('Faults', messageOf(error))
  }
}

const usage = `npm test                runs the static checks, all tests and a part of the fault matrix, in about 40 minutes
npm test -- --help      shows this text

A part of it: npx vitest run --project unit PATH, npm run faults -- --help, npm run test:real -- --help
Exit codes: 0 everything passed, 1 something did not, 3 wrong arguments`

/** Shows the usage if there are arguments: `npm test` has none. */
function refuseArguments(given: readonly string[]): void {
  if (given.length === 0) return
  const isHelp = given.includes('--help')
  console.log(isHelp ? usage : `Unexpected argument: ${given.join(' ')}\n${usage}`)
  process.exit(isHelp ? 0 : 3)
}

async function main(): Promise<void> {
  rmSync(faultsFile, { force: true })
  const up = sandboxUp().then(
    () => true,
    (error: unknown) => {
      outcome.fail('The sandbox', messageOf(error))
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
  }
}

refuseArguments(process.argv.slice(2))
main()
  .catch((error: unknown) => outcome.fail('The tests', messageOf(error)))
  .finally(async () => {
    rmSync(results, { recursive: true, force: true })
    await sandboxDown().catch((error: unknown) => outcome.fail('The end of the sandbox', messageOf(error)))
    console.log(`\n${outcome}`)
    process.exit(outcome.code)
  })

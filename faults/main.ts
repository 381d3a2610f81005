/**
 * `npm run faults -- [--only ID]…`: the fault matrix on the running sandbox, which is started if necessary. `--resume` goes on with it.
 * `--representative` runs a subset, `--clean N` runs the suite without faults, `--list` lists the faults.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { loadChecklist } from '../support/basis/checklist'
import { catalogue } from './catalogue'
import { cleanRuns, isAccepted } from './clean/runs'
import { listOf } from './command/list'
import { type MatrixCommand, readCommand, usage } from './command/options'
import { MatrixProgress, seconds, showSummary } from './command/progress'
import { Doors } from './doors/doors'
import { MadeFindings } from './findings/made-findings'
import { type Scope, scopesOf } from './matrix/groups'
import { redItems } from './matrix/judgement'
import { FaultMatrix } from './matrix/matrix'
import { type Matrix, matrixOf, provenIn, unmadeOf, unprovenBy } from './matrix/record'
import { tags } from './matrix/scopes'
import { merged, type Shard } from './matrix/shards'
import { VariantRuns } from './matrix/variants'
import { failedCommandsOf } from './runs/commands'
import { impatient, type Place, sandboxEnvironment, withOwnSandbox } from './runs/sandbox'
import { runSuite, type SuiteRun } from './runs/suite'
import { tracesOf } from './traces/traced-runs'
import { variants } from './variants'
import type { Variant } from './variants/variant'

const root = resolve(__dirname, '..')

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), { faults: catalogue, variants })
  switch (command.kind) {
    case 'help':
      console.log(usage)
      return 0
    case 'list':
      console.log(listOf(catalogue, variants, loadChecklist().sections))
      return 0
    case 'clean':
      return clean(command.runs)
    case 'traces':
      return traces(command.runs)
    case 'shards':
      return shards(command.shards)
    case 'matrix':
      return matrix(command)
  }
}

async function clean(total: number): Promise<number> {
  const result = await cleanRuns(
    await sandboxEnvironment(),
    total,
    ({ verdict, exitCode, reasons, durationMs }, number) => {
      console.log(
        `${isAccepted({ verdict, exitCode }) ? '✓' : '✗'} ${number}/${total} ${verdict} (${seconds(durationMs)})`,
      )
      for (const reason of reasons) console.log(`    ${reason}`)
    },
  )
  write('clean.json', result)
  console.log(`${result.accepted} of ${total} runs on the clean platform accepted`)
  console.log(result.archive.join('\n') || `Their archive has ${total} entries with the numbers of the service.`)
  return result.accepted === total && result.archive.length === 0 ? 0 : 1
}

async function traces(total: number): Promise<number> {
  const result = await tracesOf(await sandboxEnvironment(), total, ({ run, troubles }) =>
    console.log([`${troubles.length === 0 ? '✓' : '✗'} ${run}`, ...troubles].join('\n    ')),
  )
  write('traces.json', result)
  console.log(`${result.clean} of ${result.runs.length} runs left no trace`)
  return result.clean === result.runs.length ? 0 : 1
}

async function matrix(command: MatrixCommand): Promise<number> {
  const { faults, variants: chosen, isComplete, isResumed, shard } = command
  const file = recordOf(shard)
  const begin = performance.now()
  const environment = await sandboxEnvironment()
  const earlier = isResumed ? readMatrix() : undefined
  const proven = earlier ? provenIn(earlier) : { faults: [], variants: [] }
  const isLeft = ({ id }: { readonly id: string }) =>
    ![...proven.faults, ...proven.variants].some((result) => result.id === id)
  const scopes = scopesOf(faults)
  const spent = earlier ? { ...earlier.spent } : { runs: 0, runningMs: 0, typingMs: 0 }
  const findings = new MadeFindings(root, earlier?.findings)
  // Read anew for each run, because faults change the configuration file.
  const runWith = async (scope: Scope, more: Variant['environment'] = {}): Promise<SuiteRun> => {
    const run = await findings.during((recording) =>
      runSuite({ ...impatient(environment), ...recording, ...more }, ['--tags', tags[scope]]),
    )
    spent.runs++
    spent.runningMs += Math.round(run.durationMs)
    return run
  }
  const runScope = async (scope: Scope) => {
    const run = await runWith(scope)
    const typing = performance.now()
    const failedCommands = await failedCommandsOf(run.verdict, environment)
    spent.typingMs += Math.round(performance.now() - typing)
    return { ...run, failedCommands }
  }
  const baseline = await baselineRun(environment, isComplete || scopes.length > 1 ? undefined : (scopes[0] ?? 'plain'))
  const matrixSoFar = (more: Pick<Matrix, 'stopped' | 'unproven'>) =>
    matrixOf(faults, [...proven.faults, ...attempted.found], {
      variants: [...proven.variants, ...onVariants.found],
      findings: findings.neverMade,
      ...more,
      spent,
      durationMs: (earlier?.durationMs ?? 0) + Math.round(performance.now() - begin),
    })
  // Written after each result, so that a matrix that is cut off can be resumed.
  const noted =
    <T>(show: (result: T) => void) =>
    (result: T) => {
      write(file, matrixSoFar({ stopped: 'The matrix was cut off.' }))
      show(result)
    }
  const doors = new Doors(environment)
  const progress = new MatrixProgress(faults.length + chosen.length, [...proven.faults, ...proven.variants])
  const attempted = new FaultMatrix(doors, runScope, noted(progress.result), progress.mismatch)
  const onVariants = new VariantRuns(doors, runWith, noted(progress.variant), progress.redVariants)
  let stopped: string | undefined
  try {
    await onVariants.judge(chosen.filter(isLeft))
    await attempted.run(faults.filter(isLeft))
  } catch (error) {
    // The results so far are still written.
    stopped = error instanceof Error ? error.message : String(error)
  }
  const results = [...proven.faults, ...attempted.found]
  const unproven = () => ({ ...unprovenBy(results, baseline.verdict), findings: unmadeOf(findings.neverMade) })
  const record = matrixSoFar(stopped ? { stopped } : isComplete ? { unproven: unproven() } : {})
  write(file, record)
  // Another shard may prove what this one has not.
  const { unproven: _, ...ofShard } = record
  return showSummary(shard ? ofShard : record) ? 0 : 1
}

/** Runs each shard in a process of its own, the first on the sandbox of this checkout and each other on a new one. */
async function shards(total: number): Promise<number> {
  const run = (number: number) => async (_environment: unknown, place: Place) => {
    rmSync(join(root, 'reports', recordOf({ number, of: total })), { force: true })
    const given = ['bootstrap.mjs', 'faults/main.ts', '--shard', `${number}/${total}`]
    await execa('node', given, { cwd: root, env: place, stdio: 'inherit', reject: false })
  }
  await Promise.all(
    Array.from({ length: total }, (_, at) => (at === 0 ? run(1)(undefined, {}) : withOwnSandbox([], run(at + 1)))),
  )
  const record = merged(Array.from({ length: total }, (_, at) => readRecord(recordOf({ number: at + 1, of: total }))))
  write('faults.json', record)
  return showSummary(record) ? 0 : 1
}

/** The file of a record, in reports/. */
const recordOf = (shard: Shard | undefined) => (shard ? `faults-${shard.number}-of-${shard.of}.json` : 'faults.json')

/** Reads the record of the last matrix. @throws Error unless that matrix was cut off */
function readMatrix(): Matrix {
  const last = readRecord('faults.json')
  if (!last.stopped) throw new Error('The last matrix was not cut off. Start one: npm run faults')
  return last
}

/** @throws Error when a matrix ended before its first result */
function readRecord(file: string): Matrix {
  const path = join(root, 'reports', file)
  if (!existsSync(path)) throw new Error(`There is no record of a matrix: ${path} does not exist.`)
  return JSON.parse(readFileSync(path, 'utf8')) as Matrix
}

/** Runs the suite before the first fault. @throws Error when anything is red: it could not be attributed to a fault */
async function baselineRun(environment: Readonly<Record<string, string>>, scope: Scope | undefined): Promise<SuiteRun> {
  const run = await runSuite(environment, scope === undefined ? [] : ['--tags', tags[scope]])
  const red = redItems(run.verdict)
  if (red.length > 0 || run.exitCode !== 0) {
    const reasons = [...run.verdict.problems, ...red.map(({ id, reason }) => `${id} ${reason}`)]
    throw new Error(
      ['The suite does not accept the sandbox before the first fault:', ...reasons.map((line) => `  ${line}`)].join(
        '\n',
      ),
    )
  }
  return run
}

function write(file: string, record: object): void {
  mkdirSync(join(root, 'reports'), { recursive: true })
  writeFileSync(join(root, 'reports', file), `${JSON.stringify(record, null, 2)}\n`)
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(3)
  },
)

/**
 * `npm run faults -- [--only ID]…`: the fault matrix on the running sandbox, which is started if necessary.
 * `--representative` runs a subset, `--clean N` runs the suite without faults, `--list` lists the faults.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
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
import { matrixOf, unmadeOf, unprovenBy } from './matrix/record'
import { tags } from './matrix/scopes'
import { VariantRuns } from './matrix/variants'
import { failedCommandsOf } from './runs/commands'
import { impatient, sandboxEnvironment } from './runs/sandbox'
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

async function matrix({ faults, variants: chosen, isComplete }: MatrixCommand): Promise<number> {
  const begin = performance.now()
  const environment = await sandboxEnvironment()
  const scopes = scopesOf(faults)
  const spent = { runs: 0, runningMs: 0, typingMs: 0 }
  const findings = new MadeFindings(root)
  // Read anew for each run, because faults change the configuration file.
  const runWith = async (scope: Scope, more: Variant['environment'] = {}): Promise<SuiteRun> => {
    const run = await findings.during((recording) =>
      runSuite({ ...impatient(environment), ...recording, ...more }, ['--tags', tags[scope]]),
    )
    spent.runs++
    spent.runningMs += run.durationMs
    return run
  }
  const runScope = async (scope: Scope) => {
    const run = await runWith(scope)
    const typing = performance.now()
    const failedCommands = await failedCommandsOf(run.verdict, environment)
    spent.typingMs += performance.now() - typing
    return { ...run, failedCommands }
  }
  const baseline = await baselineRun(environment, isComplete || scopes.length > 1 ? undefined : (scopes[0] ?? 'plain'))
  const doors = new Doors(environment)
  const progress = new MatrixProgress(faults.length + chosen.length)
  const attempted = new FaultMatrix(doors, runScope, progress.result, progress.mismatch)
  const onVariants = new VariantRuns(doors, (more) => runWith('plain', more), progress.variant, progress.redVariants)
  let stopped: string | undefined
  try {
    await attempted.run(faults)
    await onVariants.judge(chosen)
  } catch (error) {
    // The results so far are still written.
    stopped = error instanceof Error ? error.message : String(error)
  }
  const unmade = unmadeOf(findings.neverMade)
  const record = matrixOf(faults, attempted.found, {
    variants: onVariants.found,
    findings: unmade,
    ...(isComplete && !stopped
      ? { unproven: { ...unprovenBy(attempted.found, baseline.verdict), findings: unmade } }
      : {}),
    ...(stopped ? { stopped } : {}),
    spent: { ...spent, runningMs: Math.round(spent.runningMs), typingMs: Math.round(spent.typingMs) },
    durationMs: Math.round(performance.now() - begin),
  })
  write('faults.json', record)
  return showSummary(record) ? 0 : 1
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

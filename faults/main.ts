/**
 * `npm run faults -- [--only ID]…`: the fault matrix on the running sandbox, or on one that is started for it.
 * `--representative` tries a part of it, `--clean N` only whole platforms, `--page` writes docs/faults.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadChecklist } from '../support/basis/checklist'
import { catalogue } from './catalogue'
import type { Fault } from './catalogue/fault'
import { readCommand } from './command/options'
import { renderPage } from './command/page'
import { concluded, MatrixProgress, seconds } from './command/progress'
import { Doors } from './doors/doors'
import { type Scope, scopesOf } from './matrix/groups'
import { redItems } from './matrix/judgement'
import { FaultMatrix } from './matrix/matrix'
import { matrixOf, unprovenBy } from './matrix/record'
import { cleanRuns, isAccepted } from './runs/clean'
import { impatient, sandboxEnvironment } from './runs/sandbox'
import { runSuite, type SuiteRun } from './runs/suite'

const root = resolve(__dirname, '..')

/** Stories take a collection and more, pages as long as all else: only the faults that are about them run them. */
const tags: Readonly<Record<Scope, string>> = {
  plain: 'not @story and not @browser',
  pages: 'not @story',
  stories: '@story and not @browser',
  'stories with pages': '@story',
}

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), catalogue)
  switch (command.kind) {
    case 'page':
      writeFileSync(join(root, 'docs', 'faults.md'), renderPage(catalogue, loadChecklist().sections))
      return 0
    case 'clean':
      return clean(command.runs)
    case 'matrix':
      return matrix(command.faults, command.whole)
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
  console.log(`${result.accepted} of ${total} runs on the whole platform accepted`)
  return result.accepted === total ? 0 : 1
}

async function matrix(faults: readonly Fault[], whole: boolean): Promise<number> {
  const begin = performance.now()
  const environment = await sandboxEnvironment()
  const scopes = scopesOf(faults)
  const clean = await wholeRun(environment, !whole && scopes.length === 1 ? scopes[0] : undefined)
  // Its configuration is a file that faults change.
  const look = (scope: Scope) => runSuite(impatient(environment), ['--tags', tags[scope]])
  const progress = new MatrixProgress(faults.length)
  const attempted = new FaultMatrix(new Doors(environment), look, progress.told, progress.repeated)
  let stopped: string | undefined
  try {
    await attempted.run(faults)
  } catch (error) {
    // What was found until then is written all the same.
    stopped = error instanceof Error ? error.message : String(error)
  }
  const record = matrixOf(faults, attempted.found, {
    ...(whole && !stopped ? { unproven: unprovenBy(attempted.found, clean.verdict) } : {}),
    ...(stopped ? { stopped } : {}),
    durationMs: Math.round(performance.now() - begin),
  })
  write('faults.json', record)
  return concluded(record) ? 0 : 1
}

/** The baseline: what is red before the first fault is nobody's. */
async function wholeRun(environment: Readonly<Record<string, string>>, scope: Scope | undefined): Promise<SuiteRun> {
  const run = await runSuite(environment, scope === undefined ? [] : ['--tags', tags[scope]])
  const red = redItems(run.verdict)
  if (red.length > 0 || run.exitCode !== 0)
    throw new Error(
      `The sandbox is not whole before the first fault:\n${[...run.verdict.problems, ...red.map(({ id, reason }) => `${id} ${reason}`)].map((line) => `  ${line}`).join('\n')}`,
    )
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

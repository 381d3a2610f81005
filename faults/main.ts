/**
 * `npm run faults -- [--only ID]…`: the fault matrix on the running sandbox, or on one that is started for it.
 * `npm run faults -- --page` only writes docs/faults.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadChecklist } from '../support/checklist'
import { catalogue } from './catalogue'
import { Doors } from './doors'
import { type FaultResult, runMatrix } from './matrix'
import { renderPage } from './page'
import { sandboxEnvironment } from './sandbox'
import { runSuite } from './suite'

const root = resolve(__dirname, '..')

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, page: { type: 'boolean', default: false } },
  })
  if (values.page) {
    writeFileSync(join(root, 'docs', 'faults.md'), renderPage(catalogue, loadChecklist().sections))
    return 0
  }
  const unknown = values.only?.filter((id) => !catalogue.some((fault) => fault.id === id)) ?? []
  if (unknown.length > 0)
    throw new Error(
      `There is no fault ${unknown.join(', ')}. There are:\n${catalogue.map(({ id }) => `  ${id}`).join('\n')}`,
    )
  const faults = catalogue.filter(({ id }) => values.only?.includes(id) ?? true)
  const environment = await sandboxEnvironment()
  const clean = await runSuite(environment)
  const red = clean.verdict.items.filter(({ status }) => status === 'failed' || status === 'blocked')
  if (red.length > 0)
    throw new Error(
      `The sandbox is not whole before the first fault:\n${red.map(({ id, reason }) => `  ${id} ${reason}`).join('\n')}`,
    )
  const matrix = await runMatrix(faults, new Doors(environment), environment, clean, tell)
  mkdirSync(join(root, 'reports'), { recursive: true })
  writeFileSync(join(root, 'reports', 'faults.json'), `${JSON.stringify(matrix, null, 2)}\n`)
  console.log(`${matrix.killed} of ${matrix.total} faults killed`)
  return matrix.killed === matrix.total ? 0 : 1
}

function tell(result: FaultResult): void {
  const { id, killed, found, expects, expectedCause, namedCause, collateral, attempts, durationMs } = result
  const repeated = attempts > 1 ? `, tried ${attempts} times` : ''
  console.log(`${killed ? '✓' : '✗'} ${id} (${(durationMs / 1000).toFixed(1)} s${repeated})`)
  if (killed) return
  console.log(`    expected failed ${expects.failed.join(', ')}; blocked ${expects.blocked.join(', ')}`)
  console.log(`    found    failed ${found.failed.join(', ')}; blocked ${found.blocked.join(', ')}`)
  console.log(`    expected cause ${expectedCause}\n    named cause    ${namedCause}`)
  if (collateral.length > 0) console.log(`    collateral ${collateral.join(', ')}`)
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(3)
  },
)

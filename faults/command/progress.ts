/** Prints the progress of the matrix and its summary to the terminal. */
import type { Fault } from '../catalogue/fault'
import type { Judgement } from '../matrix/judgement'
import type { FaultResult, Matrix } from '../matrix/record'

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export class MatrixProgress {
  private readonly judged = new Set<string>()

  constructor(private readonly total: number) {}

  readonly result = (result: FaultResult): void => {
    const { id, killed, expectedCause, attempts, sharedWith, durationMs } = result
    this.judged.add(id)
    const shared = sharedWith.length > 0 ? `, run shared with ${sharedWith.length} more` : ''
    const again = attempts > 1 ? `, ${attempts} attempts` : ''
    console.log(
      `${killed ? '✓' : '✗'} ${this.judged.size}/${this.total} ${id} (${seconds(durationMs)}${shared}${again})`,
    )
    if (!killed) showDifference(result, result, expectedCause)
  }

  readonly mismatch = (judged: readonly (readonly [Fault, Judgement])[]): void => {
    console.log('… this run did not show exactly what its faults expect:')
    for (const [{ id, expects, cause }, judgement] of judged) {
      if (judgement.killed) continue
      console.log(`  ${id}`)
      showDifference({ expects }, judgement, `${cause.object}: ${cause.summary}`)
    }
    console.log('… retrying each of its faults alone')
  }
}

/** Prints the summary. Returns true if every fault was killed and nothing is unproven. */
export function showSummary({ killed, total, survived, unproven, stopped, durationMs }: Matrix): boolean {
  const { items = [], scenarios = [] } = unproven ?? {}
  if (stopped) console.log(stopped)
  if (survived.length > 0) console.log(`Survived: ${survived.join(', ')}`)
  if (items.length > 0) console.log(`Items that no fault failed: ${items.join(', ')}`)
  if (scenarios.length > 0) console.log(['Scenarios that no fault turned red:', ...scenarios].join('\n  '))
  console.log(`${killed} of ${total} faults killed in ${seconds(durationMs)}`)
  return killed === total && items.length === 0 && scenarios.length === 0
}

function showDifference({ expects }: Pick<Fault, 'expects'>, judgement: Judgement, expectedCause: string): void {
  const { found, collateral, failedCommands = [], namedCause } = judgement
  console.log(`    expected failed ${expects.failed.join(', ')}; blocked ${expects.blocked.join(', ')}`)
  console.log(`    found    failed ${found.failed.join(', ')}; blocked ${found.blocked.join(', ')}`)
  console.log(`    expected cause ${expectedCause}\n    named cause    ${namedCause}`)
  if (collateral.length > 0) console.log(`    collateral ${collateral.join(', ')}`)
  for (const command of failedCommands) console.log(`    useless command ${command}`)
}

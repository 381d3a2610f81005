/** Prints the progress of the matrix and its summary to the terminal. */
import type { Fault } from '../catalogue/fault'
import type { Judgement } from '../matrix/judgement'
import type { FaultResult, Matrix, VariantResult } from '../matrix/record'

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export class MatrixProgress {
  private readonly judged: Set<string>

  /** @param proven the results of an earlier matrix, which are not repeated */
  constructor(
    private readonly total: number,
    proven: readonly { readonly id: string }[] = [],
  ) {
    this.judged = new Set(proven.map(({ id }) => id))
  }

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

  readonly variant = ({ id, accepted, red, sharedWith, durationMs }: VariantResult): void => {
    this.judged.add(id)
    const shared = sharedWith.length > 0 ? `, run shared with ${sharedWith.length} more` : ''
    console.log(
      `${accepted ? '✓' : '✗'} ${this.judged.size}/${this.total} variant ${id} (${seconds(durationMs)}${shared})`,
    )
    for (const reason of red) console.log(`    ${reason}`)
  }

  readonly redVariants = (ids: readonly string[], red: readonly string[]): void => {
    console.log(`… this run should be green: ${ids.join(', ')}`)
    for (const reason of red) console.log(`    ${reason}`)
    console.log('… judging its variants in halves')
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

/** Prints the summary. Returns true if every fault was killed, no variant is red, and nothing is unproven. */
export function showSummary(matrix: Matrix): boolean {
  const { killed, total, survived, variants, unproven, stopped, spent, durationMs } = matrix
  const { items = [], scenarios = [], findings = [] } = unproven ?? {}
  const falselyRed = variants.filter(({ accepted }) => !accepted).map(({ id }) => id)
  if (stopped) console.log(stopped)
  if (survived.length > 0) console.log(`Survived: ${survived.join(', ')}`)
  if (falselyRed.length > 0) console.log(`Healthy variants that turned red: ${falselyRed.join(', ')}`)
  if (items.length > 0) console.log(`Items that no fault failed: ${items.join(', ')}`)
  if (scenarios.length > 0) console.log(['Scenarios that no fault turned red:', ...scenarios].join('\n  '))
  if (findings.length > 0) console.log(['Findings that no run made:', ...findings].join('\n  '))
  console.log(
    `${spent.runs} runs: the suite took ${seconds(spent.runningMs)}, its commands ${seconds(spent.typingMs)}, the platform the rest`,
  )
  if (variants.length > 0)
    console.log(`${variants.length - falselyRed.length} of ${variants.length} healthy variants accepted`)
  console.log(`${killed} of ${total} faults killed in ${seconds(durationMs)}`)
  const isProven = items.length + scenarios.length + findings.length === 0
  return killed === total && falselyRed.length === 0 && !stopped && isProven
}

function showDifference({ expects }: Pick<Fault, 'expects'>, judgement: Judgement, expectedCause: string): void {
  const { found, collateral, failedCommands = [], namedCause } = judgement
  console.log(`    expected failed ${expects.failed.join(', ')}; blocked ${expects.blocked.join(', ')}`)
  console.log(`    found    failed ${found.failed.join(', ')}; blocked ${found.blocked.join(', ')}`)
  console.log(`    expected cause ${expectedCause}\n    named cause    ${namedCause}`)
  if (collateral.length > 0) console.log(`    collateral ${collateral.join(', ')}`)
  for (const command of failedCommands) console.log(`    useless command ${command}`)
}

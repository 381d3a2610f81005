/** What the terminal shows of the matrix while it goes on, and at its end. */
import type { Fault } from '../catalogue/fault'
import type { Judgement } from '../matrix/judgement'
import type { FaultResult, Matrix } from '../matrix/record'

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export class MatrixProgress {
  private readonly judged = new Set<string>()

  constructor(private readonly total: number) {}

  readonly told = (result: FaultResult): void => {
    const { id, killed, expectedCause, attempts, sharedWith, durationMs } = result
    this.judged.add(id)
    const shared = sharedWith.length > 0 ? `, with ${sharedWith.length} more` : ''
    const again = attempts > 1 ? `, tried ${attempts} times` : ''
    console.log(
      `${killed ? '✓' : '✗'} ${this.judged.size}/${this.total} ${id} (${seconds(durationMs)}${shared}${again})`,
    )
    if (!killed) showFound(result, result, expectedCause)
  }

  readonly repeated = (judged: readonly (readonly [Fault, Judgement])[]): void => {
    console.log('… this run did not show exactly what it must:')
    for (const [{ id, expects, cause }, judgement] of judged) {
      if (judgement.killed) continue
      console.log(`  ${id}`)
      showFound({ expects }, judgement, `${cause.object}: ${cause.summary}`)
    }
    console.log('… so each of its faults is tried by itself')
  }
}

/** The last lines. Answers whether all is proven. */
export function concluded({ killed, total, survived, unproven, stopped, durationMs }: Matrix): boolean {
  const { items = [], scenarios = [] } = unproven ?? {}
  if (stopped) console.log(stopped)
  if (survived.length > 0) console.log(`Survived: ${survived.join(', ')}`)
  if (items.length > 0) console.log(`Failed by no fault: ${items.join(', ')}`)
  if (scenarios.length > 0) console.log(['Turned red by no fault:', ...scenarios].join('\n  '))
  console.log(`${killed} of ${total} faults killed in ${seconds(durationMs)}`)
  return killed === total && items.length === 0 && scenarios.length === 0
}

function showFound({ expects }: Pick<Fault, 'expects'>, judgement: Judgement, expectedCause: string): void {
  const { found, collateral, namedCause } = judgement
  console.log(`    expected failed ${expects.failed.join(', ')}; blocked ${expects.blocked.join(', ')}`)
  console.log(`    found    failed ${found.failed.join(', ')}; blocked ${found.blocked.join(', ')}`)
  console.log(`    expected cause ${expectedCause}\n    named cause    ${namedCause}`)
  if (collateral.length > 0) console.log(`    collateral ${collateral.join(', ')}`)
}

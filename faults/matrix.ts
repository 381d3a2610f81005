/** Applies faults one by one, and holds what the suite says against what it must say. */
import type { Doors } from './doors'
import type { Fault } from './fault'
import { runSuite, type SuiteRun, turnedRed } from './suite'

export interface FaultResult {
  readonly id: string
  readonly title: string
  readonly expects: Fault['expects']
  readonly found: Fault['expects']
  /** Exactly the expected items turned red, the cause was named, and the platform was whole again afterwards. */
  readonly killed: boolean
  /** Items that turned red although the fault is not about them. */
  readonly collateral: readonly string[]
  readonly expectedCause: string
  readonly namedCause: string
  readonly durationMs: number
}

export interface Matrix {
  readonly total: number
  readonly killed: number
  readonly survived: readonly string[]
  readonly collateral: readonly string[]
  readonly faults: readonly FaultResult[]
}

/**
 * @param clean a run on the whole platform, the baseline
 * @throws when a fault cannot be applied or healed, for then nothing after it would mean anything
 */
export async function runMatrix(
  faults: readonly Fault[],
  doors: Doors,
  environment: Readonly<Record<string, string>>,
  clean: SuiteRun,
  told: (result: FaultResult) => void,
): Promise<Matrix> {
  const results: FaultResult[] = []
  for (const fault of faults) {
    const result = await runFault(fault, doors, environment, clean)
    results.push(result)
    told(result)
  }
  return {
    total: results.length,
    killed: results.filter(({ killed }) => killed).length,
    survived: results.filter(({ killed }) => !killed).map(({ id }) => id),
    collateral: results.filter(({ collateral }) => collateral.length > 0).map(({ id }) => id),
    faults: results,
  }
}

async function runFault(
  fault: Fault,
  doors: Doors,
  environment: Readonly<Record<string, string>>,
  clean: SuiteRun,
): Promise<FaultResult> {
  const begin = performance.now()
  const heal = await fault.apply(doors)
  let run: SuiteRun
  try {
    run = await runSuite(environment)
  } finally {
    await heal()
  }
  const found = turnedRed(run, clean)
  const healed = turnedRed(await runSuite(environment), clean)
  const expected = new Set([...fault.expects.failed, ...fault.expects.blocked])
  const named = run.verdict.causes.filter(({ items }) =>
    items.some((id) => found.failed.includes(id) || found.blocked.includes(id)),
  )
  const right = named.some(
    ({ object, summary }) => object.endsWith(fault.cause.object) && summary.includes(fault.cause.summary),
  )
  const exact = same(found.failed, fault.expects.failed) && same(found.blocked, fault.expects.blocked)
  const whole = healed.failed.length + healed.blocked.length === 0
  const rejected = run.exitCode !== 0 && run.verdict.verdict !== 'accepted' && run.verdict.verdict !== 'partial'
  return {
    id: fault.id,
    title: fault.title,
    expects: fault.expects,
    found,
    killed: exact && right && whole && rejected,
    collateral: [
      ...[...found.failed, ...found.blocked].filter((id) => !expected.has(id)),
      ...(whole ? [] : [`not healed: ${[...healed.failed, ...healed.blocked].join(', ')}`]),
    ],
    expectedCause: `${fault.cause.object}: ${fault.cause.summary}`,
    namedCause: named.map(({ object, summary }) => `${object}: ${summary}`).join(' | '),
    durationMs: Math.round(performance.now() - begin),
  }
}

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id) => other.includes(id))

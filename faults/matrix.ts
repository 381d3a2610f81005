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
  /** How often it was tried: 1, or 2 when it was not killed at first. */
  readonly attempts: number
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
  for (const [index, fault] of faults.entries()) {
    const result = await runFault(fault, doors, environment, clean, faults[index + 1])
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

/** A fault that is not killed is tried once more, and the result says so: a machine may hesitate, a check may not. */
const mostAttempts = 2

async function runFault(
  fault: Fault,
  doors: Doors,
  environment: Readonly<Record<string, string>>,
  clean: SuiteRun,
  next: Fault | undefined,
): Promise<FaultResult> {
  const begin = performance.now()
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt(fault, doors, environment, clean, next)
    if (outcome.killed || attempts === mostAttempts)
      return {
        id: fault.id,
        title: fault.title,
        expects: fault.expects,
        ...outcome,
        attempts,
        expectedCause: `${fault.cause.object}: ${fault.cause.summary}`,
        durationMs: Math.round(performance.now() - begin),
      }
  }
}

async function attempt(
  fault: Fault,
  doors: Doors,
  environment: Readonly<Record<string, string>>,
  clean: SuiteRun,
  next: Fault | undefined,
): Promise<Pick<FaultResult, 'found' | 'killed' | 'collateral' | 'namedCause'>> {
  const heal = await fault.apply(doors)
  let run: SuiteRun
  try {
    run = await runSuite(environment, scopeOf(fault))
  } finally {
    await heal()
  }
  const found = turnedRed(run, clean)
  const stillRed = next && isProvenBy(next, fault) ? [] : await untilWhole(environment, fault, clean)
  const expected = new Set([...fault.expects.failed, ...fault.expects.blocked])
  const named = run.verdict.causes.filter(({ items }) =>
    items.some((id) => found.failed.includes(id) || found.blocked.includes(id)),
  )
  const right = named.some(
    ({ object, summary }) =>
      (object.endsWith(fault.cause.object) || object.startsWith(fault.cause.object)) &&
      summary.includes(fault.cause.summary),
  )
  const exact = same(found.failed, fault.expects.failed) && same(found.blocked, fault.expects.blocked)
  const rejected = run.exitCode !== 0 && run.verdict.verdict !== 'accepted' && run.verdict.verdict !== 'partial'
  return {
    found,
    killed: exact && right && rejected && stillRed.length === 0,
    collateral: [
      ...[...found.failed, ...found.blocked].filter((id) => !expected.has(id)),
      ...(stillRed.length === 0 ? [] : [`not healed: ${stillRed.join(', ')}`]),
    ],
    namedCause: named.map(({ object, summary }) => `${object}: ${summary}`).join(' | '),
  }
}

/**
 * What takes longest is run once for each fault. Such faults heal at once, and the run of the next one, which must show exactly
 * its own items, proves the one before whole.
 */
const isProvenBy = (next: Fault, { stories, pages }: Fault): boolean =>
  Boolean((stories && next.stories) || (pages && next.pages))

/** Controllers and scrapes take their time to be right again. */
const healingMs = 90_000

/** Runs the suite until nothing is red that was not before; answers what still is when the deadline has passed. */
async function untilWhole(
  environment: Readonly<Record<string, string>>,
  fault: Fault,
  clean: SuiteRun,
): Promise<readonly string[]> {
  const end = performance.now() + healingMs
  for (;;) {
    const { failed, blocked } = turnedRed(await runSuite(environment, scopeOf(fault)), clean)
    const red = [...failed, ...blocked]
    if (red.length === 0 || performance.now() > end) return red
  }
}

/** Stories take a collection and more, pages as long as all else: only the faults that are about them run them. */
const scopeOf = ({ stories, pages }: Fault): readonly string[] => [
  '--tags',
  stories ? '@story' : pages ? 'not @story' : 'not @story and not @browser',
]

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id) => other.includes(id))

/** Applies faults, several at a time where they are independent, and compares the verdict with what they expect. */
import type { Fault } from '../catalogue/fault'
import type { Doors } from '../doors/doors'
import type { SuiteRun } from '../runs/suite'
import { groupsOf, inOrder, isProvenBy, type Scope, scopeOfAll, scopesOf } from './groups'
import { whileInForce } from './in-force'
import { type Judgement, judge, redItems, stillInForce } from './judgement'
import type { FaultResult } from './record'

/** One run of some faults, and the time that earlier attempts took. */
interface Attempt {
  readonly faults: readonly Fault[]
  /** 1 for the first attempt of these faults. */
  readonly number: number
  readonly spentMs: number
}

type Judged = readonly [Fault, Judgement]

/** A fault that survives is retried once, alone, and its result says so. A slow machine is excused; an unreliable check is not. */
const mostAttempts = 2

export class FaultMatrix {
  private readonly results = new Map<string, FaultResult>()
  /** Faults that were undone, but no later run has proven it yet. */
  private undone: readonly Fault[] = []

  /**
   * @param runScope runs the scenarios of a scope
   * @param onResult called when a fault is judged, and again if it turns out not to be undone
   * @param onMismatch called with the judgements of a run that did not match, before its faults are retried
   * @param recoveryMs how long the platform may take to recover: controllers and scrapes need time to settle
   */
  constructor(
    private readonly doors: Doors,
    private readonly runScope: (scope: Scope) => Promise<SuiteRun>,
    private readonly onResult: (result: FaultResult) => void,
    private readonly onMismatch: (judged: readonly Judged[]) => void = () => undefined,
    private readonly recoveryMs = 90_000,
  ) {}

  /** The results so far. */
  get found(): readonly FaultResult[] {
    return [...this.results.values()]
  }

  /** @throws Error when the platform does not recover after faults were undone, since later results would mean nothing */
  async run(faults: readonly Fault[]): Promise<void> {
    const left: Attempt[] = inOrder(groupsOf(faults)).map((group) => ({ faults: group, number: 1, spentMs: 0 }))
    for (let next = left.shift(); next; next = left.shift()) left.unshift(...(await this.attempt(next)))
    await this.proveRecovery()
  }

  /** Runs one attempt and returns the attempts that must follow it. */
  private async attempt({ faults, number, spentMs }: Attempt): Promise<Attempt[]> {
    const begin = performance.now()
    const judged = await this.judged(faults)
    const durationMs = spentMs + Math.round(performance.now() - begin)
    const isLast = number === mostAttempts
    const again = judged.filter(([, { killed }]) => !killed).map(([fault]) => fault)
    // Nothing is red that these faults do not explain, so those undone before have left nothing behind.
    const isExplained = again.length < judged.length && judged.every(([, { collateral }]) => collateral.length === 0)
    const isProven = (fault: Fault) => isExplained && isProvenBy(fault, faults)
    this.undone = [...this.undone.filter((fault) => !isProven(fault)), ...faults]
    for (const [fault, judgement] of judged)
      if (judgement.killed || isLast)
        this.report({
          ...resultOf(fault, judgement),
          sharedWith: faults.filter((other) => other !== fault).map(({ id }) => id),
          attempts: number,
          durationMs,
        })
    if (again.length === 0) return []
    if (!isLast) this.onMismatch(judged)
    if (!isExplained) await this.proveRecovery()
    if (isLast) return []
    return again.map((fault) => ({ faults: [fault], number: number + 1, spentMs: durationMs }))
  }

  private async judged(faults: readonly Fault[]): Promise<Judged[]> {
    try {
      const run = await whileInForce(this.doors, blockingLast(faults), async () => {
        await this.doors.untilInForce()
        return this.runScope(scopeOfAll(faults) ?? 'plain')
      })
      // A platform that is not healthy in time turns items red in the next run.
      await this.doors.untilHealthy().catch(() => undefined)
      return faults.map((fault) => {
        const others = faults.filter((other) => other !== fault)
        return [fault, judge(fault, others, run)] as const
      })
    } catch (error) {
      return faults.map((fault) => [fault, notTried(error)] as const)
    }
  }

  /** Runs the suite until it accepts. @throws Error after `recoveryMs`; the faults to blame are reported again */
  private async proveRecovery(): Promise<void> {
    const end = performance.now() + this.recoveryMs
    for (const scope of scopesOf(this.undone))
      for (;;) {
        const run = await this.runScope(scope)
        if (run.exitCode === 0) break
        if (performance.now() > end) throw this.notRecovered(run)
      }
    this.undone = []
  }

  private notRecovered(run: SuiteRun): Error {
    const red = [...redItems(run.verdict).map(({ id }) => id), ...run.verdict.problems].join(', ')
    const blamed = stillInForce(this.undone, run)
    for (const { id } of blamed) {
      const result = this.results.get(id)
      const collateral = `not undone: ${red}`
      if (result) this.report({ ...result, killed: false, collateral: [...result.collateral, collateral] })
    }
    const ids = blamed.map(({ id }) => id).join(' or ')
    return new Error(`The platform did not recover after ${ids}. Still red: ${red}.`)
  }

  private report(result: FaultResult): void {
    this.results.set(result.id, result)
    this.onResult(result)
  }
}

const blockingLast = (faults: readonly Fault[]) =>
  [...faults].sort((one, other) => Number(one.blocksPods ?? false) - Number(other.blocksPods ?? false))

const resultOf = ({ id, title, expects, cause }: Fault, judgement: Judgement) => ({
  id,
  title,
  expects,
  ...judgement,
  expectedCause: `${cause.object}: ${cause.summary}`,
})

const notTried = (error: unknown): Judgement => ({
  found: { failed: [], blocked: [] },
  killed: false,
  collateral: [error instanceof Error ? error.message : String(error)],
  failedCommands: [],
  namedCause: '',
  scenarios: [],
})

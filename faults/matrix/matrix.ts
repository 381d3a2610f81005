/** Applies faults, those that do not touch each other together, and holds what the suite says against what it must say. */

import type { Fault } from '../catalogue/fault'
import type { Doors } from '../doors/doors'
import type { SuiteRun } from '../runs/suite'
import { groupsOf, inOrder, isProvenBy, type Scope, scopeOfAll, scopesOf } from './groups'
import { type Judgement, judge, leftBehindBy, redItems } from './judgement'
import type { FaultResult } from './record'

/** Faults that are applied together, how often each was tried with this time, and what that took before. */
interface Attempt {
  readonly faults: readonly Fault[]
  readonly number: number
  readonly spentMs: number
}

type Judged = readonly [Fault, Judgement]

/** A fault that is not killed is tried once more by itself, and the result says so: a machine may hesitate, a check may not. */
const mostAttempts = 2

export class FaultMatrix {
  private readonly results = new Map<string, FaultResult>()
  /** What was healed, and no run has shown to be whole yet. */
  private healed: readonly Fault[] = []

  /**
   * @param look runs the scenarios of a scope
   * @param told of each fault as soon as it is judged, and once more if it proves not to be healed
   * @param repeated the faults whose run was not what it had to be, with what it showed of each
   * @param healingMs how long the platform may take to be whole: controllers and scrapes take their time to be right again
   */
  constructor(
    private readonly doors: Doors,
    private readonly look: (scope: Scope) => Promise<SuiteRun>,
    private readonly told: (result: FaultResult) => void,
    private readonly repeated: (judged: readonly Judged[]) => void = () => undefined,
    private readonly healingMs = 90_000,
  ) {}

  /** What was found so far. */
  get found(): readonly FaultResult[] {
    return [...this.results.values()]
  }

  /** @throws Error when the platform is not whole again after faults were healed: nothing that comes after it would mean anything */
  async run(faults: readonly Fault[]): Promise<void> {
    const left: Attempt[] = inOrder(groupsOf(faults)).map((group) => ({ faults: group, number: 1, spentMs: 0 }))
    for (let next = left.shift(); next; next = left.shift()) left.unshift(...(await this.attempt(next)))
    await this.proveWhole()
  }

  /** Answers what has to be tried again. */
  private async attempt({ faults, number, spentMs }: Attempt): Promise<Attempt[]> {
    const begin = performance.now()
    const judged = await this.judged(faults)
    const durationMs = spentMs + Math.round(performance.now() - begin)
    const isUnion = judged.every(([, { killed }]) => killed)
    // The run of the next ones, which must show exactly what they expect, proves the ones before whole.
    const proven = (fault: Fault) => isUnion && isProvenBy(fault, faults)
    this.healed = [...this.healed.filter((fault) => !proven(fault)), ...faults]
    if (isUnion || number === mostAttempts)
      for (const [fault, judgement] of judged)
        this.tell({
          ...resultOf(fault, judgement),
          sharedWith: faults.filter((other) => other !== fault).map(({ id }) => id),
          attempts: number,
          durationMs,
        })
    if (isUnion) return []
    const isLast = number === mostAttempts
    if (!isLast) this.repeated(judged)
    await this.proveWhole()
    if (isLast) return []
    return faults.map((fault) => ({ faults: [fault], number: number + 1, spentMs: durationMs }))
  }

  private async judged(faults: readonly Fault[]): Promise<Judged[]> {
    try {
      const run = await this.whileBroken(faults, async () => {
        await this.doors.untilInForce()
        return this.look(scopeOfAll(faults) ?? 'plain')
      })
      // What is not whole in time, the next run shows.
      await this.doors.untilWhole().catch(() => undefined)
      return faults.map(
        (fault) =>
          [
            fault,
            judge(
              fault,
              faults.filter((other) => other !== fault),
              run,
            ),
          ] as const,
      )
    } catch (error) {
      return faults.map((fault) => [fault, notTried(error)] as const)
    }
  }

  /** Applied one after the other and healed the other way round, each finds what it changed as it left it. */
  private async whileBroken<T>([fault, ...others]: readonly Fault[], look: () => Promise<T>): Promise<T> {
    if (!fault) return look()
    const heal = await named(fault, 'applied', fault.apply(this.doors))
    try {
      return await this.whileBroken(others, look)
    } finally {
      await named(fault, 'healed', heal())
    }
  }

  /** Runs the suite until it is content. @throws Error when that takes too long; the faults that are to blame are told of */
  private async proveWhole(): Promise<void> {
    const end = performance.now() + this.healingMs
    for (const scope of scopesOf(this.healed))
      for (;;) {
        const run = await this.look(scope)
        if (run.exitCode === 0) break
        if (performance.now() > end) throw this.notHealed(run)
      }
    this.healed = []
  }

  private notHealed(run: SuiteRun): Error {
    const red = [...redItems(run.verdict).map(({ id }) => id), ...run.verdict.problems].join(', ')
    const blamed = leftBehindBy(this.healed, run)
    for (const { id } of blamed) {
      const result = this.results.get(id)
      const collateral = `not healed: ${red}`
      if (result) this.tell({ ...result, killed: false, collateral: [...result.collateral, collateral] })
    }
    const ids = blamed.map(({ id }) => id).join(' or ')
    return new Error(`The platform is not whole again after ${ids}: ${red}.`)
  }

  private tell(result: FaultResult): void {
    this.results.set(result.id, result)
    this.told(result)
  }
}

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
  namedCause: '',
  scenarios: [],
})

async function named<T>({ id }: Fault, what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new Error(`${id} cannot be ${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

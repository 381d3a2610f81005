/** Runs the suite on healthy variants of the platform, several at a time where they are independent. Nothing may turn red. */
import type { Doors } from '../doors/doors'
import type { SuiteRun } from '../runs/suite'
import type { Variant } from '../variants/variant'
import { whileInForce } from './in-force'
import { redItems } from './judgement'
import type { VariantResult } from './record'

type Independent = Pick<Variant, 'changes' | 'environment'>

/** Puts each variant into one group, the first that fits. Those of a group change different objects. */
export function independentGroups<T extends Independent>(variants: readonly T[]): T[][] {
  const groups: T[][] = []
  for (const variant of variants) {
    const open = groups.find(
      (group) =>
        group[0]?.environment === variant.environment &&
        !group.some(({ changes }) => changes.some((change) => variant.changes.includes(change))),
    )
    if (open) open.push(variant)
    else groups.push([variant])
  }
  return groups
}

export class VariantRuns {
  /** The results so far. */
  readonly found: VariantResult[] = []

  /**
   * @param run runs the suite with further variables, without stories and pages
   * @param onResult called when a variant is judged
   */
  constructor(
    private readonly doors: Doors,
    private readonly run: (environment: Variant['environment']) => Promise<SuiteRun>,
    private readonly onResult: (result: VariantResult) => void,
  ) {}

  /**
   * Judges each variant. Those of a run that is red are judged again one by one.
   * @throws Error when the platform is red once the variants are undone, since later results would mean nothing
   */
  async judge(variants: readonly Variant[]): Promise<void> {
    for (const group of independentGroups(variants)) {
      const together = await this.judged(group)
      const isRed = together.some(({ accepted }) => !accepted)
      if (!isRed || group.length === 1) this.report(together)
      else for (const variant of group) this.report(await this.judged([variant]))
      if (isRed) await this.expectRecovery(group)
    }
    if (variants.length > 0) await this.expectRecovery(variants)
  }

  private report(results: readonly VariantResult[]): void {
    for (const result of results) {
      this.found.push(result)
      this.onResult(result)
    }
  }

  private async judged(group: readonly Variant[]): Promise<VariantResult[]> {
    const begin = performance.now()
    const red = await whileInForce(this.doors, group, () => this.run(group[0]?.environment)).then(
      reasonsIn,
      (error) => [error instanceof Error ? error.message : String(error)],
    )
    await this.doors.untilHealthy().catch(() => undefined)
    const durationMs = Math.round(performance.now() - begin)
    return group.map(({ id, title }) => ({
      id,
      title,
      accepted: red.length === 0,
      red,
      sharedWith: group.map((other) => other.id).filter((other) => other !== id),
      durationMs,
    }))
  }

  private async expectRecovery(undone: readonly Variant[]): Promise<void> {
    const red = reasonsIn(await this.run(undefined))
    if (red.length === 0) return
    throw new Error(`The platform is not healthy after ${undone.map(({ id }) => id).join(', ')}: ${red.join('; ')}`)
  }
}

/** The reasons why a run does not end well; empty if it does. A selected run is partial, which is no reason. */
function reasonsIn({ verdict, exitCode }: SuiteRun): string[] {
  const reasons = [
    ...verdict.problems,
    ...redItems(verdict).map(({ id, status, reason }) => `${id} ${status}: ${reason}`),
  ]
  return reasons.length > 0 || exitCode === 0 ? reasons : [`the suite ended with exit code ${exitCode}`]
}

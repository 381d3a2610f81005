/** Runs the suite on healthy variants of the platform, several at a time where they are independent. Nothing may turn red. */
import type { Doors } from '../doors/doors'
import type { SuiteRun } from '../runs/suite'
import type { Variant } from '../variants/variant'
import type { Scope } from './groups'
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
   * @param run runs the scenarios of a scope with further variables
   * @param onResult called when a variant is judged
   * @param onRed called with the variants of a shared run that was red, and with the reasons, before they are judged in halves
   */
  constructor(
    private readonly doors: Doors,
    private readonly run: (scope: Scope, environment: Variant['environment']) => Promise<SuiteRun>,
    private readonly onResult: (result: VariantResult) => void,
    private readonly onRed: (ids: readonly string[], red: readonly string[]) => void = () => undefined,
  ) {}

  /**
   * Judges each variant. Those of a run that is red are judged again in halves, down to the one that is red alone.
   * @throws Error when the platform is red once the variants are undone, since later results would mean nothing
   */
  async judge(variants: readonly Variant[]): Promise<void> {
    for (const group of independentGroups(variants)) await this.judgeGroup(group)
    if (variants.length > 0) await this.expectRecovery(variants)
  }

  private async judgeGroup(group: readonly Variant[]): Promise<void> {
    const results = await this.judged(group)
    const red = results.find(({ accepted }) => !accepted)
    if (!red || group.length === 1) return this.report(results)
    this.onRed(
      group.map(({ id }) => id),
      red.red,
    )
    await this.expectRecovery(group)
    const half = Math.ceil(group.length / 2)
    await this.judgeGroup(group.slice(0, half))
    await this.judgeGroup(group.slice(half))
  }

  private report(results: readonly VariantResult[]): void {
    for (const result of results) {
      this.found.push(result)
      this.onResult(result)
    }
  }

  private async judged(group: readonly Variant[]): Promise<VariantResult[]> {
    const begin = performance.now()
    const scope = group.some(({ pages }) => pages) ? 'pages' : 'plain'
    const red = await whileInForce(this.doors, group, () => this.run(scope, group[0]?.environment)).then(
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
    const red = reasonsIn(await this.run('plain', undefined))
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

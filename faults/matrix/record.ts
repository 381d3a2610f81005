/** Builds the record of the matrix, reports/faults.json. Pure. */
import type { ScenarioRecord, Verdict } from '../../support/record/verdict'
import type { Fault } from '../catalogue/fault'
import { withoutFault } from '../catalogue/without-fault'

export interface FaultResult {
  readonly id: string
  readonly title: string
  readonly expects: Fault['expects']
  readonly found: Fault['expects']
  /**
   * True if exactly the expected items turned red, the cause was named, the printed commands work, and the platform was healthy
   * again afterwards.
   */
  readonly killed: boolean
  /** Items that turned red unexpectedly, and errors while the fault was applied or undone. */
  readonly collateral: readonly string[]
  /** Printed commands that fail, print nothing or name no context, with the reason. */
  readonly failedCommands?: readonly string[]
  readonly expectedCause: string
  readonly namedCause: string
  /** The scenarios that turned red, failed or blocked. */
  readonly scenarios: readonly Pick<ScenarioRecord, 'name' | 'uri' | 'line' | 'status'>[]
  /** The ids of the faults that shared its last run. */
  readonly sharedWith: readonly string[]
  /** The number of runs: 1, or 2 if the first did not match and the fault was run again alone. */
  readonly attempts: number
  /** Total duration of its runs, including shared ones. */
  readonly durationMs: number
}

export interface VariantResult {
  readonly id: string
  readonly title: string
  /** True if nothing turned red. */
  readonly accepted: boolean
  /** The red items with their reasons, the problems of the run, or the error while the variant was applied or undone. */
  readonly red: readonly string[]
  /** The ids of the variants that shared its last run. */
  readonly sharedWith: readonly string[]
  readonly durationMs: number
}

export interface Matrix {
  readonly total: number
  readonly killed: number
  readonly survived: readonly string[]
  readonly collateral: readonly string[]
  /** The healthy variants that were judged. */
  readonly variants: readonly VariantResult[]
  /** Findings of the suite that no run has made. */
  readonly findings: readonly string[]
  /** The items that no fault turned red and the findings that none made, without those in `withoutFault`. Set only after a complete matrix. */
  readonly unproven?: Unproven
  /** The number of runs of the suite, and the milliseconds that they and the commands that they print took. */
  readonly spent: { readonly runs: number; readonly runningMs: number; readonly typingMs: number }
  /** The reason why the matrix ended early. */
  readonly stopped?: string
  readonly durationMs: number
  readonly faults: readonly FaultResult[]
}

export interface Unproven {
  /** Items and scenarios that pass on the clean platform. */
  readonly items: readonly string[]
  /** `features/03-pods.feature:11 The lake pods are running and ready` */
  readonly scenarios: readonly string[]
  /** `support/checks/pods.ts: ${object} is not available.` */
  readonly findings: readonly string[]
}

/** @param faults the selected faults; one without a result counts as survived */
export function matrixOf(
  faults: readonly Fault[],
  results: readonly FaultResult[],
  more: Pick<Matrix, 'variants' | 'findings' | 'unproven' | 'stopped' | 'spent' | 'durationMs'>,
): Matrix {
  const killed = results.filter((result) => result.killed).map(({ id }) => id)
  return {
    total: faults.length,
    killed: killed.length,
    survived: faults.map(({ id }) => id).filter((id) => !killed.includes(id)),
    collateral: results.filter(({ collateral }) => collateral.length > 0).map(({ id }) => id),
    ...more,
    faults: faults.flatMap(({ id }) => results.filter((result) => result.id === id)),
  }
}

/** The results of a matrix that was cut off which need no repetition: the faults that it killed and the variants that it accepted. */
export const provenIn = ({ faults, variants }: Pick<Matrix, 'faults' | 'variants'>) => ({
  faults: faults.filter(({ killed }) => killed),
  variants: variants.filter(({ accepted }) => accepted),
})

/** The findings that no run made and that need a fault. @param never `file: text` of each finding that no run made */
export const unmadeOf = (never: readonly string[]): readonly string[] =>
  never.filter((name) => !Object.keys(withoutFault.findings).some((known) => name.startsWith(known)))

/**
 * Items that pass on the clean platform and that no fault failed, even if one blocked them, and scenarios that were never red.
 * Exceptions listed in `withoutFault` are left out.
 */
export function unprovenBy(results: readonly FaultResult[], clean: Verdict): Pick<Unproven, 'items' | 'scenarios'> {
  const failed = new Set(results.flatMap(({ found }) => found.failed))
  const red = new Set(results.flatMap(({ scenarios }) => scenarios.map(placeOf)))
  const passed = clean.items.filter(
    ({ id, how, status }) => how !== 'derived' && status === 'passed' && !Object.hasOwn(withoutFault.items, id),
  )
  const scenarios = passed
    .flatMap((item) => item.scenarios)
    .filter(({ name, status }) => status === 'passed' && !Object.hasOwn(withoutFault.scenarios, name))
  return {
    items: passed.map(({ id }) => id).filter((id) => !failed.has(id)),
    scenarios: [
      ...new Set(
        scenarios
          .filter((scenario) => !red.has(placeOf(scenario)))
          .map((scenario) => `${placeOf(scenario)} ${scenario.name}`),
      ),
    ],
  }
}

const placeOf = ({ uri, line }: Pick<ScenarioRecord, 'uri' | 'line'>) => `${uri}:${line}`

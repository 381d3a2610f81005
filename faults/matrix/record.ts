/** The record of the matrix, reports/faults.json. Pure. */
import type { ScenarioRecord, Verdict } from '../../support/record/verdict'
import type { Fault } from '../catalogue/fault'
import { withoutFault } from '../catalogue/without-fault'

export interface FaultResult {
  readonly id: string
  readonly title: string
  readonly expects: Fault['expects']
  readonly found: Fault['expects']
  /** Exactly the expected items turned red, the cause was named, and the platform was whole again afterwards. */
  readonly killed: boolean
  /** Items that turned red although the fault is not about them, and what was not healed. */
  readonly collateral: readonly string[]
  readonly expectedCause: string
  readonly namedCause: string
  /** The scenarios that turned red. */
  readonly scenarios: readonly Pick<ScenarioRecord, 'name' | 'uri' | 'line' | 'status'>[]
  /** The faults that it shared its last run with. */
  readonly sharedWith: readonly string[]
  /** How often it was tried: once, and again by itself when its run was not what it had to be. */
  readonly attempts: number
  /** Of all its runs, those that it shared included. */
  readonly durationMs: number
}

export interface Matrix {
  readonly total: number
  readonly killed: number
  readonly survived: readonly string[]
  readonly collateral: readonly string[]
  /** What no fault turned red, although it passes on the whole platform; only of a whole matrix. */
  readonly unproven?: Unproven
  /** Why the matrix ended before its last fault. */
  readonly stopped?: string
  readonly durationMs: number
  readonly faults: readonly FaultResult[]
}

export interface Unproven {
  readonly items: readonly string[]
  /** `features/03-pods.feature:11 The lake is running and ready` */
  readonly scenarios: readonly string[]
}

/** @param faults those that were to be tried, of which some may have no result */
export function matrixOf(
  faults: readonly Fault[],
  results: readonly FaultResult[],
  more: Pick<Matrix, 'unproven' | 'stopped' | 'durationMs'>,
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

/**
 * What passes on the whole platform and has not been seen to fail: an item whenever it is blocked only, a scenario that was
 * never red. What no fault can show is left out.
 */
export function unprovenBy(results: readonly FaultResult[], clean: Verdict): Unproven {
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

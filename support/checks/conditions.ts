/** The conditions in the status of an object, in words. */
import type { Condition } from '../platform/custom-resources'

export const conditionOf = (conditions: readonly Condition[], type: string) =>
  conditions.find((condition) => condition.type === type)

/** Describes a condition for the reader, such as "False (SecretSyncedError: could not get secret data)". */
export function describeCondition(condition: Condition | undefined): string {
  if (!condition) return 'no such condition'
  const reason = [condition.reason, condition.message].filter(Boolean).join(': ')
  return reason === '' ? condition.status : `${condition.status} (${reason})`
}

/**
 * Describes the other conditions that are False: a controller may write the reason there, as cert-manager does with Issuing and
 * Flux with Released.
 */
export const reasonsBeside = (conditions: readonly Condition[], type: string): string[] =>
  conditions
    .filter((one) => one.type !== type && one.status === 'False')
    .map((one) => `${one.type} ${describeCondition(one)}`)

/** Describes a condition that does not hold, with the other conditions that may say why. */
export const describeWithReasons = (conditions: readonly Condition[], type: string): string =>
  [describeCondition(conditionOf(conditions, type)), ...reasonsBeside(conditions, type)].join('; ')

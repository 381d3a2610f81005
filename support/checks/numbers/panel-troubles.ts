/** Divides the wrong numbers on panels into troubles, each of which is a cause of its own. Pure. */
import type { Circumstances } from '../../basis/expectation'
import { type WrongNumber, wrongNumbers } from './differences'

/** A wrong number on a panel. */
export interface NumberOnPanel extends WrongNumber {
  /** The source of the expected number. */
  readonly source: string
  /** True if the query returned the right number, and the panel draws another one. */
  readonly isDrawn: boolean
}

/** More panels than this hardly have a trouble each: then all of them are one. */
const mostTroubles = 6

/**
 * Panels whose numbers have the same likely reason are one trouble; without a reason, each panel is one. Of several reasons, the one
 * that explains the most numbers counts. Numbers that a query returns and those that are only drawn wrongly are different troubles.
 */
export function troublesOf(numbers: readonly NumberOnPanel[]): Circumstances[] {
  const counts = new Map<string, number>()
  for (const reason of numbers.flatMap(({ likely }) => likely)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const countOf = (reason: string) => counts.get(reason) ?? 0
  const troubleOf = (onPanel: readonly NumberOnPanel[]) =>
    onPanel.flatMap(({ likely }) => likely).sort((one, other) => countOf(other) - countOf(one))[0]
  const troubles = new Map<string, NumberOnPanel[]>()
  for (const [key, onPanel] of Map.groupBy(numbers, ({ object, isDrawn }) => `${object} ${isDrawn}`)) {
    const trouble = troubleOf(onPanel) ?? key
    troubles.set(trouble, [...(troubles.get(trouble) ?? []), ...onPanel])
  }
  const all = troubles.size > mostTroubles ? [numbers] : [...troubles.values()]
  return all.flatMap(([first, ...others]) => (first ? [circumstancesOf(first, others)] : []))
}

const circumstancesOf = (first: NumberOnPanel, others: readonly NumberOnPanel[]): Circumstances =>
  wrongNumbers(first, others, { source: first.source, columns: ['project', 'range', 'panel'] })

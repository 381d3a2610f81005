/** The messages of Allure results, and the categories that Allure sorts them into by these messages: one per cause. */
import type { Category } from 'allure-js-commons/sdk'
import type { Cause, ItemRecord, ItemState, ScenarioStatus, Verdict } from '../../record/verdict'
import { describeCause, describeWord } from '../wording/wording'

/** What a result says: its state and reason first, then whose word covers it, then causes with their remedies. */
export function messageOf(
  state: ItemState | ScenarioStatus,
  reason: string | null,
  causes: readonly Cause[],
  vouched: readonly ItemRecord[],
): string {
  const words = vouched.flatMap((record) => describeWord(record) ?? []).filter((word) => word !== reason)
  const unique = [...new Map(causes.map((cause) => [cause.id, cause])).values()]
  const first = `${state.charAt(0).toUpperCase()}${state.slice(1)}: ${reason ?? 'no reason was recorded'}`
  return [first, ...words, ...unique.flatMap(describeCause)].join('\n')
}

/** A category per cause; a result that no cause explains is sorted by its state. */
export function categoriesOf({ causes }: Verdict): Category[] {
  const byCause = causes.map(({ summary, object }) => ({
    name: `${summary} (${object})`,
    messageRegex: `(?s).*\\RCause: ${literal(`${summary} (${object})`)}.*`,
  }))
  const byState = ['Failed', 'Blocked', 'Error', 'Waived', 'Attested', 'Not run', 'Not applicable'].map((state) => ({
    name: state,
    messageRegex: `(?s)${state}: (?!.*\\RCause: ).*`,
  }))
  return [...byCause, ...byState]
}

/** A pattern that Allure, which is written in Java, takes literally. */
function literal(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&').replace(/\s+/g, '\\s+')
}

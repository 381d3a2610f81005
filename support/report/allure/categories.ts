/** Messages of Allure results, and the categories into which Allure sorts the results by these messages: one per cause. */
import type { Category } from 'allure-js-commons/sdk'
import type { Cause, ItemRecord, ItemState, ScenarioStatus, Verdict } from '../../record/verdict'
import { describeCause, notesOf } from '../wording/wording'

/** The message of a result: its state and reason, then notes on its items, then causes with their remedies. */
export function messageOf(
  state: ItemState | ScenarioStatus,
  reason: string | null,
  causes: readonly Cause[],
  items: readonly ItemRecord[],
): string {
  const notes = items.flatMap((record) => notesOf(record, reason))
  const unique = [...new Map(causes.map((cause) => [cause.id, cause])).values()]
  const first = `${state.charAt(0).toUpperCase()}${state.slice(1)}: ${reason ?? 'no reason was recorded'}`
  return [first, ...notes, ...unique.flatMap(describeCause)].join('\n')
}

/** A category per cause, and a category per state for results without a cause. */
export function categoriesOf({ causes }: Verdict): Category[] {
  const byCause = causes.map(({ summary, object }) => ({
    name: `${summary} (${object})`,
    messageRegex: `^${anything}[\\r\\n]Cause: ${literal(`${summary} (${object})`)}${anything}`,
  }))
  const byState = ['Failed', 'Blocked', 'Error', 'Waived', 'Attested', 'Not run', 'Not applicable'].map((state) => ({
    name: state,
    messageRegex: `^${state}: (?!${anything}[\\r\\n]Cause: )${anything}`,
  }))
  return [...byCause, ...byState]
}

/** Also line breaks. */
const anything = '[\\s\\S]*'

/** A regular expression that matches `text` literally, in the languages of both renderers: Java and JavaScript. */
function literal(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s]/gu, '\\$&').replace(/\s+/g, '\\s+')
}

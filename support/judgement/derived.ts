/** Items that no scenario proves because they follow from others: 17.1 to 17.3, and sections 20 and 23. */
import type { ChecklistItem } from '../basis/checklist'
import { type ItemRecord, type ItemState, itemStates } from '../record/verdict'

type State = Pick<ItemRecord, 'status' | 'reason'>

/** Worst first, in the order of {@link itemStates}. */
export const rank = (state: ItemState) => itemStates.indexOf(state)

/**
 * The worst of an item's sources.
 * @param earlier the items before it in the checklist, judged
 * @param recordWritten whether the messages of the run are on disk, which 17.3 asks for
 */
export function derivedState(item: ChecklistItem, earlier: readonly ItemRecord[], recordWritten: boolean): State {
  if (item.id === '17.3')
    return recordWritten
      ? { status: 'passed', reason: null }
      : { status: 'error', reason: 'The record of the run could not be written.' }
  const sources = earlier.filter(
    ({ section, status }) => item.derivedFrom?.includes(section) === true && status !== 'not applicable',
  )
  if (sources.length === 0) return { status: 'not applicable', reason: 'None of the items it follows from applies.' }
  // 17.1 asks whether the verification was executed, not how it ended: only what was not executed counts.
  const counted = item.id === '17.1' ? sources.flatMap(notExecuted) : sources
  const [worst] = [...counted].sort((a, b) => rank(a.status) - rank(b.status))
  if (!worst || worst.status === 'passed') return { status: 'passed', reason: null }
  const ids = counted.filter(({ status }) => status === worst.status).map(({ id }) => id)
  return { status: worst.status, reason: `It follows from ${ids.join(', ')}: ${worst.status}.` }
}

/** An item that was not, or not wholly, executed, in the state that this makes of 17.1. */
function notExecuted({ id, status, scenarios }: ItemRecord): Pick<ItemRecord, 'id' | 'status'>[] {
  if (status === 'error' || status === 'attested' || scenarios.length === 0) return [{ id, status }]
  return scenarios.some(({ status }) => status === 'not run') ? [{ id, status: 'not run' }] : []
}

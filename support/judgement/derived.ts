/** Items that are derived from others instead of being proven by scenarios: 17.1 to 17.3, and sections 20 and 23. */
import type { ChecklistItem } from '../basis/checklist'
import { type ItemRecord, type ItemState, itemStates } from '../record/verdict'

type State = Pick<ItemRecord, 'status' | 'reason'>

/** The position of a state in {@link itemStates}; a lower rank is worse. */
export const rank = (state: ItemState) => itemStates.indexOf(state)

/**
 * Returns the worst state of an item's sources.
 * @param earlier the items that precede it in the checklist, already judged
 * @param recordWritten true if the messages of the run are on disk, which 17.3 requires
 */
export function derivedState(item: ChecklistItem, earlier: readonly ItemRecord[], recordWritten: boolean): State {
  if (item.id === '17.3')
    return recordWritten
      ? { status: 'passed', reason: null }
      : { status: 'error', reason: 'The record of the run could not be written.' }
  const sources = earlier.filter(
    ({ section, status }) => item.derivedFrom?.includes(section) === true && status !== 'not applicable',
  )
  if (sources.length === 0) return { status: 'not applicable', reason: 'None of the items it is derived from applies.' }
  // 17.1 requires that the verification was executed, whatever its result: only items that were not executed count.
  const counted = item.id === '17.1' ? sources.flatMap(notExecuted) : sources
  const [worst] = [...counted].sort((a, b) => rank(a.status) - rank(b.status))
  if (!worst || worst.status === 'passed') return { status: 'passed', reason: null }
  const ids = counted.filter(({ status }) => status === worst.status).map(({ id }) => id)
  return {
    status: worst.status,
    reason: `Derived from other items, of which these are ${stateIn(worst.status)}: ${ids.join(', ')}.`,
  }
}

const stateIn = (state: ItemState) => (state === 'error' ? 'in error' : state)

/** Returns the state that an item contributes to 17.1 if it was not, or not completely, executed. */
function notExecuted({ id, status, scenarios }: ItemRecord): Pick<ItemRecord, 'id' | 'status'>[] {
  if (status === 'error' || status === 'attested' || scenarios.length === 0) return [{ id, status }]
  return scenarios.some(({ status }) => status === 'not run') ? [{ id, status: 'not run' }] : []
}

/** Derived items: no scenario proves them, because they follow from the items of other sections. */
import type { ChecklistItem } from '../basis/checklist'
import { type ItemRecord, type ItemState, worstFirst } from '../record/verdict'

type State = Pick<ItemRecord, 'status' | 'reason'>

/**
 * The state of a derived item.
 * @param earlier the items before it in the checklist, judged
 * @param recordWritten whether the messages of the run are on disk
 */
export function derivedState(item: ChecklistItem, earlier: readonly ItemRecord[], recordWritten: boolean): State {
  const sources = earlier.filter(
    ({ section, status }) => item.derivedFrom?.includes(section) === true && status !== 'not applicable',
  )
  switch (item.derivation ?? 'all hold') {
    case 'record written':
      if (!recordWritten) return { status: 'error', reason: 'The record of the run could not be written.' }
      return sources.some(wasRecorded) ? { status: 'passed', reason: null } : nothingRecorded(worstOf(sources, sources))
    case 'all ran':
      return worstOf(sources, sources.flatMap(notExecuted))
    case 'all hold':
      return worstOf(sources, sources)
  }
}

/** Returns true if a scenario of the item ran, so that the record holds its results. */
const wasRecorded = ({ scenarios }: ItemRecord) => scenarios.some(({ status }) => status !== 'not run')

const nothingRecorded = ({ status, reason }: State): State =>
  status === 'not applicable'
    ? { status, reason }
    : {
        status: status === 'passed' || status === 'attested' ? 'not run' : status,
        reason: 'No scenario of the verification ran, so the record holds no results of it.',
      }

type Counted = Pick<ItemRecord, 'id' | 'status'>

/** @param counted those of the sources that decide */
function worstOf(sources: readonly Counted[], counted: readonly Counted[]): State {
  if (sources.length === 0) return { status: 'not applicable', reason: 'None of the items it is derived from applies.' }
  const [worst] = [...counted].sort((a, b) => worstFirst(a.status, b.status))
  if (!worst || worst.status === 'passed') return { status: 'passed', reason: null }
  const ids = counted.filter(({ status }) => status === worst.status).map(({ id }) => id)
  return {
    status: worst.status,
    reason: `Derived from other items, of which these are ${stateIn(worst.status)}: ${ids.join(', ')}.`,
  }
}

const stateIn = (state: ItemState) => (state === 'error' ? 'in error' : state)

/**
 * An item that was not executed, or only in part, with the state that this gives the derived item. The results of its
 * scenarios do not count.
 */
function notExecuted({ id, status, scenarios }: ItemRecord): Counted[] {
  if (status === 'error' || status === 'attested' || scenarios.length === 0) return [{ id, status }]
  return scenarios.some(({ status }) => status === 'not run') ? [{ id, status: 'not run' }] : []
}

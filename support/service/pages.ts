/** Lists that the service returns in pages: read to their end, within bounds, and compared with the count that it states. */
import { type BoundName, bounds, excessive } from '../basis/bounds'
import type { CommandLine } from '../basis/command'
import { Blocked } from '../basis/expectation'

export interface Page<Entry> {
  readonly entries: readonly Entry[]
  /** The number of entries on all pages; absent: the answer is the whole list. */
  readonly count?: number | undefined
}

export interface PagedList<Entry> {
  /** In words, such as "the list of projects". */
  readonly name: string
  /** @param page from 1; @param size the size of the page, undefined for the default of the service */
  readonly read: (page: number, size?: number) => Promise<Page<Entry>>
  /** Identifies an entry; absent: entries may be equal. */
  readonly keyOf?: (entry: Entry) => string
  readonly bounds: { readonly items: BoundName; readonly pages: BoundName; readonly time: BoundName }
  readonly remedy: () => readonly CommandLine[]
}

/** Entries that are created or deleted while the pages are read move the others from page to page. */
const mostAttempts = 3

/** The size of the pages that are asked for when a list is read again: fewer pages leave less time for changes. */
const largePage = 500

/**
 * Reads all pages of a list.
 * @throws Blocked if the pages do not hold as many entries as the service counts, also when they are read again; Unmet if they
 *   exceed the bounds
 */
export async function allEntries<Entry>(list: PagedList<Entry>): Promise<readonly Entry[]> {
  const deadline = performance.now() + bounds[list.bounds.time].most
  for (let attempt = 1; ; attempt++) {
    const { entries, count } = await readOnce(list, deadline, attempt === 1 ? undefined : largePage)
    if (count === undefined || entries.length === count) return entries
    if (attempt === mostAttempts)
      throw new Blocked({
        summary: `The service counts ${count} entries in ${list.name}, but its pages hold ${entries.length}.`,
        object: list.name,
        expected: `${count} entries`,
        found: `${entries.length} entries`,
        remedy: list.remedy(),
      })
  }
}

/** @param size the size of the pages; undefined: that of the first page */
async function readOnce<Entry>(list: PagedList<Entry>, deadline: number, size?: number): Promise<Page<Entry>> {
  const { items, pages, time } = list.bounds
  const beyond = (bound: BoundName) => excessive({ bound, object: list.name, remedy: list.remedy() })
  const found = new Map<unknown, Entry>()
  let first = 0
  for (let page = 1; ; page++) {
    const { entries, count } = await list.read(page, page === 1 ? size : first)
    if (page === 1) first = entries.length
    for (const entry of entries) found.set(list.keyOf?.(entry) ?? Symbol(), entry)
    if (found.size > bounds[items].most) throw beyond(items)
    if (entries.length === 0 || count === undefined || page * first >= count)
      return { entries: [...found.values()], count }
    if (page >= bounds[pages].most) throw beyond(pages)
    if (performance.now() > deadline) throw beyond(time)
  }
}

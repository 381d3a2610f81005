/** Searches a text of any length for needles: in pieces, each first as it is written and then with its escapes decoded. */
import { allNotations, notations } from './alphabet'
import { mayHoldSequences } from './control-sequences'
import { DecodedView } from './decoded-view'
import type { Masks } from './masks'
import type { Needles } from './needles'
import { PlainView } from './plain-view'
import type { View } from './view'

/** Code units of the text that are searched together; what one piece takes fits into the processor's cache. */
const piece = 131_072
/** Visible bytes of a piece that are searched again with the next one: more than any needle takes up with its escapes. */
export const overlap = 1024
/** JSON within JSON within a percent-encoded page is 3. */
const deepest = 8

interface Seen {
  /** Indices at which a credential may begin, in order. */
  readonly beginnings: readonly number[]
  /** False if no escape can be that of a control sequence. */
  readonly mayBeColoured: boolean
}

/** Filled and emptied by each search, which nothing interrupts. */
const plain = new PlainView(piece, overlap)
const decoded: DecodedView[] = []

/**
 * Covers whatever a text holds of the needles.
 * @returns what the pass has seen beside them
 */
export function search(text: string, needles: Needles, masks: Masks): Seen {
  plain.clear()
  let mayBeColoured = false
  for (let begin = 0; begin < text.length; ) {
    begin = plain.append(text, begin)
    needles.search(plain, masks)
    mayBeColoured ||= mayHoldSequences(plain)
    const present = Object.values(notations).filter((notation) => (plain.notations & notation) !== 0)
    if (present.length > 0) searchDecoded(allNotations, needles, masks)
    // What is an escape of one notation may be plain text of another.
    if (present.length > 1) for (const notation of present) searchDecoded(notation, needles, masks)
  }
  return { beginnings: plain.beginnings, mayBeColoured }
}

/** Searches the plain view with its escapes decoded once, twice and so on, until there are none. */
function searchDecoded(decodes: number, needles: Needles, masks: Masks): void {
  let view: View = plain
  for (let depth = 0; depth < deepest && (view.notations & decodes) !== 0; depth++) {
    const next = decoded[depth] ?? new DecodedView(overlap + 4 * piece)
    decoded[depth] = next
    next.fill(view, decodes, needles.sought)
    needles.search(next, masks)
    view = next
  }
}

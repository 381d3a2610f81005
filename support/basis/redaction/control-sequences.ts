/**
 * The control sequences by which a program colours its output. A terminal does not show them, so they may stand between the
 * characters of a secret.
 */
import type { View } from './view'

/** The beginning of a sequence as it is, and as JSON, Python and shells write it. */
const introducer = '\u001b['
const written = /\\(?:u001[bB]|x1[bB]|033|e)\[/

/** A sequence by ECMA-48: parameters, intermediate characters and a final one. */
const sequence = /(?:\p{Cc}|\\u001[bB]|\\x1[bB]|\\033|\\e)\[[0-?]{0,64}[ -/]{0,8}[@-~]/gu

/** The bytes that follow the backslash of a written introducer. */
const afterBackslash: ReadonlySet<number> = new Set(Buffer.from('ux0e'))

/** False if no escape in a view can be that of an introducer. One at the end of a piece is in the next piece, too. */
export function mayHoldSequences({ bytes, places, placed }: View): boolean {
  for (let place = 0; place < placed; place++)
    if (afterBackslash.has(bytes[(places[place] as number) + 1] as number)) return true
  return false
}

/** The text with a blank for each character of a sequence, or undefined if it holds none. Indices stay the same. */
export function withoutControlSequences(text: string, mayBeWritten: boolean): string | undefined {
  if (!text.includes(introducer) && !(mayBeWritten && written.test(text))) return undefined
  return text.replace(sequence, (found) => ' '.repeat(found.length))
}

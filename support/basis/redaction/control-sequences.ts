/**
 * The control sequences by which a program colours its output. A terminal does not show them, so they may stand between the
 * characters of a secret.
 */

/** The beginning of a sequence as it is, and as JSON, Python and shells write it. */
const introducer = '\u001b['
const written = /\\(?:u001[bB]|x1[bB]|033|e)\[/

/** A sequence by ECMA-48: parameters, intermediate characters and a final one. */
const sequence = /(?:\p{Cc}|\\u001[bB]|\\x1[bB]|\\033|\\e)\[[0-?]{0,64}[ -/]{0,8}[@-~]/gu

/** The text with a blank for each character of a sequence, or undefined if it holds none. Indices stay the same. */
export function withoutControlSequences(text: string): string | undefined {
  if (!text.includes(introducer) && !written.test(text)) return undefined
  return text.replace(sequence, (found) => ' '.repeat(found.length))
}

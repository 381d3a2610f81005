/** The exit to the terminal, which may also be the log of a CI system. Nothing reaches it in any other way. */
import { redaction } from '../basis/redaction'
import { visible } from '../basis/visible-text'

/** The most characters of a text from outside that the terminal shows. The reports have all of it. */
const longest = 2_000

/**
 * Text with its secrets masked and its invisible characters escaped. A CI system that reads commands from its log finds
 * none: GitHub reads lines that start with "::", and Azure and TeamCity read "##vso[…]" and the like anywhere.
 */
export function terminalText(text: string): string {
  return withoutCommands(visible(redaction.redact(text)))
}

/** Lines in which a CI system finds none of its commands. */
export function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1\\u003a').replace(/#(?=#\w*\[)/g, '\\u0023')
}

/**
 * A text from outside as a part of a line. It is shortened if it is long.
 * @param indent precedes each further line, so that none of them looks like a line of the suite
 */
export function terminalField(text: string, indent: string): string {
  const shown = visible(redaction.redact(text))
  const cut = shown.length > longest ? shown.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '') : shown
  const omitted = shown.length - cut.length
  return terminalText(
    `${cut.replaceAll('\n', `\n${indent}`)}${omitted === 0 ? '' : ` … (${omitted.toLocaleString('en')} more characters)`}`,
  )
}

/** Removes stack traces from error messages. They concern the service's developers, who find them in its log. */

/**
 * The beginnings of the traces of Go's panics and of DevLake's wrapped errors (github.com/cockroachdb/errors). DevLake sends the
 * wrapped errors, their types, and if ENABLE_STACKTRACE is set their stack traces. It repeats the causes in a separate field.
 */
const beginning = /\(\d+\) |Wraps: \(\d+\)|Error types: |attached stack trace|-- stack trace|goroutine \d+ \[/g

/**
 * Returns the text up to the line break before its first trace. Each run of white space is read once, because it stands before at
 * most one beginning: one expression for both would read a run again for each of its line breaks.
 */
function without(text: string): string {
  for (const { index } of text.matchAll(beginning)) {
    let start = index
    let lineBreak = -1
    while (start > 0 && isSpace(text.charAt(start - 1))) if (text.charAt(--start) === '\n') lineBreak = start
    if (lineBreak >= 0) return text.slice(0, lineBreak)
  }
  return text
}

const isSpace = (character: string) => character.trim() === ''

/** Returns the body of a response without a stack trace; unchanged unless it is JSON or text with a trace. */
export function withoutStackTrace(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'string') return JSON.stringify(without(parsed))
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed) || typeof parsed.message !== 'string')
      return body
    return JSON.stringify({ ...parsed, message: without(parsed.message) })
  } catch {
    return without(body)
  }
}

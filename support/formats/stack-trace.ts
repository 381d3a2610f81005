/** Removes stack traces from error messages. They concern the service's developers, who find them in its log. */

/**
 * The beginnings of the traces of Go's panics and of DevLake's wrapped errors (github.com/cockroachdb/errors). DevLake sends the
 * wrapped errors, their types, and if ENABLE_STACKTRACE is set their stack traces. It repeats the causes in a separate field.
 */
const beginning = /\(\d+\) |Wraps: \(\d+\)|Error types: |attached stack trace|-- stack trace|goroutine \d+ \[/y

/**
 * Returns the text up to the white space before its first trace. Each run of white space is read once: an expression for the white
 * space and the beginning would read a run again for each of its line breaks.
 */
function without(text: string): string {
  for (let lineBreak = text.indexOf('\n'); lineBreak >= 0; ) {
    let start = lineBreak
    while (start < text.length && isSpace(text.charCodeAt(start))) start++
    beginning.lastIndex = start
    if (beginning.test(text)) return text.slice(0, lineBreak)
    lineBreak = text.indexOf('\n', start)
  }
  return text
}

const isSpace = (code: number) => code <= 32 || (code > 127 && String.fromCharCode(code).trim() === '')

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

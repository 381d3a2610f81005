/** Removes stack traces from error messages. They concern the service's developers, who find them in its log. */

/**
 * The beginnings of the traces of Go's panics and of DevLake's wrapped errors (github.com/cockroachdb/errors). DevLake sends the
 * wrapped errors, their types, and if ENABLE_STACKTRACE is set their stack traces. It repeats the causes in a separate field.
 */
const beginning = /\(\d+\) |Wraps: \(\d+\)|Error types: |attached stack trace|-- stack trace|goroutine \d+ \[/y

/** A layer of a wrapped error that holds no text: its stack trace, or nothing. */
const textless = /attached stack trace|Wraps: \(\d+\) ?(?:attached stack trace|\n)/y

/** The number of a wrapped error, before its text. */
const numbered = /Wraps: \(\d+\) ?/y

/** The layers of one message that are searched for its text; a DevLake has at most a few dozen. */
const mostLayers = 1000

/**
 * Returns the text of the first error in the message that has one. With ENABLE_STACKTRACE, DevLake sends the stack trace of an
 * error before its text (backend/core/errors/crdb_impl.go).
 */
function reasonOf(text: string): string {
  let from = 0
  for (let layer = 0; layer < mostLayers && matchesAt(textless, text, from); layer++) {
    const next = text.indexOf('\nWraps: (', from)
    if (next < 0) return without(text)
    from = next + 1
  }
  return without(text.slice(matchesAt(numbered, text, from) ? numbered.lastIndex : from))
}

function matchesAt(expression: RegExp, text: string, index: number): boolean {
  expression.lastIndex = index
  return expression.test(text)
}

/**
 * Returns the text up to the white space before its first trace. Each run of white space is read once: an expression for the white
 * space and the beginning would read a run again for each of its line breaks.
 */
function without(text: string): string {
  for (let lineBreak = text.indexOf('\n'); lineBreak >= 0; ) {
    let start = lineBreak
    while (start < text.length && isSpace(text.charCodeAt(start))) start++
    if (matchesAt(beginning, text, start)) return text.slice(0, lineBreak)
    lineBreak = text.indexOf('\n', start)
  }
  return text
}

const isSpace = (code: number) => code <= 32 || (code > 127 && String.fromCharCode(code).trim() === '')

/** Returns the body of a response without a stack trace; unchanged unless it is JSON or text with a trace. */
export function withoutStackTrace(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'string') return JSON.stringify(reasonOf(parsed))
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed) || typeof parsed.message !== 'string')
      return body
    return JSON.stringify({ ...parsed, message: messageOf(parsed.message, parsed) })
  } catch {
    return reasonOf(body)
  }
}

/** The reason in the message, or the first cause if the message is a stack trace alone. */
function messageOf(message: string, body: object): string {
  const reason = reasonOf(message)
  if (!matchesAt(textless, reason, 0)) return reason
  const [cause]: unknown[] = 'causes' in body && Array.isArray(body.causes) ? body.causes : []
  return typeof cause === 'string' ? cause : reason
}

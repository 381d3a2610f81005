/** Removes stack traces from error messages. They concern the service's developers, who find them in its log. */

/**
 * The traces of Go's panics and of DevLake's wrapped errors (github.com/cockroachdb/errors). DevLake sends the wrapped errors,
 * their types, and if ENABLE_STACKTRACE is set their stack traces. It repeats the causes in a separate field.
 */
const trace =
  /\n\s*(?:\(\d+\) |Wraps: \(\d+\)|Error types: |attached stack trace|-- stack trace|goroutine \d+ \[)[\s\S]*/

const without = (text: string) => text.replace(trace, '')

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

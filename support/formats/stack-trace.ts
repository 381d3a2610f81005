/** What an error says, without where in the service's own code it came from: that is for its developers, and in its log. */

/**
 * Go's panics, and the wrapped errors of DevLake (github.com/cockroachdb/errors), which it sends whole: what was wrapped, the
 * stack traces where ENABLE_STACKTRACE is set, and the types of the errors. DevLake repeats the causes in a field of their own.
 */
const trace =
  /\n\s*(?:\(\d+\) |Wraps: \(\d+\)|Error types: |attached stack trace|-- stack trace|goroutine \d+ \[)[\s\S]*/

const without = (text: string) => text.replace(trace, '')

/** The body of an answer; other than as JSON or text with a trace it stays as it is. */
export function withoutStackTrace(body: string): string {
  try {
    const said: unknown = JSON.parse(body)
    if (typeof said === 'string') return JSON.stringify(without(said))
    if (typeof said !== 'object' || said === null || !('message' in said) || typeof said.message !== 'string')
      return body
    return JSON.stringify({ ...said, message: without(said.message) })
  } catch {
    return without(body)
  }
}

/** The wording of errors, for the terminal and the logs of the parts: sentences, no stack traces and no JSON of a schema. */
import { type core, ZodError } from 'zod'

const shownIssues = 5

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

/** The differences between a value and its schema in one line, such as "items[3].status: expected object, received null". */
export function mismatch({ issues }: { readonly issues: readonly core.$ZodIssue[] }): string {
  const shown = issues.slice(0, shownIssues).map(({ path, message }) => {
    const place = pathOf(path)
    const difference = message.replace(/^Invalid input: /, '')
    return place === '' ? difference : `${place}: ${difference}`
  })
  const rest = issues.length - shown.length
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')
}

/** The message of anything that was thrown, followed by its cause where the message does not name it. */
export function messageOf(error: unknown): string {
  if (error instanceof ZodError) return `unexpected data: ${mismatch(error)}`
  if (!(error instanceof Error)) return String(error)
  // Node reports a connection that failed at several addresses as an error without a message of its own.
  const own = error.message || (error instanceof AggregateError ? messageOf(error.errors[0]) : error.name)
  if (!(error.cause instanceof Error)) return own
  const cause = messageOf(error.cause)
  return own.includes(cause) ? own : `${own} (${cause})`
}

/** Runs the main function of a part. An error goes to the part's log, whose end `up` shows, and the process exits with 1. */
export function runPart(main: () => Promise<unknown>): void {
  main().catch((error: unknown) => {
    console.error(messageOf(error))
    process.exit(1)
  })
}

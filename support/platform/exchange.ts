/** What every client has in common: who is told of an exchange, and why one failed. */

/** Told of every exchange, so that a report can show what was asked and what came back. */
export type Witness = (asked: string, answer: unknown) => void

/** The innermost reason of a failed request, without a stack trace. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return error.cause instanceof Error
    ? reasonOf(error.cause)
    : error.message || ((error as NodeJS.ErrnoException).code ?? error.name)
}

/** Shared by all clients: the address of a server, the witness of an exchange, and the reason why one failed. */

/** The address to connect to instead of a URL's host, if the name does not resolve or must not be used. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Receives every exchange, so that a report can show the request and the response. */
export type Witness = (request: string, response: unknown) => void

/** Returns the innermost reason of a failed request, without a stack trace. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no response in time'
  return error.cause instanceof Error
    ? reasonOf(error.cause)
    : error.message || ((error as NodeJS.ErrnoException).code ?? error.name)
}

/** Shared by all clients: the address of a server, the witness of an exchange, and the reason why one failed. */
import { messageOf } from '../basis/message'

/** The address to connect to instead of a URL's host, if the name does not resolve or must not be used. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Receives every exchange, so that a report can show the request and the response. */
export type Witness = (request: string, response: unknown) => void

/** Advice for those who start Node themselves: https://nodejs.org/api/tls.html. */
const adviceOfNode = /; if the root CA is installed locally, try running Node\.js with --use-system-ca$/

/** Returns the innermost reason of a failed request in words, without a stack trace. */
export function reasonOf(error: unknown): string {
  let innermost = error
  const seen = new Set<unknown>()
  while (innermost instanceof Error && innermost.cause instanceof Error && !seen.has(innermost.cause)) {
    seen.add(innermost)
    innermost = innermost.cause
  }
  if (innermost instanceof Error && innermost.name === 'TimeoutError') return 'no response in time'
  return messageOf(innermost).replace(adviceOfNode, '')
}

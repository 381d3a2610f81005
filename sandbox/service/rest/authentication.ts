/** Who asks, by the bearer token, and what each may do. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { ServiceError } from '../basis/service-error'

/** What a route needs: nothing, a token, or a token that may also change something. */
export type Access = 'open' | 'read' | 'write'

/** The API tokens that the service knows; `undefined` for one that is not configured. */
export interface Tokens {
  readonly valid: string
  readonly expired: string | undefined
  readonly readOnly: string | undefined
}

export type Caller =
  | { readonly kind: 'known'; readonly mayWrite: boolean }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Recognises the token of an Authorization header, in a time that does not depend on how much of it is right. */
export function callerOf(authorization: string | undefined, tokens: Tokens): Caller {
  const token = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return { kind: 'unknown', reason: 'an API token is needed: Authorization: Bearer <token>' }
  if (same(token, tokens.valid)) return { kind: 'known', mayWrite: true }
  if (same(token, tokens.readOnly)) return { kind: 'known', mayWrite: false }
  const expired = same(token, tokens.expired)
  return { kind: 'unknown', reason: expired ? 'the API token has expired' : 'the API token is not valid' }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const same = (token: string, other: string | undefined): boolean =>
  other !== undefined && timingSafeEqual(digest(token), digest(other))

/** Throws UNAUTHORIZED or FORBIDDEN unless the caller has the access. */
export function requireAccess(caller: Caller, access: Access): void {
  if (access === 'open') return
  if (caller.kind === 'unknown') throw new ServiceError('UNAUTHORIZED', caller.reason)
  if (access === 'write' && !caller.mayWrite) {
    throw new ServiceError('FORBIDDEN', 'the API token has no right to change anything')
  }
}

/** Authentication by bearer token: identifies the caller and checks its access. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { ServiceError } from '../basis/service-error'

/** Access that a route requires: none, a token, or a token with write permission. */
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

/** Identifies the caller by its Authorization header. Tokens are compared in constant time. */
export function callerOf(authorization: string | undefined, tokens: Tokens): Caller {
  const token = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return { kind: 'unknown', reason: 'an API token is required: Authorization: Bearer <token>' }
  if (same(token, tokens.valid)) return { kind: 'known', mayWrite: true }
  if (same(token, tokens.readOnly)) return { kind: 'known', mayWrite: false }
  const expired = same(token, tokens.expired)
  return { kind: 'unknown', reason: expired ? 'the API token has expired' : 'the API token is not valid' }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const same = (token: string, other: string | undefined): boolean =>
  other !== undefined && timingSafeEqual(digest(token), digest(other))

/** @throws ServiceError UNAUTHORIZED for an unknown caller, FORBIDDEN for one that lacks write permission */
export function requireAccess(caller: Caller, access: Access): void {
  if (access === 'open') return
  if (caller.kind === 'unknown') throw new ServiceError('UNAUTHORIZED', caller.reason)
  if (access === 'write' && !caller.mayWrite) {
    throw new ServiceError('FORBIDDEN', 'the API token is read-only')
  }
}

/** The end of credentials, where they name it themselves. */
import { X509Certificate } from 'node:crypto'
import { isoText } from '../../formats/instant'
import type { Login } from './login'

/** Returns the part of a login that has expired, with its end; undefined if none says so. */
export function expiredPart({ headers, certificate }: Login, now: number = Date.now()): string | undefined {
  const ends: readonly (readonly [string, number | undefined])[] = [
    ['token', endOfToken(String(headers.authorization ?? ''))],
    ['client certificate', certificate === undefined ? undefined : endOfCertificate(certificate)],
  ]
  const [part, end] = ends.find(([, one]) => one !== undefined && one <= now) ?? []
  return end === undefined ? undefined : `the ${part} expired on ${isoText(end)}`
}

/** A token in the form of a JWT holds its end in seconds (RFC 7519). */
function endOfToken(authorization: string): number | undefined {
  const [, claims = ''] = /^Bearer [^.]+\.([^.]+)\.[^.]+$/.exec(authorization) ?? []
  try {
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { exp?: unknown }
    return typeof exp === 'number' && Number.isSafeInteger(exp) ? exp * 1000 : undefined
  } catch {
    return undefined
  }
}

function endOfCertificate(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo)
  } catch {
    return undefined
  }
}

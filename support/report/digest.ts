/**
 * The digest of the record: SHA-256 over the canonical JSON (RFC 8785) of everything in it but the digest itself, so
 * that the record can be reformatted or re-ordered without breaking it, and not changed.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Verdict } from './verdict'

/** The record with its digest (hex). */
export function withDigest(record: Omit<Verdict, 'digest'>): Verdict {
  // Canonical JSON refuses half a surrogate pair, which a log line that was cut leaves behind: it is replaced first.
  const content: Omit<Verdict, 'digest'> = JSON.parse(JSON.stringify(record, wellFormed))
  return { ...content, digest: digestOf(content) }
}

/** Whether the record's digest is that of its content. It shows accidents and careless edits; it is no signature. */
export function isUntouched({ digest, ...content }: Verdict): boolean {
  try {
    return digest === digestOf(content)
  } catch {
    return false
  }
}

function digestOf(content: object): string {
  const canonical = canonicalize(content)
  if (canonical === undefined) throw new TypeError('The record cannot be written as JSON, so it has no digest.')
  return createHash('sha256').update(canonical, 'utf8').digest('hex')
}

/** Text as it comes back from UTF-8; other values as they are. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value
}

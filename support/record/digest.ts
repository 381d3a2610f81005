/**
 * The digests of the record: SHA-256 over canonical JSON (RFC 8785), so that it can be reformatted or re-ordered without
 * breaking them, and not changed. One is over everything; the others say which section or part is not as it was written.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { z } from 'zod'
import type { Digests, Verdict } from './verdict'

export type Content = Omit<Verdict, 'digest' | 'digests'>

/** The record with its digests (hex). */
export function withDigest(record: Content): Verdict {
  // Canonical JSON refuses half a surrogate pair, which a log line that was cut leaves behind: it is replaced first.
  const content: Content = JSON.parse(JSON.stringify(record, wellFormed))
  const sealed = { ...content, digests: digestsOf(content) }
  return { ...sealed, digest: digestOf(sealed) }
}

/** What is not as it was written: sections of the checklist by id, other members of the record by name. */
export interface Changes {
  readonly sections: readonly string[]
  readonly parts: readonly string[]
}

const recorded = z.object({
  sections: z.record(z.string(), z.unknown()),
  parts: z.record(z.string(), z.unknown()),
})

/**
 * Compares a record with its digests. Whoever changes a part and every digest over it is not noticed: that takes a
 * signature, or the digest on paper. The part `digest` stands for what no other explains: the digest itself, the order of
 * the sections, or a part that was changed together with its own digest.
 * @returns null for a record that is untouched
 */
export function changesIn({ digest, digests, ...content }: Readonly<Record<string, unknown>>): Changes | null {
  const { sections, parts } = partsOf(content)
  const written = recorded.safeParse(digests).data ?? { sections: {}, parts: {} }
  const changes = { sections: differing(sections, written.sections), parts: differing(parts, written.parts) }
  const explained = changes.sections.length + changes.parts.length > 0
  if (isDigestOf(digest, () => ({ ...content, digests }))) return explained ? changes : null
  if (isDigestOf(digest, () => ({ ...content, digests: digestsOf(content) })))
    return { sections: [], parts: ['digests'] }
  return explained ? changes : { sections: [], parts: ['digest'] }
}

function digestsOf(content: object): Digests {
  const { sections, parts } = partsOf(content)
  const digests = (all: ReadonlyMap<string, unknown>) =>
    Object.fromEntries([...all].map(([name, part]) => [name, digestOf(part)]))
  return { sections: digests(sections), parts: digests(parts) }
}

/** The items by their sections, and everything else by its name. */
function partsOf(content: object): Record<'sections' | 'parts', Map<string, unknown>> {
  const sections = new Map<string, unknown[]>()
  const parts = new Map<string, unknown>(Object.entries(content))
  const items = parts.get('items')
  if (Array.isArray(items)) {
    parts.delete('items')
    for (const item of items) {
      const id = typeof item?.section === 'string' ? item.section : ''
      sections.set(id, [...(sections.get(id) ?? []), item])
    }
  }
  return { sections, parts }
}

function differing(parts: ReadonlyMap<string, unknown>, digests: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...parts.keys(), ...Object.keys(digests)])
  return [...names].filter((name) => !parts.has(name) || !isDigestOf(digests[name], () => parts.get(name)))
}

/** What has no canonical form has no digest. */
function isDigestOf(digest: unknown, content: () => unknown): boolean {
  try {
    return digest === digestOf(content())
  } catch {
    return false
  }
}

function digestOf(content: unknown): string {
  const canonical = canonicalize(content)
  if (canonical === undefined) throw new TypeError('What cannot be written as JSON has no digest.')
  return createHash('sha256').update(canonical, 'utf8').digest('hex')
}

/** Text as it comes back from UTF-8; other values as they are. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value
}

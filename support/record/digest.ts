/**
 * The digests of the record: SHA-256 over canonical JSON (RFC 8785). Reformatting the record or reordering its keys does
 * not change them; any other edit does. One digest covers everything, the others show which section or part was altered.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { z } from 'zod'
import type { Digests, Verdict } from './verdict'

/** A record before its digests are added. */
export type UnsealedRecord = Omit<Verdict, 'digest' | 'digests'>

/** Returns the record with its digests, in hex. */
export function withDigest(record: UnsealedRecord): Verdict {
  // Canonical JSON refuses half a surrogate pair, which a truncated log line can end with, so it is replaced first.
  const content: UnsealedRecord = JSON.parse(JSON.stringify(record, wellFormed))
  const sealed = { ...content, digests: digestsOf(content) }
  return { ...sealed, digest: digestOf(sealed) }
}

/** The altered parts of a record: sections of the checklist by id, other members of the record by name. */
export interface Alterations {
  readonly sections: readonly string[]
  readonly parts: readonly string[]
}

const recorded = z.object({
  sections: z.record(z.string(), z.unknown()),
  parts: z.record(z.string(), z.unknown()),
})

/**
 * Compares a record with its digests. It cannot notice an edit that also recomputes every digest: that takes a
 * signature, or the digest on paper. The part `digest` stands for every alteration that no other part explains: the digest
 * itself, the order of the sections, or a part that was altered together with its own digest.
 * @returns null for an unaltered record
 */
export function alterationsOf({ digest, digests, ...content }: Readonly<Record<string, unknown>>): Alterations | null {
  const { sections, parts } = partsOf(content)
  const written = recorded.safeParse(digests).data ?? { sections: {}, parts: {} }
  const altered = { sections: differing(sections, written.sections), parts: differing(parts, written.parts) }
  const explained = altered.sections.length + altered.parts.length > 0
  if (isDigestOf(digest, () => ({ ...content, digests }))) return explained ? altered : null
  if (isDigestOf(digest, () => ({ ...content, digests: digestsOf(content) })))
    return { sections: [], parts: ['digests'] }
  return explained ? altered : { sections: [], parts: ['digest'] }
}

/**
 * True if a member of a record differs from its own digest. Cheaper than {@link alterationsOf}, which hashes all members.
 * @param names of members other than the items; one that is missing and has no digest is unaltered
 */
export function partsAltered(record: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  const parts: Readonly<Record<string, unknown>> = recorded.safeParse(record.digests).data?.parts ?? {}
  return names.some((name) =>
    name in record ? !isDigestOf(parts[name], () => record[name]) : parts[name] !== undefined,
  )
}

function digestsOf(content: object): Digests {
  const { sections, parts } = partsOf(content)
  const digests = (all: ReadonlyMap<string, unknown>) =>
    Object.fromEntries([...all].map(([name, part]) => [name, digestOf(part)]))
  return { sections: digests(sections), parts: digests(parts) }
}

/** Splits a record into its items by section and its other members by name. */
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

/** Returns false if the content has no canonical form, because then it has no digest. */
function isDigestOf(digest: unknown, content: () => unknown): boolean {
  try {
    return digest === digestOf(content())
  } catch {
    return false
  }
}

function digestOf(content: unknown): string {
  const canonical = canonicalize(content)
  if (canonical === undefined) throw new TypeError('A value that cannot be written as JSON has no digest.')
  return createHash('sha256').update(canonical, 'utf8').digest('hex')
}

/** A JSON replacer that replaces invalid Unicode in text by encoding and decoding it as UTF-8. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value
}

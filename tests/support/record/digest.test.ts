/** Any alteration of a record is noticed and attributed to the part where it was made. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alterationsOf, withDigest } from '../../../support/record/digest'
import type { Verdict } from '../../../support/record/verdict'
import { platformWithFaults } from '../../fixtures/platform-with-faults'

/** JSON with sorted keys and without whitespace: RFC 8785 for records whose numbers are integers. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

const sha256 = (value: unknown) => createHash('sha256').update(canonical(value)).digest('hex')
const changes = (record: object) => alterationsOf(record as Record<string, unknown>)

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = readonly (string | number)[]

/** A copy that can be edited. */
const copyOf = (record: Verdict) => JSON.parse(JSON.stringify(record)) as { [key: string]: Json }

/** The paths of all values in a record, including objects and arrays. */
function placesIn(value: Json, path: Path = []): Path[] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) =>
          placesIn(member, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : []
  return path.length > 0 ? [path, ...below] : below
}

interface Edit {
  readonly path: Path
  readonly how: 'replaced' | 'removed' | 'added beside'
  readonly by: Json
}

/** Applies an edit to a record. */
function edit(record: { [key: string]: Json }, { path, how, by }: Edit): void {
  const parent = path.slice(0, -1).reduce<Json>((at, key) => (at as { [key: string]: Json })[key] as Json, record)
  const key = path.at(-1) ?? ''
  if (Array.isArray(parent))
    parent.splice(Number(key), how === 'added beside' ? 0 : 1, ...(how === 'removed' ? [] : [by]))
  else if (how === 'removed') delete (parent as { [key: string]: Json })[key]
  else (parent as { [key: string]: Json })[how === 'replaced' ? key : `${key} too`] = by
}

describe('the digest', () => {
  const { verdict } = platformWithFaults()

  it('is the SHA-256 of the canonical JSON of everything else', () => {
    const { digest, ...rest } = verdict
    expect(digest).toBe(sha256(rest))
  })

  it('is accompanied by a digest of the items of each section and of each other part', () => {
    const { digest: _, digests, items, ...parts } = verdict
    const sections = new Set(items.map(({ section }) => section))
    expect(sections.size).toBeGreaterThan(3)
    expect(digests.sections).toEqual(
      Object.fromEntries([...sections].map((id) => [id, sha256(items.filter(({ section }) => section === id))])),
    )
    expect(digests.parts).toEqual(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, sha256(part)])))
  })

  it('survives writing, reading and reordering of keys', () => {
    const backwards = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(backwards)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .map(([key, member]) => [key, backwards(member)] as const)
                .reverse(),
            )
          : value
    const reordered = backwards(copyOf(verdict))
    expect(Object.keys(reordered as object)).not.toEqual(Object.keys(verdict))
    expect(changes(JSON.parse(JSON.stringify(reordered, null, 4)))).toBeNull()
  })

  it.each<[string, readonly string[], readonly string[], (record: Verdict) => object]>([
    ['the verdict', [], ['verdict'], (record) => ({ ...record, verdict: 'accepted' })],
    ['an added member', [], ['note'], (record) => ({ ...record, note: 'fine' })],
    ['the digest', [], ['digest'], (record) => ({ ...record, digest: '0'.repeat(64) })],
    ['a digest of a section', [], ['digests'], (record) => ({ ...record, digests: { sections: {}, parts: {} } })],
    [
      'the order of the sections',
      [],
      ['digest'],
      ({ items, ...record }) => ({
        ...record,
        items: [...items].sort((one, other) => Number(other.section) - Number(one.section)),
      }),
    ],
    [
      'a part with its digest',
      [],
      ['digest'],
      ({ digests: { sections, parts }, ...record }) => ({
        ...record,
        problems: ['none'],
        digests: { sections, parts: { ...parts, problems: sha256(['none']) } },
      }),
    ],
    ['a text, to half a character,', [], ['problems'], (record) => ({ ...record, problems: ['\ud83d'] })],
  ])('shows that %s was changed', (_, sections, parts, change) => {
    expect(changes(verdict)).toBeNull()
    expect(changes(change(verdict))).toEqual({ sections, parts })
  })

  it('attributes any change of any value to its section or part', () => {
    const places = placesIn(copyOf(verdict))
    expect(places.length).toBeGreaterThan(300)
    // A file without these members is refused before its digests are compared.
    const edits = fc
      .record({
        path: fc.constantFrom(...places),
        how: fc.constantFrom<Edit['how']>('replaced', 'removed', 'added beside'),
        by: fc.oneof(fc.jsonValue() as fc.Arbitrary<Json>, fc.constantFrom<Json>('passed', 0, '3', [])),
      })
      .filter(({ path, how }) => how !== 'removed' || !['digest', 'digests', 'items'].includes(path.join()))
    fc.assert(
      fc.property(edits, (one) => {
        const edited = copyOf(verdict)
        edit(edited, one)
        fc.pre(canonical(edited) !== canonical(copyOf(verdict)))
        const found = changes(edited)
        expect(found).not.toBeNull()
        const [part, index] = one.path
        if (part === 'items' && index === undefined && one.how === 'replaced' && Array.isArray(edited.items)) {
          // Replacing the list of items alters every section.
          expect(found?.parts).toEqual([])
          expect(found?.sections.length).toBeGreaterThan(0)
          return
        }
        if (part !== 'items' || index === undefined) {
          const name = one.how === 'added beside' && one.path.length === 1 ? `${part} too` : String(part)
          expect(found?.parts).toEqual([name])
          if (name !== 'items') expect(found?.sections).toEqual([])
          return
        }
        // The section of the item before the edit, and its section after it.
        const sectionsIn = (record: { [key: string]: Json }) =>
          (record.items as { section?: Json }[]).map((item) => (typeof item?.section === 'string' ? item.section : ''))
        const [before, after] = [copyOf(verdict), edited].map(sectionsIn)
        const touched = [before?.[Number(index)], after?.[Number(index)]]
        expect(found?.parts).toEqual([])
        expect(found?.sections.length).toBeGreaterThan(0)
        for (const section of found?.sections ?? []) expect(touched).toContain(section)
      }),
      { numRuns: 1000 },
    )
  })

  it('covers a record with invalid Unicode after it was replaced, but not the same record with the invalid text', () => {
    const { digest: _, digests: __, ...rest } = verdict
    const cut = '🚀'.slice(0, 1)
    const record = withDigest({ ...rest, problems: [cut] })
    expect(record.problems).toEqual(['\ufffd'])
    expect(changes(record)).toBeNull()
    expect(changes({ ...record, problems: [cut] })).not.toBeNull()
  })

  it('replaces an older digest', () => {
    const { digest: _, digests: __, ...rest } = verdict
    expect(changes(withDigest({ ...rest, problems: ['It was interrupted.'] }))).toBeNull()
  })
})

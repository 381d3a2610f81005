/** The owner of a cause: the person or team that acts on it. Pure. */
import type { Checklist } from '../basis/checklist'
import { ownedParts, partsWithOwners } from '../basis/owned-parts'
import type { Cause } from '../record/verdict'

/** The objects of one person, whatever part their names contain: permissions, and keys of the configuration. */
const elsewhere = [
  { begin: 'access to ', parts: ['cluster'], person: 'the cluster administrator' },
  { begin: 'configuration key ', parts: [], person: 'whoever configures this suite' },
] as const

/**
 * The owner of a cause by the configuration: that of the part that its object names, else that of a section that it affects.
 * Without one, the part or the section itself, or the person who grants permissions or configures the suite.
 * @param owners by the name of a part or the id of a section
 */
export function ownerOf(
  { object, items }: Pick<Cause, 'object' | 'items'>,
  owners: Readonly<Record<string, string>>,
  { items: known, sections }: Pick<Checklist, 'items' | 'sections'>,
): string {
  const apart = elsewhere.find(({ begin }) => object.startsWith(begin))
  const parts = apart?.parts ?? partsWithOwners.filter((part) => ownedParts[part].some((word) => names(object, word)))
  const concerned = [...new Set(items.flatMap((id) => known.find((item) => item.id === id)?.section ?? []))]
  const [named] = [...parts, ...concerned].flatMap((key) => owners[key] ?? [])
  if (named !== undefined) return named
  if (apart !== undefined) return apart.person
  if (parts[0] !== undefined) return `the owner of ${parts[0]}`
  const section = sections.find(({ id }) => id === concerned[0])
  return section === undefined ? 'the platform team' : `the owner of section ${section.id}, ${section.title}`
}

/** True if the text contains the words, whole and in any case. */
const names = (text: string, words: string): boolean => new RegExp(`(?<![a-z0-9])${words}(?![a-z0-9])`, 'i').test(text)

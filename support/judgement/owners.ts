/** The owner of a cause: the person or team that acts on it. Pure. */
import type { Checklist } from '../basis/checklist'
import { ownedParts, partsWithOwners } from '../basis/owned-parts'
import type { Cause } from '../record/verdict'

/**
 * The owner of a cause by the configuration: that of the part that its object names, else that of a section that it stops.
 * Without one, the name of the part, or the title of the section.
 * @param owners by the name of a part or the id of a section
 */
export function ownerOf(
  { object, items }: Pick<Cause, 'object' | 'items'>,
  owners: Readonly<Record<string, string>>,
  { items: known, sections }: Pick<Checklist, 'items' | 'sections'>,
): string {
  const parts = partsWithOwners.filter((part) => ownedParts[part].some((word) => names(object, word)))
  const concerned = [...new Set(items.flatMap((id) => known.find((item) => item.id === id)?.section ?? []))]
  const [named] = [...parts, ...concerned].flatMap((key) => owners[key] ?? [])
  if (named !== undefined) return named
  const title = sections.find(({ id }) => id === concerned[0])?.title
  return parts[0] ?? title ?? 'the platform team'
}

/** True if the text contains the words, whole and in any case. */
const names = (text: string, words: string): boolean => new RegExp(`(?<![a-z0-9])${words}(?![a-z0-9])`, 'i').test(text)

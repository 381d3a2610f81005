import type { Checklist } from '../basis/checklist'
import { ConfigurationError } from './error'

/** Somebody accepts a failed or blocked item until a day. */
export interface Waiver {
  readonly item: string
  readonly owner: string
  readonly reason: string
  /** Last day on which it counts, ISO 8601 date or instant. */
  readonly expires: string
}

/** Somebody vouches for an item that no scenario can prove, or that the scope left out. */
export interface Attestation {
  readonly item: string
  readonly by: string
  /** When it was looked at, ISO 8601 date or instant. */
  readonly date: string
  readonly expires: string
  /** Where the evidence is: a link, a commit, a ticket. */
  readonly evidence: string
}

/**
 * Waivers and attestations name items: one that does not exist, or that follows from others, is a mistake in the file.
 * @throws ConfigurationError
 */
export function checkAgainst(
  { items }: Checklist,
  named: { readonly waivers: readonly { item: string }[]; readonly attestations: readonly { item: string }[] },
): void {
  const how = new Map(items.map((item) => [item.id, item.how]))
  for (const [kind, entries] of Object.entries({ 'A waiver': named.waivers, 'An attestation': named.attestations }))
    for (const { item } of entries) {
      if (!how.has(item))
        throw new ConfigurationError(`${kind} names the item "${item}", which is not in the checklist.`)
      if (how.get(item) === 'derived')
        throw new ConfigurationError(
          `${kind} names the item "${item}", which only follows from other items: name those.`,
        )
    }
}

/** Waivers and attestations: statements of people about items of the checklist. */
import type { Checklist } from '../basis/checklist'
import { ConfigurationError } from './error'

/** Accepts a failed or blocked item until a day. */
export interface Waiver {
  readonly item: string
  readonly owner: string
  readonly reason: string
  /** The last day, or the last instant, on which it counts (ISO 8601). */
  readonly expires: string
}

/** Vouches for an item that no scenario can prove, or that the scope left out. */
export interface Attestation {
  readonly item: string
  readonly by: string
  /** The day or instant of the review (ISO 8601). */
  readonly date: string
  readonly expires: string
  /** A link, a commit or a ticket. */
  readonly evidence: string
}

/** The words in the YAML to paste that a person must replace. */
export const placeholders = { name: 'YOUR NAME', reason: 'YOUR REASON', evidence: 'LINK OR COMMIT' } as const

/**
 * Checks that waivers and attestations name only items that exist and are not derived.
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
        throw new ConfigurationError(
          `${kind} names the item "${item}", which is not in the checklist. dora-acceptance list shows all.`,
        )
      if (how.get(item) === 'derived')
        throw new ConfigurationError(
          `${kind} names the item "${item}", which only follows from other items: name those.`,
        )
    }
}

/** One way to break the platform, what the suite must say about it, and how it is healed. */
import type { Doors } from '../doors/doors'

export interface Fault {
  /** Short, in kebab case: `npm run faults -- --only ID`. */
  readonly id: string
  readonly title: string
  /** The items, derived ones left out, that must turn red because of it; all others must stay as they are. */
  readonly expects: { readonly failed: readonly string[]; readonly blocked: readonly string[] }
  /** Other items that must hold for it to be seen, where its own do not say so: an optional item has no state of its own. */
  readonly needs?: readonly string[]
  /** Whether stories show it: they are run for it, and nothing else. */
  readonly stories?: boolean
  /** Whether it is seen on pages in a browser: they are opened for it. */
  readonly pages?: boolean
  /** What the suite must name as the cause: the object (its end, for URLs have ports, or its beginning), and a part of the summary. */
  readonly cause: { readonly object: string; readonly summary: string }
  /** Breaks the platform, waits until it is broken, and returns what heals it (and waits until it is whole). */
  readonly apply: (doors: Doors) => Promise<() => Promise<void>>
}

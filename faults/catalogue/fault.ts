import type { Doors } from '../doors/doors'

/** One way to break the platform, and the verdict that the suite must then reach. */
export interface Fault {
  /** Short, in kebab case, for `npm run faults -- --only ID`. */
  readonly id: string
  readonly title: string
  /**
   * The items that must turn red. Derived items are left out; all other items must keep their status. Where nothing fails, as on a
   * platform without data, the verdict must be blocked.
   */
  readonly expects: { readonly failed: readonly string[]; readonly blocked: readonly string[] }
  /**
   * Items whose checks also name this fault where others fail them. Faults of different objects may share a run that turns such an
   * item red.
   */
  readonly beside?: readonly string[]
  /** The dashboard on which nothing else can be found while the fault lasts. */
  readonly hides?: string
  /** Further items that must hold for the fault to show, e.g. for an optional item, which has no status of its own. */
  readonly needs?: readonly string[]
  /** True if stories show it. Then the run consists of stories only. */
  readonly stories?: boolean
  /** True if browser pages show it. Then the run opens them. */
  readonly pages?: boolean
  /** The cause that the suite must name: the start or end of its object (URLs contain ports), and part of its summary. */
  readonly cause: { readonly object: string; readonly summary: string }
  /** True if no pod can start while it lasts: it is applied last and undone first, so that other faults can be undone. */
  readonly blocksPods?: boolean
  /** Breaks the platform and waits until it is broken. Returns a function that undoes this and waits for recovery. */
  readonly apply: (doors: Doors) => Promise<() => Promise<void>>
}

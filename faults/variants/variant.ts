import type { Doors } from '../doors/doors'

/** A way to run a healthy platform that differs from the sandbox. Nothing may turn red for it: what does is a false finding. */
export interface Variant {
  /** Short, in kebab case, for `npm run faults -- --only ID`. */
  readonly id: string
  readonly title: string
  /** The objects that it changes. Variants that change the same object do not share a run. */
  readonly changes: readonly string[]
  /** Variables for the process of the suite. Variants share a run only if theirs are the same. */
  readonly environment?: Readonly<Record<string, string>>
  /** True if only pages in the browser show it. */
  readonly pages?: boolean
  /** Changes the platform and waits until it shows the change. Returns a function that undoes this and waits for its effect. */
  readonly apply: (doors: Doors) => Promise<() => Promise<void>>
}

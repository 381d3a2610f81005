import type { CommandLine } from './command'

/** The description of a failed or blocked check, as the ledger and the reports get it. */
export interface Finding {
  readonly summary: string
  readonly object: string
  readonly expected: string
  readonly found: string
  readonly remedy: readonly string[]
  /** The positions of the lines of the remedy that only read and end by themselves. */
  readonly reads?: readonly number[]
  /** Objects whose failure could explain it, see support/diagnosis. */
  readonly reliesOn?: readonly string[]
  /** True if no other finding can follow from it, see support/diagnosis. */
  readonly explainsNothing?: boolean
}

/** A finding of this run: its remedy consists of lines that are safe to type. */
export interface FreshFinding extends Finding {
  readonly remedy: readonly CommandLine[]
}

/** What an expectation that was not met says about itself. */
export interface Finding {
  readonly summary: string
  readonly object: string
  readonly expected: string
  readonly found: string
  readonly remedy: readonly string[]
  /** Objects whose trouble it may only follow from, see support/diagnosis. */
  readonly reliesOn?: readonly string[]
}

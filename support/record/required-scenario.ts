/** A scenario that the features contain, selected or not. */
export interface RequiredScenario {
  readonly name: string
  /** Path relative to the repository, with forward slashes, as Cucumber writes it. */
  readonly uri: string
  readonly line: number
  readonly tags: readonly string[]
  /** Ids of the checklist items that its tags name. */
  readonly items: readonly string[]
}

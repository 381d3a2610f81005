export interface RequiredScenario {
  readonly name: string
  /** Relative to the repository, with forward slashes, as Cucumber writes it. */
  readonly uri: string
  readonly line: number
  readonly tags: readonly string[]
  readonly items: readonly string[]
}

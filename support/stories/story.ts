/** What a story says to have happened, in the words of no contract. Times are milliseconds since 1970 UTC. */
import { createHash } from 'node:crypto'
import type { Happening, Spoiled } from '../contracts/happening'

/** What the commits of a project's stories begin with, so that whose they are can be told without believing anybody. */
export const commitPrefixOf = (project: string): string => createHash('sha1').update(project).digest('hex').slice(0, 12)

/** An event that is sent. Late ones are sent when the others have been collected. */
export interface Posting {
  readonly happening: Happening
  readonly late: boolean
  readonly spoiled: Spoiled | null
}

export interface Story {
  /** Of the scenario that tells it: file and line. */
  readonly scenario: string
  /** The clock that stood still while it was told. */
  readonly toldAt: number
  readonly project: string
  /** Every project that its events are about. */
  readonly projects: readonly string[]
  readonly postings: readonly Posting[]
  /** Options of the project's settings by their path, such as `cfr.window_days`; none: the project has no settings. */
  readonly settings: Readonly<Record<string, unknown>>
}

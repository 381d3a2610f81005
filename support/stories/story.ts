/** The events of a story, independent of any contract. Times are milliseconds since 1970 UTC. */
import { createHash } from 'node:crypto'
import type { Happening, Spoiled } from '../contracts/happening'

/** The prefix of all commits in a project's stories. It proves which project a stored commit belongs to. */
export const commitPrefixOf = (project: string): string => createHash('sha1').update(project).digest('hex').slice(0, 12)

/** An event to send. Late events are sent after the others have been collected. */
export interface Posting {
  readonly happening: Happening
  readonly late: boolean
  readonly spoiled: Spoiled | null
}

export interface Story {
  /** The scenario of the story: file and line. */
  readonly scenario: string
  /** The fixed instant that the story's times are relative to. */
  readonly toldAt: number
  readonly project: string
  /** All projects that the story's events belong to. */
  readonly projects: readonly string[]
  readonly postings: readonly Posting[]
  /** The project's settings by path, such as `cfr.window_days`. If empty, the project has no settings of its own. */
  readonly settings: Readonly<Record<string, unknown>>
  /** True if its scenario checks nothing but the numbers that every surface reports. */
  readonly onlyNumbers?: boolean
}

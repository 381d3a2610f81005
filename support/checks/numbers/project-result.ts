/** The result of comparing the surfaces with the events of one project. */
import type { CommandLine } from '../../basis/command'
import { type Blocked, Unmet } from '../../basis/expectation'
import { few } from '../../basis/few'
import type { Difference } from '../../dora/comparison'
import type { MeasuredProject } from '../../dora/measured'
import type { Answer } from '../../dora/oracle'
import type { EventCount } from '../../service/raw-events'
import type { Metric } from './metric'
import type { CommitCount } from './samples'

/** A number that a surface reports and that differs from what the events yield. */
export interface SurfaceDifference extends Difference {
  readonly project: string
  readonly surface: string
  /** The metrics that the surface reports. */
  readonly reports: readonly Metric[]
  /** The command that shows the number. */
  readonly command: CommandLine
  /** "last 7 days", "all time", "the window of its settings". */
  readonly range: string
  readonly likely: readonly string[]
}

/** A question that a surface did not answer. */
export interface Unread {
  /** The project that lacks an answer; absent if it has one that cannot be judged. */
  readonly project?: string
  readonly surface: string
  readonly reports: readonly Metric[]
  /** Unmet if the answer is not as documented; Blocked if it says nothing about the numbers. */
  readonly failure: Unmet | Blocked
}

/** The end of a range that a surface reports, with the service's clock at that moment. Milliseconds since 1970 UTC. */
export interface StatedEnd {
  readonly project: string
  readonly surface: string
  readonly range: string
  readonly end: number
  readonly at: number | undefined
  readonly command: CommandLine
}

export interface ProjectResult {
  readonly events: EventCount
  readonly commits: CommitCount
  readonly yielded: Answer
  readonly measured: MeasuredProject
  /** The number of answers of surfaces that were compared. */
  readonly compared: number
  readonly ends: readonly StatedEnd[]
  readonly differences: readonly SurfaceDifference[]
  readonly unread: readonly Unread[]
  /** The fields of answers that the contract does not name, by surface. */
  readonly unknown: readonly UnknownFields[]
}

/** The fields in the answers of a surface that the contract neither compares nor excludes. */
export interface UnknownFields {
  readonly surface: string
  readonly reports: readonly Metric[]
  readonly fields: readonly string[]
}

/** The failure of a surface. Where it answers for some of the projects, the failure names those that lack an answer. */
export function failureOf(failure: Unmet, unread: readonly Unread[], projects: readonly string[]): Unmet {
  const without = projects.filter((name) =>
    unread.some(({ project, failure: own }) => project === name && own instanceof Unmet),
  )
  if (without.length < 2 || without.length === projects.length) return failure
  const { finding, further } = failure
  const found = `${finding.found}; ${without.length} of ${projects.length} projects lack an answer: ${few(without)}`
  return new Unmet({ ...finding, found }, further)
}

/**
 * The result of a scenario as read from Cucumber's messages, in the form that all reports use.
 * The messages say what ran; the ledger decides what was required.
 */
import type { Finding } from '../basis/finding'
import type { MeasuredMetric } from '../dora/measured'
import type { ScenarioStatus } from './verdict'

export interface Evidence {
  /** The request, such as "GET pods in fawkes". */
  readonly name: string
  readonly mediaType: string
  /** Plain text, or base64 for binary content such as an image; see {@link encoding}. */
  readonly body: string
  readonly encoding: 'text' | 'base64'
}

export type StepStatus =
  | 'passed'
  | 'failed'
  | 'blocked'
  | 'not applicable'
  | 'error'
  | 'skipped'
  | 'pending'
  | 'undefined'
  | 'ambiguous'

export interface StepRun {
  /** "Given", "When", "Then", "And" and so on; for a hook "Before" or "After". */
  readonly keyword: string
  readonly text: string
  readonly status: StepStatus
  readonly startedAt: string
  readonly durationMs: number
  /** The error message, without a stack trace; null if there is none. */
  readonly message: string | null
  readonly evidence: readonly Evidence[]
}

export interface ScenarioRun {
  readonly name: string
  readonly description: string
  readonly feature: string
  readonly rule: string | null
  readonly uri: string
  readonly line: number
  readonly tags: readonly string[]
  /** Ids of the checklist items that its tags name. */
  readonly items: readonly string[]
  readonly status: ScenarioStatus
  /** One sentence; null if the scenario passed. */
  readonly reason: string | null
  readonly finding: Finding | null
  /** Further findings of the same step, each with a cause of its own. */
  readonly further?: readonly Finding[]
  /** The numbers that it compared; absent or empty for all but the scenarios of the metrics. */
  readonly measured?: readonly MeasuredMetric[]
  /** Number of attempts. More than one makes the scenario an error. */
  readonly attempts: number
  readonly startedAt: string
  readonly durationMs: number
  readonly steps: readonly StepRun[]
}

/** The result of a scenario, without its steps and their evidence: only the result is judged. */
export type ScenarioResult = Omit<ScenarioRun, 'steps'>

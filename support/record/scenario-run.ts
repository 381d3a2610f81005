/**
 * What a scenario did, read from Cucumber's messages: the form in which every report sees a run.
 * The messages are the truth about what ran; what was required is the ledger's business.
 */
import type { Finding } from '../basis/finding'
import type { ScenarioStatus } from './verdict'

export interface Evidence {
  /** What was asked, such as "GET pods in fawkes". */
  readonly name: string
  readonly mediaType: string
  /** Text as it is; binary content (an image) in base64, see {@link encoding}. */
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
  /** "Given", "When", "Then", "And"…; for a hook "Before" or "After". */
  readonly keyword: string
  readonly text: string
  readonly status: StepStatus
  readonly startedAt: string
  readonly durationMs: number
  /** The message of what went wrong, without a stack trace; null when nothing did. */
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
  /** One sentence; null when it passed. */
  readonly reason: string | null
  readonly finding: Finding | null
  /** Number of attempts; more than one is an error that the ledger names. */
  readonly attempts: number
  readonly startedAt: string
  readonly durationMs: number
  readonly steps: readonly StepRun[]
}

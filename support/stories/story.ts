/** What a story says to have happened, in the words of no contract. Times are milliseconds since 1970 UTC. */
import { createHash } from 'node:crypto'

/** Projects that begin so are those of a run, this one's or another's. */
export const projectPrefix = 'dora-acceptance-'

/** What the commits of a project's stories begin with, so that whose they are can be told without believing anybody. */
export const commitPrefixOf = (project: string): string => createHash('sha1').update(project).digest('hex').slice(0, 12)

export type Outcome = 'success' | 'failure' | 'aborted' | 'running'

interface ToldDeployment {
  readonly webhook: 'deployments'
  readonly kind: 'deployment'
  readonly project: string
  readonly id: string
  readonly repository: string
  readonly environment: string
  readonly outcome: Outcome
  readonly startedAt: number
  /** Null while it runs. */
  readonly finishedAt: number | null
  /** All that it contains, the newest last; none: the event does not list them. */
  readonly commits: readonly string[]
  readonly commit: string
}

/** What ArgoCD's notifications send. */
interface ToldSync {
  readonly webhook: 'deployments'
  readonly kind: 'sync'
  readonly project: string
  readonly event: string
  readonly application: string
  readonly revision: string
  readonly environment: string
  readonly startedAt: number
  readonly finishedAt: number | null
}

interface ToldPush {
  readonly webhook: 'commits'
  readonly kind: 'push'
  readonly repository: string
  readonly commits: readonly { readonly sha: string; readonly authoredAt: number; readonly committedAt: number }[]
}

interface ToldIncident {
  readonly webhook: 'incidents'
  readonly kind: 'incident'
  readonly project: string
  readonly id: string
  readonly environment: string
  readonly severity: string
  readonly createdAt: number
  readonly resolvedAt: number | null
  readonly deployment: string | null
}

/** What Jenkins reports of a pipeline. */
interface ToldBuild {
  readonly webhook: 'cicd'
  readonly kind: 'build'
  readonly type: string
  readonly project: string
  readonly commit: string
  readonly stage: string
  readonly outcome: string
  readonly finishedAt: number
  readonly durationSeconds: number
}

export type Happening = ToldDeployment | ToldSync | ToldPush | ToldIncident | ToldBuild
export type Webhook = Happening['webhook']

/** How an event is spoiled, so that the service must refuse it. */
export type Spoiled =
  | { readonly by: 'field'; readonly field: string; readonly value: unknown }
  | { readonly by: 'signature'; readonly signature: 'missing' | 'wrong' }

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

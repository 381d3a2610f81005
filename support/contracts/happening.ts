export type Outcome = 'success' | 'failure' | 'aborted' | 'running'

interface ReportedDeployment {
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
  /** All commits of the deployment, newest last; empty: the event does not list them. */
  readonly commits: readonly string[]
  readonly commit: string
}

/** A notification of ArgoCD. */
interface ReportedSync {
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

interface ReportedPush {
  readonly webhook: 'commits'
  readonly kind: 'push'
  readonly repository: string
  readonly commits: readonly { readonly sha: string; readonly authoredAt: number; readonly committedAt: number }[]
}

interface ReportedIncident {
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

/** Jenkins' report about a stage of a pipeline. */
interface ReportedBuild {
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

/** An event of a story, independent of any contract. Times are milliseconds since 1970 UTC. */
export type Happening = ReportedDeployment | ReportedSync | ReportedPush | ReportedIncident | ReportedBuild
export type Webhook = Happening['webhook']

/** The way in which an event is made invalid, so that the service must refuse it. */
export type Spoiled =
  | { readonly by: 'field'; readonly field: string; readonly value: unknown }
  | { readonly by: 'signature'; readonly signature: 'missing' | 'wrong' }

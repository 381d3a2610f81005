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

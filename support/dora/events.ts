/** The raw events that the metrics are computed from. Times are milliseconds since 1970 UTC. */

export interface Commit {
  readonly type: 'commit'
  readonly sha: string
  readonly repository: string | null
  readonly authoredAt: number | null
  readonly committedAt: number | null
}

export interface Deployment {
  readonly type: 'deployment'
  readonly project: string
  /** Unique within its project. */
  readonly id: string
  readonly repository: string | null
  readonly environment: string
  /**
   * The result in the source's own wording: SUCCESS, Succeeded, FAILURE, Failed, Error, ABORTED …; null while the deployment
   * runs.
   */
  readonly result: string | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** All commits that the deployment contains, including those of earlier deployments. */
  readonly commits: readonly string[]
  /** False if the event lists no commits and the service derived them. A first deployment then yields no lead time. */
  readonly listsCommits: boolean
}

export interface Incident {
  readonly type: 'incident'
  readonly project: string
  readonly id: string
  readonly environment: string
  readonly severity: string | null
  readonly createdAt: number
  /** Null while the incident is open. */
  readonly resolvedAt: number | null
  /** The id of the deployment that the incident names. */
  readonly deploymentId: string | null
}

export interface Build {
  readonly type: 'build'
  readonly project: string
  readonly id: string
  readonly commit: string
  readonly stage: string
  readonly result: string | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export type DoraEvent = Commit | Deployment | Incident | Build

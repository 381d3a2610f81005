/** The raw events that the metrics are made of. Times are milliseconds since 1970 UTC. */

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
  /** As the source says it: SUCCESS, Succeeded, FAILURE, Failed, Error, ABORTED …; null while it runs. */
  readonly result: string | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** All commits that it contains, also those that an earlier one contained. */
  readonly commits: readonly string[]
  /** False when nobody said which commits it contains and they were derived: a first one then gives no sample. */
  readonly listsCommits: boolean
}

export interface Incident {
  readonly type: 'incident'
  readonly project: string
  readonly id: string
  readonly environment: string
  readonly severity: string | null
  readonly createdAt: number
  /** Null while it is open. */
  readonly resolvedAt: number | null
  /** The deployment that it names. */
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

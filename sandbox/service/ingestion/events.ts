/**
 * Events in the service's own terms. Every webhook body becomes one of these before it is stored, and the generated
 * history consists of them too. An optional field that an update leaves out keeps its value.
 */
import { z } from 'zod'

const results = z.enum(['SUCCESS', 'FAILURE', 'ABORTED'])
export type Result = z.infer<typeof results>

const time = z.coerce.date()

const project = z.object({
  type: z.literal('project'),
  project: z.string(),
  description: z.string(),
  team: z.string().nullable(),
  /** The option of the plugin `dora` in project_metric_settings. */
  settings: z.record(z.string(), z.unknown()),
})

const deployment = z.object({
  type: z.literal('deployment'),
  project: z.string(),
  deploymentId: z.string(),
  commitSha: z.string(),
  /** null while the deployment runs. */
  result: results.nullable(),
  /** The status in the sender's words. */
  originalStatus: z.string(),
  environment: z.string(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  repository: z.string().optional(),
  /** The shas of all commits that the deployment contains. */
  commits: z.array(z.string()).optional(),
})

const incident = z.object({
  type: z.literal('incident'),
  project: z.string(),
  incidentId: z.string(),
  title: z.string(),
  severity: z.string(),
  environment: z.string(),
  createdAt: time,
  /** null while the incident is open. */
  resolvedAt: time.nullable(),
  deploymentId: z.string().optional(),
})

const push = z.object({
  type: z.literal('push'),
  repository: z.string(),
  ref: z.string(),
  /** Oldest first, in the order of the push. */
  commits: z.array(
    z.object({
      sha: z.string(),
      message: z.string(),
      authorName: z.string().nullable(),
      authorEmail: z.string().nullable(),
      authoredAt: time,
      committerName: z.string().nullable(),
      committerEmail: z.string().nullable(),
      committedAt: time,
    }),
  ),
})

export const buildTypes = ['ci_build', 'quality_gate', 'test_results'] as const

const build = z.object({
  type: z.literal('build'),
  buildType: z.enum(buildTypes),
  project: z.string(),
  buildId: z.string(),
  commitSha: z.string(),
  stage: z.string(),
  /** null while the build runs. */
  result: results.nullable(),
  finishedAt: time,
  durationSeconds: z.number().nullable(),
})

/** The review of a change. No webhook delivers it: reviews, projects and measurements exist only in the history. */
const review = z.object({
  type: z.literal('review'),
  repository: z.string(),
  commitSha: z.string(),
  openedAt: time,
  mergedAt: time,
})

/** Daily measurement by monitoring: percentages, and milliseconds for the latency. */
const measurement = z.object({
  type: z.literal('measurement'),
  project: z.string(),
  measuredAt: time,
  availability: z.number(),
  sloTarget: z.number(),
  p99LatencyMs: z.number(),
  errorRate: z.number(),
})

export const event = z.discriminatedUnion('type', [project, deployment, incident, push, build, review, measurement])
export type Event = z.infer<typeof event>
export type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

/** The events of one type, in their order. */
export function eventsOf<Type extends Event['type']>(type: Type, events: readonly Event[]): EventOf<Type>[] {
  return events.filter((candidate): candidate is EventOf<Type> => candidate.type === type)
}

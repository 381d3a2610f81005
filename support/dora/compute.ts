/** Computes the metrics of one project from events in the order in which they were sent: for stories, files and explanations. */
import { canonical, type Definitions, type ShippedDeployment } from './definitions'
import type { Build, Commit, Deployment, DoraEvent, Incident } from './events'
import type { Metrics } from './metrics'
import { type Answer, ProjectOracle, type Question } from './oracle'

/** The events of one project. Each id occurs once, in its latest state. */
export interface ProjectEvents {
  readonly deployments: readonly ShippedDeployment[]
  readonly incidents: readonly Incident[]
  readonly builds: readonly Build[]
}

/**
 * The events of a project in their latest state: sending an id again updates it. An incident that is sent again keeps its first
 * creation time.
 */
export function eventsOf(events: Iterable<DoraEvent>, project: string): ProjectEvents {
  const commits = new Map<string, Commit>()
  const deployments = new Map<string, Deployment>()
  const incidents = new Map<string, Incident>()
  const builds = new Map<string, Build>()
  for (const event of events) {
    if (event.type === 'commit') commits.set(event.sha, event)
    else if (event.project !== project) continue
    else if (event.type === 'deployment') deployments.set(event.id, event)
    else if (event.type === 'build') builds.set(event.id, event)
    else {
      const createdAt = Math.min(event.createdAt, incidents.get(event.id)?.createdAt ?? event.createdAt)
      incidents.set(event.id, { ...event, createdAt })
    }
  }
  return {
    deployments: [...deployments.values()].map((deployment) => ({
      ...deployment,
      commits: deployment.commits.map((sha) => {
        const { authoredAt = null, committedAt = null } = commits.get(sha) ?? {}
        return { sha, authoredAt, committedAt }
      }),
    })),
    incidents: [...incidents.values()],
    builds: [...builds.values()],
  }
}

export function compute(events: Iterable<DoraEvent>, question: Question): Answer {
  return computeOf(eventsOf(events, question.project), question)
}

export function computeOf(events: ProjectEvents, question: Question): Answer {
  const oracle = new ProjectOracle(question)
  replay(events, oracle, question.definitions)
  return oracle.result()
}

/** Passes the events to a reader in the order that the oracle needs. */
export function replay(
  { deployments, incidents, builds }: ProjectEvents,
  reader: Pick<ProjectOracle, 'incident' | 'deployment' | 'build'>,
  { timeOf }: Definitions = canonical,
): void {
  for (const incident of incidents) reader.incident(incident)
  const chronological = deployments.map((deployment) => ({
    deployment,
    time: timeOf(deployment) ?? Number.NEGATIVE_INFINITY,
  }))
  chronological.sort((one, other) => one.time - other.time || compareIds(one.deployment.id, other.deployment.id))
  for (const { deployment } of chronological) reader.deployment(deployment)
  for (const build of builds) reader.build(build)
}

/** Orders ids by their code units, as a binary collation does. Deployments that finish at the same instant need a fixed order. */
const compareIds = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** The metrics of the question's first window, with the events that they leave out. @throws Error if there is no window */
export function metricsOf(events: ProjectEvents, question: Question): Metrics {
  const [found] = computeOf(events, { ...question, explained: true }).windows
  if (!found) throw new Error('The question has no window.')
  const { detail: _detail, ...metrics } = found
  return metrics
}

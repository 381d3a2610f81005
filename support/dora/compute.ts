/** The metrics of one project from a list of events in any order, as they were sent: for stories, files and explanations. */
import type { ShippedDeployment } from './definitions'
import { canonical } from './definitions'
import type { Build, Commit, Deployment, DoraEvent, Incident } from './events'
import type { Metrics } from './metrics'
import { type Answer, ProjectOracle, type Question } from './oracle'

/** The events of one project, each id once, in its newest state. */
export interface ProjectEvents {
  readonly deployments: readonly ShippedDeployment[]
  readonly incidents: readonly Incident[]
  readonly builds: readonly Build[]
}

/** Sending an id again updates it; an incident that is sent again keeps its first creation. */
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

export function computeOf({ deployments, incidents, builds }: ProjectEvents, question: Question): Answer {
  const { timeOf } = question.definitions ?? canonical
  const oracle = new ProjectOracle(question)
  for (const incident of incidents) oracle.incident(incident)
  const inTime = deployments.map((deployment) => ({ deployment, time: timeOf(deployment) ?? Number.NEGATIVE_INFINITY }))
  inTime.sort((one, other) => one.time - other.time || compareIds(one.deployment.id, other.deployment.id))
  for (const { deployment } of inTime) oracle.deployment(deployment)
  for (const build of builds) oracle.build(build)
  return oracle.result()
}

/** In the order of their code units, as a binary collation has it; two finishes at one instant need some order. */
const compareIds = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** The metrics of the one window that the question is about, with what is left out of them. */
export function metricsOf(events: ProjectEvents, question: Question): Metrics {
  const [metrics] = computeOf(events, { ...question, explained: true }).windows
  if (!metrics) throw new Error('the question is about no window')
  return metrics
}

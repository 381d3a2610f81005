/**
 * The oracle recomputes the metrics of one project from its raw events, for several windows at once, with a set of definitions.
 * It takes deployments in chronological order and does not keep them. A million deployments thus need no more memory than their
 * samples and the hashes of their commits.
 */
import type { Account, LeadTime } from './account'
import { type Benchmarks, publishedBenchmarks } from './benchmarks'
import { BuildTally } from './builds'
import { canonical, type Definitions, type Outcome, type ShippedDeployment } from './definitions'
import type { Build, Incident } from './events'
import type { DetailedMetrics, History, LeftOut, Window } from './metrics'
import { SeenCommits } from './seen-commits'
import { type CompletedDeployment, histogramOf, WindowTally } from './window-tally'

export interface Question {
  readonly project: string
  readonly windows: readonly Window[]
  readonly definitions?: Definitions
  readonly benchmarks?: Benchmarks
  /** The severities that the time to restore counts, compared case-insensitively. Null counts all severities. */
  readonly severities?: readonly string[] | null
  /** The environment that the metrics cover; production by default. */
  readonly environment?: string
  /** The environment whose deployments the deployment frequency counts; by default the one that the metrics cover. */
  readonly frequencyEnvironment?: string
  /** True if the answer lists the events that are left out, with reasons. In a large project they are many. */
  readonly explained?: boolean
  /** The end of open incidents, for definitions that count them, in milliseconds since 1970 UTC; the current time by default. */
  readonly now?: number
  /** Filled with the lead time of each deployment and the blame for each incident. */
  readonly account?: Account
}

export interface Answer {
  /** In the order of the question's windows. */
  readonly windows: readonly DetailedMetrics[]
  readonly history: History
}

/** The deployments of one repository. A commit counts as new once for each repository. */
interface RepositoryHistory {
  readonly seen: SeenCommits
  deployments: number
}

const keyOf = ({ start, end }: Window) => `${start} ${end}`

const always: Window = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

export class ProjectOracle {
  private readonly definitions: Definitions
  private readonly benchmarks: Benchmarks
  private readonly environment: string
  private readonly frequencyEnvironment: string
  private readonly severities: ReadonlySet<string> | null
  private readonly now: number
  private readonly explained: boolean
  private readonly account: Account | undefined
  private readonly tallies: readonly WindowTally[]
  /** The tallies in the order of the question's windows. Equal windows share a tally. */
  private readonly requested: readonly WindowTally[]
  private readonly history: WindowTally
  private readonly builds: BuildTally
  private readonly repositories = new Map<string, RepositoryHistory>()
  private readonly named = new Map<string, Incident[]>()
  private readonly unnamed: Incident[] = []
  /** The number of unnamed incidents, in chronological order, that have been attributed. */
  private attributed = 0
  private sorted = false
  /** The latest deployment that can cause incidents. It is tallied when the next one arrives, with all its incidents. */
  private latestCause: CompletedDeployment | null = null
  private latestTime = Number.NEGATIVE_INFINITY

  /** @param before an oracle of another project with the same windows and definitions, whose counts are continued */
  constructor(question: Question, before?: ProjectOracle) {
    this.definitions = question.definitions ?? canonical
    this.benchmarks = question.benchmarks ?? publishedBenchmarks
    this.environment = question.environment ?? 'production'
    this.frequencyEnvironment = question.frequencyEnvironment ?? this.environment
    this.severities = question.severities ? new Set(question.severities.map((name) => name.toLowerCase())) : null
    this.now = question.now ?? Date.now()
    this.explained = question.explained ?? false
    this.account = question.account
    const tallies = new Map<string, WindowTally>(before?.tallies.map((tally) => [keyOf(tally.window), tally]))
    this.requested = question.windows.map((window) => {
      const tally = tallies.get(keyOf(window)) ?? new WindowTally(window, this.definitions)
      tallies.set(keyOf(window), tally)
      return tally
    })
    this.tallies = [...tallies.values()]
    this.history = before?.history ?? new WindowTally(always, this.definitions)
    this.builds = before?.builds ?? new BuildTally(this.definitions)
  }

  /** Adds an incident. All incidents must be added before the first deployment, in any order. */
  incident(incident: Incident): void {
    if (!this.definitions.countsEnvironment(incident.environment, this.environment)) {
      this.leaveOut(incident.createdAt, {
        type: 'incident',
        id: incident.id,
        reason: `its environment is ${nameOf(incident.environment)}`,
      })
      return
    }
    const named = this.definitions.usesNamedDeployment ? incident.deploymentId : null
    if (named === null) this.unnamed.push(incident)
    else this.named.set(named, [...(this.named.get(named) ?? []), incident])
    this.tallyRestoration(incident)
  }

  private tallyRestoration(incident: Incident): void {
    if (this.severities && !this.severities.has(incident.severity?.toLowerCase() ?? '')) {
      this.leaveOut(incident.resolvedAt ?? incident.createdAt, {
        type: 'incident',
        id: incident.id,
        reason: `its severity is ${nameOf(incident.severity)}, which the settings exclude`,
      })
      return
    }
    const time = this.definitions.restoredAt(incident, this.now)
    const duration = this.definitions.timeToRestoreOf(incident, this.now)
    if (time === null || duration === null) {
      this.leaveOut(incident.createdAt, { type: 'incident', id: incident.id, reason: 'it is still open' })
      return
    }
    const sample = this.definitions.sampleOf(duration)
    if (sample === null)
      this.leaveOut(time, { type: 'incident', id: incident.id, reason: 'it was resolved before it was created' })
    else for (const tally of this.talliesAt(time)) tally.restored(incident, sample)
  }

  /**
   * Adds a deployment. Deployments must be added in the order of their times, and at the same time in the order of their ids.
   * Deployments without a time can be added at any point.
   * @throws Error if the deployment is earlier than the one before it, because the result would be wrong
   */
  deployment(deployment: ShippedDeployment): void {
    const { definitions } = this
    const outcome = definitions.outcomeOf(deployment.result)
    const time = definitions.timeOf(deployment)
    const { id } = deployment
    const anyTime = time ?? deployment.finishedAt ?? deployment.startedAt
    const isCounted = definitions.countsEnvironment(deployment.environment, this.environment)
    const isFrequent = definitions.countsEnvironment(deployment.environment, this.frequencyEnvironment)
    if (!isCounted && !isFrequent) {
      const reason = `its environment is ${nameOf(deployment.environment)}`
      this.leaveOut(anyTime, { type: 'deployment', id, reason })
      this.account?.leadTimes.set(id, { none: reason })
      return
    }
    if (outcome === null || time === null) {
      const reason = time === null ? 'it has not finished' : `its result is ${nameOf(deployment.result)}`
      this.leaveOut(anyTime, { type: 'deployment', id, reason })
      this.account?.leadTimes.set(id, { none: reason })
      return
    }
    if (time < this.latestTime) throw new Error(`Deployment ${id} was added after a deployment that finished later.`)
    this.latestTime = time
    if (isFrequent) for (const tally of this.talliesAt(time)) tally.finished(time, definitions.isDeployment(outcome))
    if (!isCounted) return
    this.attributeBefore(time)
    const completed: CompletedDeployment = { id, time, outcome, incidents: this.named.get(id) ?? [] }
    for (const incident of completed.incidents) this.account?.blame.set(incident.id, id)
    if (definitions.canCauseIncidents(outcome)) {
      this.tallyCompleted(this.latestCause)
      this.latestCause = { ...completed, incidents: [...completed.incidents] }
    } else this.tallyCompleted(completed)
    this.tallyLeadTime(deployment, time, outcome)
  }

  build(build: Build): void {
    this.builds.add(build)
  }

  /** Attributes the last incidents. No deployment can be added after it. */
  finish(): void {
    this.attributeBefore(Number.POSITIVE_INFINITY)
    this.tallyCompleted(this.latestCause)
    this.latestCause = null
  }

  /** The metrics of all events added so far. No deployment can be added after it. */
  result(): Answer {
    this.finish()
    const { history } = this
    return {
      windows: this.requested.map((tally) => tally.metrics(this.benchmarks, this.builds.within(tally.window))),
      history: {
        deployments: history.deployments,
        leadTime: histogramOf(history.leadTimes),
        timeToRestore: histogramOf(history.restorations),
      },
    }
  }

  /** Attributes the incidents created up to a deployment's finish to the latest deployment before them. */
  private attributeBefore(time: number): void {
    if (!this.sorted) this.unnamed.sort((one, other) => one.createdAt - other.createdAt)
    this.sorted = true
    for (; this.attributed < this.unnamed.length; this.attributed++) {
      const incident = this.unnamed[this.attributed]
      if (!incident) return
      const { createdAt } = incident
      if (this.definitions.attributesSameInstant ? createdAt >= time : createdAt > time) return
      if (!this.latestCause && this.definitions.attributesToFirst) return
      if (!this.latestCause) continue
      this.latestCause.incidents.push(incident)
      this.account?.blame.set(incident.id, this.latestCause.id)
    }
  }

  private tallyCompleted(deployment: CompletedDeployment | null): void {
    if (!deployment || !this.definitions.countsInFailureRate(deployment.outcome)) return
    for (const tally of this.talliesAt(deployment.time)) tally.completed(deployment)
  }

  private tallyLeadTime(deployment: ShippedDeployment, time: number, outcome: Outcome): void {
    const found = this.leadTimeOf(deployment, time, outcome)
    if ('duration' in found) for (const tally of this.talliesAt(time)) tally.leadTimes.add(found.duration)
    else if (found === authoredLater)
      this.leaveOut(time, {
        type: 'deployment',
        id: deployment.id,
        reason: `it has no lead time, because ${found.none}`,
      })
    if (!this.account) return
    const first = 'began' in found ? deployment.commits.find(({ authoredAt }) => authoredAt === found.began) : undefined
    this.account.leadTimes.set(deployment.id, { ...found, commit: first?.sha })
  }

  private leadTimeOf(deployment: ShippedDeployment, time: number, outcome: Outcome): LeadTime {
    const { definitions } = this
    const key = deployment.repository ?? ''
    const repository = this.repositories.get(key) ?? { seen: new SeenCommits(), deployments: 0 }
    this.repositories.set(key, repository)
    repository.deployments++
    if (outcome !== 'success') {
      if (!definitions.failuresCarryOver) for (const { sha } of deployment.commits) repository.seen.add(sha)
      return itFailed
    }
    let fresh = deployment.commits.filter(({ sha }) => repository.seen.add(sha))
    if (!deployment.listsCommits && repository.deployments === 1 && !definitions.measuresDerivedFirst)
      return deployment.commits.length === 0 ? noCommits : derivedFirst
    const { measuresShipped } = definitions
    if (measuresShipped === 'all' || (fresh.length === 0 && measuresShipped === 'redeployments'))
      fresh = [...deployment.commits]
    const began = definitions.changeBegan(fresh)
    if (began === null) return fresh.length > 0 ? unknownTime : deployment.commits.length > 0 ? shipped : noCommits
    const duration = definitions.sampleOf(definitions.changeEnded(deployment, time) - began)
    return duration === null ? authoredLater : { duration, began }
  }

  private *talliesAt(time: number): Generator<WindowTally> {
    yield this.history
    for (const tally of this.tallies) if (this.definitions.isWithin(time, tally.window)) yield tally
  }

  /** Lists an event as left out of each window that contains its time, or of every window if it has no time. */
  private leaveOut(time: number | null, event: LeftOut): void {
    if (!this.explained) return
    for (const tally of this.tallies)
      if (time === null || this.definitions.isWithin(time, tally.window)) tally.leftOut.push(event)
  }
}

const itFailed: LeadTime = { none: 'it failed, so its new commits count for the next successful deployment' }
const noCommits: LeadTime = { none: 'it contains no commits' }
const derivedFirst: LeadTime = { none: 'it is the first deployment of its repository and does not list its commits' }
const shipped: LeadTime = { none: 'an earlier deployment shipped all of its commits' }
const unknownTime: LeadTime = { none: 'the author time of its new commits is unknown' }
const authoredLater: LeadTime = { none: 'its first commit was authored after it finished' }

const nameOf = (text: string | null): string => (text ? text : '(none)')

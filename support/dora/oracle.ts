/**
 * The oracle: recomputes the metrics of one project from its raw events, for several windows at once, by a set of definitions.
 * Deployments pass through in the order of their time and are not kept, so a million of them need no more memory than their
 * samples and the names of their commits.
 */
import { type Benchmarks, publishedBenchmarks } from './benchmarks'
import { type BuildCount, BuildTally } from './builds'
import { canonical, type Definitions, type Outcome, type ShippedDeployment } from './definitions'
import type { Build, Incident } from './events'
import type { History, LeftOut, Metrics, Window } from './metrics'
import { SeenCommits } from './seen-commits'
import { histogramOf, WindowTally } from './window-tally'

export interface Question {
  readonly project: string
  readonly windows: readonly Window[]
  readonly definitions?: Definitions
  readonly benchmarks?: Benchmarks
  /** The severities that the time to restore counts, whatever their case; null: all of them. */
  readonly severities?: readonly string[] | null
  readonly environment?: string
  /** Whether the answer tells which events are left out, and why; of a large project they are many. */
  readonly explained?: boolean
  /** Until when an open incident has lasted, for definitions that ask; now unless given. */
  readonly now?: number
}

export interface Answer {
  /** In the order of the question's windows. */
  readonly windows: readonly Metrics[]
  readonly history: History
}

/** A line of deployments in which a commit ships once: those of one repository. */
interface Line {
  readonly seen: SeenCommits
  deployments: number
}

/** A deployment to which incidents may still be attributed. */
interface Judged {
  readonly id: string
  readonly time: number
  readonly outcome: Outcome
  readonly incidents: Incident[]
}

const always: Window = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

export class ProjectOracle {
  private readonly definitions: Definitions
  private readonly benchmarks: Benchmarks
  private readonly environment: string
  private readonly severities: ReadonlySet<string> | null
  private readonly now: number
  private readonly explained: boolean
  private readonly tallies: readonly WindowTally[]
  /** Of the question's windows; two that are equal share one. */
  private readonly asked: readonly WindowTally[]
  private readonly history: WindowTally
  private readonly builds: BuildTally
  private readonly lines = new Map<string, Line>()
  private readonly named = new Map<string, Incident[]>()
  private readonly unnamed: Incident[] = []
  /** How many of the unnamed incidents, by their time, have got their deployment. */
  private attributed = 0
  private sorted = false
  /** The last deployment that may be blamed: it is judged when the next one comes. */
  private blamable: Judged | null = null
  private last = Number.NEGATIVE_INFINITY

  constructor(question: Question) {
    this.definitions = question.definitions ?? canonical
    this.benchmarks = question.benchmarks ?? publishedBenchmarks
    this.environment = question.environment ?? 'production'
    this.severities = question.severities ? new Set(question.severities.map((name) => name.toLowerCase())) : null
    this.now = question.now ?? Date.now()
    this.explained = question.explained ?? false
    const tallies = new Map<string, WindowTally>()
    this.asked = question.windows.map((window) => {
      const key = `${window.start} ${window.end}`
      const tally = tallies.get(key) ?? new WindowTally(window, this.definitions)
      tallies.set(key, tally)
      return tally
    })
    this.tallies = [...tallies.values()]
    this.history = new WindowTally(always, this.definitions)
    this.builds = new BuildTally(this.definitions)
  }

  /** All incidents come before the first deployment, in any order. */
  incident(incident: Incident): void {
    if (!this.definitions.isCounted(incident.environment, this.environment)) {
      this.leaveOut(incident.createdAt, {
        type: 'incident',
        id: incident.id,
        reason: `of the environment ${nameOf(incident.environment)}`,
      })
      return
    }
    const named = this.definitions.believesNames ? incident.deploymentId : null
    if (named === null) this.unnamed.push(incident)
    else this.named.set(named, [...(this.named.get(named) ?? []), incident])
    this.restoration(incident)
  }

  private restoration(incident: Incident): void {
    if (this.severities && !this.severities.has(incident.severity?.toLowerCase() ?? '')) {
      this.leaveOut(incident.resolvedAt ?? incident.createdAt, {
        type: 'incident',
        id: incident.id,
        reason: `of the severity ${nameOf(incident.severity)}, which the settings leave out`,
      })
      return
    }
    const time = this.definitions.restoredAt(incident, this.now)
    const duration = this.definitions.timeToRestoreOf(incident, this.now)
    if (time === null || duration === null) {
      this.leaveOut(incident.createdAt, { type: 'incident', id: incident.id, reason: 'open' })
      return
    }
    const sample = this.definitions.sampleOf(duration)
    if (sample === null)
      this.leaveOut(time, { type: 'incident', id: incident.id, reason: 'resolved before it was created' })
    else for (const tally of this.talliesAt(time)) tally.restorations.add(sample)
  }

  /**
   * Deployments come in the order of their time and then of their ids; those that have no time come whenever.
   * @throws when one comes out of that order, for the result would be wrong
   */
  deployment(deployment: ShippedDeployment): void {
    const { definitions } = this
    const outcome = definitions.outcomeOf(deployment.result)
    const time = definitions.timeOf(deployment)
    const { id } = deployment
    const any = time ?? deployment.finishedAt ?? deployment.startedAt
    if (!definitions.isCounted(deployment.environment, this.environment)) {
      const reason = `of the environment ${nameOf(deployment.environment)}`
      this.leaveOut(any, { type: 'deployment', id, reason })
      return
    }
    if (outcome === null || time === null) {
      const reason = time === null ? 'has no finish' : `its result is ${nameOf(deployment.result)}`
      this.leaveOut(any, { type: 'deployment', id, reason })
      return
    }
    if (time < this.last) throw new Error(`The deployment ${id} came after one that finished later.`)
    this.last = time
    this.attributeBefore(time)
    const judged: Judged = { id, time, outcome, incidents: this.named.get(id) ?? [] }
    if (definitions.isBlamable(outcome)) {
      this.judge(this.blamable)
      this.blamable = { ...judged, incidents: [...judged.incidents] }
    } else this.judge(judged)
    if (definitions.isDeployment(outcome)) for (const tally of this.talliesAt(time)) tally.deployed(time)
    this.leadTime(deployment, time, outcome)
  }

  build(build: Build): void {
    this.builds.add(build)
  }

  result(): Answer {
    this.attributeBefore(Number.POSITIVE_INFINITY)
    this.judge(this.blamable)
    this.blamable = null
    const { history } = this
    return {
      windows: this.asked.map((tally) => tally.metrics(this.benchmarks, this.rework(tally.window))),
      history: {
        deployments: history.deployments,
        leadTime: histogramOf(history.leadTimes),
        timeToRestore: histogramOf(history.restorations),
      },
    }
  }

  private rework(window: Window): BuildCount {
    return this.builds.within(window)
  }

  /** Gives the incidents that began before a finish to the last deployment before them. */
  private attributeBefore(time: number): void {
    if (!this.sorted) this.unnamed.sort((one, other) => one.createdAt - other.createdAt)
    this.sorted = true
    for (; this.attributed < this.unnamed.length; this.attributed++) {
      const incident = this.unnamed[this.attributed]
      if (!incident) return
      const { createdAt } = incident
      if (this.definitions.blamesSameInstant ? createdAt >= time : createdAt > time) return
      if (!this.blamable && this.definitions.blamesFirst) return
      this.blamable?.incidents.push(incident)
    }
  }

  private judge(judged: Judged | null): void {
    if (!judged || !this.definitions.isJudged(judged.outcome)) return
    for (const tally of this.talliesAt(judged.time)) tally.judged(judged.outcome, judged.incidents)
  }

  private leadTime(deployment: ShippedDeployment, time: number, outcome: Outcome): void {
    const { definitions } = this
    const key = deployment.repository ?? ''
    const line = this.lines.get(key) ?? { seen: new SeenCommits(), deployments: 0 }
    this.lines.set(key, line)
    line.deployments++
    if (outcome !== 'success') {
      if (!definitions.failuresCarryOver) for (const { sha } of deployment.commits) line.seen.add(sha)
      return
    }
    let fresh = deployment.commits.filter(({ sha }) => line.seen.add(sha))
    if (!deployment.listsCommits && line.deployments === 1 && !definitions.trustsDerivedFirst) return
    if (fresh.length === 0 && definitions.redeploysCount) fresh = [...deployment.commits]
    const began = definitions.changeBegan(fresh)
    if (began === null) return
    const sample = definitions.sampleOf(definitions.changeEnded(deployment, time) - began)
    if (sample === null)
      this.leaveOut(time, {
        type: 'deployment',
        id: deployment.id,
        reason: 'no lead time: its first commit was authored after it finished',
      })
    else for (const tally of this.talliesAt(time)) tally.leadTimes.add(sample)
  }

  private *talliesAt(time: number): Generator<WindowTally> {
    yield this.history
    for (const tally of this.tallies) if (this.definitions.isWithin(time, tally.window)) yield tally
  }

  /** In the report of each window that it would belong to; of every one when nobody knows its time. */
  private leaveOut(time: number | null, event: LeftOut): void {
    if (!this.explained) return
    for (const tally of this.tallies)
      if (time === null || this.definitions.isWithin(time, tally.window)) tally.leftOut.push(event)
  }
}

const nameOf = (text: string | null): string => (text ? text : '(none)')

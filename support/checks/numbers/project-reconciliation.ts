/**
 * Compares what the surfaces report about one project with what its events yield. A surface that cannot be read does not keep
 * the others from being compared. The oracle recomputes the ranges of the contract, the windows of the project's settings, and
 * all time.
 */

import { comment } from '../../basis/command'
import { eventually } from '../../basis/eventually'
import { Blocked, Unmet, unless } from '../../basis/expectation'
import type { MetricSettings } from '../../contracts/dora'
import type { Benchmarks } from '../../dora/benchmarks'
import type { Quantity, Window } from '../../dora/metrics'
import { type Answer, ProjectOracle, type Question } from '../../dora/oracle'
import type { Platform } from '../../platform/platform'
import { showDeployments } from '../../service/commands'
import { type EventCount, idsOf, readEventsOf, recompute } from '../../service/raw-events'
import { endOfCollection } from '../../service/surface-readings'
import type { ReportingSurface } from '../../service/surfaces'
import { Settled } from '../monitoring'
import { unknownIdForm } from './id-form'
import { type JudgedNumbers, judgedNumbers } from './judged-numbers'
import { likelyReasons } from './likely-reasons'
import { StoredEvents } from './list-comparison'
import { shownNumbers, surfacesByMetric } from './measured-project'
import type { ProjectResult, StatedEnd, SurfaceDifference, UnknownFields, Unread } from './project-result'
import { readableEvents } from './readable-events'
import { CommitCount } from './samples'
import {
  type AnswerDifference,
  differencesOf,
  endedWindow,
  endOfCollectionIn,
  lengthsOf,
  rangeQuestions,
  type SurfaceAnswer,
  windowsOf,
  type Yielded,
} from './surface-comparison'

/** All that is compared about a project. */
export interface Subject {
  readonly project: string
  readonly settings: MetricSettings
  readonly benchmarks: Benchmarks
  readonly token: string
  /** The surfaces that can be read. */
  readonly surfaces: readonly ReportingSurface[]
  /** Selects the quantities that can be recomputed. */
  readonly isKnown: (quantity: Quantity) => boolean
}

/** The answers of all surfaces next to the oracle's. */
interface Comparison extends JudgedNumbers {
  readonly events: EventCount
  readonly commits: CommitCount
  readonly answers: readonly SurfaceAnswer[]
  readonly unread: readonly Unread[]
  /** True if the stored events did not change while the surfaces were read. */
  readonly isOfOneState: boolean
}

export class ProjectReconciliation {
  private readonly settled: Settled

  constructor(
    private readonly platform: Platform,
    private readonly subject: Subject,
  ) {
    this.settled = new Settled(platform)
  }

  /**
   * @param isPatient gives surfaces that lag behind or fail the time to recover
   * @throws Unmet or Blocked when the events cannot be read
   */
  async run(isPatient: boolean): Promise<ProjectResult> {
    let last: Comparison | undefined
    try {
      await eventually(
        async () => {
          last = await this.compare(last)
          if (!(await this.isFinal(last, isPatient))) throw this.changing(last)
        },
        { deadlineMs: this.platform.configuration.deadlines.condition, endsItself: true },
      )
    } catch (error) {
      if (!last) throw error
    }
    if (!last) throw new Error('Nothing was compared.')
    return this.resultOf(last)
  }

  /** True if another comparison would show the same. */
  private async isFinal({ differences, unread, isOfOneState, yielded }: Comparison, isPatient: boolean) {
    if (differences.length === 0 && unread.length === 0) return true
    if (differences.length > 0 && !isOfOneState) return false
    if (!isPatient) return true
    if (differences.some(({ answer }) => answer.surface.lag === 'none')) return true
    if (unread.length > 0 && differences.length === 0) return false
    return this.settled.isBy(yielded.answer.history)
  }

  private async resultOf({ events, commits, yielded, answers, ...last }: Comparison): Promise<ProjectResult> {
    const { project } = this.subject
    const ends = answers.flatMap((answer): StatedEnd[] => {
      const { surface, label, at, command } = answer
      const end = endOfCollectionIn(answer)
      return end === undefined ? [] : [{ project, surface: surface.name, range: label, end, at, command }]
    })
    const unread = [...last.unread, ...unnamedIn(answers, yielded), ...last.undecided]
    const unknown = answers.flatMap(({ surface: { name, reports }, unknown: fields = [] }): UnknownFields[] =>
      fields.length === 0 ? [] : [{ surface: name, reports, fields }],
    )
    const compared = (unread: readonly Unread[], differences: readonly SurfaceDifference[]): ProjectResult => ({
      ...{ events, commits, yielded: yielded.answer, compared: answers.length, ends, unknown, unread, differences },
      measured: {
        project,
        ...shownNumbers(yielded),
        surfaces: surfacesByMetric(
          answers.map(({ surface }) => surface),
          differences,
          unread,
        ),
      },
    })
    if (last.isOfOneState) return compared(unread, await this.explained(last, yielded))
    // Events arrived during every attempt, so these differences say nothing.
    const doubtful = last.differences.map(({ answer: { surface } }) => ({
      surface: surface.name,
      reports: surface.reports,
      failure: this.changing(last),
    }))
    return compared([...unread, ...doubtful], [])
  }

  private async explained(
    { differences: all, read }: Pick<Comparison, 'differences' | 'read'>,
    yielded: Yielded,
  ): Promise<SurfaceDifference[]> {
    const questionAt = (end: number) => this.questionAt(yielded.lengths, [end])
    const likely = await likelyReasons(this.platform, questionAt, all, read)
    return all.map((one) => ({
      ...one.difference,
      project: this.subject.project,
      surface: one.answer.surface.name,
      reports: one.answer.surface.reports,
      command: one.answer.command,
      range: one.answer.label,
      likely: likely.get(one) ?? [],
    }))
  }

  /** @param earlier the comparison before it; if its differences may come from changing events, the events are read twice */
  private async compare(earlier: Comparison | undefined): Promise<Comparison> {
    const { platform, subject } = this
    const lengths = lengthsOf(platform.contract.dora.ranges, subject.settings)
    const before = await this.endOfCollection()
    const asked = before ?? platform.kubernetes.now.getTime()
    const isSuspect = earlier !== undefined && !earlier.isOfOneState
    const first = isSuspect ? await this.recomputed(lengths, [asked]) : undefined
    const ended = endedWindow(platform.contract.dora.ranges, asked)
    const { answers, unread } = await this.read(asked, ended)
    const stated = answers.flatMap((answer) => endOfCollectionIn(answer) ?? [])
    const after = await this.endOfCollection()
    const known = [before ?? [], stated].flat()
    const latest = after ?? (known.length === 0 ? asked : Math.max(...known))
    const earliest = before ?? Math.min(latest, ...stated)
    const ends = [...new Set([earliest, ...stated, latest])].sort((one, other) => one - other)
    const stored = answers.some(({ listed }) => listed) ? this.storedEvents() : undefined
    const { answer, events, commits } = await this.recomputed(lengths, ends, stored, ended)
    const again = first && (await this.recomputed(lengths, [asked])).answer
    const { project, settings, benchmarks } = subject
    const range = { lengths, ends, before: earliest, after: latest }
    const canonical: Yielded = { project, answer, ...range, settings, benchmarks, ...(stored && { stored }) }
    const differencesIn = (yielded: Yielded, some: readonly SurfaceAnswer[]) => this.differencesIn(yielded, some)
    const question = this.questionAt(lengths, ends, ended)
    const judgement = await judgedNumbers({
      ...{ question, yielded: canonical, answers, differencesIn },
      isDecided: platform.configuration.events.listedCommits !== undefined,
      events: () => readableEvents(platform, project),
      recomputed: (as) => recompute(platform, question, as),
    })
    // Without an end of a collection, only the events show whether something changed.
    const isOneCollection = before !== undefined && (await this.endOfCollection()) === before
    const isOfOneState = isOneCollection || (first !== undefined && sameAnswer(first.answer, again))
    return { events, commits, answers, unread, ...judgement, isOfOneState }
  }

  private differencesIn(yielded: Yielded, answers: readonly SurfaceAnswer[]): AnswerDifference[] {
    const { precision } = this.platform.contract.dora
    return answers
      .flatMap((one) => differencesOf(yielded, one, precision))
      .filter(({ difference: { quantity } }) => this.subject.isKnown(quantity))
  }

  private storedEvents(): StoredEvents {
    const { project } = this.subject
    const { configuration } = this.platform
    return new StoredEvents(project, idsOf(configuration, project), configuration.events.idPrefix !== undefined)
  }

  private async read(now: number, ended: Window): Promise<Pick<Comparison, 'unread'> & { answers: SurfaceAnswer[] }> {
    const { token, project, settings, surfaces } = this.subject
    const { severities } = settings
    const window = { start: now, end: now }
    const results = await Promise.all(
      rangeQuestions(surfaces, ended).map(async (one): Promise<SurfaceAnswer | Unread> => {
        const { surface, range } = one
        try {
          const asked = { token, project, range, window, severities, now }
          return { ...one, ...(await surface.read(this.platform, asked)) }
        } catch (failure) {
          if (failure instanceof Unmet || failure instanceof Blocked)
            return { project, surface: surface.name, reports: surface.reports, failure }
          throw failure
        }
      }),
    )
    return {
      answers: results.filter((one): one is SurfaceAnswer => !('failure' in one)),
      unread: results.filter((one): one is Unread => 'failure' in one),
    }
  }

  private questionAt(lengths: readonly number[], ends: readonly number[], ended?: Window): Question {
    const { project, settings, benchmarks } = this.subject
    const { severities, frequencyEnvironment } = settings
    const now = ends.at(-1) ?? 0
    return { project, windows: windowsOf(lengths, ends, ended), severities, frequencyEnvironment, benchmarks, now }
  }

  private async recomputed(lengths: readonly number[], ends: readonly number[], stored?: StoredEvents, ended?: Window) {
    const { platform, subject } = this
    const oracle = new ProjectOracle(this.questionAt(lengths, ends, ended))
    const commits = new CommitCount()
    const events = await readEventsOf(platform, subject.project, {
      incident: (incident) => {
        stored?.addIncident(incident)
        oracle.incident(incident)
      },
      deployment: (deployment) => {
        stored?.addDeployment(deployment)
        commits.add(deployment)
        oracle.deployment(deployment)
      },
      build: (build) => oracle.build(build),
    })
    return { answer: oracle.result(), events, commits }
  }

  /** Undefined if the overview cannot be read: the other surfaces name their ranges too. */
  private endOfCollection(): Promise<number | undefined> {
    const { token, project } = this.subject
    return endOfCollection(this.platform, token, project).catch(unless(undefined, Unmet, Blocked))
  }

  /** The surfaces and the events were read in different states, so the differences say nothing about the numbers. */
  private changing({ differences }: Pick<Comparison, 'differences'>): Blocked {
    const { project } = this.subject
    const surfaces = new Set(differences.map(({ answer }) => answer.surface.name))
    return new Blocked({
      summary: `The events of ${project} changed while its numbers were read.`,
      object: `project ${project}`,
      expected: 'a moment without new events that is long enough to read every surface',
      found: `new events during each attempt; different numbers from ${[...surfaces].join(', ') || 'no surface'}`,
      remedy: [
        showDeployments(this.platform, project),
        comment`run the suite when fewer events arrive, or set deadlines.condition to a longer time`,
      ],
    })
  }
}

/** The lists whose ids were not compared, because the configuration does not say in which form ids are stored. */
const unnamedIn = (answers: readonly SurfaceAnswer[], { stored }: Yielded): Unread[] =>
  answers.flatMap(({ surface: { name: surface, reports, lists }, listed }) => {
    const other = lists && listed && stored?.otherIds(lists, listed)
    if (!other) return []
    const failure = new Blocked(unknownIdForm(surface, other))
    return [{ surface, reports, failure }]
  })

const sameAnswer = (one: Answer, other: Answer | undefined): boolean =>
  other !== undefined && JSON.stringify(one.windows) === JSON.stringify(other.windows)

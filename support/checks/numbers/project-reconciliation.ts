/**
 * Compares what the surfaces report about one project with what its events yield, all within one collection. The oracle
 * recomputes the ranges of the contract, the windows of the project's settings, and all time.
 */

import type { CommandLine } from '../../basis/command'
import { eventually } from '../../basis/eventually'
import { Blocked } from '../../basis/expectation'
import { type MetricSettings, type RangeName, rangeNames } from '../../contracts/dora'
import { type Difference, differences } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import type { Quantity, Reading } from '../../dora/metrics'
import { type Answer, ProjectOracle, type Question } from '../../dora/oracle'
import { readingOf, readingOfHistory } from '../../dora/reading'
import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { type EventCount, readEvents } from '../../service/raw-events'
import { endOfCollection, type SurfaceReading } from '../../service/surface-readings'
import { acceptsRange, type ReportingSurface, type WindowSetting } from '../../service/surfaces'
import { Settled } from '../monitoring'
import { explanationsOf } from './differences'

/** A number that a surface reports and that differs from what the events yield. */
export interface SurfaceDifference extends Difference {
  readonly project: string
  readonly surface: string
  /** The command that shows the number. */
  readonly command: CommandLine
  /** "last 7 days", "all time", "the window of its settings". */
  readonly range: string
  readonly likely: readonly string[]
}

/** A surface and the range that it is queried for. */
interface RangeQuestion {
  readonly surface: ReportingSurface
  /** Undefined asks for the surface's default, or for all time. */
  readonly range: RangeName | undefined
  /** An index into the oracle's windows; null is all time. */
  readonly window: number | null
  readonly label: string
}

interface SurfaceAnswer extends RangeQuestion, SurfaceReading {}

interface AnswerDifference {
  readonly answer: SurfaceAnswer
  readonly difference: Difference
}

/** The answers of all surfaces next to the oracle's, within one collection. */
interface Comparison {
  readonly events: EventCount
  readonly question: Question
  /** The metrics that the events yield. */
  readonly yielded: Answer
  /** The number of answers of surfaces that were compared. */
  readonly compared: number
  readonly differences: readonly AnswerDifference[]
}

export interface ProjectResult {
  readonly events: EventCount
  /** The number of answers of surfaces that were compared. */
  readonly compared: number
  readonly differences: readonly SurfaceDifference[]
}

/** The settings whose windows the oracle recomputes after the fixed ranges, in this order. */
const windowSettings = ['frequencyWindowDays', 'failureRateWindowDays'] as const satisfies readonly WindowSetting[]
const windowOf = (setting: WindowSetting) => rangeNames.length + windowSettings.indexOf(setting)

export const settingsWindow = 'the window of its settings'
const allTime = 'all time'
export const rangeInWords = (range: RangeName) => range.replace(/^last(\d+)days$/, 'last $1 days')

export class ProjectReconciliation {
  constructor(
    private readonly platform: Platform,
    private readonly surfaces: readonly ReportingSurface[],
    private readonly token: string,
    private readonly project: string,
    private readonly settings: MetricSettings,
    /** Selects the quantities that can be recomputed. */
    private readonly isKnown: (quantity: Quantity) => boolean,
  ) {}

  /**
   * @param isPatient gives surfaces that lag behind by a scrape the time to catch up
   * @throws Unmet or Blocked when a part cannot be read, or every attempt falls into two collections
   */
  async run(isPatient: boolean): Promise<ProjectResult> {
    const { condition } = this.platform.configuration.deadlines
    const end = performance.now() + condition
    let comparison = await eventually(() => this.compare(), { deadlineMs: condition })
    const settled = new Settled(this.platform)
    while (
      isPatient &&
      comparison.differences.length > 0 &&
      comparison.differences.every(({ answer }) => answer.surface.lag === 'scrape') &&
      !(await settled.isBy(comparison.yielded)) &&
      performance.now() < end
    )
      comparison = await eventually(() => this.compare(), { deadlineMs: condition })
    const { events, compared } = comparison
    return { events, compared, differences: await this.explained(comparison) }
  }

  private async explained({ question, differences }: Comparison): Promise<SurfaceDifference[]> {
    if (differences.length === 0) return []
    const numbers = differences.map(({ answer, difference: { quantity, found } }) => {
      const window = quantity === 'change failure ratio' ? windowOf('failureRateWindowDays') : answer.window
      return { window, quantity, found }
    })
    const likely = await explanationsOf(this.platform, question, numbers)
    return differences.map(({ answer: { surface, command, label }, difference }, index) => ({
      ...difference,
      project: this.project,
      surface: surface.name,
      command,
      range: label,
      likely: likely[index] ?? [],
    }))
  }

  /** Compares everything within one collection. @throws Blocked when another collection ended meanwhile */
  private async compare(): Promise<Comparison> {
    const { platform, token, project, settings } = this
    const { ranges } = platform.contract.dora
    const now = await this.endOfCollection()
    const lengths = [...rangeNames.map((name) => ranges[name]), ...windowSettings.map((setting) => settings[setting])]
    const { severities } = settings
    const windows = lengths.map((days) => ({ start: now - days * day, end: now }))
    const question: Question = { project, windows, severities, now }
    const oracle = new ProjectOracle(question)
    const credentials = await credentialsOf(platform, 'service')
    const [events, ...answers] = await Promise.all([
      readEvents(platform.database, credentials, platform.configuration, project, {
        incident: (incident) => oracle.incident(incident),
        deployment: (deployment) => oracle.deployment(deployment),
        build: (build) => oracle.build(build),
      }),
      ...this.rangeQuestions().map(async (one): Promise<SurfaceAnswer> => {
        const { surface, range } = one
        const window = windows[one.window ?? windowOf('failureRateWindowDays')]
        if (!window) throw new Error('The question has no such window.')
        return { ...one, ...(await surface.read(platform, { token, project, range, window, severities, now })) }
      }),
    ])
    if ((await this.endOfCollection()) !== now) throw this.interrupted()
    const yielded = oracle.result()
    const found = answers.flatMap((answer) =>
      this.differencesOf(yielded, answer).map((difference) => ({ answer, difference })),
    )
    return { events, question, yielded, compared: answers.length, differences: found }
  }

  /** Every range of every surface, then the windows of the settings, then all time. */
  private rangeQuestions(): RangeQuestion[] {
    const { surfaces } = this
    return [
      ...rangeNames.flatMap((range, window) =>
        surfaces
          .filter((surface) => acceptsRange(surface, range))
          .map((surface) => ({ surface, range, window, label: rangeInWords(range) })),
      ),
      ...surfaces.flatMap((surface) =>
        surface.covers === 'a range' && surface.defaultWindow !== null
          ? [{ surface, range: undefined, window: windowOf(surface.defaultWindow), label: settingsWindow }]
          : [],
      ),
      ...surfaces
        .filter(({ covers }) => covers === 'all time')
        .map((surface) => ({ surface, range: undefined, window: null, label: allTime })),
    ]
  }

  private async endOfCollection(): Promise<number> {
    const end = await endOfCollection(this.platform, this.token, this.project)
    if (end === undefined) throw new Error('The overview has no range.')
    return end
  }

  /** The numbers could not be compared, so this says nothing about them. */
  private interrupted(): Blocked {
    return new Blocked({
      summary: `The numbers of ${this.project} could not be read within one collection.`,
      object: `project ${this.project}`,
      expected: 'no collection that ends while the surfaces are read',
      found: 'a collection that ended during each attempt',
    })
  }

  private differencesOf(yielded: Answer, { reading, window }: SurfaceAnswer): Difference[] {
    const all = differences(expectedOf(yielded, window), reading, this.platform.contract.dora.precision)
    return all.filter(({ quantity }) => this.isKnown(quantity))
  }
}

/** The metrics page exposes the change failure ratio with the all-time quantities, but over the failure rate's own window. */
function expectedOf({ windows, history }: Answer, window: number | null): Reading {
  const metrics = windows[window ?? windowOf('failureRateWindowDays')]
  if (!metrics) throw new Error('The question has no such window.')
  if (window !== null) return readingOf(metrics)
  return { ...readingOfHistory(history), 'change failure ratio': readingOf(metrics)['change failure ratio'] ?? null }
}

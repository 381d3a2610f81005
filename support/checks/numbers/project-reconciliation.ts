/**
 * Holds what the surfaces report about one project against what its events make up, all within one collection: the oracle
 * recomputes the ranges of the contract, the windows of the project's settings, and all time.
 */

import { eventually } from '../../basis/eventually'
import { applicable, Blocked } from '../../basis/expectation'
import { type MetricSettings, type RangeName, rangeNames } from '../../contracts/dora'
import { type Difference, differences, toleranceOf } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import { Interpretation, type Reported } from '../../dora/interpretation'
import { type Quantity, quantities, type Reading } from '../../dora/metrics'
import { type Answer, ProjectOracle, type Question } from '../../dora/oracle'
import { readingOf, readingOfHistory } from '../../dora/reading'
import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { type EventCount, eventsOfProject, readEvents } from '../../service/raw-events'
import { readExposition, readGraphQL, readPrometheus, readRest, type SurfaceReading } from '../../service/surfaces'
import { Settled } from '../monitoring'

/** What one surface reports otherwise than the events make up. */
export interface Finding extends Difference {
  readonly project: string
  readonly surface: string
  readonly command: string
  /** "last 7 days", "all time", "the window of the settings". */
  readonly when: string
  readonly likely: readonly string[]
}

/** What a surface reports, and the window of the events that it is about; null is all time. */
interface Compared {
  readonly seen: SurfaceReading
  readonly window: number | null
  readonly when: string
}

interface Found {
  readonly one: Compared
  readonly difference: Difference
}

interface Attempt {
  readonly events: EventCount
  readonly question: Question
  /** What the events make up. */
  readonly answer: Answer
  readonly compared: number
  readonly differences: readonly Found[]
}

export interface ProjectResult {
  readonly events: EventCount
  /** How many answers of surfaces were held against the events. */
  readonly compared: number
  readonly findings: readonly Finding[]
}

const isOfPrometheus = ({ one }: Found) => one.seen.surface === 'Prometheus'

export class ProjectReconciliation {
  constructor(
    private readonly platform: Platform,
    private readonly token: string,
    private readonly project: string,
    private readonly settings: MetricSettings,
    /** Whether the configuration names all that it takes to recompute a quantity. */
    private readonly isKnown: (quantity: Quantity) => boolean,
  ) {}

  /**
   * @param isPatient whether Prometheus is given time to catch up
   * @throws Unmet or Blocked when a part cannot be asked, or is never still for the time of the questions
   */
  async run(isPatient: boolean): Promise<ProjectResult> {
    const { condition } = this.platform.configuration.deadlines
    const end = performance.now() + condition
    let attempt = await eventually(() => this.attempt(), { deadlineMs: condition })
    // Prometheus is behind by a scrape: what it alone says otherwise is looked at again.
    const settled = new Settled(this.platform)
    while (
      isPatient &&
      attempt.differences.length > 0 &&
      attempt.differences.every(isOfPrometheus) &&
      !(await settled.isBy(attempt.answer)) &&
      performance.now() < end
    )
      attempt = await eventually(() => this.attempt(), { deadlineMs: condition })
    const { events, question, compared, differences } = attempt
    const interpretation = differences.length > 0 ? await this.interpretation(question) : undefined
    return {
      events,
      compared,
      findings: differences.map((found) => ({
        ...found.difference,
        project: this.project,
        surface: found.one.seen.surface,
        command: found.one.seen.command,
        when: found.one.when,
        likely: interpretation?.explaining(this.reported(found)) ?? [],
      })),
    }
  }

  /** None for a project that is too large: what it reports is wrong all the same. */
  private async interpretation(question: Question): Promise<Interpretation | undefined> {
    try {
      return new Interpretation(await eventsOfProject(this.platform, this.project), question)
    } catch (error) {
      if (error instanceof Blocked) return undefined
      throw error
    }
  }

  /** Everything within one collection. @throws Blocked when another one was completed meanwhile */
  private async attempt(): Promise<Attempt> {
    const { platform, token, project, settings } = this
    const { ranges } = platform.contract.dora
    const rest = applicable(platform.contract.dora.rest)
    const end = await this.endOfCollection()
    const lengths = [
      ...rangeNames.map((name) => ranges[name]),
      settings.frequencyWindowDays,
      settings.failureRateWindowDays,
    ]
    const question: Question = {
      project,
      windows: lengths.map((days) => ({ start: end - days * day, end })),
      severities: settings.severities,
      now: end,
    }
    const oracle = new ProjectOracle(question)
    const ofRange = (range: RangeName, window: number) => [
      ...Object.values(rest).map((metric) => ({
        seen: readRest(platform, token, metric, project, range),
        window,
        when: named(range),
      })),
      { seen: readGraphQL(platform, token, project, range), window, when: named(range) },
    ]
    const asked = [
      ...rangeNames.flatMap(ofRange),
      { seen: readRest(platform, token, rest.deploymentFrequency, project), window: 3, when: settingsWindow },
      { seen: readRest(platform, token, rest.changeFailureRate, project), window: 4, when: settingsWindow },
      { seen: readExposition(platform).then((page) => page(project)), window: null, when: allTime },
      { seen: readPrometheus(platform, project), window: null, when: allTime },
    ]
    const credentials = await credentialsOf(platform, 'service')
    const [events, ...seen] = await Promise.all([
      readEvents(platform.database, credentials, platform.configuration, project, {
        incident: (incident) => oracle.incident(incident),
        deployment: (deployment) => oracle.deployment(deployment),
        build: (build) => oracle.build(build),
      }),
      ...asked.map(async (one): Promise<Compared> => ({ ...one, seen: await one.seen })),
    ])
    if ((await this.endOfCollection()) !== end) throw this.moved()
    const answer = oracle.result()
    const differences = seen.flatMap((one) =>
      this.differencesOf(answer, one).map((difference) => ({ one, difference })),
    )
    return { events, question, answer, compared: seen.length, differences }
  }

  private async endOfCollection(): Promise<number> {
    const { end } = await readRest(
      this.platform,
      this.token,
      applicable(this.platform.contract.dora.rest).overview,
      this.project,
      'last7days',
    )
    if (end === undefined) throw new Error('the overview has no range')
    return end
  }

  /** Says nothing about the numbers: they could not be looked at. */
  private moved(): Blocked {
    return new Blocked({
      summary: `The numbers of ${this.project} could not be read within one collection.`,
      object: `project ${this.project}`,
      expected: 'a collection that lasts longer than the questions',
      found: 'another one was completed meanwhile, each time',
    })
  }

  private differencesOf(answer: Answer, { seen, window }: Compared): Difference[] {
    const reading = window === null ? { ...nothingExposed, ...seen.reading } : seen.reading
    const all = differences(expectedOf(answer, window), reading, this.platform.contract.dora.precision)
    return all.filter(({ quantity }) => this.isKnown(quantity))
  }

  private reported({ one, difference: { quantity, found } }: Found): Reported {
    const { precision } = this.platform.contract.dora
    const tolerance = toleranceOf(quantities[quantity], precision, typeof found === 'number' ? found : 0)
    return { window: quantity === 'change failure ratio' ? 4 : one.window, quantity, found, tolerance }
  }
}

export const settingsWindow = 'the window of its settings'
const allTime = 'all time'
const named = (range: RangeName) => range.replace(/^last(\d+)days$/, 'last $1 days')

/** No data, no series: what is not exposed counts nothing. */
export const nothingExposed: Reading = {
  'all-time deployments': 0,
  'all-time lead times': 0,
  'sum of all lead times': 0,
  'lead times up to an hour': 0,
  'lead times up to a day': 0,
  'all-time resolved incidents': 0,
  'sum of all times to restore': 0,
  'incidents resolved within an hour': 0,
  'incidents resolved within a day': 0,
  'change failure ratio': null,
}

function expectedOf({ windows, history }: Answer, window: number | null): Reading {
  const metrics = windows[window ?? 4]
  if (!metrics) throw new Error('a window was not asked for')
  if (window !== null) return readingOf(metrics)
  return { ...readingOfHistory(history), 'change failure ratio': readingOf(metrics)['change failure ratio'] ?? null }
}

/** Compares the answers of the surfaces about one project with what its events yield. Pure. */
import { type MetricSettings, type RangeName, rangeNames } from '../../contracts/dora'
import { otherWindow } from '../../dora/alternatives'
import { type Benchmarks, publishedBenchmarks } from '../../dora/benchmarks'
import { type Difference, differences } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import type { Quantity, QuantityKind, Reading, Window } from '../../dora/metrics'
import type { Answer } from '../../dora/oracle'
import { readingOf, readingOfHistory } from '../../dora/reading'
import { ofSeverity } from '../../dora/severity'
import type { SurfaceReading } from '../../service/surface-readings'
import { acceptsRange, type ReportingSurface, type WindowSetting } from '../../service/surfaces'
import { listDifferences, type StoredEvents } from './list-comparison'

/** A surface and the range that it is asked for. */
export interface RangeQuestion {
  readonly surface: ReportingSurface
  /** A name, or the window that has ended by its start and its end. Undefined asks for the surface's default, or for all time. */
  readonly range: RangeName | Window | undefined
  /** The position of its length in {@link lengthsOf}; null is all time. */
  readonly length: number | null
  /** True if the contract does not say which of the ranges is meant. */
  readonly isAnyRange?: boolean
  readonly label: string
}

export interface SurfaceAnswer extends RangeQuestion, SurfaceReading {}

/** The end of the collection that an answer states by its range; undefined if it states none, or was asked for a window of its own. */
export const endOfCollectionIn = (answer: SurfaceAnswer): number | undefined =>
  windowAsked(answer) ? undefined : answer.covered?.end

export interface AnswerDifference {
  readonly answer: SurfaceAnswer
  readonly difference: Difference
  /** The end of the range that the answer was compared over. */
  readonly end: number
}

/** The settings whose windows are compared after the fixed ranges, in this order. */
const windowSettings = ['frequencyWindowDays', 'failureRateWindowDays'] as const satisfies readonly WindowSetting[]
const lengthOf = (setting: WindowSetting) => rangeNames.length + windowSettings.indexOf(setting)
export const failureRateLength = lengthOf('failureRateWindowDays')

export const settingsWindow = 'the window of its settings'
const allTime = 'all time'
const withoutRange = 'the default range'
const daysAgo = 7
const endedRange = `a range that ended ${daysAgo} days earlier`
export const rangeInWords = (range: RangeName) => range.replace(/^last(\d+)days$/, 'last $1 days')

/** The lengths of all ranges in days: the fixed ones, then those of the settings. */
export const lengthsOf = (ranges: Readonly<Record<RangeName, number>>, settings: MetricSettings): number[] => [
  ...rangeNames.map((name) => ranges[name]),
  ...windowSettings.map((setting) => settings[setting]),
]

/** The windows of all lengths that end at each of the instants, in this order, then the one that has ended. */
export const windowsOf = (lengths: readonly number[], ends: readonly number[], ended?: Window): Window[] => [
  ...ends.flatMap((end) => lengths.map((days) => ({ start: end - days * day, end }))),
  ...(ended ? [ended] : []),
]

/** A window of whole days that no named range covers: a service that ignores the bounds of a range reports other numbers. */
export function endedWindow(ranges: Readonly<Record<RangeName, number>>, now: number): Window {
  const end = now - (now % day) - daysAgo * day
  return { start: end - ranges.last30days * day, end }
}

/** The window that a question names by its start and its end; undefined if it names none. */
export const windowAsked = ({ range }: RangeQuestion): Window | undefined =>
  typeof range === 'object' ? range : undefined

/**
 * Every range of every surface, then the one that has ended, the ranges of answers to a question without one, and all time.
 * @param ended see {@link endedWindow}
 */
export function rangeQuestions(surfaces: readonly ReportingSurface[], ended: Window): RangeQuestion[] {
  return [
    ...rangeNames.flatMap((range, length) =>
      surfaces
        .filter((surface) => acceptsRange(surface, range))
        .map((surface) => ({ surface, range, length, label: rangeInWords(range) })),
    ),
    ...surfaces
      .filter((surface) => surface.covers === 'a range' && surface.accepts === 'any window')
      .map((surface) => ({ surface, range: ended, length: rangeNames.indexOf('last30days'), label: endedRange })),
    ...surfaces.flatMap(questionWithoutRange),
    ...surfaces
      .filter(({ covers }) => covers === 'all time')
      .map((surface) => ({ surface, range: undefined, length: null, label: allTime })),
  ]
}

function questionWithoutRange(surface: ReportingSurface): RangeQuestion[] {
  if (surface.covers !== 'a range' || surface.defaultWindow === null) return []
  const { defaultWindow: meant } = surface
  const asked = { surface, range: undefined }
  if (meant === 'any') return [{ ...asked, length: null, label: withoutRange, isAnyRange: true }]
  return isFixed(meant)
    ? [{ ...asked, length: rangeNames.indexOf(meant), label: withoutRange }]
    : [{ ...asked, length: lengthOf(meant), label: settingsWindow }]
}

const isFixed = (meant: WindowSetting | RangeName): meant is RangeName => rangeNames.some((name) => name === meant)

/** The numbers that the events of a project yield, for ranges that end at any of several collections. */
export interface Yielded {
  readonly project: string
  /** Over {@link windowsOf} the lengths and ends, and last the window that has ended, if a surface was asked for it. */
  readonly answer: Answer
  readonly lengths: readonly number[]
  /** The ends of all ranges that an answer may cover, ascending. */
  readonly ends: readonly number[]
  /** The ends of the collections before and after the surfaces were read. */
  readonly before: number
  readonly after: number
  readonly settings: MetricSettings
  /** The bounds in force; the published ones when absent. */
  readonly benchmarks?: Benchmarks
  /** The stored events, read if a surface lists them. */
  readonly stored?: StoredEvents
}

/**
 * The differences of an answer from what the events yield. An answer that names its range is compared over that range; any
 * other may belong to any collection that ended while the surfaces were read, and the best agreement counts.
 */
export function differencesOf(
  yielded: Yielded,
  answer: SurfaceAnswer,
  precision: Readonly<Record<QuantityKind, number>>,
): AnswerDifference[] {
  if (answer.isAnyRange) {
    // Lists may hold all stored events; the metrics of a project cover a window.
    const lengths: (number | null)[] = [...yielded.lengths.keys(), ...(answer.surface.lists ? [null] : [])]
    const attempts = lengths.map((length) =>
      differencesOf(yielded, { ...answer, length, isAnyRange: false }, precision).map((one) => ({ ...one, answer })),
    )
    return attempts.sort((one, other) => one.length - other.length)[0] ?? []
  }
  const { ends, before, after } = yielded
  const { covered, reading } = answer
  const stated = windowAsked(answer) ?? covered
  const candidates = stated ? [stated.end] : ends.filter((end) => end >= before && end <= after)
  const attempts = candidates.map((end) =>
    [
      ...differences({ ...expectedAt(yielded, answer, end), ...namesIn(yielded, answer) }, reading, precision),
      ...differencesOfList(yielded, answer, end),
    ].map((difference) => ({
      answer,
      difference,
      end,
    })),
  )
  const [best = []] = attempts.sort((one, other) => one.length - other.length)
  return [...rangeDifference(yielded, answer), ...best]
}

/** The project and the metric that an answer is about. */
const namesIn = ({ project }: Yielded, { surface: { metricName } }: SurfaceAnswer): Reading => ({
  project,
  ...(metricName !== undefined && { 'metric name': metricName }),
})

/** The range that an answer names must have the length that was asked for, and end as asked or with the last collection. */
function rangeDifference({ lengths, before, after }: Yielded, answer: SurfaceAnswer): AnswerDifference[] {
  const { covered, length } = answer
  const days = length === null ? undefined : lengths[length]
  if (!covered || days === undefined) return []
  const end = windowAsked(answer)?.end ?? Math.min(Math.max(covered.end, before), after)
  const start = end - days * day
  const isRight = covered.end === end && (covered.start === undefined || covered.start === start)
  const [expected, found] = [
    { start, end },
    { start: covered.start ?? covered.end - days * day, end: covered.end },
  ].map(({ start, end }) => `${new Date(start).toISOString()} to ${new Date(end).toISOString()}`)
  if (isRight || expected === undefined || found === undefined) return []
  return [{ answer, end: covered.end, difference: { quantity: 'time range', expected, found } }]
}

/** The misreading that an answer shows by the length of its range, whatever its numbers are. */
export function misreadWindowOf({ label, covered }: SurfaceAnswer): string[] {
  if (label !== settingsWindow || covered?.start === undefined) return []
  const days = (covered.end - covered.start) / day
  return Number.isInteger(days) ? [otherWindow(days)] : []
}

/** An answer that lists no events has no such differences. */
function differencesOfList({ stored, lengths }: Yielded, answer: SurfaceAnswer, end: number): Difference[] {
  const { surface, listed, length } = answer
  if (!stored || !listed || !surface.lists) return []
  const days = length === null ? undefined : lengths[length]
  const window = days === undefined ? null : { start: end - days * day, end }
  return listDifferences(surface.lists, stored.named(surface.lists, listed), stored.of(surface.lists), window)
}

function expectedAt(yielded: Yielded, question: RangeQuestion, end: number): Reading {
  const { answer, lengths, ends, settings, benchmarks = publishedBenchmarks } = yielded
  const { length, surface } = question
  const position = ends.indexOf(end) * lengths.length + (length ?? failureRateLength)
  const metrics = windowAsked(question) ? answer.windows.at(-1) : answer.windows[position]
  if (!metrics) throw new Error('The events were not recomputed over the range of an answer.')
  if (surface.severity !== undefined) {
    // The contract does not say what a filter finds that the settings exclude.
    if (settings.severities?.every((one) => one.toLowerCase() !== surface.severity)) return {}
    return readingOf(ofSeverity(metrics, surface.severity, benchmarks))
  }
  if (length !== null) return readingOf(metrics)
  const { history } = answer
  return {
    ...readingOfHistory(history),
    // Exposed with the quantities of all time, but over the failure rate's own window.
    'change failure ratio': readingOf(metrics)['change failure ratio'] ?? null,
    'environment label': settings.frequencyEnvironment.toLowerCase(),
  }
}

/** True for a quantity whose value the surfaces report over the window of the failure rate's setting. */
export const coversFailureRateWindow = (quantity: Quantity): boolean => quantity === 'change failure ratio'

/**
 * Compares the numbers that a scenario expects of its story with every surface. The expected values come from the feature,
 * worked out by hand, so the oracle over the stored events is compared like any other surface.
 */
import { isAbsent } from '../../basis/capability'
import { eventually } from '../../basis/eventually'
import { applicable, type Blocked, type Unmet } from '../../basis/expectation'
import type { RangeName } from '../../contracts/dora'
import { type Difference, differences, shownBoth } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import { levels, type Quantity, quantities, type Reading, type Value, type Window } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { endOfCollection, type SurfaceReading } from '../../service/surface-readings'
import { answersAbout, reportsAll, type Surface, surfacesOf } from '../../service/surfaces'
import type { Told } from '../../stories/arrangement'
import { dayWords, instantOf, lengthOf } from '../../stories/story-times'
import { explanationsOf, rejection, type WrongNumber } from './differences'
import { rangeInWords } from './surface-comparison'

/**
 * Parses a table of quantities and their values, such as `lead time | 4 h 15 min`.
 * @throws Error that names the row
 */
export function readingIn(rows: readonly (readonly string[])[], now: number): Reading {
  return Object.fromEntries(
    rows.map(([name = '', text = '']) => {
      if (!(name in quantities))
        throw new Error(`"${name}" is not a quantity; expected one of ${Object.keys(quantities).join(', ')}`)
      return [name, parsed(name as Quantity, text, now)]
    }),
  )
}

function parsed(quantity: Quantity, text: string, now: number): Value {
  if (text === 'no data') return null
  const kind = quantities[quantity]
  if (kind === 'level') {
    if ((levels as readonly string[]).includes(text)) return text
    throw new Error(`${quantity}: expected one of ${levels.join(', ')}, found "${text}"`)
  }
  if (kind === 'minutes') return text.split(/(?<=[a-z]) /).reduce((sum, part) => sum + lengthOf(part), 0) / 60_000
  if (kind === 'series')
    return text.replaceAll(new RegExp(dayWords, 'g'), (day) => dateOf(instantOf(`${day} 00:00`, now)))
  const [, number] = /^(-?\d+(?:\.\d+)?)(?: .*)?$/.exec(text) ?? []
  if (number === undefined) throw new Error(`${quantity}: expected a number, found "${text}"`)
  return Number(number)
}

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** A range that every surface knows, or a window that only some surfaces accept. */
type Range = RangeName | Window

/**
 * Parses `the last 7 days`, or `3 days ago 00:00 to 2 days ago 00:00`.
 * @throws Error that says what was expected
 */
export function rangeIn(words: string, now: number): Range {
  const [, days] = /^the last (7|30|90) days$/.exec(words) ?? []
  if (days !== undefined) return `last${days}days` as RangeName
  const [start = '', end = ''] = words.split(' to ')
  return { start: instantOf(start, now), end: instantOf(end, now) }
}

/**
 * Every surface that reports one of the expected quantities reports its expected value.
 * @returns the number of quantities that were compared, by surface
 * @throws Unmet with a table of all differences and the definition that probably explains them
 */
export async function expectNumbers(
  platform: Platform,
  { story: { project, settings }, seen }: Pick<Told, 'story' | 'seen'>,
  range: Range,
  expected: Reading,
  surfaces = surfacesOf(platform),
): Promise<string> {
  const { severitiesIn } = platform.contract.webhooks
  const severities = isAbsent(severitiesIn) ? null : severitiesIn(settings)
  const asked = surfaces.filter((surface) => reportsAll(surface) && answersAbout(surface, range))
  const collections = new Set<number>()
  let last: StoryComparison | undefined
  try {
    await eventually(
      async () => {
        // An earlier comparison must not stand in for a surface that has become unreachable since.
        last = undefined
        last = await compare(platform, asked, { project, severities }, range, expected)
        collections.add(last.question.now)
        seen.add(last.question.now)
        if (last.differences.length > 0 && !isFinal(last, collections.size, seen.size))
          throw await rejectionOf(platform, project, range, last)
      },
      { deadlineMs: platform.configuration.deadlines.condition },
    )
  } catch (error) {
    if (!last || last.differences.length === 0) throw error
  }
  if (last && last.differences.length > 0) throw await rejectionOf(platform, project, range, last, true)
  return (last?.answers ?? [])
    .map(({ surface, reading }) => `${surface.name}: ${Object.keys(reading).filter((name) => name in expected).length}`)
    .join('\n')
}

interface StoryAnswer extends SurfaceReading {
  readonly surface: Surface
}

interface StoryDifference extends Difference {
  readonly answer: StoryAnswer
}

/** The answers of all surfaces next to the expected quantities. */
interface StoryComparison {
  readonly answers: readonly StoryAnswer[]
  readonly question: Question & { readonly now: number }
  readonly differences: readonly StoryDifference[]
}

/**
 * True once waiting cannot change anything: the third collection began after the end of the first awaited one, and one
 * comparison may fall into the middle of a collection. Surfaces that lag by a scrape may still catch up.
 */
const isFinal = ({ differences }: StoryComparison, collections: number, allCollections: number) =>
  collections > 1 && allCollections > 2 && differences.some(({ answer }) => answer.surface.lag === 'none')

async function compare(
  platform: Platform,
  surfaces: readonly Surface[],
  { project, severities = null }: Pick<Question, 'project' | 'severities'>,
  range: Range,
  expected: Reading,
): Promise<StoryComparison> {
  const { precision, ranges } = platform.contract.dora
  applicable(platform.contract.dora.rest)
  const token = await apiToken(platform)
  const now = (await endOfCollection(platform, token, project)) ?? 0
  const window = typeof range === 'string' ? { start: now - ranges[range] * day, end: now } : range
  const asked = { token, project, range, window, severities, now }
  const answers = await Promise.all(
    surfaces.map(async (surface): Promise<StoryAnswer> => ({ surface, ...(await surface.read(platform, asked)) })),
  )
  const reported = new Set(answers.flatMap(({ reading }) => Object.keys(reading)))
  const unreported = Object.keys(expected).find((quantity) => !reported.has(quantity))
  if (unreported !== undefined)
    throw new Error(`The scenario expects the quantity "${unreported}", which no surface reports.`)
  const found = answers.flatMap((answer) =>
    differences(expected, answer.reading, precision).map((difference) => ({ answer, ...difference })),
  )
  return { answers, question: { project, windows: [window], severities, now }, differences: found }
}

/** @param isLast adds the definitions that explain the numbers, which takes all events of the project */
async function rejectionOf(
  platform: Platform,
  project: string,
  range: Range,
  { question, differences: all }: StoryComparison,
  isLast = false,
): Promise<Unmet | Blocked> {
  const likely = isLast ? await likelyReasons(platform, question, all) : []
  const when = typeof range === 'string' ? rangeInWords(range) : 'a range of its own'
  const [first, ...others] = all.map((difference, index) => ({
    ...wrongNumber(difference, likely[index] ?? []),
    object: `${difference.quantity} of the project ${project}`,
    owner: `the story (${when})`,
  }))
  if (!first) throw new Error('There is no difference.')
  return rejection(first, others, { source: 'the events that were sent', columns: ['surface'] })
}

function wrongNumber(difference: StoryDifference, likely: readonly string[]): Omit<WrongNumber, 'object' | 'owner'> {
  const { answer, quantity } = difference
  const [expected, found] = shownBoth(difference)
  return {
    place: [answer.surface.name],
    shows: `${answer.surface.name} reports`,
    quantity,
    expected,
    found,
    likely,
    remedy: [answer.command],
  }
}

async function likelyReasons(
  platform: Platform,
  question: Question,
  all: readonly StoryDifference[],
): Promise<readonly (readonly string[])[]> {
  // Every number that is computed from other events differs rightly.
  if (all.some(({ answer }) => answer.surface.source === 'stored events'))
    return all.map(() => ['the stored events differ from the events that were sent'])
  const numbers = all.map(({ answer, quantity, found }) => ({
    window: answer.surface.covers === 'all time' ? null : 0,
    quantity,
    found,
  }))
  return explanationsOf(platform, question, numbers)
}

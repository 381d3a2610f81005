/**
 * What a story's numbers must be, as its scenario says it, held against every surface. The expected values come from the
 * feature, worked out by hand; the oracle only recomputes what the database holds, which is a surface as well.
 */
import { isAbsent } from '../../basis/capability'
import { eventually } from '../../basis/eventually'
import { applicable, Blocked, Unmet } from '../../basis/expectation'
import type { RangeName } from '../../contracts/dora'
import { type Difference, differences, shownBoth, toleranceOf } from '../../dora/comparison'
import { day } from '../../dora/definitions'
import { Interpretation, likeliest } from '../../dora/interpretation'
import { levels, type Quantity, quantities, type Reading, type Value, type Window } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { readingOf, readingOfHistory } from '../../dora/reading'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { unknownTables } from '../../service/raw-event-statements'
import { eventsOfProject, recompute } from '../../service/raw-events'
import { readExposition, readGraphQL, readPrometheus, readRest, type SurfaceReading } from '../../service/surfaces'
import type { Told } from '../../stories/arrangement'
import { instantOf, lengthOf } from '../../stories/story-times'
import { nothingExposed } from './project-reconciliation'

/** A table of quantities and their values, `lead time | 4 h 15 min`. @throws Error that names the row */
export function readingIn(rows: readonly (readonly string[])[], now: number): Reading {
  return Object.fromEntries(
    rows.map(([name = '', text = '']) => {
      if (!(name in quantities))
        throw new Error(`"${name}" is no quantity; expected one of ${Object.keys(quantities).join(', ')}`)
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
  if (kind === 'series') return text.replaceAll(/\d+ days ago/g, (day) => dateOf(instantOf(`${day} 00:00`, now)))
  const [, number] = /^(-?\d+(?:\.\d+)?)(?: .*)?$/.exec(text) ?? []
  if (number === undefined) throw new Error(`${quantity}: expected a number, found "${text}"`)
  return Number(number)
}

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** A range that every surface knows, or a window that the REST API can be asked for. */
type Range = RangeName | Window

/** `the last 7 days`, or `3 days ago 00:00 to 2 days ago 00:00`. @throws Error that says what was expected */
export function rangeIn(words: string, now: number): Range {
  const [, days] = /^the last (7|30|90) days$/.exec(words) ?? []
  if (days !== undefined) return `last${days}days` as RangeName
  const [start = '', end = ''] = words.split(' to ')
  return { start: instantOf(start, now), end: instantOf(end, now) }
}

/**
 * Every surface that reports one of the expected quantities reports its expected value.
 * @returns what was compared, in words
 * @throws Unmet with one table of all differences and the definition that is probably behind them
 */
export async function expectNumbers(
  platform: Platform,
  { story: { project, settings }, seen }: Pick<Told, 'story' | 'seen'>,
  range: Range,
  expected: Reading,
): Promise<string> {
  const { severitiesIn } = platform.contract.webhooks
  const severities = isAbsent(severitiesIn) ? null : severitiesIn(settings)
  const looks = new Set<number>()
  let last: Compared | undefined
  try {
    await eventually(
      async () => {
        // What was seen before is not shown in place of a part that has gone away since.
        last = undefined
        last = await compare(platform, { project, severities }, range, expected)
        looks.add(last.question.now)
        seen.add(last.question.now)
        if (last.differences.length > 0 && !isFinal(last, looks.size, seen.size))
          throw await rejection(platform, project, range, last)
      },
      { deadlineMs: platform.configuration.deadlines.condition },
    )
  } catch (error) {
    if (!last || last.differences.length === 0) throw error
  }
  if (last && last.differences.length > 0) throw await rejection(platform, project, range, last, true)
  return (last?.readings ?? [])
    .map(({ surface, reading }) => `${surface}: ${Object.keys(reading).filter((name) => name in expected).length}`)
    .join('\n')
}

interface Found extends Difference {
  readonly seen: SurfaceReading
}

interface Compared {
  readonly readings: readonly SurfaceReading[]
  readonly question: Question & { readonly now: number }
  readonly differences: readonly Found[]
}

/**
 * Whether waiting changes nothing any more: the third collection began after the end of the first one that was waited for, and
 * one look may fall into the middle of one. Prometheus alone is behind by a scrape as well.
 */
const isFinal = ({ differences }: Compared, looks: number, collections: number) =>
  looks > 1 && collections > 2 && differences.some(({ seen }) => seen.surface !== 'Prometheus')

async function compare(
  platform: Platform,
  { project, severities = null }: Pick<Question, 'project' | 'severities'>,
  range: Range,
  expected: Reading,
): Promise<Compared> {
  const { precision, ranges } = platform.contract.dora
  const rest = applicable(platform.contract.dora.rest)
  const token = await apiToken(platform)
  const { end = 0 } = await readRest(platform, token, rest.overview, project, 'last7days')
  const window = typeof range === 'string' ? { start: end - ranges[range] * day, end } : range
  const question = { project, windows: [window], severities, now: end }
  const whole = (reading: SurfaceReading) => ({ ...reading, reading: { ...nothingExposed, ...reading.reading } })
  const readings: SurfaceReading[] = await Promise.all([
    ...Object.values(rest).map((metric) => readRest(platform, token, metric, project, range)),
    ...(typeof range === 'string' ? [readGraphQL(platform, token, project, range)] : []),
    readExposition(platform).then((page) => whole(page(project))),
    readPrometheus(platform, project).then(whole),
    // Without the tables that the configuration does not name, what is stored is no whole story.
    ...(unknownTables(platform.configuration).size === 0 ? [readTables(platform, question)] : []),
  ])
  const reported = new Set(readings.flatMap(({ reading }) => Object.keys(reading)))
  const unseen = Object.keys(expected).find((quantity) => !reported.has(quantity))
  if (unseen !== undefined) throw new Error(`No surface reports "${unseen}": the scenario expects what nobody says.`)
  const found = readings.flatMap((seen) =>
    differences(expected, seen.reading, precision).map((difference) => ({ seen, ...difference })),
  )
  return { readings, question, differences: found }
}

const tables = 'SQL'

/** What the stored events make up. */
async function readTables(platform: Platform, question: Question): Promise<SurfaceReading> {
  const { windows, history } = await recompute(platform, question)
  const [metrics] = windows
  if (!metrics) throw new Error('a window was not asked for')
  // The ratio of the exposition is over the window of the settings, not over this one.
  const { 'change failure ratio': _ratio, ...reading } = readingOf(metrics)
  return {
    surface: tables,
    reading: { ...reading, ...readingOfHistory(history) },
    command: `# in MySQL: SELECT * FROM deployments WHERE cicd_scope_id = '${question.project}'`,
  }
}

async function rejection(
  platform: Platform,
  project: string,
  range: Range,
  { question, differences: all }: Compared,
  explained = false,
): Promise<Unmet> {
  const [first] = all
  if (!first) throw new Error('there is no difference')
  const likely = explained ? await explanations(platform, question, all) : []
  const why = likely.length > 0 ? `: probably ${likely.join(', or ')}` : ''
  const when = typeof range === 'string' ? range.replace(/^last(\d+)days$/, 'last $1 days') : 'a range of its own'
  const rows = all.map((one) => [one.seen.surface, one.quantity, ...shownBoth(one)].join(' | '))
  const [expected, found] = shownBoth(first)
  return new Unmet({
    summary: `${first.seen.surface} reports ${found} as the ${first.quantity} of the story (${when}), where what was told makes up ${expected}${why}.`,
    object: `${first.quantity} of the project ${project}`,
    expected,
    found: `${found}\n${['surface | quantity | expected | found', ...rows].join('\n')}`,
    remedy: [first.seen.command],
  })
}

async function explanations(platform: Platform, question: Question, all: readonly Found[]): Promise<readonly string[]> {
  // Whatever is computed from other events is right to be another number.
  if (all.some(({ seen }) => seen.surface === tables)) return ['the service has stored something else than it was told']
  try {
    const interpretation = new Interpretation(await eventsOfProject(platform, question.project), question)
    const { precision } = platform.contract.dora
    return likeliest(
      all.map(({ seen, quantity, found }) =>
        interpretation.explaining({
          window:
            seen.surface === 'Prometheus' || seen.surface === applicable(platform.contract.metrics).path ? null : 0,
          quantity,
          found,
          tolerance: toleranceOf(quantities[quantity], precision, typeof found === 'number' ? found : 0),
        }),
      ),
    )
  } catch (error) {
    // The numbers are wrong all the same; too many events or a database that is down only cost the explanation.
    if (error instanceof Unmet || error instanceof Blocked) return []
    throw error
  }
}

/** A single wrong field among the answers of all surfaces about random histories: the comparison names it, its surface, project and range. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comment } from '../../../../support/basis/command'
import { StoredEvents } from '../../../../support/checks/numbers/list-comparison'
import { quantitiesOf } from '../../../../support/checks/numbers/metric'
import {
  differencesOf,
  endedWindow,
  failureRateLength,
  lengthsOf,
  type RangeQuestion,
  rangeQuestions,
  type SurfaceAnswer,
  windowsOf,
  type Yielded,
} from '../../../../support/checks/numbers/surface-comparison'
import { configurationSchema } from '../../../../support/configuration/schema'
import type { EventList, ListedEvent } from '../../../../support/contracts/dora'
import { publishedBenchmarks } from '../../../../support/dora/benchmarks'
import { toleranceOf } from '../../../../support/dora/comparison'
import { computeOf, type ProjectEvents } from '../../../../support/dora/compute'
import { levels, type Quantity, quantities, type Reading, type Value } from '../../../../support/dora/metrics'
import { readingOf, readingOfHistory } from '../../../../support/dora/reading'
import { ofSeverity } from '../../../../support/dora/severity'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { reportingIn, surfacesOf } from '../../../../support/service/surfaces'
import { history, now } from '../../../fixtures/random-histories'

const { precision, ranges, settings } = fawkes.dora
const lengths = lengthsOf(ranges, settings.defaults)
const ended = endedWindow(ranges, now)
const asked = rangeQuestions(
  reportingIn(surfacesOf({ contract: fawkes, configuration: configurationSchema(fawkes.names).parse({}) })),
  ended,
)
/** Answers that cover a range of the service's choice have a test of their own: a wrong one may be right for another range. */
const questions = asked.filter(({ isAnyRange }) => !isAnyRange)
const withoutNamedRange = asked.filter(({ isAnyRange }) => isAnyRange)

function yieldedBy(events: ProjectEvents, project: string): Yielded {
  const { severities, frequencyEnvironment } = settings.defaults
  const windows = windowsOf(lengths, [now], ended)
  const answer = computeOf(events, { project, windows, severities, frequencyEnvironment, now })
  const stored = new StoredEvents(project)
  for (const one of events.deployments) stored.addDeployment(one)
  for (const one of events.incidents) stored.addIncident(one)
  const at = { lengths, ends: [now], before: now, after: now }
  return { project, answer, ...at, settings: settings.defaults, stored }
}

/** The answer that a correct surface gives: every quantity of the metrics that it reports. */
function rightAnswer(yielded: Yielded, question: RangeQuestion): SurfaceAnswer {
  const { answer } = yielded
  const { length, surface, range } = question
  const all = range === ended ? answer.windows.at(-1) : answer.windows[length ?? failureRateLength]
  const window = all && surface.severity ? ofSeverity(all, surface.severity, publishedBenchmarks) : all
  if (surface.lists) return { ...question, reading: {}, listed: listOf(yielded, question), command: comment`ask` }
  if (!window) throw new Error('There is no such window.')
  const reportable: Reading =
    length === null
      ? {
          ...readingOfHistory(answer.history),
          'change failure ratio': readingOf(window)['change failure ratio'] ?? null,
          'environment label': settings.defaults.frequencyEnvironment.toLowerCase(),
        }
      : readingOf(window)
  const reported = new Set<string>(surface.reports.flatMap((metric) => quantitiesOf[metric]))
  const reading = Object.fromEntries(Object.entries(reportable).filter(([quantity]) => reported.has(quantity)))
  return { ...question, reading, command: comment`ask the surface` }
}

/** The list that a correct surface gives: newest first, in its range. */
function listOf({ stored }: Yielded, { surface, length }: RangeQuestion): EventList {
  const days = length === null ? undefined : lengths[length]
  const timeOf = ({ created, finished }: ListedEvent) => created ?? finished ?? now
  const isMeant = (event: ListedEvent) =>
    days === undefined || (typeof (event.created ?? event.finished) === 'number' && timeOf(event) >= now - days * 864e5)
  const entries = surface.lists && stored ? stored.of(surface.lists).filter(isMeant) : []
  return { entries: entries.toSorted((one, other) => timeOf(other) - timeOf(one)) }
}

/** A list with one wrong field of one entry, or with an entry that is not stored. */
function wrongList({ entries }: EventList, place: number): EventList {
  const fields = ['id', 'project', 'environment'] as const
  const field = fields[place % fields.length] ?? 'id'
  return entries.length === 0
    ? { entries: [{ id: 'nobody' }] }
    : {
        entries: entries.map((entry, index) =>
          index === place % entries.length ? { ...entry, [field]: 'wrong' } : entry,
        ),
      }
}

/** The quantity that a wrong list is named by. Its count may be right or wrong. */
const nameOfList = ({ lists }: RangeQuestion['surface']): Quantity =>
  lists === 'incidents' ? 'stored incidents' : 'listed deployments'

/** A wrong value: another number beyond the precision, another text, or "no data" in place of a value. */
function wrongValue(quantity: Quantity, right: Value, share: number, isMissing: boolean): Value {
  const kind = quantities[quantity]
  if (isMissing && right !== null) return null
  if (kind === 'level') return levels.find((level) => level !== right) ?? null
  if (kind === 'text' || kind === 'series') return `${right ?? ''} and more`
  const number = Number(right ?? 0)
  const step = toleranceOf(kind, precision, number) * (1.1 + share) + (kind === 'count' ? 1 : 0)
  return number + step * (share < 0.5 ? 1 : -1)
}

const projects = ['checkout', 'payments'] as const

describe('a range that is asked for by its start and its end', () => {
  const events: ProjectEvents = {
    deployments: [1, 10].map((days) => ({
      ...{ type: 'deployment', project: 'checkout', id: String(days), repository: null, environment: 'production' },
      ...{ result: 'SUCCESS', startedAt: now - days * 864e5, finishedAt: now - days * 864e5, commits: [] },
      listsCommits: true,
    })),
    incidents: [],
    builds: [],
  }
  const yielded = yieldedBy(events, 'checkout')
  const aboutEnded = questions.filter(({ range }) => range === ended)
  const named = (answer: SurfaceAnswer) =>
    differencesOf(yielded, answer, precision).map(({ difference }) => difference.quantity)

  it('is asked on every path over REST', () => {
    expect(aboutEnded.length).toBe(questions.filter(({ range }) => range === 'last30days').length - 3)
    for (const question of aboutEnded) expect(named(rightAnswer(yielded, question))).toEqual([])
  })

  it('is not answered with the last 30 days', () => {
    const frequency = aboutEnded.filter(({ surface }) => surface.name === 'REST /api/dora/deployment-frequency')
    const last30days = questions.find((one) => one.range === 'last30days' && one.surface === frequency[0]?.surface)
    expect(frequency).toHaveLength(1)
    for (const question of frequency) {
      const { reading } = rightAnswer(yielded, last30days ?? question)
      const covered = { start: now - 30 * 864e5, end: now }
      const answer = { ...question, reading, command: comment`ask` }
      expect(named(answer)).toContain('deployments')
      expect(named({ ...answer, covered })).toContain('time range')
      expect(named({ ...rightAnswer(yielded, question), covered: ended })).toEqual([])
    }
  })
})

describe('one wrong field of one surface, about one project and one range', () => {
  it('is named in each of 1,000 draws, and nothing else is', () => {
    const draw = fc.record({
      histories: fc.tuple(history, history),
      ...{ project: fc.nat(1), question: fc.nat(questions.length - 1), field: fc.nat(100) },
      ...{ share: fc.double({ min: 0, max: 1, noNaN: true }), isMissing: fc.boolean() },
    })
    const drawn = new Set<number>()
    fc.assert(
      fc.property(draw, ({ histories, project: spoilt, question, field, share, isMissing }) => {
        drawn.add(question)
        const named: object[] = []
        const expected: object[] = []
        for (const [index, project] of projects.entries()) {
          const yielded = yieldedBy(histories[index] ?? { deployments: [], incidents: [], builds: [] }, project)
          for (const [position, one] of questions.entries()) {
            // Of the other project, one answer is enough to show that its name is not mixed up with the wrong one's.
            if (index !== spoilt && position !== question) continue
            const right = rightAnswer(yielded, one)
            let { reading, listed } = right
            const place = { project, surface: one.surface.name, range: one.label }
            if (index === spoilt && position === question && listed) {
              expected.push({ ...place, quantity: nameOfList(one.surface) })
              listed = wrongList(listed, field)
            } else if (index === spoilt && position === question) {
              const fields = Object.entries(reading) as [Quantity, Value][]
              const [quantity, value] = fields[field % fields.length] ?? ['deployments', null]
              reading = { ...reading, [quantity]: wrongValue(quantity, value, share, isMissing) }
              expected.push({ ...place, quantity })
            }
            for (const { answer, difference } of differencesOf(
              yielded,
              { ...right, reading, ...(listed && { listed }) },
              precision,
            ))
              if (difference.quantity !== 'stored deployments')
                named.push({
                  project,
                  surface: answer.surface.name,
                  range: answer.label,
                  quantity: difference.quantity,
                })
          }
        }
        expect(named).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
    expect(drawn.size, 'questions that were drawn').toBe(questions.length)
  }, 240_000)

  it.each(withoutNamedRange.map((one) => [one.surface.name, one] as const))(
    'is named in an answer of %s without a range, which is right for any range',
    (_name, one) => {
      fc.assert(
        fc.property(history, fc.nat(lengths.length - 1), fc.nat(), (events, length, field) => {
          const yielded = yieldedBy(events, 'checkout')
          const right = rightAnswer(yielded, { ...one, length })
          expect(differencesOf(yielded, { ...right, length: null }, precision)).toEqual([])
          const fields = (Object.entries(right.reading) as [Quantity, Value][]).filter(
            ([quantity]) => quantities[quantity] !== 'level',
          )
          const [quantity = nameOfList(one.surface), value] = fields[field % Math.max(fields.length, 1)] ?? []
          const isNumber = typeof value === 'number' || value === null
          const wrong: SurfaceAnswer = {
            ...right,
            length: null,
            reading: { ...right.reading, [quantity]: isNumber ? 1e9 + Number(value) : `${value} and more` },
            ...(right.listed && { reading: {}, listed: wrongList(right.listed, field) }),
          }
          const named = differencesOf(yielded, wrong, precision).map(({ difference }) => difference.quantity)
          expect(named).toContain(quantity)
        }),
        { numRuns: 100 },
      )
    },
    60_000,
  )
})

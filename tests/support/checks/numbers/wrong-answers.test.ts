/** A single wrong value or row in the answer of one surface, as it is sent: the suite names its quantity, surface, project and range. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { isAbsent } from '../../../../support/basis/capability'
import { Unmet } from '../../../../support/basis/expectation'
import { StoredEvents } from '../../../../support/checks/numbers/list-comparison'
import {
  differencesOf,
  endedWindow,
  lengthsOf,
  type RangeQuestion,
  rangeQuestions,
  windowsOf,
  type Yielded,
} from '../../../../support/checks/numbers/surface-comparison'
import { configurationSchema } from '../../../../support/configuration/schema'
import type { MetricSettings } from '../../../../support/contracts/dora'
import { computeOf, type ProjectEvents } from '../../../../support/dora/compute'
import type { Quantity } from '../../../../support/dora/metrics'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { fieldsOf } from '../../../../support/service/answer-fields'
import { reportingIn, surfacesOf } from '../../../../support/service/surfaces'
import { answeringPlatform } from '../../../fixtures/answering-platform'
import { history, now } from '../../../fixtures/random-histories'
import { rightAnswer, Shown } from '../../../fixtures/right-answers'
import { sent, spoiltIn, style } from '../../../fixtures/spoilt-answers'

const { precision, ranges, settings } = fawkes.dora
const questions = rangeQuestions(
  reportingIn(surfacesOf({ contract: fawkes, configuration: configurationSchema(fawkes.names).parse({}) })),
  endedWindow(ranges, now),
).filter(({ isAnyRange }) => !isAnyRange)

/** Settings of a project; each differs in what they change. */
const drawnSettings: fc.Arbitrary<MetricSettings> = fc.constantFrom<MetricSettings>(
  settings.defaults,
  { ...settings.defaults, frequencyEnvironment: 'staging', frequencyWindowDays: 14 },
  { ...settings.defaults, failureRateWindowDays: 60, severities: ['critical', 'high'] },
  { ...settings.defaults, severities: ['Critical', 'HIGH'] },
)

function yieldedBy(events: ProjectEvents, project: string, inForce: MetricSettings): Yielded {
  const { severities, frequencyEnvironment } = inForce
  const lengths = lengthsOf(ranges, inForce)
  // Ranges that an answer may state instead of the right one are recomputed, too.
  const ends = [now, ...[-864e5, 864e5, 3_600_000, -1000].map((by) => now + by)]
  const ended = endedWindow(ranges, now)
  const answer = computeOf(events, {
    project,
    windows: windowsOf(lengths, ends, ended),
    severities,
    frequencyEnvironment,
    now,
  })
  const stored = new StoredEvents(project)
  for (const one of events.deployments) stored.addDeployment(one)
  for (const one of events.incidents) stored.addIncident(one)
  return { project, answer, lengths, ends, before: now, after: now, settings: inForce, stored }
}

interface Named {
  readonly project: string
  readonly surface: string
  readonly range: string
  readonly quantity: Quantity | 'undocumented'
  readonly text: string
}

/** The differences that the suite finds in an answer, or the answer that it cannot read. */
async function namedIn(
  yielded: Yielded,
  question: RangeQuestion,
  project: string,
  answer: unknown,
  status = 200,
): Promise<Named[]> {
  const { surface, label, range } = question
  const place = { project, surface: surface.name, range: label }
  const asked = { ...{ token: '', project, range }, window: { start: now, end: now }, severities: null, now }
  try {
    const reading = await surface.read(answeringPlatform(answer as object, status), asked)
    return differencesOf(yielded, { ...question, ...reading }, precision).map(({ difference }) => ({
      ...{ ...place, quantity: difference.quantity, text: JSON.stringify(difference) },
    }))
  } catch (error) {
    if (!(error instanceof Unmet)) throw error
    return [{ ...place, quantity: 'undocumented', text: error.message }]
  }
}

/** The quantities that the same fields show, too. */
const also: Readonly<Partial<Record<Quantity, readonly Quantity[]>>> = {
  'deployments by day': ['deployments'],
  'deployments by week': ['deployments'],
  'deployments by month': ['deployments'],
  'listed deployments': ['stored deployments'],
  'all-time deployments': ['environment label'],
  'environment label': ['all-time deployments'],
}

const projects = ['checkout', 'payments', 'a & b'] as const

describe('one wrong value or row in the answer of a surface about one project and one range', () => {
  it('is named in each of 1,000 draws, and nothing else is', async () => {
    const draw = fc.record({
      histories: fc.tuple(history, history, history),
      settings: drawnSettings,
      ...{ project: fc.nat(2), question: fc.nat(questions.length - 1), place: fc.nat(), how: style },
    })
    const drawn = new Set<Quantity>()
    await fc.assert(
      fc.asyncProperty(
        draw,
        async ({ histories, settings: inForce, project: spoiltOne, question: asked, place, how }) => {
          const question = questions[asked] ?? questions[0]
          if (!question) throw new Error('There is no question.')
          for (const [index, project] of projects.entries()) {
            const events = histories[index] ?? { deployments: [], incidents: [], builds: [] }
            const yielded = yieldedBy(events, project, inForce)
            const right = rightAnswer(yielded, question, project)
            expect(await namedIn(yielded, question, project, sent(right, how)), 'a right answer').toEqual([])
            if (index !== spoiltOne) continue
            // The contract does not say what a filter finds that the settings exclude.
            const { severity } = question.surface
            if (severity && inForce.severities?.every((one) => one.toLowerCase() !== severity)) continue
            const ways = spoiltIn(right)
            const spoilt = ways[place % ways.length]
            if (!spoilt) continue
            drawn.add(spoilt.quantity)
            const named = await namedIn(yielded, question, project, sent(right, how, spoilt))
            const at = `${question.surface.name} ${question.label} ${spoilt.place}: ${JSON.stringify(sent(right, how, spoilt))}`
            const [first] = named
            if (first?.quantity === 'undocumented') {
              expect(first.text, at).toContain(spoilt.place.split('.').at(-1))
              expect(decodeURIComponent(first.text.replaceAll('+', ' ')), at).toContain(project)
              const { range } = question
              if (range) expect(first.text, at).toContain(typeof range === 'object' ? 'timeRange=custom' : range)
              continue
            }
            expect(
              named.map(({ quantity }) => quantity),
              at,
            ).toContain(spoilt.quantity)
            const allowed = [spoilt.quantity, ...(also[spoilt.quantity] ?? [])]
            if (spoilt.quantity !== 'time range')
              for (const { quantity } of named) expect(allowed, at).toContain(quantity)
          }
        },
      ),
      { numRuns: 1000 },
    )
    const compared = new Set(
      questions
        .flatMap((question) =>
          spoiltIn(
            rightAnswer(
              yieldedBy({ deployments: [], incidents: [], builds: [] }, 'a', settings.defaults),
              question,
              'a',
            ),
          ),
        )
        .map(({ quantity }) => quantity),
    )
    for (const quantity of compared) expect(drawn, 'quantities that were drawn').toContain(quantity)
  }, 240_000)

  it('is named where REST says that there is no data, though there is', async () => {
    const values = {
      'deployment frequency': 0,
      'lead time': 0,
      'change failure rate': 0,
      'time to restore': 0,
      'rework rate': 0,
    }
    const overRest = questions.filter(({ surface }) => surface.name.startsWith('REST /api/dora/'))
    await fc.assert(
      fc.asyncProperty(history, fc.nat(overRest.length - 1), async (events, asked) => {
        const [question] = overRest.slice(asked)
        if (!question) throw new Error('There is no question.')
        const yielded = yieldedBy(events, 'checkout', settings.defaults)
        const named = await namedIn(yielded, question, 'checkout', { error: { code: 'NO_DATA' } }, 404)
        const hasData = spoiltIn(rightAnswer(yielded, question, 'checkout')).flatMap(({ quantity, at }) =>
          quantity in values && at instanceof Shown && at.value !== null ? [quantity] : [],
        )
        expect(named.map(({ quantity }) => quantity)).toEqual(
          hasData.length === 0 ? [] : expect.arrayContaining(hasData),
        )
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  it('is drawn from every field that the contract reads', () => {
    const at = now - 3_600_000
    const of = { project: 'a', environment: 'production' }
    const events: ProjectEvents = {
      deployments: [
        {
          ...{ ...of, type: 'deployment', id: '1', repository: null, result: 'FAILURE', listsCommits: true },
          ...{ startedAt: at, finishedAt: at, commits: [] },
        },
      ],
      incidents: [
        { ...of, type: 'incident', id: '1', severity: 'high', createdAt: at, resolvedAt: at, deploymentId: null },
      ],
      builds: [],
    }
    const yielded = yieldedBy(events, 'a', settings.defaults)
    const { rest, graphql } = fawkes.dora
    if (isAbsent(rest) || isAbsent(graphql)) throw new Error('The contract has no such surface.')
    const schemas = new Map<string, z.ZodType>([
      ...Object.values(rest).map((one) => [`REST ${new URL(one.path(''), 'http://a').pathname}`, one.answer] as const),
      ['GraphQL', graphql.answer],
    ])
    const read = [...schemas].flatMap(([surface, schema]) =>
      [...fieldsOf(schema)].map((field) => `${surface}: ${field}`),
    )
    const drawn = questions.flatMap((one) =>
      spoiltIn(rightAnswer(yielded, one, 'a')).map(({ place }) => `${one.surface.name}: ${place}`),
    )
    expect(new Set(drawn), 'fields that can be drawn').toEqual(new Set([...drawn, ...read]))
  })
})

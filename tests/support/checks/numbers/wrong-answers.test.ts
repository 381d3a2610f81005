/** A single wrong value or row in the answer of one surface, as it is sent: the suite names its quantity, surface, project and range. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { isAbsent } from '../../../../support/basis/capability'
import { Unmet } from '../../../../support/basis/expectation'
import { StoredEvents } from '../../../../support/checks/numbers/list-comparison'
import {
  differencesOf,
  lengthsOf,
  type RangeQuestion,
  rangeQuestions,
  windowsOf,
  type Yielded,
} from '../../../../support/checks/numbers/surface-comparison'
import { configurationSchema } from '../../../../support/configuration/schema'
import type { MetricSettings } from '../../../../support/contracts/dora'
import { toleranceOf } from '../../../../support/dora/comparison'
import { computeOf, type ProjectEvents } from '../../../../support/dora/compute'
import { levels, type Quantity, quantities } from '../../../../support/dora/metrics'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { fieldsOf } from '../../../../support/service/answer-fields'
import { reportingIn, surfacesOf } from '../../../../support/service/surfaces'
import { answeringPlatform } from '../../../fixtures/answering-platform'
import { history, now } from '../../../fixtures/random-histories'
import { type Fields, Rows, rightAnswer, Shown, type Tree } from '../../../fixtures/right-answers'

const { precision, ranges, settings } = fawkes.dora
const questions = rangeQuestions(
  reportingIn(surfacesOf({ contract: fawkes, configuration: configurationSchema(fawkes.names).parse({}) })),
).filter(({ isAnyRange }) => !isAnyRange)

/** Settings of a project; each differs in what they change. */
const drawnSettings: fc.Arbitrary<MetricSettings> = fc.constantFrom<MetricSettings>(
  settings.defaults,
  { ...settings.defaults, frequencyEnvironment: 'staging', frequencyWindowDays: 14 },
  { ...settings.defaults, failureRateWindowDays: 60, severities: ['critical', 'high'] },
)

/** The ways to write a right answer. */
interface Style {
  readonly isRounded: boolean
  readonly isShuffled: boolean
  readonly hasMore: boolean
  readonly time: (time: string) => string
}
const style: fc.Arbitrary<Style> = fc.record({
  ...{ isRounded: fc.boolean(), isShuffled: fc.boolean(), hasMore: fc.boolean() },
  time: fc.constantFrom<Style['time']>(
    (time) => time,
    (time) => time.replace('Z', '000Z'),
    (time) => time.replace('Z', '+00:00'),
    (time) => `${new Date(Date.parse(time) + 19_800_000).toISOString().slice(0, -1)}+05:30`,
  ),
})

const missing: unique symbol = Symbol('missing')
type Wrong = string | number | boolean | null | typeof missing

/** The wrong values in the place of a right one. */
function wrongOnes(shown: Shown): Wrong[] {
  const { value, quantity, kind, isOptional } = shown
  const absent: Wrong[] = isOptional ? [] : [missing]
  if (kind === 'instant') {
    const at = Date.parse(String(value ?? new Date(now).toISOString()))
    const moved = [-864e5, 864e5, 3_600_000, -1000].map((by) => new Date(at + by).toISOString())
    return [...moved, 'yesterday', 17, ...absent, ...(value === null ? [] : [null])]
  }
  if (kind === 'day') {
    const next = new Date(Date.parse(String(value)) + 864e5).toISOString()
    const moved = [next, next.slice(0, 10), `${value}T00:00:00+02:00`, `${value}T23:00:00-02:00`]
    return [...(isOptional ? [] : moved), 'yesterday', 17, missing, null]
  }
  if (kind === 'text') {
    const level = levels.find((one) => one !== value) ?? null
    const isLevel = quantities[quantity] === 'level'
    return [isLevel ? level : `${value} and more`, 17, ...absent, ...(value === null || isOptional ? [] : [null])]
  }
  const number = Number(value ?? 0)
  const ofDuration = quantity === 'listed incidents' ? 'minutes' : quantities[quantity]
  const step = toleranceOf(ofDuration, precision, number) * 1.2 + (precision[ofDuration] === 0 ? 1 : 0)
  const scaled = [number * 60, number / 60, number * 100].filter((one) => Math.abs(one - number) > step)
  if (kind === 'sample') return [number + step, number - step, ...scaled]
  return [
    number + step,
    number - step,
    ...scaled,
    String(number),
    ...absent,
    ...(value === null || isOptional ? [] : [null]),
  ]
}

/** A place in an answer that can be spoilt, and the answer that has it spoilt. */
interface Spoilt {
  readonly quantity: Quantity
  readonly place: string
  readonly at: Shown | Rows
  readonly wrong: Wrong | Rows
}

/** Every way to spoil an answer in one place. */
function spoiltIn(tree: Tree, place = ''): Spoilt[] {
  if (tree instanceof Shown)
    return wrongOnes(tree).map((wrong) => ({ quantity: tree.quantity, place, at: tree, wrong }))
  if (tree instanceof Rows) {
    const { rows, surplus, quantity, counts, isInOrder } = tree
    const other = (changed: readonly Fields[], of = quantity): Spoilt => ({
      ...{ quantity: of, place, at: tree, wrong: new Rows(changed, of, surplus, counts, isInOrder) },
    })
    const counted = rows.filter(counts)
    return [
      other([...rows, surplus]),
      ...counted.map((row) =>
        other(
          rows.filter((one) => one !== row),
          ofSample(row) ?? quantity,
        ),
      ),
      ...rows
        .filter((row) => !ofSample(row))
        .map((row) => other(rows.flatMap((one) => (one === row ? [one, one] : [one])))),
      ...rows.flatMap((row) => spoiltIn(row, place)),
    ]
  }
  return typeof tree === 'object' && tree !== null
    ? Object.entries(tree).flatMap(([name, child]) => spoiltIn(child, place === '' ? name : `${place}.${name}`))
    : []
}

const ofSample = ({ value, labels }: Fields): Quantity | undefined =>
  labels && value instanceof Shown ? value.quantity : undefined

/** The answer as it is sent. */
function sent(tree: Tree, how: Style, spoilt?: Spoilt): unknown {
  const found = tree === spoilt?.at ? spoilt?.wrong : tree
  if (found instanceof Shown) {
    if (typeof found.value === 'number') return how.isRounded ? roundedTo(found.quantity, found.value) : found.value
    if (found.kind === 'day' && how.isShuffled) return how.time(`${found.value}T00:00:00.000Z`)
    if (found.kind === 'day' && how.hasMore) return `${found.value}T00:00:00`
    return found.kind === 'instant' && found.value !== null ? how.time(String(found.value)) : found.value
  }
  if (found instanceof Rows) {
    const rows = found.isInOrder || !how.isShuffled ? found.rows : found.rows.toReversed()
    return rows.map((row) => sent(row, how, spoilt))
  }
  if (typeof found !== 'object' || found === null) return found
  const fields = Object.entries(found).map(([name, child]) => [name, sent(child, how, spoilt)] as const)
  const more = how.hasMore ? [['more', 'of it'] as const] : []
  return Object.fromEntries([...fields.filter(([, value]) => value !== missing), ...more])
}

function roundedTo(quantity: Quantity, value: number): number {
  const size = precision[quantity === 'listed incidents' ? 'minutes' : quantities[quantity]]
  return size === 0 ? value : Number((Math.round(value / size) * size).toFixed(6))
}

function yieldedBy(events: ProjectEvents, project: string, inForce: MetricSettings): Yielded {
  const { severities, frequencyEnvironment } = inForce
  const lengths = lengthsOf(ranges, inForce)
  // Ranges that an answer may state instead of the right one are recomputed, too.
  const ends = [now, ...[-864e5, 864e5, 3_600_000, -1000].map((by) => now + by)]
  const answer = computeOf(events, {
    project,
    windows: windowsOf(lengths, ends),
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
async function namedIn(yielded: Yielded, question: RangeQuestion, project: string, answer: unknown): Promise<Named[]> {
  const { surface, range, label } = question
  const place = { project, surface: surface.name, range: label }
  const asked = { ...{ token: '', project, range }, window: { start: now, end: now }, severities: null, now }
  try {
    const reading = await surface.read(answeringPlatform(answer as object), asked)
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
            if (severity && inForce.severities?.includes(severity) === false) continue
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
              if (question.range) expect(first.text, at).toContain(question.range)
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

/** Lead times while nothing says which deployments listed their commits, in projects of more events than memory holds. */
import { describe, expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
import { judgedNumbers } from '../../../../support/checks/numbers/judged-numbers'
import {
  differencesOf,
  endedWindow,
  lengthsOf,
  rangeQuestions,
  type SurfaceAnswer,
  windowsOf,
  type Yielded,
} from '../../../../support/checks/numbers/surface-comparison'
import { configurationSchema } from '../../../../support/configuration/schema'
import { computeOf } from '../../../../support/dora/compute'
import type { ShippedDeployment } from '../../../../support/dora/definitions'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { reportingIn, surfacesOf } from '../../../../support/service/surfaces'

const now = Date.UTC(2026, 2, 8, 12)
const hour = 3_600_000
const { precision, ranges, settings } = fawkes.dora

/** A deployment whose only commit was authored some hours before it. */
const deployment = (id: string, repository: string, age: number, hours: number): ShippedDeployment => ({
  ...{ id, repository, environment: 'production', result: 'SUCCESS', listsCommits: true },
  ...{ startedAt: now - age, finishedAt: now - age },
  commits: [{ sha: id, authoredAt: now - age - hours * hour, committedAt: now - age - hours * hour }],
})

/** Judges a lead time of the last 90 days, in minutes. */
async function judged(deployments: readonly ShippedDeployment[], minutes: number) {
  const lengths = lengthsOf(ranges, settings.defaults)
  const question = { project: 'checkout', windows: windowsOf(lengths, [now]), now }
  const answerOf = (some: readonly ShippedDeployment[]) =>
    computeOf({ deployments: some, incidents: [], builds: [] }, question)
  const yielded: Yielded = {
    ...{ project: 'checkout', answer: answerOf(deployments), lengths, ends: [now], before: now, after: now },
    settings: settings.defaults,
  }
  const surfaces = surfacesOf({ contract: fawkes, configuration: configurationSchema(fawkes.names).parse({}) })
  const asked = rangeQuestions(reportingIn(surfaces), endedWindow(ranges, now)).find(
    ({ surface, range }) => surface.name === 'REST /api/dora/lead-time' && range === 'last90days',
  )
  if (!asked) throw new Error('There is no such question.')
  const answer: SurfaceAnswer = { ...asked, reading: { 'lead time': minutes }, command: command`curl` }
  const { differences, undecided } = await judgedNumbers({
    ...{ question, yielded, answers: [answer], isDecided: false },
    differencesIn: (other, some) => some.flatMap((one) => differencesOf(other, one, precision)),
    events: async () => undefined,
    recomputed: async (as) => answerOf(deployments.map(as)),
  })
  return { wrong: differences.length, undecided: undecided.map(({ failure }) => failure.finding.object) }
}

describe('a lead time that differs', () => {
  const [first, second] = [deployment('d1', 'shop', 5 * hour, 1), deployment('d2', 'shop', 2 * hour, 3)]
  const open = ['configuration key events.listedCommits']

  it('is open where the first deployment decides it', async () => {
    expect(await judged([first, second], 120)).toEqual({ wrong: 0, undecided: [] })
    expect(await judged([first, second], 180)).toEqual({ wrong: 0, undecided: open })
  })

  it('is wrong in a single repository where neither reading of its first deployment yields it', async () => {
    expect(await judged([first, second], 999)).toEqual({ wrong: 1, undecided: [] })
  })

  it('is open in several repositories, of which any may have listed its commits', async () => {
    expect(await judged([first, deployment('d2', 'other', 2 * hour, 3)], 999)).toEqual({ wrong: 0, undecided: open })
  })
})

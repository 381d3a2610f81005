/** The stages of a lead time are compared with the settings, and their sum with the lead time, in each range of each surface. */
import { expect, it } from 'vitest'
import { command } from '../../../support/basis/command'
import { expectStages } from '../../../support/checks/lead-time-stages'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import type { Platform } from '../../../support/platform/platform'

const right = [10, 20, 30.04]
const [development, review, production] = fawkes.dora.settings.defaults.leadTimeStages

const stages = (durations: readonly (number | null)[]) =>
  [development, review, production].map((name, index) => ({
    name,
    duration: durations[index] ?? null,
    unit: 'minutes',
  }))

/** @param durationsOf the durations of the stages that a surface shows for a range; their lead time is 60 min */
function platformWith(
  durationsOf: (surface: 'REST' | 'GraphQL', range: string) => readonly (number | null)[],
): Platform {
  const secret = new Map([
    ['token', 'of the API'],
    ['mysql-password', 'of the database'],
  ])
  const answered = (url: string, body: object) => ({ url, status: 200, headers: {}, body: JSON.stringify(body) })
  return {
    contract: fawkes,
    configuration: configurationSchema(fawkes.names).parse({}),
    registerSecrets: async () => {},
    kubernetes: { namespace: 'fawkes', now: new Date('2026-03-08T12:00:00Z'), secret: async () => secret },
    rest: {
      commandFor: async (path: string) => command`curl -s ${path}`,
      get: async (url: string) => {
        const range = new URL(url, 'http://lake').searchParams.get('timeRange')
        if (range === null) return answered(url, [{ name: 'checkout' }])
        return answered(url, { summary: { value: 60 }, stages: stages(durationsOf('REST', range)) })
      },
    },
    graphql: {
      query: async (query: string) => {
        const [, days] = /LAST_(\d+)_DAYS/.exec(query) ?? []
        const shown = stages(durationsOf('GraphQL', `last${days}days`)).map(({ name, duration }) => ({
          name,
          duration,
        }))
        const data = { doraMetrics: { leadTimeForChanges: { value: 60, stages: shown } } }
        return { status: 200, data, errors: [], answer: answered('/api/graphql', { data }) }
      },
    },
    database: { rows: async () => [] },
  } as unknown as Platform
}

it('agrees where they add up to the lead time but for rounding, or where one is not known', async () => {
  expect(await expectStages(platformWith(() => right))).toBe(1)
  expect(await expectStages(platformWith(() => [10, null, 30]))).toBe(1)
})

it('is named where the surfaces divide the same lead time in other ways', async () => {
  const divided = platformWith((surface, range) =>
    surface === 'GraphQL' && range === 'last30days' ? [30, 20, 10] : right,
  )
  await expect(expectStages(divided)).rejects.toMatchObject({
    finding: {
      summary: 'The stages of the lead time of checkout differ between REST and GraphQL.',
      expected: 'development: 10 minutes, review: 20 minutes, production: 30.04 minutes (REST, last30days)',
      found: 'development: 30 minutes, review: 20 minutes, production: 10 minutes (GraphQL, last30days)',
    },
  })
  const rounded = platformWith((surface) => (surface === 'GraphQL' ? [10, 20, 30] : right))
  expect(await expectStages(rounded)).toBe(1)
})

it.each([
  ['REST', 'last7days'],
  ['REST', 'last30days'],
  ['REST', 'last90days'],
  ['GraphQL', 'last7days'],
  ['GraphQL', 'last90days'],
])('is named where %s adds up to another lead time for %s only', async (surface, range) => {
  const wrong = platformWith((one, of) => (one === surface && of === range ? [1, 1, 1] : right))
  await expect(expectStages(wrong)).rejects.toMatchObject({
    finding: {
      summary: 'The stages of the lead time of checkout add up to 3 min instead of 60 min.',
      found: `development: 1 minutes, review: 1 minutes, production: 1 minutes (${surface}, ${range})`,
    },
  })
})

/** Recent events that are in no number, in the words of the evidence. */
import { expect, it } from 'vitest'
import { uncountedIn } from '../../../support/service/uncounted-events'

const listed = ['checkout', 'payments']
const incidentsOf = (...owners: readonly string[]) =>
  uncountedIn(
    'incidents',
    owners.map((project) => ({ project, events: 2 })),
    listed,
  )

it('are none where every event belongs to a project of the platform, or to a story', () => {
  expect(incidentsOf()).toBeUndefined()
  expect(incidentsOf('checkout', 'dora-acceptance-of-another-run')).toBeUndefined()
})

it('are counted with their owners: an old name of a project, or none', () => {
  expect(incidentsOf('checkout', 'shop', '')).toBe(
    '4 incidents of the last 90 days are in no number, because no listed project has them: they belong to no project, shop',
  )
  expect(incidentsOf('a', 'b', 'c', 'd', 'e', 'f', 'g')).toMatch(/^14 incidents .* a, b, c, d, e and 2 more$/)
})

/** Dashboards of a service that knows which first deployments listed their commits, compared by a suite that does not. */
import { describe, expect, it } from 'vitest'
import {
  mayBeUnlisted,
  problemsOn,
  withoutLeadTimes,
  withUnlisted,
} from '../../../../support/checks/numbers/page-problems'
import type { ProjectEvents } from '../../../../support/dora/compute'
import type { Question } from '../../../../support/dora/oracle'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { pageOf, togetherIn, type View } from '../../../fixtures/dashboard-pages'
import { now } from '../../../fixtures/random-histories'

const day = 864e5
const window = { start: now - 30 * day, end: now }
const questions = ['checkout', 'payments'].map((project): Question => ({ project, windows: [window], now }))

/** Two deployments of each repository, of which the first may list its commits. */
const events = (project: string, firsts: readonly boolean[]): ProjectEvents => ({
  deployments: firsts.flatMap((listsCommits, index) =>
    [1, 2].map((nth) => ({
      ...{
        type: 'deployment' as const,
        project,
        id: `d${index}-${nth}`,
        repository: `shop/${index}`,
        result: 'SUCCESS',
      },
      ...{ environment: 'production', startedAt: null, finishedAt: now - (20 - index - 3 * nth) * day },
      listsCommits: nth === 2 || listsCommits,
      commits: [
        { sha: `c${nth}`, authoredAt: now - (21 - index - 3 * nth) * day - 1e6 * 3 ** index, committedAt: null },
      ],
    })),
  ),
  incidents: [],
  builds: [],
})
const listed = [events('checkout', [true, true, true]), events('payments', [true])]
const stored = [events('checkout', [false, true, false]), events('payments', [false])]
const shownFor = (projects: readonly ProjectEvents[]) =>
  togetherIn(projects.flatMap((one, index) => (questions[index] ? [[one, questions[index]] as const] : [])))

/** Judges the pages of the service, which a test may spoil. */
function judged(spoil: (page: View[], title: string) => void = () => {}) {
  const views = fawkes.dashboards.all.map((names) => {
    const page = pageOf(names, shownFor(stored), window)
    spoil(page, names.title)
    return [names, page] as const
  })
  const opened = { views, window, precision: fawkes.dora.precision, isKnown: () => true, comparesTables: true }
  const { expected: reading, rows } = shownFor(listed)
  const found = problemsOn(opened, { reading, rows })
  return { found, other: withUnlisted(opened, found, questions, listed) }
}

describe('pages that are right because some first deployments did not list their commits', () => {
  it('leave no problem, and everything that differed is explained', () => {
    const { found, other } = judged()
    expect(mayBeUnlisted(found)).toBe(true)
    expect(found.numbers.length).toBeGreaterThan(0)
    expect(found.tables.length).toBeGreaterThan(0)
    expect(other).toMatchObject({ numbers: [], tables: [], read: stored })
    expect(other?.explained).toEqual({ numbers: found.numbers, tables: found.tables })
  })

  it('leave the wrong number beside them', () => {
    const { other } = judged((page, title) => {
      if (title !== 'Lead Time for Changes') return
      const view = page.find(({ type }) => type === 'stat')
      if (!view) throw new Error('There is no big number.')
      view.columns[0]?.values.splice(0, 1, 1)
      view.text = '1.00 min'
    })
    expect(other?.numbers.map(({ reading: { value } }) => value)).toEqual([1])
    expect(other?.explained.numbers.length).toBeGreaterThan(0)
  })

  it('leave open only the lead times if there are too many events', () => {
    const { found } = judged((page) => {
      for (const view of page) if (view.title === 'Deployments') view.text = '12345'
    })
    const { numbers, explained } = withoutLeadTimes(found)
    expect(numbers.every(({ reading: { quantity } }) => !quantity.startsWith('lead time'))).toBe(true)
    expect(numbers.length + explained.numbers.length).toBe(found.numbers.length)
    expect(explained.tables).toEqual(found.tables)
  })
})

describe('pages that are wrong in another way', () => {
  it('are not explained', () => {
    const views = fawkes.dashboards.all.map((names) => {
      const page = pageOf(names, shownFor(listed), window)
      for (const view of page) if (view.type === 'stat') view.text = '1 elite'
      return [names, page] as const
    })
    const opened = { views, window, precision: fawkes.dora.precision, isKnown: () => true, comparesTables: true }
    const { expected: reading, rows } = shownFor(listed)
    expect(withUnlisted(opened, problemsOn(opened, { reading, rows }), questions, listed)).toBeUndefined()
  })
})

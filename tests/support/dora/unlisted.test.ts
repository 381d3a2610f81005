/** First deployments that may not have listed their commits: the numbers of a service that knows it decide which ones. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeOf, type ProjectEvents } from '../../../support/dora/compute'
import { day } from '../../../support/dora/definitions'
import type { Answer } from '../../../support/dora/oracle'
import { likeliestUnlisted } from '../../../support/dora/unlisted'
import { now } from '../../fixtures/random-histories'

const windows = [7, 30, 90].map((days) => ({ start: now - days * day, end: now }))
const answerTo = (events: ProjectEvents) => computeOf(events, { project: 'shop', windows, now })

/** One deployment for each repository. */
const firsts = (lists: readonly boolean[]): ProjectEvents => ({
  deployments: lists.map((listsCommits, index) => ({
    ...{ type: 'deployment', project: 'shop', id: `d${index}`, repository: `shop/${index}`, environment: 'production' },
    ...{ result: 'SUCCESS', startedAt: null, finishedAt: now - (index + 1) * day, listsCommits },
    commits: [{ sha: `c${index}`, authoredAt: now - (index + 1) * day - 7 ** index, committedAt: null }],
  })),
  incidents: [],
  builds: [],
})
const allListed = (count: number) => firsts(Array.from({ length: count }, () => true))

/** The wrong ones among the numbers of both answers. */
const wrongIn = (found: Answer, [events]: readonly ProjectEvents[]) => {
  const numbers = ({ windows: all, history }: Answer) => [
    ...all.flatMap(({ leadTime: { mean, p50, p95 } }) => [mean, p50, p95]),
    ...[history.leadTime.count, history.leadTime.sum],
  ]
  const expected = events ? numbers(answerTo(events)) : []
  return numbers(found).filter((number, index) => number !== expected[index]).length
}

describe('first deployments of which some did not list their commits', () => {
  it('are found in any combination of up to nine', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (lists) => {
        const found = answerTo(firsts(lists))
        const { events, count } = likeliestUnlisted([allListed(lists.length)], (tried) => wrongIn(found, tried))
        expect(events[0]?.deployments.map(({ listsCommits }) => listsCommits)).toEqual(lists)
        expect(count).toBe(lists.filter((one) => !one).length)
      }),
      { numRuns: 40 },
    )
  })

  it('are found among twenty if they are all, or one, or all but one', () => {
    for (const isListed of [() => false, (index: number) => index !== 17, (index: number) => index === 17]) {
      const lists = Array.from({ length: 20 }, (_, index) => isListed(index))
      const found = answerTo(firsts(lists))
      const { events } = likeliestUnlisted([allListed(20)], (tried) => wrongIn(found, tried))
      expect(events[0]?.deployments.map(({ listsCommits }) => listsCommits)).toEqual(lists)
    }
  })

  it('do not explain another wrong number beside them', () => {
    const right = answerTo(firsts([false, true, false]))
    const [first, ...rest] = right.windows
    if (!first) throw new Error('There is no window.')
    const found = { ...right, windows: [{ ...first, leadTime: { ...first.leadTime, p95: 1e6 } }, ...rest] }
    const { events, count } = likeliestUnlisted([allListed(3)], (tried) => wrongIn(found, tried))
    expect(count).toBe(2)
    expect(wrongIn(found, events)).toBe(1)
  })

  it('stay undecided where no combination is better than none', () => {
    const { count } = likeliestUnlisted([allListed(3)], () => 1)
    expect(count).toBe(0)
  })
})

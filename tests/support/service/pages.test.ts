/** Lists in pages: projects and scopes are read to the end and compared with the count that the service states. */
import { describe, expect, it } from 'vitest'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { allEntries, type Page } from '../../../support/service/pages'

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `project ${from + index}`)

const read = (page: (page: number, size: number | undefined) => Page<string>) =>
  allEntries({
    name: 'the list of projects',
    read: async (number, size) => page(number, size),
    keyOf: (name) => name,
    bounds: { items: 'projectItems', pages: 'projectPages', time: 'projectTime' },
    remedy: () => [],
  })

const rejection = (reading: Promise<unknown>) =>
  reading.then(
    () => expect.unreachable('The list was read.'),
    (error: unknown) => error,
  )

describe('a list in pages', () => {
  const pageOf =
    (all: readonly string[], byDefault = 50) =>
    (page: number, size = byDefault): Page<string> => ({
      entries: all.slice((page - 1) * size, page * size),
      count: all.length,
    })

  it.each([0, 1, 49, 50, 51, 58, 100, 101])('of %i entries is read to its end', async (count) => {
    expect(await read(pageOf(names(0, count)))).toEqual(names(0, count))
  })

  it('asks the following pages for as many entries as the first one held', async () => {
    const asked: (number | undefined)[] = []
    await read((page, size) => {
      asked.push(size)
      return pageOf(names(0, 58))(page, size)
    })
    expect(asked).toEqual([undefined, 50])
  })

  it('without a count is the whole list', async () => {
    expect(await read(() => ({ entries: names(0, 3) }))).toEqual(names(0, 3))
  })

  it('is read again if entries moved between the pages', async () => {
    let answers = 0
    const list = await read((page, size) => {
      answers++
      // A project is created after the first page: the last entry of that page is the first of the second.
      const all = answers === 1 ? names(1, 59) : names(0, 59)
      return pageOf(all)(page, size)
    })
    expect(new Set(list)).toEqual(new Set(names(0, 59)))
  })

  it.each<[string, (page: number, size: number | undefined) => Page<string>, number]>([
    ['ends early', (page, size) => ({ ...pageOf(names(0, 50))(page, size), count: 58 }), 50],
    ['repeats its first page', () => ({ entries: names(0, 50), count: 58 }), 50],
    ['holds more than it counts', () => ({ entries: names(0, 58), count: 50 }), 58],
    ['is empty', () => ({ entries: [], count: 58 }), 0],
  ])('blocks if it %s, with both numbers', async (_, page, found) => {
    const error = await rejection(read(page))
    if (!(error instanceof Blocked)) throw error
    expect(error.finding.summary).toContain(`its pages hold ${found}.`)
    expect(error.finding.expected).toBe(`${error.finding.summary.match(/counts (\d+)/)?.[1]} entries`)
  })

  it('that never ends is given up', async () => {
    let next = 0
    const error = await rejection(read(() => ({ entries: [`project ${next++}`], count: 1e9 })))
    if (!(error instanceof Unmet)) throw error
    expect(error.finding.summary).toBe('The suite stopped reading: the list of projects exceeds 500 pages.')
  })
})

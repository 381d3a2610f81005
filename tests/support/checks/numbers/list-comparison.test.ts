/** A list of stored events is compared with the database in every field that both show, in its order and in its range. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listDifferences, StoredEvents } from '../../../../support/checks/numbers/list-comparison'
import type { ListedEvent } from '../../../../support/contracts/dora'

const now = Date.UTC(2026, 2, 8, 12)
const day = 86_400_000

const stored = new StoredEvents('checkout')
for (const age of [1, 2, 40])
  stored.addDeployment({
    ...{ id: `d${age}`, repository: 'shop', environment: 'production', result: 'SUCCESS' },
    ...{ startedAt: now - age * day - 1000, finishedAt: now - age * day, listsCommits: true, commits: [] },
  })
stored.addDeployment({
  ...{ id: 'running', repository: null, environment: 'staging', result: null },
  ...{ startedAt: now, finishedAt: null, listsCommits: true, commits: [] },
})
stored.addIncident({
  ...{ type: 'incident' as const, project: 'checkout', id: 'i1', environment: 'production', severity: 'high' },
  ...{ createdAt: now - 9 * day, resolvedAt: now - day, deploymentId: null },
})
const deployments = stored.of('deployments')
const newestFirst = [...deployments].sort((one, other) => (other.started ?? 0) - (one.started ?? 0))
const week = { start: now - 7 * day, end: now }

const inAllTime = (entries: readonly ListedEvent[], count?: number) =>
  listDifferences('deployments', { entries, count }, deployments, null)

describe('a right list', () => {
  it('agrees with all stored deployments, whatever its fields', () => {
    expect(inAllTime(newestFirst, 4)).toEqual([])
    expect(inAllTime(newestFirst.map(({ id, finished }) => ({ id, finished })))).toEqual([])
    expect(inAllTime(newestFirst.map(({ id, result }) => ({ id, result: result?.toLowerCase() ?? null })))).toEqual([])
  })

  it('agrees as one page of a longer list', () => {
    expect(inAllTime(newestFirst.slice(0, 2), 4)).toEqual([])
  })

  it('does not agree as a page of older ones, or as a page with a gap', () => {
    const [, d1, d2, d40] = newestFirst
    const page = (...entries: (ListedEvent | undefined)[]) =>
      inAllTime(
        entries.flatMap((one) => one ?? []),
        4,
      ).map(({ expected }) => String(expected).split(' ')[0])
    expect(page(d1, d2)).toEqual([])
    expect(page(d2, d40)).toEqual(['d1'])
    expect(page(d1, d40)).toEqual(['d2'])
  })

  it('does not agree as a page without entries', () => {
    expect(inAllTime([], 4)).toMatchObject([{ quantity: 'listed deployments', found: '' }])
  })

  it('agrees over a range, with or without what has not finished', () => {
    for (const isIn of [
      ({ finished }: ListedEvent) => (finished ?? 0) >= week.start,
      ({ id }: ListedEvent) => id !== 'd40',
    ])
      expect(listDifferences('deployments', { entries: newestFirst.filter(isIn) }, deployments, week)).toEqual([])
  })

  it('agrees over a range by any time of an incident', () => {
    for (const entries of [[], stored.of('incidents')])
      expect(listDifferences('incidents', { entries }, stored.of('incidents'), week)).toEqual([])
  })

  it('agrees with the stored ids instead of the posted ones', () => {
    const prefixed = new StoredEvents('checkout', (id) => id.replace(/^checkout:/, ''))
    prefixed.addIncident({
      ...{ type: 'incident' as const, project: 'checkout', id: 'i1', environment: 'production', severity: 'high' },
      ...{ createdAt: now, resolvedAt: null, deploymentId: null },
    })
    const list = prefixed.named('incidents', { entries: [{ id: 'checkout:i1' }] })
    expect(listDifferences('incidents', list, prefixed.of('incidents'), null)).toEqual([])
  })
})

describe('a list with ids of another form', () => {
  const unknown = (isFormKnown: boolean) => {
    const events = new StoredEvents('checkout', (id) => id.replace(/^checkout:/, ''), isFormKnown)
    for (const id of ['w:1:d1', 'w:1:d2'])
      events.addDeployment({
        ...{ id, repository: null, environment: 'production', result: 'SUCCESS' },
        ...{ startedAt: now, finishedAt: now, listsCommits: true, commits: [] },
      })
    return events
  }
  const shown = (...ids: string[]) => ({
    entries: ids.map((id) => ({ id, environment: 'production', finished: now })),
  })
  const compared = (events: StoredEvents, list: ReturnType<typeof shown>) =>
    listDifferences('deployments', events.named('deployments', list), events.of('deployments'), null)

  it('is compared without them while the configuration does not say how ids are stored', () => {
    const events = unknown(false)
    expect(events.otherIds('deployments', shown('d1', 'd2'))).toEqual({ shown: 'd1', stored: 'w:1:d1' })
    expect(compared(events, shown('d1', 'd2'))).toEqual([])
    expect(compared(events, shown('d1'))).not.toEqual([])
  })

  it('is wrong where the configuration says it, or where one of the ids is stored', () => {
    expect(unknown(true).otherIds('deployments', shown('d1', 'd2'))).toBeUndefined()
    expect(compared(unknown(true), shown('d1', 'd2'))).not.toEqual([])
    for (const stored of ['w:1:d1', 'checkout:w:1:d1']) {
      expect(unknown(false).otherIds('deployments', shown(stored, 'd2'))).toBeUndefined()
      expect(compared(unknown(false), shown(stored, 'd2'))).not.toEqual([])
    }
  })
})

describe('a wrong list', () => {
  it('is named by the open incidents that it leaves out, in a range and in all time', () => {
    const events = new StoredEvents('checkout')
    for (const [id, resolvedAt] of [
      ['open', null],
      ['resolved', now - day],
    ] as const)
      events.addIncident({
        ...{ type: 'incident' as const, project: 'checkout', id, environment: 'production', severity: 'high' },
        ...{ createdAt: now - 2 * day, resolvedAt, deploymentId: null },
      })
    const all = events.of('incidents')
    const entries = all.filter(({ resolved }) => resolved !== null)
    for (const range of [week, null]) {
      expect(listDifferences('incidents', { entries: all }, all, range)).toEqual([])
      expect(listDifferences('incidents', { entries }, all, range)).toEqual([
        { quantity: 'stored incidents', expected: expect.stringContaining('open'), found: '' },
      ])
    }
  })

  it('is named by the entries that it lacks or has too many', () => {
    expect(inAllTime(newestFirst.slice(1))).toEqual([
      { quantity: 'listed deployments', expected: expect.stringContaining('running'), found: '' },
      { quantity: 'stored deployments', expected: 4, found: 3 },
    ])
    const doubled = [newestFirst[0] ?? {}, ...newestFirst]
    expect(inAllTime(doubled)[0]).toMatchObject({ quantity: 'listed deployments', expected: '' })
  })

  it('is named by its order', () => {
    expect(inAllTime([...newestFirst].reverse())).toEqual([
      expect.objectContaining({ quantity: 'listed deployments', expected: 'the newest first' }),
    ])
  })

  it('is named by a count that does not fit', () => {
    expect(inAllTime(newestFirst, 5)).toEqual([{ quantity: 'stored deployments', expected: 4, found: 5 }])
  })

  it('is found whichever field of whichever entry is wrong', () => {
    const place = fc.record({
      index: fc.nat(newestFirst.length - 1),
      field: fc.constantFrom('id', 'project', 'result', 'environment', 'repository', 'started', 'finished'),
    })
    fc.assert(
      fc.property(place, ({ index, field }) => {
        const wrong = newestFirst.map((entry, at) =>
          at === index ? { ...entry, [field]: field === 'started' || field === 'finished' ? 5 : 'wrong' } : entry,
        )
        expect(inAllTime(wrong).map(({ quantity }) => quantity)).toContain('listed deployments')
      }),
    )
  })
})

/** A watch asks again for what does not hold, and believes only a whole run. */
import { describe, expect, it } from 'vitest'
import type { ItemRecord, ItemState } from '../../../support/record/verdict'
import { type WatchedRun, watchUntilHeld } from '../../../support/run/watching'

const item = (id: string, status: ItemState, how: ItemRecord['how'] = 'automated'): ItemRecord => ({
  id,
  section: id.split('.')[0] ?? '',
  text: id,
  how,
  status,
  reason: status,
  scenarios: [],
})

const run = (...items: ItemRecord[]): WatchedRun => ({ items, exitCode: 0, verdict: 'partial', problems: [] })

/** Plays runs one after the other, and returns what was asked for and how long the watch waited. */
async function watched(...runs: WatchedRun[]) {
  const asked: (readonly string[] | 'all')[] = []
  const waits: number[] = []
  const shown: string[] = []
  const left = [...runs]
  const end = await watchUntilHeld({
    judge: async (items) => {
      asked.push(items)
      const next = left.shift()
      if (next === undefined) throw new Error('The watch asked once more than it should.')
      return next
    },
    show: (items) => shown.push(items.map(({ status }) => status).join(' ')),
    wait: async (ms) => void waits.push(ms),
  })
  return { asked, waits, shown, end, left }
}

describe('a watch', () => {
  it('ends at once where everything holds', async () => {
    const all = run(item('3.1', 'passed'), item('22.1', 'blocked', 'attested'), item('17.2', 'blocked', 'derived'))
    expect(await watched(all)).toMatchObject({ asked: ['all'], waits: [], end: all })
  })

  it('asks only for what does not hold, and then once for everything', async () => {
    const { asked, shown } = await watched(
      run(item('3.1', 'failed'), item('4.1', 'blocked'), item('0.1', 'passed')),
      run(item('3.1', 'passed'), item('4.1', 'failed'), item('0.1', 'not run')),
      run(item('4.1', 'passed')),
      run(item('3.1', 'passed'), item('4.1', 'passed'), item('0.1', 'passed')),
    )
    expect(asked).toEqual(['all', ['3.1', '4.1'], ['4.1'], 'all'])
    expect(shown).toEqual(['failed blocked passed', 'passed failed passed', 'passed passed passed'])
  })

  it('goes on where the whole run finds that something broke again', async () => {
    const { asked } = await watched(
      run(item('3.1', 'failed'), item('0.1', 'passed')),
      run(item('3.1', 'passed')),
      run(item('3.1', 'passed'), item('0.1', 'failed')),
      run(item('0.1', 'passed')),
      run(item('3.1', 'passed'), item('0.1', 'passed')),
    )
    expect(asked).toEqual(['all', ['3.1'], 'all', ['0.1'], 'all'])
  })

  it('waits longer where nothing moves, at most a minute, and is quick again once something does', async () => {
    const still = run(item('3.1', 'failed'), item('4.1', 'failed'))
    const { waits } = await watched(
      ...Array(9).fill(still),
      run(item('3.1', 'passed'), item('4.1', 'failed')),
      run(item('4.1', 'passed')),
      run(item('3.1', 'passed'), item('4.1', 'passed')),
    )
    expect(waits.slice(0, 3)).toEqual([5_000, 7_500, 11_250])
    expect(Math.max(...waits)).toBe(60_000)
    expect(waits.at(-1)).toBe(5_000)
  })

  it('ends with the problem of a run that no waiting mends', async () => {
    await expect(watched({ ...run(), problems: ['acceptance.yaml cannot be used.'] })).rejects.toThrow(
      'acceptance.yaml cannot be used.',
    )
  })
})

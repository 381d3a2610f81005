/** Waiting ends: with what was waited for, with the last thing seen, or with the reason why it was given up. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { eventually, within } from '../../../support/basis/eventually'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { root } from '../../fixtures/features'

const circumstances = (summary: string) => ({ summary, object: 'Pod a', expected: 'ready', found: 'not ready' })
const unmet = (summary = 'not ready') => new Unmet(circumstances(summary))
const never = () => new Promise<never>(() => {})

/** What a promise was rejected with, and after how many milliseconds. */
async function rejection(promise: Promise<unknown>): Promise<{ error: unknown; afterMs: number }> {
  const began = performance.now()
  try {
    await promise
  } catch (error) {
    return { error, afterMs: performance.now() - began }
  }
  return expect.unreachable('It was not rejected.')
}

describe('eventually', () => {
  it('answers what the first look without a complaint saw, at once', async () => {
    const began = performance.now()
    expect(await eventually(async () => 'ready', { deadlineMs: 5000 })).toBe('ready')
    expect(performance.now() - began).toBeLessThan(90)
  })

  it.each([
    ['unmet', unmet()],
    ['blocked', new Blocked(circumstances('no access'))],
  ] as const)('looks again after a look that was %s', async (_, complaint) => {
    let looks = 0
    const look = async () => {
      looks += 1
      if (looks < 3) throw complaint
      return looks
    }
    expect(await eventually(look, { deadlineMs: 5000 })).toBe(3)
  })

  it('ends with the last thing seen, at its deadline', async () => {
    let looks = 0
    const { error, afterMs } = await rejection(
      eventually(
        async () => {
          looks += 1
          throw unmet(`look ${looks}`)
        },
        { deadlineMs: 400 },
      ),
    )
    expect(error).toBeInstanceOf(Unmet)
    expect((error as Unmet).finding.summary).toBe(`look ${looks}`)
    expect(looks).toBeGreaterThanOrEqual(3)
    expect(afterMs).toBeGreaterThanOrEqual(390)
    expect(afterMs).toBeLessThan(1500)
  })

  it('looks at least once, though there is no time', async () => {
    const { error } = await rejection(eventually(() => Promise.reject(unmet()), { deadlineMs: 0 }))
    expect(error).toBeInstanceOf(Unmet)
  })

  it('does not go on after an error that is no complaint about the platform', async () => {
    let looks = 0
    const { error, afterMs } = await rejection(
      eventually(
        async () => {
          looks += 1
          throw new TypeError('the suite broke')
        },
        { deadlineMs: 5000 },
      ),
    )
    expect(error).toBeInstanceOf(TypeError)
    expect({ looks, late: afterMs > 1000 }).toEqual({ looks: 1, late: false })
  })

  it('never looks twice at the same time', async () => {
    let looking = 0
    const look = async () => {
      looking += 1
      expect(looking).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 30))
      looking -= 1
      throw unmet()
    }
    expect((await rejection(eventually(look, { deadlineMs: 500 }))).error).toBeInstanceOf(Unmet)
  })

  it('does not wait for a look that never ends, and keeps what was seen before it', async () => {
    let looks = 0
    const look = () => {
      looks += 1
      return looks === 1 ? Promise.reject(unmet('seen')) : never()
    }
    const { error, afterMs } = await rejection(eventually(look, { deadlineMs: 400 }))
    expect((error as Unmet).finding.summary).toBe('seen')
    expect(afterMs).toBeLessThan(1500)
  })

  it('calls it an error of the suite when not one look ended', async () => {
    const { error } = await rejection(eventually(never, { deadlineMs: 100 }))
    expect(error).not.toBeInstanceOf(Unmet)
    expect((error as Error).message).toContain('No check ended within 0.1 s')
  })

  it.each<[string, () => Promise<never>]>([
    ['between two looks', () => Promise.reject(unmet())],
    ['in the middle of a look', never],
  ])('is given up %s, with the reason', async (_, look) => {
    const abortion = new AbortController()
    const reason = new Error('The operator pressed Ctrl-C.')
    setTimeout(() => abortion.abort(reason), 150)
    const { error, afterMs } = await rejection(eventually(look, { deadlineMs: 10_000, signal: abortion.signal }))
    expect(error).toBe(reason)
    expect(afterMs).toBeLessThan(1000)
  })

  it('does not begin when it was given up before', async () => {
    let looks = 0
    const look = async () => {
      looks += 1
    }
    const signal = AbortSignal.abort(new Error('gone'))
    expect((await rejection(eventually(look, { deadlineMs: 1000, signal }))).error).toEqual(new Error('gone'))
    expect(looks).toBe(0)
  })

  it('leaves nothing behind on the signal', async () => {
    const { signal } = new AbortController()
    const leaks: Error[] = []
    const note = (warning: Error) => leaks.push(warning)
    process.on('warning', note)
    let looks = 0
    for (let wait = 0; wait < 15; wait++) await eventually(async () => (looks += 1), { deadlineMs: 1000, signal })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect({ looks, leaks }).toEqual({ looks: 15, leaks: [] })
  })
})

describe('within', () => {
  const late = () => new Error('late')

  it('answers what the promise does in time', async () => {
    expect(await within(Promise.resolve(1), 1000, late)).toBe(1)
    expect((await rejection(within(Promise.reject(new Error('own')), 1000, late))).error).toEqual(new Error('own'))
  })

  it('does not wait longer than its deadline', async () => {
    const { error, afterMs } = await rejection(within(never(), 50, late))
    expect(error).toEqual(new Error('late'))
    expect(afterMs).toBeLessThan(1000)
  })

  it('keeps the process alive until then: a lost answer must not end it with success', () => {
    const code = `
      const { within } = require('./support/basis/eventually.ts')
      within(new Promise(() => {}), 50, () => new Error('late')).catch((error) => process.exit(error.message === 'late' ? 7 : 8))
    `
    const { status } = spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', code], {
      cwd: root,
    })
    expect(status).toBe(7)
  })
})

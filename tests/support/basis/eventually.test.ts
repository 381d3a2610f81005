/** Every wait ends: with the result, with the last failure, or with the reason why it was aborted. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { eventually, within } from '../../../support/basis/eventually'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { soonMs } from '../../fixtures/deadlines'
import { root } from '../../fixtures/features'

const circumstances = (summary: string) => ({
  summary,
  object: 'Pod a',
  expected: 'ready',
  found: 'not ready',
  remedy: [],
})
const unmet = (summary = 'not ready') => new Unmet(circumstances(summary))
const never = () => new Promise<never>(() => {})

/** The error that a promise was rejected with, and the time since it was made, in milliseconds. */
async function rejection(promised: () => Promise<unknown>): Promise<{ error: unknown; afterMs: number }> {
  const began = performance.now()
  try {
    await promised()
  } catch (error) {
    return { error, afterMs: performance.now() - began }
  }
  return expect.unreachable('It was not rejected.')
}

describe('eventually', () => {
  it('returns the result of the first check that succeeds, at once', async () => {
    vi.useFakeTimers()
    try {
      expect(await eventually(async () => 'ready', { deadlineMs: 5000 })).toBe('ready')
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['unmet', unmet()],
    ['blocked', new Blocked(circumstances('no access'))],
  ] as const)('checks again after a check that was %s', async (_, complaint) => {
    let checks = 0
    const check = async () => {
      checks += 1
      if (checks < 3) throw complaint
      return checks
    }
    expect(await eventually(check, { deadlineMs: 5000 })).toBe(3)
  })

  it('ends with the last failure, at its deadline', async () => {
    let checks = 0
    const { error, afterMs } = await rejection(() =>
      eventually(
        async () => {
          checks += 1
          throw unmet(`check ${checks}`)
        },
        { deadlineMs: 2000 },
      ),
    )
    expect(error).toBeInstanceOf(Unmet)
    expect((error as Unmet).finding.summary).toBe(`check ${checks}`)
    expect(checks).toBeGreaterThanOrEqual(2)
    expect(afterMs).toBeGreaterThanOrEqual(1990)
    expect(afterMs).toBeLessThan(soonMs)
  })

  it('checks at least once, even if no time is left', async () => {
    const { error } = await rejection(() => eventually(() => Promise.reject(unmet()), { deadlineMs: 0 }))
    expect(error).toBeInstanceOf(Unmet)
  })

  it('stops at an error that is no failed or blocked check', async () => {
    let checks = 0
    const { error } = await rejection(() =>
      eventually(
        async () => {
          checks += 1
          throw new TypeError('the suite broke')
        },
        { deadlineMs: 5000 },
      ),
    )
    expect(error).toBeInstanceOf(TypeError)
    expect(checks).toBe(1)
  })

  it('never runs two checks at the same time', async () => {
    let checking = 0
    const check = async () => {
      checking += 1
      expect(checking).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 30))
      checking -= 1
      throw unmet()
    }
    expect((await rejection(() => eventually(check, { deadlineMs: 500 }))).error).toBeInstanceOf(Unmet)
  })

  it('does not wait for a check that never ends, and keeps the failure before it', async () => {
    let checks = 0
    const check = () => {
      checks += 1
      return checks === 1 ? Promise.reject(unmet('seen')) : never()
    }
    const { error, afterMs } = await rejection(() => eventually(check, { deadlineMs: 400 }))
    expect((error as Unmet).finding.summary).toBe('seen')
    expect(afterMs).toBeLessThan(soonMs)
  })

  it('waits for the check that runs at the deadline, if each ends by itself', async () => {
    let checks = 0
    const check = async () => {
      checks += 1
      await new Promise((resolve) => setTimeout(resolve, 100))
      if (checks === 1) throw unmet('seen')
      return checks
    }
    await expect(eventually(check, { deadlineMs: 50, endsItself: true })).rejects.toThrow('seen')
    expect(checks).toBe(1)
    checks = 1
    expect(await eventually(check, { deadlineMs: 50, endsItself: true })).toBe(2)
  })

  it('is an error of the suite when no check ended', async () => {
    const { error } = await rejection(() => eventually(never, { deadlineMs: 100 }))
    expect(error).not.toBeInstanceOf(Unmet)
    expect((error as Error).message).toContain('No check ended within 0.1 s')
  })

  it.each<[string, () => Promise<never>]>([
    ['between two checks', () => Promise.reject(unmet())],
    ['in the middle of a check', never],
  ])('is aborted %s, with the reason', async (_, check) => {
    const abortion = new AbortController()
    const reason = new Error('The operator pressed Ctrl-C.')
    setTimeout(() => abortion.abort(reason), 150)
    const { error, afterMs } = await rejection(() =>
      eventually(check, { deadlineMs: 600_000, signal: abortion.signal }),
    )
    expect(error).toBe(reason)
    expect(afterMs).toBeLessThan(soonMs)
  })

  it('does not start if it is already aborted', async () => {
    let checks = 0
    const check = async () => {
      checks += 1
    }
    const signal = AbortSignal.abort(new Error('gone'))
    expect((await rejection(() => eventually(check, { deadlineMs: 1000, signal }))).error).toEqual(new Error('gone'))
    expect(checks).toBe(0)
  })

  it('leaves no listeners on the signal', async () => {
    const { signal } = new AbortController()
    const leaks: Error[] = []
    const note = (warning: Error) => leaks.push(warning)
    process.on('warning', note)
    let checks = 0
    for (let wait = 0; wait < 15; wait++) await eventually(async () => (checks += 1), { deadlineMs: 1000, signal })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect({ checks, leaks }).toEqual({ checks: 15, leaks: [] })
  })
})

describe('within', () => {
  const late = () => new Error('late')

  it('returns the result of a promise that ends in time', async () => {
    expect(await within(Promise.resolve(1), 1000, late)).toBe(1)
    expect((await rejection(() => within(Promise.reject(new Error('own')), 1000, late))).error).toEqual(
      new Error('own'),
    )
  })

  it('does not wait longer than its deadline', async () => {
    const { error, afterMs } = await rejection(() => within(never(), 50, late))
    expect(error).toEqual(new Error('late'))
    expect(afterMs).toBeLessThan(soonMs)
  })

  it('keeps the process alive until the deadline: a lost answer must not end it with exit code 0', () => {
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

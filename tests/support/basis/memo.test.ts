/** The two memos behave alike, except after a failure. */
import { describe, expect, it } from 'vitest'
import { rememberOutcome, rememberSuccess } from '../../../support/basis/memo'

/** Fails the first time, then counts. */
function failingOnce() {
  let calls = 0
  return async (_subject: object) => {
    calls++
    if (calls === 1) throw new Error('not yet')
    return calls
  }
}

describe.each([
  ['rememberOutcome', rememberOutcome],
  ['rememberSuccess', rememberSuccess],
])('%s', (_name, remember) => {
  it('computes an answer once per subject', async () => {
    let calls = 0
    const ask = remember(async (_subject: object) => ++calls)
    const [one, other] = [{}, {}]
    expect(await Promise.all([ask(one), ask(one), ask(other)])).toEqual([1, 1, 2])
  })

  it('computes the answer anew with again, and after forget', async () => {
    let calls = 0
    const ask = remember(async (_subject: object) => ++calls)
    const subject = {}
    expect(await ask(subject)).toBe(1)
    expect(await ask.again(subject)).toBe(2)
    expect(await ask(subject)).toBe(2)
    ask.forget(subject)
    expect(await ask(subject)).toBe(3)
  })
})

describe('a failure', () => {
  it('stays with rememberOutcome', async () => {
    const ask = rememberOutcome(failingOnce())
    const subject = {}
    await expect(ask(subject)).rejects.toThrow('not yet')
    await expect(ask(subject)).rejects.toThrow('not yet')
  })

  it('is tried again by rememberSuccess', async () => {
    const ask = rememberSuccess(failingOnce())
    const subject = {}
    await expect(ask(subject)).rejects.toThrow('not yet')
    expect(await ask(subject)).toBe(2)
  })

  it('does not displace an answer that was computed meanwhile', async () => {
    let fail: (error: Error) => void = () => {}
    let calls = 0
    const ask = rememberSuccess((_subject: object) => {
      calls++
      return calls === 1 ? new Promise<number>((_, reject) => (fail = reject)) : Promise.resolve(calls)
    })
    const subject = {}
    const first = ask(subject)
    await ask.again(subject)
    fail(new Error('too late'))
    await expect(first).rejects.toThrow('too late')
    expect(await ask(subject)).toBe(2)
  })
})

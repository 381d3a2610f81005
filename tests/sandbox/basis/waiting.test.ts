import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { until } from '../../../sandbox/basis/waiting'
import { soonMs } from '../../fixtures/deadlines'

const refused = () => {
  throw new Error('connection refused')
}

describe('waiting', () => {
  it('returns what the condition returns', async () => {
    let calls = 0
    const condition = () => {
      calls += 1
      return calls < 3 ? undefined : calls
    }
    expect(await until(condition, { what: 'it did not count to 3', deadline: 60_000 })).toBe(3)
  })

  it('ends at once when the condition can no longer be met, whatever the deadline', async () => {
    const started = performance.now()
    const stillPossible = () => {
      throw new Error('the process is gone')
    }
    await expect(until(() => undefined, { what: 'never', deadline: 600_000, stillPossible })).rejects.toThrow(
      'the process is gone',
    )
    expect(performance.now() - started).toBeLessThan(soonMs)
  })

  it('reports the condition and its last error', async () => {
    await expect(until(refused, { what: 'etcd was not ready', deadline: 50 })).rejects.toThrow(
      new Error('etcd was not ready within 0.05 s: connection refused'),
    )
  })

  it('reports no error of an earlier attempt', async () => {
    let calls = 0
    const condition = () => {
      calls += 1
      return calls === 1 ? refused() : undefined
    }
    await expect(until(condition, { what: 'etcd was not ready', deadline: 50 })).rejects.toThrow(
      new Error('etcd was not ready within 0.05 s'),
    )
  })

  it('reports an unexpected answer in words', async () => {
    const condition = () => z.object({ items: z.array(z.string()) }).parse({ items: null }).items
    await expect(until(condition, { what: 'not every Node was ready', deadline: 50 })).rejects.toThrow(
      new Error('not every Node was ready within 0.05 s: unexpected data: items: expected array, received null'),
    )
  })

  it('reports the last error when the time of the caller is over', async () => {
    const signal = AbortSignal.timeout(50)
    await expect(until(refused, { what: 'etcd was not ready', deadline: 60_000, signal })).rejects.toThrow(
      new Error('etcd was not ready within the time that the caller allows: connection refused'),
    )
  })

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController()
    const waiting = until(refused, { what: 'etcd was not ready', deadline: 60_000, signal: controller.signal })
    controller.abort(new Error('interrupted'))
    await expect(waiting).rejects.toThrow(new Error('interrupted'))
  })
})

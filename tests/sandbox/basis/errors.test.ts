import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { messageOf, mismatch } from '../../../sandbox/basis/errors'

const nodes = z.object({ items: z.array(z.object({ status: z.object({ health: z.string() }) })) })
const errorOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error ?? new z.ZodError([])

describe('the message of an error', () => {
  it('puts a mismatch of a schema in words, never in JSON', () => {
    const error = errorOf(nodes, { items: [{ status: { health: 'ok' } }, { status: null }] })
    expect(messageOf(error)).toBe('unexpected data: items[1].status: expected object, received null')
  })

  it('shows five differences and counts the rest', () => {
    const error = errorOf(z.array(z.number()), ['1', '2', '3', '4', '5', '6', '7'])
    expect(mismatch(error)).toMatch(/^\[0\]: .*\[4\]: expected number, received string; and 2 more$/)
  })

  it('adds a cause that it does not name itself', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:20001')
    expect(messageOf(new TypeError('fetch failed', { cause }))).toBe(
      'fetch failed (connect ECONNREFUSED 127.0.0.1:20001)',
    )
    expect(messageOf(new Error('no answer: connect ECONNREFUSED 127.0.0.1:20001', { cause }))).toBe(
      'no answer: connect ECONNREFUSED 127.0.0.1:20001',
    )
  })

  it('takes the first of several errors without a message, as of a connection tried at two addresses', () => {
    expect(messageOf(new AggregateError([new Error('connect ECONNREFUSED ::1:80'), new Error('other')]))).toBe(
      'connect ECONNREFUSED ::1:80',
    )
  })

  it('is the text of anything else that was thrown', () => {
    expect(messageOf('no')).toBe('no')
  })
})

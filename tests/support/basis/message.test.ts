/** A thrown value of any kind becomes words. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageOf } from '../../../support/basis/message'
import { reasonOf } from '../../../support/platform/exchange'

describe('the message of a thrown value', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })

  it.each<[string, unknown, string]>([
    ['an Error', new Error('no route'), 'no route'],
    ['a text', 'no route', 'no route'],
    [
      'an event of a WebSocket',
      { type: 'error', message: 'Unexpected server response: 403' },
      'Unexpected server response: 403',
    ],
    ['an event that holds its error', { type: 'error', message: '', error: refused }, refused.message],
    [
      'several errors without a message',
      new AggregateError([refused, refused, new Error('no route')], ''),
      `${refused.message}; no route`,
    ],
    ['an Error with a cause alone', new Error('', { cause: refused }), refused.message],
    ['an Error with a code alone', Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['an object in a template string', new Error(`${{}}`), 'Error'],
    ['nothing', undefined, 'undefined'],
    ['an object', { status: 403 }, '{ status: 403 }'],
    ['a text without words', '', 'an error without a message'],
  ])('of %s', (_, thrown, message) => {
    expect(messageOf(thrown)).toBe(message)
    expect(reasonOf(thrown)).toBe(message)
  })

  it('is never empty and never "[object Object]", whatever is thrown', () => {
    const plain = fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true, maxDepth: 3 })
    const event = fc.record(
      { message: plain, error: plain, errors: plain, cause: plain, code: plain },
      { requiredKeys: [] },
    )
    const error = event.map((fields) => Object.assign(new Error(''), fields))
    fc.assert(
      fc.property(fc.oneof(plain, event, error), (thrown) => {
        for (const message of [messageOf(thrown), reasonOf(thrown)]) {
          expect(message).not.toBe('')
          expect(message).not.toContain('[object Object]')
        }
      }),
    )
  })

  it('ends for errors that cause each other, and for fields that throw', () => {
    const one: Error = new Error('')
    const other = new Error('', { cause: one })
    one.cause = other
    expect(messageOf(one)).toBe('Error')
    expect(reasonOf(one)).not.toBe('')
    const hostile = {
      get message() {
        throw new Error('no')
      },
    }
    expect(messageOf(hostile)).not.toBe('')
  })
})

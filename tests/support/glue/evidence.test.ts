/** Answers in the reports, some of which are shown more than once. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { redaction } from '../../../support/basis/redaction'
import { shownAnswer } from '../../../support/glue/evidence'

describe('an answer', () => {
  it.each([
    ['text', (secret: string) => `token: ${secret}`],
    ['data', (secret: string) => ({ token: secret })],
  ])('of %s is redacted anew once its secret is known', (_, answerWith) => {
    const secret = randomBytes(24).toString('hex')
    expect(shownAnswer(answerWith(secret)).body).toContain(secret)
    redaction.register(secret)
    expect(shownAnswer(answerWith(secret)).body).not.toContain(secret)
  })

  it('of text is not taken for the same data', () => {
    expect(shownAnswer({ a: 1 })).toEqual({ body: '{\n  "a": 1\n}', mediaType: 'application/json' })
    expect(shownAnswer('{"a":1}')).toEqual({ body: '{"a":1}', mediaType: 'text/plain' })
  })

  it('that is long is cut, with its whole length', () => {
    expect(shownAnswer('x'.repeat(30_000)).body).toMatch(/^x{20000}\n… \(30000 characters in total\)$/)
  })
})

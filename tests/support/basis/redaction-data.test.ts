/** Redaction of data touches values only, and a secret that is an ordinary word breaks no record. */
import { describe, expect, it } from 'vitest'
import { Redaction } from '../../../support/basis/redaction'
import { soonMs } from '../../fixtures/deadlines'

const knowing = (...secrets: readonly string[]) => {
  const redaction = new Redaction()
  for (const secret of secrets) redaction.register(secret)
  return redaction
}

describe('data', () => {
  it('is redacted in its values, at any depth', () => {
    const redaction = knowing('hunter2-hunter2')
    const data = { a: ['x hunter2-hunter2', { b: 'hunter2-hunter2' }], n: 7, t: true, z: null }
    expect(redaction.redactData(data)).toEqual({ a: ['x [redacted]', { b: '[redacted]' }], n: 7, t: true, z: null })
  })

  it.each(['status', 'secret', 'admin', 'password', 'message', 'PASSED', 'accepted'])(
    'of a record keeps its keys and words when a password is "%s"',
    (word) => {
      const record = {
        testStepFinished: { testStepResult: { status: 'PASSED', message: 'the status is 401' }, id: 'a-1' },
        verdict: 'accepted',
        secret: { kind: 'Secret', password: null },
        mediaType: 'text/plain',
      }
      expect(knowing(word).redactData(record)).toEqual(record)
    },
  )

  it('keeps keys that are secrets, and structure that looks like one', () => {
    const redaction = knowing('finishedAt', '","b":"', '":{"')
    const data = { finishedAt: 'x', a: { a: '1', b: '2' } }
    expect(redaction.redactData(data)).toEqual(data)
  })

  it('does not become another object by its keys', () => {
    const data = JSON.parse('{"__proto__":{"polluted":true},"constructor":"hunter2-hunter2"}') as object
    const redacted = knowing('hunter2-hunter2').redactData(data)
    expect(JSON.stringify(redacted)).toBe('{"__proto__":{"polluted":true},"constructor":"[redacted]"}')
    expect('polluted' in redacted).toBe(false)
  })

  it('that never ends is cut', () => {
    let data: unknown = 'hunter2-hunter2'
    for (let depth = 0; depth < 100_000; depth++) data = [data]
    expect(JSON.stringify(knowing('hunter2-hunter2').redactData(data))).not.toContain('hunter2')
  })

  it('from outside is redacted in numbers and keys, too', () => {
    const redaction = knowing('31415926535', 'token-in-a-key')
    expect(redaction.redactForeignData({ 'token-in-a-key': 31415926535, id: 12, ok: true })).toEqual({
      '[redacted]': '[redacted]',
      id: 12,
      ok: true,
    })
  })
})

describe('a secret that is short or an ordinary word', () => {
  it.each([
    ['admin', 'user admin logged in', 'user [redacted] logged in'],
    ['status', '{"status":"the status of subscriptions"}', '{"[redacted]":"the [redacted] of subscriptions"}'],
    ['secret', 'secrets, a secret, my_secret', 'secrets, a [redacted], my_secret'],
    ['password', 'password: password', '[redacted]: [redacted]'],
    ['p@ss', 'p@ss, xp@ss, p@ssx', '[redacted], xp@ss, p@ssx'],
    ['Admin', 'Admin or admin', '[redacted] or admin'],
    ['grün', 'grün, immergrün', '[redacted], immergrün'],
  ])('%s is masked as a whole word in text from outside: %s', (secret, text, expected) => {
    expect(knowing(secret).redactForeign(text)).toBe(expected)
    expect(knowing(secret).redact(text)).toBe(text)
  })

  it.each(['admin', 'status', 'secret'])('%s is masked in base64 and hex anywhere', (secret) => {
    const redaction = knowing(secret)
    expect(redaction.redact(`data: ${Buffer.from(`${secret}`).toString('base64')}`)).toContain('[redacted]')
    expect(redaction.redact(`data: ${Buffer.from(secret).toString('hex')}`)).toBe('data: [redacted]')
  })

  it.each(['1', 'abc', 'true', 'null'])('%s says nothing, and stays', (secret) => {
    expect(knowing(secret).redactForeign(`a value ${secret} in text`)).toBe(`a value ${secret} in text`)
  })

  it('is masked however many there are, in good time', () => {
    const redaction = knowing(...Array.from({ length: 2000 }, (_, index) => `w${index}`.padEnd(5, 'x')))
    const text = 'the quick brown fox w7xxx jumps\n'.repeat(60_000)
    const began = performance.now()
    expect(redaction.redactForeign(text)).toBe(text.replaceAll('w7xxx', '[redacted]'))
    expect(performance.now() - began).toBeLessThan(soonMs)
  })
})

describe('the beginning of a text', () => {
  const secrets = ['hunter2-hunter2-hunter2', 'pa5word', 'admin']

  it.each<[string, string]>([
    ['a secret at the cut', `${'x '.repeat(148)}hunter2-hunter2-hunter2 and ${'y '.repeat(200_000)}`],
    ['many secrets', 'hunter2-hunter2-hunter2, pa5word, admin. '.repeat(50_000)],
    ['a secret of a page', `ab ${'z'.repeat(3)} ${'hunter2-hunter2-hunter2'.repeat(20_000)} and then`],
    [
      'a secret split by a page of white space',
      `${'x '.repeat(140)}pa5${' \n'.repeat(200_000)}word ${'y '.repeat(200_000)}`,
    ],
    ['a short text', 'admin pa5word'],
  ])('with %s is that of the whole redacted text', (_, text) => {
    const redaction = knowing(...secrets)
    for (const characters of [10, 300, 20_000])
      expect(redaction.redactForeignStart(text, characters)).toBe(redaction.redactForeign(text).slice(0, characters))
  })

  it('of a large text is redacted without the rest', () => {
    const redaction = knowing(...secrets)
    const text = 'level=info msg="nothing to see here"\n'.repeat(500_000)
    const timeOf = (redact: () => string) => {
      const began = performance.now()
      redact()
      return performance.now() - began
    }
    const whole = timeOf(() => redaction.redactForeign(text))
    expect(timeOf(() => redaction.redactForeignStart(text, 300))).toBeLessThan(whole / 2)
  })
})

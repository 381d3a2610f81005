/** No secret that a client has read survives in any text that leaves the process. Its forms: redaction-forms.test.ts. */
import assert from 'node:assert'
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Redaction } from '../../../support/basis/redaction'
import { soonMs } from '../../fixtures/deadlines'

let redaction: Redaction
beforeEach(() => {
  redaction = new Redaction()
})

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a secret', () => {
  it('is masked at every place of a text', () => {
    redaction.register('hunter2-hunter2')
    expect(redaction.redact('hunter2-hunter2, hunter2-hunter2')).toBe('[redacted], [redacted]')
  })

  it('that contains another secret is masked as a whole', () => {
    redaction.register('hunter2')
    redaction.register('hunter2-and-more')
    expect(redaction.redact('hunter2-and-more')).toBe('[redacted]')
  })

  it('that ends with a line break is masked without the line break too', () => {
    redaction.register('s3cr3t-token\n')
    expect(redaction.redact('token=s3cr3t-token')).toBe('token=[redacted]')
  })

  it('with special characters of regular expressions is masked', () => {
    redaction.register('a.b*c(d)[e]{f}|$^\\?+')
    expect(redaction.redact('<a.b*c(d)[e]{f}|$^\\?+>')).toBe('<[redacted]>')
    expect(redaction.redact('aXbbbc(d)')).toBe('aXbbbc(d)')
  })

  it('that is not well-formed Unicode breaks nothing', () => {
    redaction.register('half \ud83d a pair')
    expect(redaction.redact('fine')).toBe('fine')
  })

  it('that is registered later is masked from then on', () => {
    expect(redaction.redact('hunter2-hunter2')).toBe('hunter2-hunter2')
    redaction.register('another-secret')
    redaction.redact('warm')
    redaction.register('hunter2-hunter2')
    expect(redaction.redact('hunter2-hunter2 another-secret')).toBe('[redacted] [redacted]')
  })
})

describe('a secret that is no text', () => {
  const bytes = Buffer.from('00ff8041c3289f6110e2a2b7d4950b3c7e8a91f05566c7d8e9fa0b1c2d3e4f50', 'hex')

  it.each([
    ['base64', bytes.toString('base64')],
    ['base64 behind other bytes', Buffer.concat([Buffer.from('ab'), bytes]).toString('base64')],
    ['hex', bytes.toString('hex')],
    ['upper case hex', bytes.toString('hex').toUpperCase()],
    ['hex of OpenSSL', bytes.toString('hex').replace(/..(?=.)/g, '$&:')],
    ['bytes of Go', [...bytes].join(' ')],
    ['bytes of Python', [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')],
    ['percent encoding', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
  ])('is masked as %s', (_, written) => {
    redaction.registerBytes(bytes)
    const redacted = redaction.redact(`(${written})`)
    expect(redacted).toContain('[redacted]')
    for (let at = 0; at + 24 <= written.length; at++) expect(redacted).not.toContain(written.slice(at, at + 24))
  })
})

describe('a key of several lines', () => {
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw',
    'ggSjAgEAAoIBAQC7',
    '-----END PRIVATE KEY-----',
  ]
  const pem = `${lines.join('\n')}\n`

  it.each<[string, string]>([
    ['as it is', pem],
    ['with the line ends of Windows', lines.join('\r\n')],
    ['indented, as in YAML', lines.map((line) => `    ${line}`).join('\n')],
    ['in JSON', JSON.stringify({ key: pem })],
    ['in base64', base64(pem)],
    ['only its second line', `found: ${lines[1]}`],
  ])('%s is masked', (_, text) => {
    redaction.register(pem)
    const redacted = redaction.redact(text)
    expect(redacted).not.toContain('MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw')
    expect(redacted).not.toContain('ggSjAgEAAoIBAQC7')
    expect(redacted).not.toContain(base64(pem).slice(0, 60))
  })
})

describe('a public value', () => {
  it('is kept, even if a Secret holds the same value', () => {
    redaction.keep(['fawkes', 'devlake'])
    redaction.register('devlake')
    redaction.register('fawkes\n')
    expect(redaction.redact('Pod fawkes/devlake-lake-0')).toBe('Pod fawkes/devlake-lake-0')
  })

  it('is kept, even if a line of a Secret holds the same value', () => {
    redaction.keep(['fawkes'])
    redaction.register('user: root\nfawkes\npassword-of-root')
    expect(redaction.redact('namespace fawkes, password-of-root')).toBe('namespace fawkes, [redacted]')
  })

  it('is masked where it is part of a secret', () => {
    redaction.keep(['devlake'])
    redaction.register('devlake-s3cr3t')
    expect(redaction.redact('devlake-s3cr3t of devlake')).toBe('[redacted] of devlake')
  })

  it('can be any text as long as no secret is registered', () => {
    expect(redaction.redact('p4ssword')).toBe('p4ssword')
  })

  it('is a name within a longer secret, but not what stands around it', () => {
    redaction.keep(['devlake-mysql.fawkes.svc'])
    redaction.register('mysql://merico:Gk3!xPq9zLw@devlake-mysql.fawkes.svc:3306/lake')
    expect(redaction.redact('Service devlake-mysql.fawkes.svc')).toBe('Service devlake-mysql.fawkes.svc')
    expect(redaction.redact('merico:Gk3!xPq9zLw@devlake-mysql.fawkes.svc')).toBe('[redacted]ql.fawkes.svc')
  })

  it('is a URL in the configuration, but not the password in it', () => {
    redaction.keep(['http://me:Gk3!xPq9zLw-2b@gateway:9091'])
    redaction.register('Gk3!xPq9zLw-2b')
    expect(redaction.redact('it is Gk3!xPq9zLw-2b')).toBe('it is [redacted]')
  })

  it('may be known only after the secret', () => {
    redaction.register('fawkes-devlake')
    expect(redaction.redact('fawkes-devlake')).toBe('[redacted]')
    redaction.keep(['fawkes-devlake'])
    expect(redaction.redact('fawkes-devlake')).toBe('fawkes-devlake')
  })
})

describe('an error', () => {
  const secret = 'hunter2-hunter2'
  beforeEach(() => redaction.register(secret))

  /** Everything about an error that could be printed. */
  const printed = (error: Error) => inspect(error, { depth: 10, showHidden: true })

  it('keeps its kind and loses the secret from message and stack', () => {
    const error = redaction.redactError(new TypeError(`no ${secret}`))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe('no [redacted]')
    expect(error.stack).toContain('TypeError: no [redacted]')
    expect(printed(error)).not.toContain(secret)
  })

  it('loses the secret from its causes, even from one that is not an Error', () => {
    const cause = new Error(`inner ${secret}`, { cause: `innermost ${secret}` })
    expect(printed(redaction.redactError(new Error('outer', { cause })))).not.toContain(secret)
  })

  it('may be its own cause', () => {
    const error = new Error(secret)
    error.cause = new Error(secret, { cause: error })
    expect(printed(redaction.redactError(error))).not.toContain(secret)
  })

  it.each<[string, () => void]>([
    ['texts', () => assert.strictEqual(secret, 'other')],
    ['objects', () => assert.deepStrictEqual({ nested: [{ secret }] }, { nested: [] })],
  ])('loses the secret from the %s that it compared', (_, compare) => {
    try {
      compare()
    } catch (error) {
      const redacted = redaction.redactError(error)
      expect(printed(redacted)).not.toContain(secret)
      return
    }
    expect.unreachable()
  })

  it.each<[string, unknown]>([
    ['text', `no ${secret}`],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a symbol', Symbol('x')],
  ])('replaces a thrown %s', (_, thrown) => {
    const error = redaction.redactError(thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error.message).not.toContain(secret)
  })
})

describe('a text that holds no secret', () => {
  it('stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const own = new Redaction()
        own.register('ZZ-a-secret-that-no-text-holds-ZZ')
        own.register('ZZ-short')
        expect(own.redact(text)).toBe(text)
        expect(own.redactForeign(text)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a secret of any size', () => {
  const random = (length: number) => randomBytes(length).toString('base64').slice(0, length)

  it.each([
    ['100,000 characters', 100_000],
    ['a bundle of 1 MB', 1024 * 1024],
  ])('such as %s is masked, also in part and in base64', (_, length) => {
    const secret = random(length)
    redaction.register(secret)
    expect(redaction.redact(`<${secret}>`)).toBe('<[redacted]>')
    expect(redaction.redact(`<${secret.slice(length / 2, length / 2 + 12)}>`)).toBe('<[redacted]>')
    expect(redaction.redact(base64(secret.slice(777, 999)))).not.toContain(base64(secret.slice(780, 900)).slice(4, -4))
    expect(redaction.redact(Buffer.from(secret.slice(1000, 1012)).toString('hex'))).toBe('[redacted]')
  })

  it('of one repeated character takes no longer, in a text of the same', () => {
    redaction.register('a'.repeat(100_000))
    const began = performance.now()
    expect(redaction.redact(`b${'a'.repeat(2_000_000)}b`)).toBe('b[redacted]b')
    expect(performance.now() - began).toBeLessThan(soonMs)
  })

  it('never stands in an error message', () => {
    const secret = `(${'['.repeat(50_000)}`
    expect(() => redaction.register(secret)).not.toThrow()
    expect(redaction.redact(secret)).toBe('[redacted]')
  })
})

describe('a large log', () => {
  it('is redacted in good time, however many secrets there are', () => {
    for (let secret = 0; secret < 5000; secret++) redaction.register(`secret number ${secret} of thousands`)
    const log = 'level=info msg="nothing to see here, move along"\n'.repeat(20_000)
    expect(redaction.redact('warm')).toBe('warm')
    const began = performance.now()
    expect(redaction.redact(log)).toBe(log)
    expect(performance.now() - began).toBeLessThan(soonMs)
  })

  it.each([
    ['backslashes', '\\'],
    ['percent signs', '%'],
    ['ampersands', '&'],
    ['signs of addresses', '@'],
    ['schemes', 'a://'],
    ['beginnings of tokens', 'eyJ'],
    ['beginnings of keys', '-----BEGIN PRIVATE KEY-----'],
    ['bearers', 'Bearer '],
    ['authorizations', 'Authorization: '],
    ['nested escapes', '\\\\u005c'],
    ['references', '&amp;'],
    ['line ends', '\n'],
    ['letters', 'a'],
  ])('that consists of %s is redacted in good time', (_, unit) => {
    redaction.register('hunter2-hunter2-hunter2')
    redaction.register('pa5word')
    const began = performance.now()
    redaction.redactForeign(unit.repeat(2_000_000 / unit.length))
    expect(performance.now() - began).toBeLessThan(soonMs)
  })
})

/** No secret that a client has read stays in a text that leaves the process, in any encoded form. */
import assert from 'node:assert'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Redaction } from '../../../support/basis/redaction'

let redaction: Redaction
beforeEach(() => {
  redaction = new Redaction()
})

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** The forms in which the platform's parts write a value. */
const forms: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in a sentence': (secret) => `the password ${secret}, they say`,
  'in base64': base64,
  'in base64 without padding': (secret) => base64(secret).replace(/=+$/, ''),
  'in base64 for URLs': (secret) => Buffer.from(secret).toString('base64url'),
  'in a Basic header': (secret) => `Basic ${base64(`admin:${secret}`)}`,
  'in a Basic header after one letter': (secret) => `Basic ${base64(`a:${secret}`)}`,
  'in a Basic header after two letters': (secret) => `Basic ${base64(`ab:${secret}`)}`,
  'in the middle of base64': (secret) => base64(`{"user":"root","password":"${secret}","host":"mysql"}`),
  'in the middle of base64 for URLs': (secret) => Buffer.from(`x${secret}yz`).toString('base64url'),
  'in a URL': (secret) => `https://root:${encodeURIComponent(secret)}@mysql/lake`,
  'in a URL with small letters': (secret) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
  'in a form': (secret) => new URLSearchParams({ user: 'root', password: secret }).toString(),
  'in JSON': (secret) => JSON.stringify({ password: secret }),
  'in JSON within JSON': (secret) => JSON.stringify({ annotation: JSON.stringify({ password: secret }) }),
  'in JSON as Go writes it': (secret) =>
    JSON.stringify(secret).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
}

describe('a secret', () => {
  const secret = 'p4ss "w0rd"/+<7>&\\é'

  it.each(Object.entries(forms))('%s is masked', (_, write) => {
    redaction.register(secret)
    const text = redaction.redact(write(secret))
    expect(text).toContain('[redacted]')
    expect(text).not.toContain('w0rd')
    expect(text).not.toContain(base64('w0rd').replace(/=+$/, ''))
  })

  it('is masked everywhere in a text', () => {
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

  it('can be a value too short to be a recognisable secret', () => {
    redaction.register('')
    redaction.register('admin')
    expect(redaction.redact('admin is the name')).toBe('admin is the name')
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

describe('with any secrets and any text', () => {
  /** Texts of at least six characters that are not part of the mask, which every redacted text contains. */
  const secret = fc
    .string({ unit: 'binary', minLength: 6, maxLength: 60 })
    .filter((text) => text.isWellFormed() && text.trim().length >= 6 && !'[redacted]'.includes(text.trim()))
  const ways = fc.constantFrom(...Object.values(forms))

  it('no form of a registered secret remains', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(ways, { minLength: 1, maxLength: 4 }),
        fc.string(),
        (secrets, written, around) => {
          const own = new Redaction()
          for (const one of secrets) own.register(one)
          const text = written
            .map((write, index) => `${around}${write(secrets[index % secrets.length] ?? '')}`)
            .join(' ')
          const redacted = own.redact(text)
          for (const one of secrets) {
            expect(redacted).not.toContain(one)
            expect(redacted).not.toContain(base64(one).replace(/=+$/, ''))
            expect(redacted).not.toContain(JSON.stringify(one).slice(1, -1))
          }
          expect(redacted).toContain('[redacted]')
        },
      ),
      { numRuns: 500 },
    )
  })

  it('a text without a secret is unchanged', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const own = new Redaction()
        own.register('ZZ-a-secret-that-no-text-holds-ZZ')
        expect(own.redact(text)).toBe(text)
      }),
    )
  })
})

describe('a large log', () => {
  it('is redacted quickly, even with many secrets', () => {
    for (let secret = 0; secret < 100; secret++) redaction.register(`secret number ${secret} of a hundred`)
    const log = 'level=info msg="nothing to see here, move along"\n'.repeat(20_000)
    const began = performance.now()
    expect(redaction.redact(log)).toBe(log)
    expect(performance.now() - began).toBeLessThan(5000)
  })
})

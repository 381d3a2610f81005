/** Secrets are found in every form in which programs write text down, at any position of any text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redaction } from '../../../support/basis/redaction'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const hexOf = (text: string) => Buffer.from(text).toString('hex')
const each = (text: string, write: (codePoint: number) => string) =>
  [...text].map((character) => write(character.codePointAt(0) ?? 0)).join('')
const eachUnit = (text: string, write: (unit: number) => string) =>
  text
    .split('')
    .map((unit) => write(unit.charCodeAt(0)))
    .join('')
const eachByte = (text: string, write: (byte: number) => string) => [...Buffer.from(text)].map(write).join('')
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
const json = (text: string) => JSON.stringify(text).slice(1, -1)
const wrapped = (text: string, columns: number, end: string) =>
  text.replace(new RegExp(`.{${columns}}`, 'gs'), (line) => line + end)

/** Each way to write text down from which a reader, or a program, gets it back. */
const forms: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  'base64, first alignment': base64,
  'base64, second alignment': (secret) => base64(`x${secret}yz`),
  'base64, third alignment': (secret) => base64(`xy${secret}`),
  'base64 without padding': (secret) => base64(secret).replace(/=+$/, ''),
  'base64 for URLs': (secret) => Buffer.from(`x${secret}`).toString('base64url'),
  'base64, wrapped at 76': (secret) => wrapped(base64(`{"password":"${secret}"}`), 76, '\n'),
  'base64, wrapped at 8 with the line ends of Windows': (secret) => wrapped(base64(secret), 8, '\r\n'),
  'base64, wrapped in JSON': (secret) => json(wrapped(base64(secret), 16, '\n')),
  'base64 of JSON': (secret) => base64(JSON.stringify({ auth: secret })),
  'base64 twice': (secret) => base64(base64(secret)),
  'base64 twice at other alignments': (secret) => base64(`{"auth":"${base64(`user:${secret}`)}"}`),
  'base64 twice, for URLs': (secret) =>
    Buffer.from(Buffer.from(`a${secret}`).toString('base64url')).toString('base64url'),
  'a Basic header': (secret) => `Basic ${base64(`admin:${secret}`)}`,
  'URL component': encodeURIComponent,
  'URL component in lower case': (secret) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
  'URL component twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  form: (secret) => new URLSearchParams({ password: secret }).toString(),
  'every byte percent-encoded': (secret) => eachByte(secret, (byte) => `%${hex(byte, 2)}`),
  'every byte percent-encoded in upper case': (secret) => eachByte(secret, (byte) => `%${hex(byte, 2).toUpperCase()}`),
  JSON: (secret) => JSON.stringify({ password: secret }),
  'JSON within JSON': (secret) => JSON.stringify({ text: JSON.stringify({ password: secret }) }),
  'JSON within JSON within JSON': (secret) => json(json(json(secret))),
  'JSON of Go': (secret) => json(secret).replace(/[<>&]/g, (character) => `\\u00${hex(character.charCodeAt(0), 2)}`),
  'JSON of PHP': (secret) => json(secret).replaceAll('/', '\\/'),
  'JSON of .NET': (secret) =>
    eachUnit(secret, (unit) =>
      /[A-Za-z0-9]/.test(String.fromCharCode(unit)) ? String.fromCharCode(unit) : `\\u${hex(unit, 4).toUpperCase()}`,
    ),
  'Unicode escapes of every character': (secret) => eachUnit(secret, (unit) => `\\u${hex(unit, 4)}`),
  'Unicode escapes within JSON': (secret) => json(eachUnit(secret, (unit) => `\\u${hex(unit, 4)}`)),
  'long Unicode escapes of Python': (secret) => each(secret, (codePoint) => `\\U${hex(codePoint, 8)}`),
  'braced Unicode escapes of PHP': (secret) => each(secret, (codePoint) => `\\u{${codePoint.toString(16)}}`),
  'bytes of Python': (secret) => eachByte(secret, (byte) => `\\x${hex(byte, 2)}`),
  'text of Python in ASCII': (secret) =>
    each(secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'"), (codePoint) =>
      codePoint < 0x7f
        ? String.fromCodePoint(codePoint)
        : codePoint < 0x100
          ? `\\x${hex(codePoint, 2)}`
          : codePoint < 0x10000
            ? `\\u${hex(codePoint, 4)}`
            : `\\U${hex(codePoint, 8)}`,
    ),
  'octal escapes': (secret) => eachByte(secret, (byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  'named references of HTML': (secret) =>
    secret.replace(
      /[&<>"']/g,
      (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[character] ?? '',
    ),
  'decimal references of every character': (secret) => each(secret, (codePoint) => `&#${codePoint};`),
  'hexadecimal references of every character': (secret) => each(secret, (codePoint) => `&#x${codePoint.toString(16)};`),
  'references without a semicolon': (secret) => each(secret, (codePoint) => `&#${codePoint}`),
  'references within JSON': (secret) =>
    json(each(secret, (codePoint) => `&#X${codePoint.toString(16).toUpperCase()};`)),
  'hex in lower case': hexOf,
  'hex in upper case': (secret) => hexOf(secret).toUpperCase(),
  'hex, wrapped': (secret) => wrapped(hexOf(secret), 2, ' '),
  'split by spaces': (secret) => [...secret].join(' '),
  'split by line ends and tabs': (secret) => [...secret].join('\r\n\t'),
  'split by control characters': (secret) => [...secret].join('\u0007\u0000'),
  'split by zero-width characters': (secret) => [...secret].join('\u200b\ufeff\u2060'),
  'split by bidirectional marks': (secret) => [...secret].join('\u202e\u2066'),
  'split by a page of white space': (secret) => [...secret].join(' \n'.repeat(10_000)),
  'split in JSON': (secret) => json([...secret].join('\n')),
  'split, percent-encoded': (secret) => encodeURIComponent([...secret].join('\u200b')),
  'octets of percent encoding in JSON': (secret) => json(eachByte(secret, (byte) => `%${hex(byte, 2)}`)),
}

/** What a reader does not see. */
const invisible =
  /[\p{Cc}\p{Cf}\p{Z}\u2800\u3164\uffa0]|\u115f|\u1160|\u034f|\p{Variation_Selector}|[\u17b4-\u17b5]|[\u180b-\u180f]|[\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu
const visible = (text: string) => text.replace(invisible, '')

const mixed = 'p4ss "w0rd"/+<7>&\\é-\u{1f511}'
const long = 'Zk9#pQ2$vL8@xM4!bN6^cR1&tY3*wE5%'

describe.each([
  ['of many kinds of characters', mixed],
  ['of 32 characters', long],
  ['of 6 characters', 'k7%Q"z'],
  ['that looks like an escape', 'a%41&lt;\\n\\u0041bcd'],
  ['with spaces', 'correct horse 9 battery'],
  ['in other scripts', 'пароль-密码-ключ'],
])('a secret %s is masked as', (_, secret) => {
  it.each(Object.entries(forms))('%s', (_, write) => {
    const redaction = new Redaction()
    redaction.register(secret)
    const redacted = redaction.redact(`before, ${write(secret)}, after`)
    expect(redacted).toContain('[redacted]')
    expect(redacted).toMatch(/^before, .*, after$/s)
    // At most two characters of the ends, whose bits base64 shares with their neighbours.
    for (const part of partsOf(write(secret), write(secret).length - 4)) expect(redacted).not.toContain(part)
  })
})

const partsOf = (text: string, length: number) =>
  length < 6 ? [] : Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length))

describe('a part of a secret', () => {
  it.each([
    ['plain', (part: string) => part],
    ['in base64', base64],
    ['in base64 behind one letter', (part: string) => base64(`x${part}`)],
    ['in base64 behind two letters', (part: string) => base64(`xy${part}`)],
    ['in hex', hexOf],
    ['in upper case hex', (part: string) => hexOf(part).toUpperCase()],
    ['percent-encoded', (part: string) => eachByte(part, (byte) => `%${hex(byte, 2)}`)],
    ['in Unicode escapes', (part: string) => eachUnit(part, (unit) => `\\u${hex(unit, 4)}`)],
  ])('of 12 characters is masked %s, wherever it stands in the secret', (_, write) => {
    const redaction = new Redaction()
    redaction.register(long)
    for (const part of partsOf(long, 12)) {
      const redacted = redaction.redact(`(${write(part)})`)
      expect(redacted).toContain('[redacted]')
      expect(redacted).not.toContain(write(part).slice(2, -3))
    }
  })

  it('of 11 characters stays', () => {
    const redaction = new Redaction()
    redaction.register(long)
    expect(redaction.redact(long.slice(3, 14))).toBe(long.slice(3, 14))
  })
})

/** True when a text ends in what may be the beginning of an escape in a notation that the next one uses: that is ambiguous. */
const isWithinEscape = (before: string, next: string) => {
  const [introducer] = /[\\%&][#\w{]{0,9}$/.exec(visible(before)) ?? []
  return introducer !== undefined && next.includes(introducer.charAt(0))
}

const mixture = (characters: string) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...characters) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  )

describe('whatever the secret, the form, the position and the text around', () => {
  const secret = fc
    .string({ unit: mixture('abcdefghijkXYZ0123456789-_=+/%&\\"\'<>#;: .u'), minLength: 6, maxLength: 48 })
    .map((text) => text.trim())
    .filter((text) => visible(text).length >= 6 && text.isWellFormed())
  const around = fc.string({ unit: mixture(' \n\t\\%&#;"\'/+-_=aA9xu<>.'), maxLength: 40 })
  // Without a semicolon, a digit that follows belongs to the reference.
  const form = fc.constantFrom(...Object.keys(forms).filter((name) => name !== 'references without a semicolon'))

  it('the secret does not stand in what is shown, nor 12 characters of it', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        form,
        around,
        around,
        (secrets, name, before, after) => {
          const [shown = ''] = secrets
          const text = forms[name]?.(shown) ?? ''
          fc.pre(!isWithinEscape(before, text))
          const redaction = new Redaction()
          for (const one of secrets) redaction.register(one)
          const redacted = redaction.redact(`${before}${text}${after}`)
          const left = visible(redacted.replaceAll('[redacted]', '\u{10ffff}'))
          const traces = [...partsOf(visible(shown), Math.min(12, visible(shown).length)), visible(text)]
          expect({ redacted, traces: traces.filter((trace) => trace.length >= 6 && left.includes(trace)) }).toEqual({
            redacted,
            traces: [],
          })
          expect(redacted).toContain('[redacted]')
        },
      ),
      { numRuns: 2000 },
    )
  })
})

/** Secrets are found in every form in which programs write text down, at any position of any text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redaction } from '../../../support/basis/redaction'
import {
  around,
  base64,
  eachByte,
  eachUnit,
  form,
  forms,
  hex,
  hexOf,
  isWithinEscape,
  partsOf,
  secret,
  tracesOf,
} from '../../fixtures/written-secrets'

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

describe('whatever the secret, the form, the position and the text around', () => {
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
          expect({ redacted, traces: tracesOf(shown, text, redacted) }).toEqual({ redacted, traces: [] })
          expect(redacted).toContain('[redacted]')
        },
      ),
      { numRuns: 2000 },
    )
  })
})

/** A configuration that `init` proposes: names from the cluster are values in it, whatever they hold. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Redaction } from '../../../support/basis/redaction/redaction'
import { configurationFile } from '../../../support/discovery/file'
import type { Proposed } from '../../../support/discovery/propose'

const proposed = (value: string, reason = 'found'): Proposed =>
  ({
    contract: 'fawkes',
    proposals: [{ path: ['application', 'path'], value, reason }],
    questions: [{ key: 'namespace', question: reason, candidates: [value] }],
  }) as unknown as Proposed
const file = (value: string, reason?: string) =>
  configurationFile(proposed(value, reason), 'schema.json', (text) => text)
const readBack = (text: string) => (parse(text) as { application: { path: unknown } }).application.path

const kinds: Readonly<Record<string, string>> = {
  'an override of the direction': 'apps/lake\u202egnp.exe',
  'an escape of a terminal': 'apps\u001b[2J\u001b]0;owned\u0007',
  'a zero-width character': 'la\u200bke',
  'tag characters': 'lake\u{e0041}\u{e007f}',
  'a newline and a key': 'lake\nwrites: { context: prod }',
  'a comment': 'lake # not a comment',
  'a document marker': '---\nwrites: {}',
  'an alias and a tag': '*lake !!js/function x',
  'a typed escape': 'lake\\u202e',
  'a mapping': '{ a: b }',
  'a boolean and a number': 'yes',
  'nothing visible': '\u3164',
}
/** Characters that are not seen, apart from the line breaks of the file itself. */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

describe('a proposed value', () => {
  it.each(Object.entries(kinds))('with %s stays itself, and is seen', (_, value) => {
    const text = file(value, `because of ${value}`)
    expect(readBack(text)).toBe(value)
    expect(Object.keys(parse(text) as object)).toEqual(['application'])
    expect(text).not.toMatch(unseen)
  })

  it('of any text stays itself, and is seen', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
        (value) => {
          const text = file(value, value)
          expect(readBack(text)).toBe(value)
          expect(text).not.toMatch(unseen)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each(['whole-of-the-secret', 'https://lake:whole-of-the-secret@git.example.org/x.git'])(
    'that is or holds a secret is masked, and the file stays a configuration: %s',
    (value) => {
      const redaction = new Redaction()
      redaction.register('whole-of-the-secret')
      const text = configurationFile(proposed(value, value), 'schema.json', (one) => redaction.redactForeign(one))
      expect(text).not.toContain('whole-of-the-secret')
      expect(readBack(text)).toBe(value.replace(/(?:lake:)?whole-of-the-secret/, '[redacted]'))
    },
  )
})

/** The visible forms of invisible characters: nothing is lost, nothing is escaped twice, and JSON stays JSON. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  jsonOfVisible,
  recorded,
  recordedData,
  visible,
  visibleData,
  visibleInOneLine,
  visibleJson,
} from '../../../support/basis/visible-text'
import { soonMs } from '../../fixtures/deadlines'

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\\',
      'u',
      '202e',
      '\\u202e',
      '\\u005c',
      '\u202e',
      '\u200b',
      '\ud800',
      '\udc00',
      '\u001b',
      '\n',
      '\t',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
  ),
})

/** The text that a recorded form stands for. */
const meant = (form: string) =>
  form.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

describe('the visible form of a text', () => {
  it('is the same when it is made again', () => {
    fc.assert(fc.property(anyText, (text) => visible(visible(text)) === visible(text)))
    fc.assert(fc.property(anyText, (text) => visible(recorded(text)) === recorded(text)))
  })

  it('tells different texts apart where they enter the record', () => {
    fc.assert(fc.property(anyText, (text) => meant(recorded(text)) === text))
    expect(recorded('\\u202e')).not.toBe(recorded('\u202e'))
    expect(recorded('C:\\users \\d+ \\n')).toBe('C:\\users \\d+ \\n')
  })

  it('leaves what a reader sees, in any script', () => {
    const seen = 'Größe, Ελληνικά, 日本語, עברית, العربية, 🚀, a\tb\nc'
    expect(visible(seen)).toBe(seen)
    expect(visibleInOneLine('a\tb\nc')).toBe('a\\u0009b\\u000ac')
  })

  it('keeps JSON valid, with the same values', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (data) => {
        expect(JSON.parse(visibleJson(data, 2))).toEqual(JSON.parse(JSON.stringify(data)))
      }),
    )
    expect(recordedData({ '\u202e': ['\u200b', 1, null] })).toEqual({ '\\u202e': ['\\u200b', 1, null] })
  })

  it('takes time in proportion to the text', () => {
    for (const one of ['\u202e', '\\', '\\u', ' ', '\n', '#', ':']) {
      const begin = performance.now()
      recorded(one.repeat(1_000_000))
      expect(performance.now() - begin).toBeLessThan(soonMs)
    }
  })
})

it('is the same in JSON whether or not the data needs it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\r', '\b', '\\u202e', '\u202e', 'a\nb', '\ud800'),
  )
  fc.assert(
    fc.property(fc.dictionary(text, fc.array(text)), (data) => {
      expect(jsonOfVisible(data)).toBe(visibleJson(visibleData(data)))
    }),
  )
})

/** Each kind of mistake in a file is worded in plain English, with what was found and an example to type. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checked } from '../../../support/basis/complaint'

const complaintsOf = (schema: z.ZodType, value: unknown) => {
  const result = checked(z.strictObject({ key: schema }), { key: value })
  return 'complaints' in result ? result.complaints : []
}

describe('a mistake in a file', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['text', z.string(), undefined, 'expected text, found nothing. Example: key: KEY'],
    ['text that YAML reads as a number', z.string(), 5, 'expected text, found the number 5. Example: key: "5"'],
    ['text that YAML reads as a switch', z.string(), true, 'expected text, found true. Example: key: "true"'],
    ['a number', z.number(), null, 'expected a number, found nothing. Example: key: 1'],
    ['a whole number', z.int(), 1.5, 'expected a whole number, found the number 1.5. Example: key: 1'],
    ['a switch', z.boolean(), 'yes', 'expected true or false, found "yes". Example: key: true'],
    ['a map', z.object({ a: z.string() }), ['x'], 'expected a map of keys, found a list. Example: key: { a: A }'],
    ['a map of any keys', z.record(z.string(), z.string()), 'x', 'expected a map of keys, found text'],
    [
      'a list',
      z.array(z.string().meta({ examples: ['one'] })),
      'x',
      'expected a list, found text. Example: key: [ one ]',
    ],
    ['a choice', z.enum(['a', 'b', 'c']), 'd', 'expected a, b or c, found "d". Example: key: a'],
    ['a literal', z.literal('a'), 'd', 'expected a, found "d"'],
    ['a smallest number', z.number().min(2), 1, 'expected a number of at least 2, found the number 1. Example: key: 2'],
    ['a largest number', z.number().max(9), 10, 'expected a number of at most 9, found the number 10. Example: key: 1'],
    ['a multiple', z.number().multipleOf(5), 7, 'expected a multiple of 5, found the number 7'],
    ['text with a content', z.string().min(1), '', 'expected text that is not empty, found "". Example: key: KEY'],
    ['short text', z.string().max(2), 'abc', 'expected text of at most 2 characters, found "abc"'],
    ['a short list', z.array(z.string()).max(1), ['a', 'b'], 'expected a list of at most 1 entry, found a list'],
    ['a prefix', z.string().startsWith('/'), 'a', 'expected text that begins with "/", found "a"'],
    ['a suffix', z.string().endsWith('.prom'), 'a', 'expected text that ends with ".prom", found "a"'],
    ['a URL', z.url(), 'a', 'expected a URL such as "https://example.org", found "a"'],
    ['a date', z.iso.date(), 'a', 'expected a date such as "2026-03-31", found "a"'],
    ['a pattern', z.string().regex(/^a+$/), 'b', 'expected text of the form /^a+$/, found "b"'],
    ['one of two types', z.union([z.number(), z.boolean()]), 'b', 'expected a number or true or false, found "b"'],
    [
      'an own message',
      z.string().regex(/a/, 'expected a text such as "a"'),
      'b',
      'expected a text such as "a", found "b"',
    ],
    ['a default', z.string().default('fawkes'), 5, 'expected text, found the number 5. Example: key: fawkes'],
  ])('is named for %s', (_, schema, value, complaint) => {
    const [first = '', ...more] = complaintsOf(schema, value)
    expect(more).toEqual([])
    expect(first.startsWith(`key: ${complaint}`), first).toBe(true)
    expect(first).not.toMatch(/Invalid|received|undefined|null|Too (small|big)|>=|<=/)
  })

  it('names the nearest key', () => {
    const result = checked(z.strictObject({ namespace: z.string().optional() }), { namspace: 'x' })
    expect(result).toEqual({
      complaints: ['namspace: there is no such key. Did you mean namespace? Allowed: namespace.'],
    })
  })
})

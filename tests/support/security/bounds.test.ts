/** Foreign text is read in linear time: texts that once took minutes, or ended the process, are read at their full size. */
import { describe, expect, it } from 'vitest'
import { connectionsUnder } from '../../../support/flavours/fawkes/connections'
import { durationIn } from '../../../support/formats/duration'
import { parseExposition } from '../../../support/formats/exposition'
import { LinePattern } from '../../../support/formats/line-pattern'
import { quantityOf } from '../../../support/formats/quantity'
import { withoutStackTrace } from '../../../support/formats/stack-trace'
import { isUsed, type Panel } from '../../../support/platform/grafana-model'
import { isTitled } from '../../../support/platform/shown-panels'
import { soonMs } from '../../fixtures/deadlines'

const megabyte = 1024 * 1024

/** A text of about the given length that repeats a part. */
const filled = (part: string, length: number) => part.repeat(Math.ceil(length / part.length))

/** Runs a parser. An error is an outcome too: only the time counts here. */
function outcomeOf(parse: () => unknown): unknown {
  try {
    return parse()
  } catch (error) {
    return error
  }
}

const page = (text: string) => parseExposition(text)
const secretsIn = (body: string) => connectionsUnder('/api').secretsIn(body)
const panel = (rawSql: string): Panel =>
  ({ id: 1, type: 'table', title: '', targets: [{ hide: false, rawSql, datasource: null }] }) as unknown as Panel

const attacks: readonly (readonly [string, number, (length: number) => unknown])[] = [
  ['an error page of line feeds', 20 * megabyte, (n) => withoutStackTrace(filled('\n', n))],
  [
    'an error message of line feeds',
    5 * megabyte,
    (n) => withoutStackTrace(JSON.stringify({ message: filled('\n', n) })),
  ],
  ['an error page of blanks and numbers', 5 * megabyte, (n) => withoutStackTrace(filled(' (1) ', n))],
  ['a value of digits', 190_000, (n) => page(`a ${filled('1', n)}x\n`)],
  ['a number that ends late', 190_000, (n) => page(`a ${filled('1', n)}.${filled('1', n / 2)}\n`)],
  ['a timestamp of digits', 190_000, (n) => page(`a 1 ${filled('1', n)}\n`)],
  ['a label of 19 MB', 19 * megabyte, (n) => page(`a{b="${filled('x', n)}"} 1\n`)],
  ['a label that does not end', 19 * megabyte, (n) => page(`a{b="${filled('\\\\', n)}\n`)],
  ['a HELP of 19 MB', 19 * megabyte, (n) => page(`# HELP a ${filled('x', n)}\n`)],
  ['a name of 19 MB', 19 * megabyte, (n) => page(`${filled('a', n)}\n`)],
  ['a page of line feeds', 20 * megabyte, (n) => page(filled('\n', n))],
  ['a page of comments', 4 * megabyte, (n) => page(filled('# x\n', n))],
  ['a duration of digits', megabyte, (n) => durationIn(filled('1', n))],
  ['a quantity of digits', megabyte, (n) => quantityOf(filled('1', n))],
  ['a field that is named like many secrets', 5 * megabyte, (n) => secretsIn(`"${filled('token', n)}`)],
  ['a token of 19 MB', 19 * megabyte, (n) => secretsIn(`{"token":"${filled('x', n)}"}`)],
  ['a title of variables', 100_000, (n) => isTitled(filled('a', n), filled('a$b ', n))],
  ['a title of open braces', 400_000, (n) => isTitled('a', filled('${', n))],
  ['a variable that is an expression', 100_000, (n) => isUsed('(\\w+)+!', panel(`$${filled('a', n)}`))],
  ['a line for a nested expression', 90_000, (n) => new LinePattern('^(a+)+$').test(`${filled('a', n)}!`)],
  ['a line for alternatives', 90_000, (n) => new LinePattern('(a|aa)+$').test(`${filled('a', n)}!`)],
  ['a line for overlapping wildcards', 90_000, (n) => new LinePattern('.*.*.*=x').test(filled('=', n))],
]

describe('hostile text', () => {
  it.each(attacks)('%s is read in linear time', { timeout: 120_000 }, (_, length, parse) => {
    outcomeOf(() => parse(Math.ceil(length / 8)))
    const start = performance.now()
    outcomeOf(() => parse(length))
    expect(performance.now() - start).toBeLessThan(soonMs)
  })
})

describe('the metrics page', () => {
  it.each([
    ['a line', `a{b="${filled('x', megabyte)}"} 1\n`, 'more than 200,000 characters in one line'],
    [
      'a list of samples',
      Array.from({ length: 200_001 }, (_, index) => `a{b="${index}"} 1\n`).join(''),
      'more than 200,000 samples',
    ],
  ])('is not read beyond the bound of %s', (_, text, reason) => {
    expect(() => parseExposition(text)).toThrow(reason)
  })

  it.each([
    ['0000000000000000000000000001', true],
    ['9223372036854775807', true],
    ['-9223372036854775808', true],
    ['9223372036854775808', false],
    ['-9223372036854775809', false],
    ['99999999999999999999', false],
  ])('may have the timestamp %s: %s', (timestamp, allowed) => {
    expect(outcomeOf(() => parseExposition(`a 1 ${timestamp}\n`)) instanceof Error).toBe(!allowed)
  })

  it('keeps its labels', () => {
    const [sample] = parseExposition('a { b = "x\\"y\\\\z\\n" , c="" , } 1e3 5\n').get('a')?.samples ?? []
    expect(sample).toEqual({ name: 'a', labels: { b: 'x"y\\z\n', c: '' }, value: 1000 })
  })
})

describe('a title with variables', () => {
  it.each([
    ['Lead time of shop', 'Lead time of $project', true],
    ['shop and shop', `$\{project} and $project`, true],
    ['ab', `$\{x}b$y`, true],
    ['a', 'a$x:a', false],
    ['Lead time', 'Lead time', true],
    ['Lead times', 'Lead time', false],
  ])('%s is drawn for %s: %s', (drawn, title, expected) => {
    expect(isTitled(drawn, title)).toBe(expected)
  })
})

describe('a quantity', () => {
  it.each([
    ['20Gi', 20 * 2 ** 30],
    ['1.5Ti', 1.5 * 2 ** 40],
    ['500M', 5e8],
    ['1e3', 1000],
    ['100m', 0.1],
    ['12', 12],
  ])('%s is %d', (text, number) => {
    expect(quantityOf(text)).toBeCloseTo(number)
  })

  it.each(['', 'Gi', '1 Gi', '-1', '1Xi', '1mi', '9'.repeat(41)])('%s is none', (text) => {
    expect(quantityOf(text)).toBeUndefined()
  })
})

describe('an expression for lines', () => {
  it.each([
    ['harmless', 'a harmless line', true],
    ['^\\d{4}-\\d\\d', '2026-03-01 ERROR', true],
    ['(?<word>known)\\b', 'unknown', true],
    ['\\u00e9', 'caf\u00e9', true],
    ['^harmless', 'a harmless line', false],
  ])('%s is tried on "%s": %s', (source, line, expected) => {
    expect(new LinePattern(source).test(line)).toBe(expected)
  })

  it.each(['(?=a)b', '(?!a)b', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>'])(
    'refuses %s and says why',
    (source) => {
      expect(() => new LinePattern(source)).toThrow('look-around and back-references are not supported')
    },
  )

  it('does not match a line that no expression is meant for', () => {
    expect(new LinePattern('x').test(filled('x', 100_001))).toBe(false)
  })
})

/**
 * Every parser of foreign text takes time in proportion to the text, whatever part a hostile text repeats. A text of four times
 * the size takes a linear parser about 4 times as long, and a quadratic one 16 times.
 */
import { describe, expect, it } from 'vitest'
import { publicUrl } from '../../../support/basis/public-url'
import { Redaction } from '../../../support/basis/redaction'
import { recorded, visibleInOneLine } from '../../../support/basis/visible-text'
import { isOwnLine } from '../../../support/checks/own-lines'
import { reasonIn } from '../../../support/flavours/devlake/oracle/collections'
import { connectionsUnder } from '../../../support/flavours/fawkes/connections'
import { durationIn } from '../../../support/formats/duration'
import { parseExposition } from '../../../support/formats/exposition'
import { LinePattern } from '../../../support/formats/line-pattern'
import { statementOf } from '../../../support/formats/log-level'
import { quantityOf } from '../../../support/formats/quantity'
import { withoutStackTrace } from '../../../support/formats/stack-trace'
import { ensureBoundedJson } from '../../../support/platform/bounded-body'
import { dashboardModel, isUsed, type Panel } from '../../../support/platform/grafana-model'
import { panelAnswer } from '../../../support/platform/panel-answers'
import { isTitled } from '../../../support/platform/shown-panels'
import { terminalField } from '../../../support/report/terminal'
import { soonMs } from '../../fixtures/deadlines'

const redaction = new Redaction()
for (let index = 0; index < 20; index++) redaction.register(`secret "${index}" of %41 & \\n parts`)
const pattern = new LinePattern('(a|b|ab)*c.*d.*=$')
const panel = (rawSql: string): Panel =>
  ({ id: 1, type: 'table', title: '', targets: [{ hide: false, rawSql, datasource: null }] }) as unknown as Panel

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  'an error page': withoutStackTrace,
  'an error in JSON': (text) => withoutStackTrace(JSON.stringify({ message: text })),
  'the text format': (text) => parseExposition(`a{b="${text}`),
  'lines of the text format': (text) => parseExposition(text),
  'a duration': durationIn,
  'a quantity': quantityOf,
  'a line of a log': (text) => pattern.test(text),
  'a line that the suite may have caused': (text) => isOwnLine(text, []),
  'the level of a line': statementOf,
  'the message of a failed collection': reasonIn,
  'a body that may show tokens': (text) => connectionsUnder('/api').secretsIn(`{"token":"${text}`),
  'fields that may show tokens': (text) => connectionsUnder('/api').secretsIn(text),
  'the title of a panel': (text) => isTitled(text, `a$b${text}`),
  'the query of a panel': (text) => isUsed('team', panel(text)),
  'the model of a dashboard': (text) => dashboardModel.safeParse({ title: text, panels: [{ title: text }] }),
  'the answer to a panel': (text) => panelAnswer(200, text),
  'a redacted text': (text) => redaction.redactForeign(text),
  'the beginning of a redacted text': (text) => redaction.redactForeignStart(text, 300),
  'a recorded text': recorded,
  'a text in one line': visibleInOneLine,
  'a text on the terminal': (text) => terminalField(text, '  '),
  'the address of a repository': (text) => publicUrl(`https://${text}`),
  'JSON before it is parsed': (text) => ensureBoundedJson(Buffer.from(`[${text}`)),
}

const repeated: readonly string[] = [
  ...['\n', ' ', '\r\n\t', '(1) ', '1', '0x', '1h', '1.', 'e+', '=', ',', 'a', 'é', '\u200b', '\ud83d'],
  ...['"', '\\', '\\"', '\\\\"', '{', '[', '{}', '${', '$a', '<', '</', '#', '# HELP a ', 'a 1\n', 'a{b="c"} '],
  ...[
    '@',
    'a:b@',
    'a.',
    ':1',
    '://',
    '://a:',
    '-----BEGIN PRIVATE KEY-----',
    'eyJ',
    'Bearer ',
    'Authorization: ',
    'ghp_',
    'xoxb-',
  ],
  ...['%25', '%', '&', '&amp', '&#', '&amp;', '\\u0041', '\\u005c', '\\x5c', '\\', 'c2VjcmV0', '5c5c'],
  ...['at x (y:1:2)\n', 'Traceback\n', 'goroutine 1\n', '"token":"', '"token', 'acd', 'ab'],
]

/** Characters of the smaller text; one of four times that is measured, too. */
const size = 100_000

/** The time for a text that repeats a part, in milliseconds. */
function timeOf(parse: (text: string) => unknown, part: string, length: number): number {
  const text = part.repeat(Math.ceil(length / part.length))
  const start = performance.now()
  try {
    parse(text)
  } catch {
    // A refusal is an outcome, too: only the time counts.
  }
  return performance.now() - start
}

/** Between the growth of a linear parser and that of a quadratic one. */
const mostGrowth = 8
/** Several times what a linear parser needs for the larger text, also on a slow machine: a quadratic one needs minutes. */
const negligibleMs = 1_000

/** A machine that is busy elsewhere disturbs one measurement. A parser that is not linear fails all of them. */
function grows(parse: (text: string) => unknown, part: string): string | undefined {
  let found = ''
  for (let attempt = 0; attempt < 3; attempt++) {
    const fourTimes = timeOf(parse, part, 4 * size)
    if (fourTimes < negligibleMs) return undefined
    // The shortest time is disturbed most.
    const once = Math.min(...[1, 2, 3].map(() => timeOf(parse, part, size)))
    if (fourTimes < mostGrowth * once) return undefined
    found = `${JSON.stringify(part)}: ${once.toFixed(1)} ms, ${fourTimes.toFixed(1)} ms`
    if (fourTimes > soonMs) break
  }
  return found
}

describe('the time for hostile repetitions grows with their length', () => {
  it.each(Object.entries(parsers))('in %s', { timeout: 120_000 }, (_, parse) => {
    expect(repeated.flatMap((part) => grows(parse, part) ?? [])).toEqual([])
  })

  it('in no parser that is quadratic', { timeout: 120_000 }, () => {
    const quadratic = (text: string) => / +$/.test(`${' '.repeat(text.length / 10)}x`)
    expect(grows(quadratic, 'a')).toMatch(/^"a": /)
  })
})

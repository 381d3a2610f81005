/**
 * A strict parser for Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats. No package parses the
 * format faithfully, and the suite must report exactly the lines that do not conform.
 */

import { setImmediate } from 'node:timers/promises'
import { bounds, OutOfBounds } from '../basis/bounds'

type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped'

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** All samples of one metric. The samples of a histogram have the suffixes _bucket, _sum and _count. */
export interface Family {
  readonly name: string
  readonly type: MetricType
  readonly help: string | undefined
  readonly samples: readonly Sample[]
}

/** A violation of the text format. Lines are counted from 1. */
export class MalformedExposition extends Error {
  constructor(line: number, what: string, text: string) {
    super(`line ${line}: ${what}: ${text}`)
  }
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*'
// Spaces and tabs are allowed between all tokens, and required only where tokens would merge: `foo { a = "b" } 1`, `foo{}1`.
const comment = new RegExp(`^#[ \\t]*(HELP|TYPE)[ \\t]+(${metricName})(?:[ \\t]+([^\\n]*))?$`)
const sampleStart = new RegExp(`^(${metricName})[ \\t]*`)
const labelStart = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"/y
const labelEnd = /"[ \t]*(?:,[ \t]*|(?=\}))/y
const valueAndTimestamp = /^[ \t]*([^ \t]+)(?:[ \t]+([+-]?\d+))?$/
/**
 * The numbers that Go's ParseFloat accepts, without hexadecimal forms and underscores, as in Prometheus. No two parts of the
 * expression match the same digits, so a long number is read once.
 */
const number = /^(?:[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)|nan)$/i
const types: readonly string[] = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] satisfies MetricType[]

/** Suffixes of the names that belong to a histogram or a summary. */
const suffixes: Partial<Record<MetricType, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
}
/** The label of a histogram or a summary whose value must be a number. */
const numericLabels: Partial<Record<MetricType, string>> = { histogram: 'le', summary: 'quantile' }

interface Draft {
  type?: MetricType
  help?: string
  readonly samples: Sample[]
}

type Fail = (what: string) => never

/** Parses a page into its families by name. @throws MalformedExposition, or OutOfBounds for more samples or longer lines than are read */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  const parsing = familiesOf(text)
  for (;;) {
    const { done, value } = parsing.next()
    if (done) return value
  }
}

/** The time in milliseconds after which other work gets its turn: a signal must be heard while a large page is parsed. */
const turnMs = 50

/** Parses a page as {@link parseExposition} does, and lets other work have its turn. */
export async function parseExpositionInTurns(text: string): Promise<ReadonlyMap<string, Family>> {
  const parsing = familiesOf(text)
  for (let turn = performance.now(); ; ) {
    const { done, value } = parsing.next()
    if (done) return value
    if (performance.now() - turn < turnMs) continue
    await setImmediate()
    turn = performance.now()
  }
}

/** Parses a page, and pauses after each few lines. */
function* familiesOf(text: string): Generator<undefined, ReadonlyMap<string, Family>> {
  const families = new Map<string, Draft>()
  const series = new Set<string>()
  let current = ''
  for (const { number, line, isComplete } of linesOf(text)) {
    const fail: Fail = (what) => {
      throw new MalformedExposition(number, what, line)
    }
    if (line.length > bounds.expositionLine.most) throw new OutOfBounds('expositionLine')
    if (!isComplete) fail('the last line does not end with a line feed')
    if (number % 100 === 0 || line.length > 10_000) yield
    const content = line.replace(/^[ \t]+/, '')
    if (content === '') continue
    if (content.startsWith('#')) {
      readComment(content, families, fail)
      continue
    }
    const sample = readSample(content, fail)
    const owner = ownerOf(sample.name, families)
    const family = families.get(owner) ?? { samples: [] }
    const numeric = numericLabels[family.type ?? 'untyped'] ?? ''
    const bound = sample.labels[numeric]
    const value = bound === undefined ? undefined : numberOf(bound)
    if (bound !== undefined && value === undefined) fail(`the value of the label ${numeric} is not a number`)
    // Prometheus writes the bounds 60 and 60.0 in one way, so their buckets become one series.
    const labels = bound === undefined ? sample.labels : { ...sample.labels, [numeric]: `${value}` }
    const identity = `${sample.name}${JSON.stringify(Object.entries(labels).sort())}`
    if (series.has(identity)) fail('duplicate series')
    series.add(identity)
    if (series.size > bounds.expositionSamples.most) throw new OutOfBounds('expositionSamples')
    if (family.samples.length > 0 && current !== owner) fail('the samples of one metric are not in one group')
    families.set(owner, family)
    family.samples.push(sample)
    current = owner
  }
  return new Map(
    [...families].map(([name, { type = 'untyped', help, samples }]) => [name, { name, type, help, samples }]),
  )
}

interface Line {
  readonly number: number
  readonly line: string
  /** False if the text ends without a line feed. */
  readonly isComplete: boolean
}

/** Reads line by line: an array of all lines would be many times larger than a page of line feeds. */
function* linesOf(text: string): Generator<Line> {
  for (let start = 0, number = 1; start < text.length; number++) {
    const end = text.indexOf('\n', start)
    if (end !== start) yield { number, line: text.slice(start, end < 0 ? undefined : end), isComplete: end >= 0 }
    start = end < 0 ? text.length : end + 1
  }
}

function readComment(line: string, families: Map<string, Draft>, fail: Fail): void {
  const [, keyword, name, rest = ''] = comment.exec(line) ?? []
  if (name === undefined) {
    if (/^#[ \t]*(HELP|TYPE)(?=[ \t]|$)/.test(line)) fail('malformed HELP or TYPE')
    return
  }
  const owner = ownerOf(name, families)
  if (owner !== name) fail(`the name belongs to the metric ${owner}`)
  const family = families.get(name) ?? { samples: [] }
  families.set(name, family)
  if (keyword === 'HELP') {
    if (family.help !== undefined) fail('second HELP for the same metric')
    if (endOfText(rest, 0, '') === undefined) fail('unknown escape sequence in HELP')
    family.help = unescaped(rest)
    return
  }
  if (family.type !== undefined) fail('second TYPE for the same metric')
  if (family.samples.length > 0) fail('TYPE after a sample of its metric')
  if (isType(rest)) family.type = rest
  else fail(`unknown type "${rest}"`)
}

const isType = (text: string): text is MetricType => types.includes(text)

/** Returns the metric that a name belongs to, given the types declared so far. */
function ownerOf(name: string, families: ReadonlyMap<string, Draft>): string {
  if (families.has(name)) return name
  const suffix = name.slice(Math.max(0, name.lastIndexOf('_')))
  const stem = name.slice(0, name.length - suffix.length)
  const type = families.get(stem)?.type
  return type !== undefined && suffixes[type]?.includes(suffix) ? stem : name
}

function readSample(line: string, fail: Fail): Sample {
  const [start, name] = sampleStart.exec(line) ?? []
  if (start === undefined || name === undefined) return fail('neither a comment nor a sample')
  const rest = line.slice(start.length)
  const { labels, length } = rest.startsWith('{') ? readLabels(rest, fail) : { labels: {}, length: 0 }
  const [, text = '', timestamp] = valueAndTimestamp.exec(rest.slice(length)) ?? []
  const value = numberOf(text)
  if (value === undefined) return fail('neither a comment nor a sample')
  if (timestamp !== undefined && !fits64Bits(timestamp)) fail('the timestamp exceeds 64 bits')
  return { name, labels, value }
}

/** Reads the labels at the start of a text. The length includes the braces. */
function readLabels(text: string, fail: Fail): { labels: Record<string, string>; length: number } {
  const labels = new Map<string, string>()
  let at = 1 + (/^[ \t]*/.exec(text.slice(1))?.[0].length ?? 0)
  while (text[at] !== '}') {
    labelStart.lastIndex = at
    const [, name] = labelStart.exec(text) ?? []
    if (name === undefined) return fail('malformed labels')
    const start = labelStart.lastIndex
    const end = endOfText(text, start, '"')
    labelEnd.lastIndex = end ?? text.length
    if (end === undefined || !labelEnd.test(text)) return fail('malformed labels')
    if (name === '__name__') fail('the label __name__ is reserved')
    if (labels.has(name)) fail(`duplicate label ${name}`)
    labels.set(name, unescaped(text.slice(start, end)))
    at = labelEnd.lastIndex
  }
  return { labels: Object.fromEntries(labels), length: at + 1 }
}

/**
 * Returns the end of a text that may contain escape sequences: the position of the closing character, or of the end of the line if
 * that character is empty. Returns undefined if the text does not end, or has an unknown escape sequence.
 */
function endOfText(line: string, start: number, closing: '"' | ''): number | undefined {
  const escapable = `\\n${closing}`
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === closing) return at
    if (character !== '\\') continue
    const escaped = line.charAt(++at)
    if (escaped === '' || !escapable.includes(escaped)) return undefined
  }
  return closing === '' ? line.length : undefined
}

/** BigInt needs quadratic time for long texts, and 64 bits have at most 19 digits. */
function fits64Bits(integer: string): boolean {
  const digits = integer.replace(/^[+-]?0*/, '')
  if (digits.length > 19) return false
  const value = BigInt(`${integer.startsWith('-') ? '-' : ''}${digits || '0'}`)
  return BigInt.asIntN(64, value) === value
}

const unescaped = (text: string) => text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))

/** Returns undefined if the text is not a number or the number is too large for 64 bits. */
function numberOf(text: string): number | undefined {
  if (!number.test(text)) return undefined
  if (/^nan$/i.test(text)) return Number.NaN
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

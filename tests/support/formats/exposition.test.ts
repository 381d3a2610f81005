/** The parser accepts exactly what the format allows. prom-client generates the pages, and promtool is the reference. */
import { spawn } from 'node:child_process'
import fc from 'fast-check'
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Family, MalformedExposition, parseExposition, type Sample } from '../../../support/formats/exposition'

type Labels = Readonly<Record<string, string>>

interface Series {
  readonly labels: Labels
  readonly values: readonly number[]
}

/** The definition of a metric to register with prom-client. */
interface Registered {
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly bounds: readonly number[]
  readonly series: readonly Series[]
}

const first = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_']
const later = [...first, ...'0123456789']
const word = (begin: readonly string[], then: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...begin), fc.array(fc.constantFrom(...then), { maxLength: 6 }))
    .map(([head, tail]) => head + tail.join(''))

const awkward = fc.constantFrom(
  '"',
  '\\',
  '\n',
  '\\n',
  '\r',
  '\t',
  '\u2028',
  '}',
  '{',
  ',',
  '=',
  '# TYPE a counter',
  ' ',
)
const text = fc
  .array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 4 })
  .map((parts) => parts.join(''))

// Names of other metrics with the suffixes of a histogram or a summary have a separate test.
const metricName = word([...first, ':'], [...later, ':']).filter((name) => !/_(bucket|sum|count)$/.test(name))
const labelName = fc
  .oneof(word(first, later), fc.constantFrom('constructor', 'hasOwnProperty'))
  // prom-client itself loses a label __proto__.
  .filter((name) => !['__name__', '__proto__', 'le', 'quantile'].includes(name))

const finite = fc.double({ noDefaultInfinity: true, noNaN: true })
const observed = fc.double({ min: 0, max: 1e6, noNaN: true })

const registered: fc.Arbitrary<Registered> = fc
  .record({
    kind: fc.constantFrom('counter', 'gauge', 'histogram', 'summary'),
    name: metricName,
    // prom-client refuses an empty help, and the format cannot represent leading whitespace of a help.
    help: text.map((given) => `h${given}`),
    labelNames: fc.uniqueArray(labelName, { maxLength: 3 }),
    bounds: fc.uniqueArray(finite, { minLength: 1, maxLength: 4 }).map((bounds) => bounds.sort((a, b) => a - b)),
  })
  .chain((metric) =>
    fc
      .uniqueArray(
        fc.record({
          labels: fc
            .tuple(...metric.labelNames.map(() => text))
            .map((values) => Object.fromEntries(metric.labelNames.map((name, at) => [name, values[at] ?? '']))),
          values: fc.array(metric.kind === 'gauge' ? fc.double() : observed, { minLength: 1, maxLength: 4 }),
        }),
        { maxLength: 4, selector: ({ labels }) => JSON.stringify(labels) },
      )
      .map((series) => ({ ...metric, series })),
  )
const registries = fc.uniqueArray(registered, { maxLength: 4, selector: ({ name }) => name })

/** Returns the page that prom-client generates for the metrics. */
function written(metrics: readonly Registered[]): Promise<string> {
  const registry = new Registry()
  for (const { kind, name, help, labelNames, bounds, series } of metrics) {
    const about = { name, help, labelNames: [...labelNames], registers: [registry] }
    switch (kind) {
      case 'counter': {
        const counter = new Counter(about)
        for (const { labels, values } of series) for (const value of values) counter.inc(labels, value)
        break
      }
      case 'gauge': {
        const gauge = new Gauge(about)
        for (const { labels, values } of series) for (const value of values) gauge.set(labels, value)
        break
      }
      case 'histogram': {
        const histogram = new Histogram({ ...about, buckets: [...bounds] })
        for (const { labels, values } of series) for (const value of values) histogram.observe(labels, value)
        break
      }
      case 'summary': {
        const summary = new Summary({ ...about, percentiles: [0.5, 0.9] })
        for (const { labels, values } of series) for (const value of values) summary.observe(labels, value)
      }
    }
  }
  return registry.metrics()
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Returns the expected samples, without the quantiles of a summary, which prom-client estimates. */
function samplesOf(metric: Registered): Sample[] {
  // prom-client exposes a metric without labels even before its first value.
  const untouched = metric.series.length === 0 && metric.labelNames.length === 0
  return (untouched ? [{ labels: {}, values: [] }] : metric.series).flatMap((series) => samplesOfSeries(metric, series))
}

function samplesOfSeries({ kind, name, bounds }: Registered, { labels, values }: Series): Sample[] {
  const totals = [
    { name: `${name}_sum`, labels, value: sum(values) },
    { name: `${name}_count`, labels, value: values.length },
  ]
  switch (kind) {
    case 'counter':
      return [{ name, labels, value: sum(values) }]
    case 'gauge':
      return [{ name, labels, value: values.at(-1) ?? 0 }]
    case 'summary':
      return totals
    case 'histogram':
      return [
        ...[...bounds, Number.POSITIVE_INFINITY].map((bound) => ({
          name: `${name}_bucket`,
          labels: { ...labels, le: Number.isFinite(bound) ? `${bound}` : '+Inf' },
          value: values.filter((value) => value <= bound).length,
        })),
        ...totals,
      ]
  }
}

/** Sorts labels and series, whose order has no meaning, and drops the sign of zero, as prom-client does. */
const comparable = (samples: readonly Sample[]) =>
  samples
    .map(({ name, labels, value }) => [name, Object.entries(labels).sort(), value === 0 ? 0 : value] as const)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const page = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
const parsed = (...lines: readonly string[]) => Object.fromEntries(parseExposition(page(...lines)))
const samples = (...lines: readonly string[]) => Object.values(parsed(...lines)).flatMap((family) => family.samples)

/** Returns the message with which the parser refuses a page; undefined if it accepts the page. */
function refusal(text: string): string | undefined {
  try {
    parseExposition(text)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedExposition)
    return (error as MalformedExposition).message
  }
}

describe('the pages of prom-client', () => {
  it('are read back unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(registries, async (metrics) => {
        const families = parseExposition(await written(metrics))
        expect([...families.keys()].sort()).toEqual(metrics.map(({ name }) => name).sort())
        for (const metric of metrics) {
          const family = families.get(metric.name)
          expect({ type: family?.type, help: family?.help }).toEqual({ type: metric.kind, help: metric.help })
          const found = family?.samples.filter(({ labels }) => !Object.hasOwn(labels, 'quantile')) ?? []
          expect(comparable(found)).toEqual(comparable(samplesOf(metric)))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('are read with the quantiles of a summary', async () => {
    const registry = new Registry()
    const summary = new Summary({ name: 's', help: 's', percentiles: [0.5], registers: [registry] })
    summary.observe(3)
    expect(parseExposition(await registry.metrics()).get('s')).toEqual<Family>({
      name: 's',
      type: 'summary',
      help: 's',
      samples: [
        { name: 's', labels: { quantile: '0.5' }, value: 3 },
        { name: 's_sum', labels: {}, value: 3 },
        { name: 's_count', labels: {}, value: 1 },
      ],
    })
  })
})

describe('an accepted page', () => {
  it.each(['', '\n', '# only a comment\n', '#\n', '# HELPS nobody\n', '\n\n\t \n'])('may be empty: %j', (empty) => {
    expect(parseExposition(empty)).toEqual(new Map())
  })

  it.each<[string, Sample]>([
    ['a 1', { name: 'a', labels: {}, value: 1 }],
    ['a{} 1', { name: 'a', labels: {}, value: 1 }],
    ['a{}1', { name: 'a', labels: {}, value: 1 }],
    ['\t a\t{ b = "1" , c\t="2" , }\t 1', { name: 'a', labels: { b: '1', c: '2' }, value: 1 }],
    ['a{b="} 2"} 1', { name: 'a', labels: { b: '} 2' }, value: 1 }],
    ['a{b="\\\\n\\n\\""} 1', { name: 'a', labels: { b: '\\n\n"' }, value: 1 }],
    ['a{__proto__="1"} 1', { name: 'a', labels: Object.fromEntries([['__proto__', '1']]), value: 1 }],
    ['a{b="1"} 1 1395066363000', { name: 'a', labels: { b: '1' }, value: 1 }],
    ['a 1 -3982045', { name: 'a', labels: {}, value: 1 }],
    ['a 1 +5', { name: 'a', labels: {}, value: 1 }],
    ['a 1 9223372036854775807', { name: 'a', labels: {}, value: 1 }],
    ['a 1.458255915e9', { name: 'a', labels: {}, value: 1458255915 }],
    ['a 5.e3', { name: 'a', labels: {}, value: 5000 }],
    ['a .5E-1', { name: 'a', labels: {}, value: 0.05 }],
    ['a -Inf', { name: 'a', labels: {}, value: Number.NEGATIVE_INFINITY }],
    ['a +infinity', { name: 'a', labels: {}, value: Number.POSITIVE_INFINITY }],
    ['a Nan', { name: 'a', labels: {}, value: Number.NaN }],
  ])('may contain %j', (line, sample) => {
    expect(samples(line)).toEqual([sample])
  })

  it('yields the help, the type and the samples of each metric separately', () => {
    expect(
      parsed(
        '# HELP a what\\nfor \\\\ and why ',
        '#TYPE a counter',
        'a 1',
        '# TYPE b histogram',
        'b_bucket{le="+Inf"} 2',
        'b_sum 3',
        'b_count 2',
        'b_bucketful 1',
        '  # TYPE c gauge',
        'd_count 4',
      ),
    ).toEqual({
      a: { name: 'a', type: 'counter', help: 'what\nfor \\ and why ', samples: [{ name: 'a', labels: {}, value: 1 }] },
      b: {
        name: 'b',
        type: 'histogram',
        help: undefined,
        samples: [
          { name: 'b_bucket', labels: { le: '+Inf' }, value: 2 },
          { name: 'b_sum', labels: {}, value: 3 },
          { name: 'b_count', labels: {}, value: 2 },
        ],
      },
      b_bucketful: {
        name: 'b_bucketful',
        type: 'untyped',
        help: undefined,
        samples: [{ name: 'b_bucketful', labels: {}, value: 1 }],
      },
      c: { name: 'c', type: 'gauge', help: undefined, samples: [] },
      d_count: {
        name: 'd_count',
        type: 'untyped',
        help: undefined,
        samples: [{ name: 'd_count', labels: {}, value: 4 }],
      },
    })
  })
})

const html = '<!doctype html>\n<html><title>DevLake</title></html>\n'

describe('a refused page', () => {
  const neither = 'neither a comment nor a sample'
  it.each<[string, string]>([
    [html, `line 1: ${neither}: <!doctype html>`],
    ['{"metrics": []}\n', `line 1: ${neither}: {"metrics": []}`],
    ['a 1', 'line 1: the last line does not end with a line feed: a 1'],
    ['a 1\nb 2', 'line 2: the last line does not end with a line feed: b 2'],
    ['a 1\n\nb\n', `line 3: ${neither}: b`],
    ['1a 1\n', `line 1: ${neither}: 1a 1`],
    ['a(b="1"} 1\n', `line 1: ${neither}: a(b="1"} 1`],
    ['a one\n', `line 1: ${neither}: a one`],
    ['a 1,5\n', `line 1: ${neither}: a 1,5`],
    ['a +NaN\n', `line 1: ${neither}: a +NaN`],
    ['a 1e999\n', `line 1: ${neither}: a 1e999`],
    ['a 0x10\n', `line 1: ${neither}: a 0x10`],
    ['a 1_000\n', `line 1: ${neither}: a 1_000`],
    ['a 1 \n', `line 1: ${neither}: a 1 `],
    ['a 1\r\n', `line 1: ${neither}: a 1\r`],
    ['a 1 2 3\n', `line 1: ${neither}: a 1 2 3`],
    ['a 1 1.5\n', `line 1: ${neither}: a 1 1.5`],
    ['a 1 9223372036854775808\n', 'line 1: the timestamp exceeds 64 bits: a 1 9223372036854775808'],
    ['a{b="1" 1\n', 'line 1: malformed labels: a{b="1" 1'],
    ['a{b=1} 1\n', 'line 1: malformed labels: a{b=1} 1'],
    ["a{b='1'} 1\n", "line 1: malformed labels: a{b='1'} 1"],
    ['a{b="1"c="2"} 1\n', 'line 1: malformed labels: a{b="1"c="2"} 1'],
    ['a{,} 1\n', 'line 1: malformed labels: a{,} 1'],
    ['a{b="1",,} 1\n', 'line 1: malformed labels: a{b="1",,} 1'],
    ['a{b:c="1"} 1\n', 'line 1: malformed labels: a{b:c="1"} 1'],
    ['a{b="\\t"} 1\n', 'line 1: malformed labels: a{b="\\t"} 1'],
    ['a{b="1\n2"} 1\n', 'line 1: malformed labels: a{b="1'],
    ['a{b="1",b="2"} 1\n', 'line 1: duplicate label b: a{b="1",b="2"} 1'],
    ['a{__name__="b"} 1\n', 'line 1: the label __name__ is reserved: a{__name__="b"} 1'],
    ['a{b="1",c="2"} 1\na{c="2",b="1"} 1\n', 'line 2: duplicate series: a{c="2",b="1"} 1'],
    [
      '# TYPE a histogram\na_bucket{le="60"} 1\na_bucket{le="60.0"} 1\n',
      'line 3: duplicate series: a_bucket{le="60.0"} 1',
    ],
    ['a{b="1"} 1\nc 1\na{b="2"} 1\n', 'line 3: the samples of one metric are not in one group: a{b="2"} 1'],
    ['# HELP\n', 'line 1: malformed HELP or TYPE: # HELP'],
    ['# HELP 1a b\n', 'line 1: malformed HELP or TYPE: # HELP 1a b'],
    ['# TYPE a-b counter\n', 'line 1: malformed HELP or TYPE: # TYPE a-b counter'],
    ['# TYPE a\n', 'line 1: unknown type "": # TYPE a'],
    ['# TYPE a timer\n', 'line 1: unknown type "timer": # TYPE a timer'],
    ['# TYPE a counter b\n', 'line 1: unknown type "counter b": # TYPE a counter b'],
    ['# HELP a b\n# HELP a b\n', 'line 2: second HELP for the same metric: # HELP a b'],
    ['# HELP a \\t\n', 'line 1: unknown escape sequence in HELP: # HELP a \\t'],
    ['# HELP a \\\n', 'line 1: unknown escape sequence in HELP: # HELP a \\'],
    ['# TYPE a gauge\n# TYPE a gauge\n', 'line 2: second TYPE for the same metric: # TYPE a gauge'],
    ['a 1\n# TYPE a gauge\n', 'line 2: TYPE after a sample of its metric: # TYPE a gauge'],
    ['# TYPE a histogram\n# TYPE a_sum gauge\n', 'line 2: the name belongs to the metric a: # TYPE a_sum gauge'],
    [
      '# TYPE a histogram\na_bucket{le="few"} 1\n',
      'line 2: the value of the label le is not a number: a_bucket{le="few"} 1',
    ],
    [
      '# TYPE a summary\na{quantile="half"} 1\n',
      'line 2: the value of the label quantile is not a number: a{quantile="half"} 1',
    ],
  ])('%j', (malformed, sentence) => {
    expect(refusal(malformed)).toBe(sentence)
  })
})

/** Returns promtool's message if it cannot parse a page; undefined if it can, even with complaints about names. */
function promtool(text: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk
    })
    child.on('error', () => reject(new Error('promtool is not installed: apt-get install prometheus')))
    child.on('close', (code) => {
      if (code === 0 || code === 3) return resolve(undefined)
      if (code === 1 && output.includes('text format parsing error')) return resolve(output.trim())
      reject(new Error(`promtool ended with ${code}: ${output}`))
    })
    // promtool stops reading at the first line that it cannot parse.
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}

/** A change to one line of a page, as a bug in the service could cause it. */
const mutation = fc.record({
  line: fc.nat(),
  at: fc.nat(),
  how: fc.constantFrom('delete', 'insert', 'replace', 'cut', 'append', 'other line', 'no line', 'twice'),
  symbol: fc.constantFrom(...'"\\{},=# \t.+-01eExn_:', '\r', '\\"', 'NaN', ' 5', ' HELP ', '__name__'),
  other: fc.constantFrom(
    '}',
    '# TYPE x',
    '# TYPE x gauge ',
    'x 1 1 1',
    'x{a="1",a="2"} 1',
    'x 1e999',
    '# HELP x \\x',
    'x',
  ),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

function mutate(text: string, { line, ...change }: Mutation): string {
  const lines = text.split('\n').slice(0, -1)
  const index = line % lines.length
  return page(...lines.flatMap((old, position) => (position === index ? mutatedLine(old, change) : [old])))
}

function mutatedLine(old: string, { at, how, symbol, other }: Omit<Mutation, 'line'>): string[] {
  const place = at % (old.length + 1)
  const [before, after] = [old.slice(0, place), old.slice(place)]
  switch (how) {
    case 'delete':
      return [before + after.slice(1)]
    case 'insert':
      return [before + symbol + after]
    case 'replace':
      return [before + symbol + after.slice(1)]
    case 'cut':
      return [before]
    case 'append':
      return [old + symbol]
    case 'other line':
      return [other]
    case 'no line':
      return []
    case 'twice':
      return [old, old]
  }
}

/** Violations of the format that promtool accepts: https://prometheus.io/docs/instrumenting/exposition_formats. */
const stricter =
  /: (duplicate series|the samples of one metric are not in one group|unknown type "[^"\s]*"|malformed HELP or TYPE): /

describe('promtool', () => {
  beforeAll(async () => {
    // Fails first, with the package to install, if promtool is missing.
    expect(await promtool('')).toBeUndefined()
  })

  it('refuses an HTML page', async () => {
    expect(await promtool(html)).toMatch(/parsing error in line 1/)
  })

  it('agrees with the parser, which is stricter only where the format demands it', async () => {
    await fc.assert(
      fc.asyncProperty(registries, mutation, async (metrics, change) => {
        const text = mutate(await written(metrics), change)
        const [theirs, ours] = [await promtool(text), refusal(text)]
        if (theirs === undefined && ours !== undefined) expect(ours).toMatch(stricter)
        else expect({ refused: ours !== undefined, theirs }).toEqual({ refused: theirs !== undefined, theirs })
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})

/** Text from outside reaches no medium with a character that cannot be seen, or with a line that a CI system obeys. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { Blocked } from '../../../support/basis/expectation'
import { command as asCommand, print, printError } from '../../../support/cli/command'
import { outcomeOf } from '../../../support/cli/commands'
import { judge } from '../../../support/judgement/judge'
import type { ScenarioRun } from '../../../support/record/scenario-run'
import type { Cause, Verdict } from '../../../support/record/verdict'
import { renderJunit } from '../../../support/report/junit'
import { Progress } from '../../../support/report/progress'
import { renderSignOff } from '../../../support/report/sign-off/page'
import { writeReports } from '../../../support/report/write'
import { root } from '../../fixtures/features'
import { poisoned } from '../../fixtures/markup'
import { platformWithFaults } from '../../fixtures/platform-with-faults'
import { junitOf, temporaryDirectory } from '../../fixtures/reports'
import { item, judged, recordOf, scenarioRun, step, verdict } from '../../fixtures/verdict'

/** Code points that are not seen, except newline and tab. Written as ranges, apart from the classes that the suite uses. */
const ranges: readonly (readonly [number, number])[] = [
  ...([
    [0, 8],
    [0xb, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x61c, 0x61c],
    [0x115f, 0x1160],
  ] as const),
  ...([
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
  ] as const),
  ...([
    [0x3164, 0x3164],
    [0xd800, 0xdfff],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
  ] as const),
  ...([
    [0xfff0, 0xfffb],
    [0xfffe, 0xffff],
    [0xe0000, 0xe0fff],
  ] as const),
]

/** The characters of a text that are not seen, as their numbers. */
const unseenIn = (text: string): string[] => [
  ...new Set(
    Array.from(text, (character) => character.codePointAt(0) ?? 0)
      .filter((code) => ranges.some(([from, to]) => from <= code && code <= to))
      .map((code) => code.toString(16)),
  ),
]

/** A line that GitHub, Azure or TeamCity takes for a command. GitHub ignores leading spaces; the others search the line. */
const command = /^\s*::|##\w*\[/m

const kinds: Readonly<Record<string, string>> = {
  'a colour': '\u001b[31mred\u001b[0m',
  'a cleared screen': '\u001b[2J\u001b[1;1H',
  'an OSC 8 link': '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
  'a title of the window': '\u001b]0;owned\u001b\\',
  'a device control string': '\u001bP1$r0m\u001b\\',
  'an 8-bit CSI': '\u009b31mred',
  'a carriage return': 'failed\rpassed',
  'a backspace': 'failed\b\b\b\b\b\bpassed',
  'a null and a delete': '\0\x7f',
  'a bidirectional override': 'lake\u202egnp.exe',
  'a bidirectional isolate': '\u2066a\u2069\u2067b\u2069\u2068c\u2069',
  'a direction mark': 'a\u200eb\u200fc\u061cd',
  'zero-width characters': 'la\u200bke\u200c\u200d\u2060\u2061\u2064\ufeff\u00ad',
  'tag characters': 'lake\u{e0041}\u{e007f}',
  'variation selectors': 'lake\ufe0f\u{e0100}',
  'separators of lines': 'one\u2028two\u2029three\u0085four',
  'half a surrogate pair': 'a\ud800b\udc00c',
  'fillers that look empty': 'a\u3164\u115f\uffa0b',
  'what is not a character': '\uffff\ufffe',
  'a workflow command': '::error file=a::owned\n::set-output name=x::y\n  ::stop-commands::z',
  'a workflow command after a return': 'ok\r::error::owned\r\n::error::owned',
  'an Azure command': 'x ##vso[task.setvariable variable=a]b\n##[error]owned\n##teamcity[x]',
  'an end of CDATA': ']]> <![CDATA[ --> &#x1b; \u0001',
}

function terminal(environment: NodeJS.ProcessEnv = { CI: 'true' }) {
  const stream = new PassThrough()
  const progress = new Progress(stream as unknown as WriteStream, environment)
  const shown = async () => {
    stream.end()
    return textOf(stream)
  }
  return { progress, shown }
}

/** A run in which every text from outside ends and begins with the given text. */
function attacked(text: string): { verdict: Verdict; runs: ScenarioRun[] } {
  const body = (mediaType: string, of: string, encoding: 'text' | 'base64' = 'text') => ({
    ...{ name: text, mediaType, body: of, encoding },
  })
  const answered = scenarioRun({
    name: `answers ${text}`,
    status: 'failed',
    reason: text,
    finding: { summary: text, object: text, expected: text, found: text, remedy: [] },
    steps: [
      step({
        message: text,
        status: 'failed',
        evidence: [
          body('text/plain', text),
          body('text/html', text),
          body('application/json', JSON.stringify({ [text]: text })),
          body('application/octet-stream', Buffer.from(text).toString('base64'), 'base64'),
        ],
      }),
    ],
  })
  const all = poisoned(platformWithFaults(), text)
  const causes: Cause[] = all.verdict.causes.map((cause) => ({ ...cause, summary: text, object: text, found: text }))
  const problems = [text, ...all.verdict.problems]
  return { verdict: { ...all.verdict, causes, problems }, runs: [answered, ...all.runs] }
}

async function onTerminal({ verdict, runs }: { verdict: Verdict; runs: readonly ScenarioRun[] }, text: string) {
  const { progress, shown } = terminal()
  progress.say(text)
  progress.warn(text)
  for (const run of runs) progress.finished(run)
  progress.verdict(verdict, [text])
  return shown()
}

/** The text that the commands print. */
/** Runs a command without arguments. */
const executed = (definition: Partial<Parameters<typeof asCommand>[0]>) =>
  asCommand({ arguments: (parser) => parser, run: () => 0, ...definition }).execute({ _: [], $0: '' })

async function printed(text: string): Promise<string> {
  const written: string[] = []
  const keep = (chunk: unknown) => written.push(String(chunk)) > 0
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  try {
    print(text)
    printError(text)
    const throwing = (error: Error) => () => {
      throw error
    }
    const finding = { summary: text, object: text, expected: text, found: text, remedy: [] }
    for (const error of [new Blocked(finding), new Error(text)]) await executed({ run: throwing(error) })
    const { complaint = '' } = await outcomeOf(['list', `--${text}`])
    printError(complaint)
  } finally {
    vi.restoreAllMocks()
  }
  return written.join('')
}

/** All texts in parsed JSON, keys included. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, of]) => [key, ...textsIn(of)])
    : []
}

const filesBelow = (directory: string): Map<string, string> =>
  new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(directory, name)).isFile() && !name.endsWith('.png'))
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  )

/** The reports of a run, as files, and the texts that a reader of their JSON gets. */
function written(run: ReturnType<typeof judged>) {
  const directory = temporaryDirectory()
  writeReports(directory, run)
  const files = filesBelow(directory)
  const values = [...files]
    .filter(([name]) => name.endsWith('.json') && !name.includes('attachment'))
    .map(([name, content]): [string, string] => [name, textsIn(JSON.parse(content)).join('\n')])
  return { files, values }
}

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...Object.values(kinds)),
    fc.constantFrom(...'\u001b\r\n\t:#[\\u202e<&"\u202e\u200b\ud800\udc00'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  ),
  maxLength: 12,
})

describe.each(Object.entries(kinds))('%s', (_, text) => {
  it('is shown escaped on the terminal, and is no command to a CI system', async () => {
    const run = attacked(text)
    for (const shown of [await onTerminal(run, text), await printed(text)]) {
      expect(unseenIn(shown)).toEqual([])
      expect(shown).not.toMatch(command)
    }
  })

  it('is shown escaped in every report', () => {
    const run = attacked(text)
    // The record that a run writes is made by judging, which the next test covers.
    const { files, values } = written(judged(run.verdict, run.runs))
    for (const [name, content] of files) expect(unseenIn(content), name).toEqual([])
    for (const [name, content] of values)
      if (!name.endsWith('verdict.json')) expect(unseenIn(content), name).toEqual([])
    expect(() => junitOf(files.get('junit.xml') ?? '')).not.toThrow()
  })

  it('is escaped in the values of the record and of what it is made from', () => {
    const finding = { summary: text, object: text, expected: text, found: text, remedy: [text] }
    const { facts, messages } = judged(verdict(), [])
    const hostile = {
      ...facts,
      problems: [text],
      halted: finding,
      platform: { ...facts.platform, namespace: text, images: [text], server: text },
      leftBehind: [text],
    }
    const runs = [scenarioRun({ status: 'failed', reason: text, name: text, finding })]
    const record = judge(loadChecklist(), hostile, runs)
    const attachment = { body: text, mediaType: 'text/plain', contentEncoding: 'IDENTITY' as never, fileName: text }
    const { values, files } = written({
      ...{ verdict: record, facts: hostile, runs },
      messages: [...messages, { attachment }],
    })
    for (const [name, content] of values) expect(unseenIn(content), name).toEqual([])
    const lines = (files.get('messages.ndjson') ?? '').split('\n').filter(Boolean)
    for (const line of lines) expect(unseenIn(textsIn(JSON.parse(line)).join('\n'))).toEqual([])
    // A record made again from the files is the same record.
    const again = judge(loadChecklist(), JSON.parse(files.get('run.json') ?? ''), runs)
    expect(again.digest).toBe(record.digest)
  })
})

describe('any text', () => {
  it('reaches no medium with an invisible character, and is no command to a CI system', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const run = attacked(text)
        const shown = [await onTerminal(run, text), await printed(text)]
        const xml = renderJunit(run.verdict, run.runs)
        junitOf(xml)
        for (const one of [...shown, xml, renderSignOff(run.verdict, run.runs, text)]) expect(unseenIn(one)).toEqual([])
        for (const one of shown) expect(one).not.toMatch(command)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the terminal', () => {
  it('shows at most 2,000 characters of a finding, and says how many it omits', async () => {
    const found = 'x'.repeat(5_000)
    const { verdict: record } = attacked('')
    const [cause] = record.causes
    if (!cause) throw new Error('The fixture has no cause.')
    const { progress, shown } = terminal()
    progress.finished(scenarioRun({ status: 'failed', reason: found, finding: { ...cause, expected: found, found } }))
    progress.verdict({ ...record, causes: [{ ...cause, summary: found, found }] }, [])
    for (const one of [await shown(), await printed(found.slice(0, 0)), await refusal(found)]) {
      for (const [run] of one.matchAll(/x+/g)) expect(run.length).toBeLessThanOrEqual(2_000)
      if (one.includes('xx')) expect(one).toContain('3,000 more characters')
    }
  })

  it('indents every further line of a finding', async () => {
    const { progress, shown } = terminal()
    const finding = {
      summary: 'one\n✓ two',
      object: 'o',
      expected: 'e',
      found: 'one\naccepted  contract dora',
      remedy: [],
    }
    progress.finished(scenarioRun({ status: 'failed', reason: 'one', finding }))
    progress.verdict({ ...attacked('').verdict, causes: [{ ...cause(), ...finding, symptoms: [], facts: [] }] }, [])
    const lines = (await shown()).split('\n')
    expect(lines.filter((line) => /^(✓ two|accepted {2}contract dora)/.test(line))).toEqual([])
  })

  it('keeps the colours of the suite itself', async () => {
    const stream = Object.assign(new PassThrough(), {
      isTTY: true,
      getColorDepth: () => 4,
      hasColors: () => true,
      columns: 80,
    })
    Object.assign(stream, { cursorTo: () => true, clearLine: () => true })
    vi.stubEnv('FORCE_COLOR', '1')
    const progress = new Progress(stream as unknown as WriteStream, {})
    progress.warn('careful \u001b[32mgreen')
    vi.unstubAllEnvs()
    stream.end()
    const shown = await textOf(stream)
    expect(shown).toContain('\u001b[33m')
    expect(shown).not.toContain('\u001b[32m')
  })
})

const cause = (): Cause => {
  const [first] = attacked('').verdict.causes
  if (!first) throw new Error('The fixture has no cause.')
  return first
}

async function refusal(found: string): Promise<string> {
  const errors: string[] = []
  const run = () => {
    throw new Blocked({ summary: found, object: 'o', expected: found, found, remedy: [] })
  }
  await executed({ run, complain: (text) => errors.push(text) })
  return errors.join('\n')
}

describe('explain', () => {
  it('prints a project whose name has newlines as one line, and the name itself as JSON', () => {
    const project = 'shop\n::error::owned\u202e\u001b[31m'
    const file = join(temporaryDirectory(), 'events.jsonl')
    const event = {
      type: 'incident',
      project,
      environment: project,
      id: project,
      createdAt: '2026-03-02T00:00:00Z',
      resolvedAt: null,
    }
    writeFileSync(file, JSON.stringify({ ...event, severity: project, deploymentId: null }))
    const words = ['--project', project, '--from', '2026-03-01', '--to', '2026-04-01', '--events', file]
    const explain = (...more: string[]) =>
      spawnSync(process.execPath, ['-r', 'ts-node/register', 'support/cli/main.ts', 'explain', ...words, ...more], {
        cwd: root,
        encoding: 'utf8',
      })
    const { stdout, stderr } = explain()
    expect(stderr).toBe('')
    expect(stdout.split('\n')[0]).toBe(
      'shop\\u000a::error::owned\\u202e\\u001b[31m, from 2026-03-01T00:00:00.000Z to 2026-04-01T00:00:00.000Z',
    )
    expect([unseenIn(stdout), stdout.match(command)]).toEqual([[], null])
    const json = explain('--json').stdout
    expect(unseenIn(json)).toEqual([])
    expect(JSON.parse(json)).toMatchObject({ project })
  })
})

describe('the sign-off page', () => {
  it('links only http and https addresses, and never one with an invisible character', () => {
    const vouched = (evidence: string) =>
      renderSignOff(
        verdict({
          items: [
            item({ status: 'attested', attestation: { item: '3.1', by: 'a', date: 'b', expires: 'c', evidence } }),
          ],
        }),
        [],
        '',
      )
    for (const evidence of [
      'javascript:alert(1)',
      'java\u200bscript:alert(1)',
      '\u0001javascript:alert(1)',
      'data:text/html,x',
    ])
      expect(vouched(evidence)).not.toMatch(/href="(?!#|https?:)/)
    expect(unseenIn(vouched('https://example.org/\u202egnp'))).toEqual([])
  })

  it('shows the escaped form in attributes', () => {
    const evidence = [{ name: 'GET "\u202e', mediaType: 'image/png', body: 'AAAA', encoding: 'base64' as const }]
    const run = scenarioRun({ steps: [step({ evidence })] })
    const page = renderSignOff(verdict({ items: [item({ scenarios: [recordOf(run)] })] }), [run], '')
    expect(page).toContain('alt="GET &quot;\\u202e"')
  })
})

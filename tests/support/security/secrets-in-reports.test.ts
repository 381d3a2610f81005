/** No secret leaves a run, whatever its form and wherever it stands in what the platform shows: each report, and the terminal. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import { AttachmentContentEncoding, type Envelope } from '@cucumber/messages'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { findingMediaType, Unmet } from '../../../support/basis/expectation'
import type { Finding } from '../../../support/basis/finding'
import { redaction } from '../../../support/basis/redaction'
import { AcceptanceWorld } from '../../../support/glue/world'
import { judge } from '../../../support/judgement/judge'
import { RunRecord } from '../../../support/record/messages'
import type { RunFacts } from '../../../support/record/run-facts'
import type { Evidence } from '../../../support/record/scenario-run'
import type { Verdict } from '../../../support/record/verdict'
import { annotationsOf, summaryOf } from '../../../support/report/github'
import { exportMetrics } from '../../../support/report/metrics'
import { noticeBody, noticeFormats, noticeOf } from '../../../support/report/notice'
import { Progress } from '../../../support/report/progress'
import { WatchTable } from '../../../support/report/watch-table'
import { writeReports } from '../../../support/report/write'
import { redactedEnvelope, redactedFinding, redactedRunFacts, withoutLaterSecrets } from '../../../support/run/redacted'
import { temporaryDirectory } from '../../fixtures/reports'
import { judged, scenarioRun, step, verdict } from '../../fixtures/verdict'
import { around, form, forms, isWithinEscape, secret, tracesOf } from '../../fixtures/written-secrets'

// Cucumber takes a World only while it runs.
vi.mock('@cucumber/cucumber', async (original) => ({
  ...(await original<object>()),
  setWorldConstructor: () => {},
  setDefaultTimeout: () => {},
  setDefinitionFunctionWrapper: () => {},
}))

/** What a failed scenario leaves, given what the platform showed: its finding, its evidence and the message of its error. */
function leavings(shown: string): { finding: Finding; evidence: Evidence[]; message: string } {
  const attached: { body: string; mediaType: string; name: string }[] = []
  const attach = (body: string, { mediaType, fileName }: { mediaType: string; fileName: string }) =>
    void attached.push({ body, mediaType, name: fileName })
  const world = new AcceptanceWorld({ attach, log: () => {}, link: () => {}, parameters: {} } as never)
  world.evidence('GET /version', shown)
  world.evidence('GET /projects', { projects: [{ name: shown, of: [shown] }] })
  const error = world.leave(
    new Unmet({ summary: 'The service answers 500.', object: '/version', expected: '200', found: shown, remedy: [] }),
  )
  const finding = attached.find(({ mediaType }) => mediaType === findingMediaType)
  return {
    finding: JSON.parse(finding?.body ?? '') as Finding,
    evidence: attached.filter((one) => one !== finding).map((one) => ({ ...one, encoding: 'text' as const })),
    message: (error as Error).message,
  }
}

/** A run to which the platform showed a text everywhere. */
function runThatSaw(shown: string) {
  const { finding, evidence, message } = leavings(shown)
  const failed = step({ status: 'failed', message, evidence })
  const runs = [scenarioRun({ status: 'failed', reason: finding.summary, finding, steps: [failed] })]
  const hook = { result: { status: 'FAILED', message: shown, duration: { seconds: 0, nanos: 0 } } }
  const messages = [redactedEnvelope({ testRunHookFinished: hook } as unknown as Envelope)]
  const { facts } = judged(verdict(), runs)
  const seen: RunFacts = redactedRunFacts({
    ...facts,
    platform: { ...facts.platform, images: [shown] },
    problems: [shown],
    leftBehind: [shown],
  })
  return { verdict: judge(loadChecklist(), seen, runs), facts: seen, runs, messages }
}

/** Everything that such a run writes and prints, by name. */
async function writtenBy(run: ReturnType<typeof runThatSaw>): Promise<Map<string, string>> {
  const directory = temporaryDirectory()
  const record: Verdict = run.verdict
  writeReports(directory, run)
  await exportMetrics({ verdict: record, collections: [] }, { textfile: join(directory, 'run.prom') }, 1_000)
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name): [string, string] => [name, readFileSync(join(directory, name), 'utf8')])
  const terminal = new PassThrough()
  const progress = new Progress(terminal as unknown as WriteStream, { CI: 'true' })
  for (const one of run.runs) progress.finished(one)
  progress.verdict(record, [])
  new WatchTable(terminal as unknown as WriteStream, loadChecklist().sections).show(record.items, null)
  terminal.end()
  const notice = noticeOf(directory)
  return new Map([
    ...files,
    ['the terminal', await textOf(terminal)],
    ['the annotations', annotationsOf(record).join('\n')],
    ['the summary of the job', summaryOf(record)],
    ...noticeFormats.map((format): [string, string] => [format, JSON.stringify(noticeBody(notice, format))]),
  ])
}

describe('a secret that the platform shows', () => {
  it('is masked in what was recorded before it became known', () => {
    const finding = { summary: 'told-too-late', object: 'a', expected: 'b', found: 'told-too-late', remedy: [] }
    const record = new RunRecord()
    const attach = (mediaType: string, body: string, contentEncoding = AttachmentContentEncoding.IDENTITY) =>
      record.receive({ attachment: { mediaType, body, contentEncoding } } as Envelope)
    attach('text/plain', 'a log with told-too-late')
    attach('application/json', '{"log":"told-too-late"}')
    attach(findingMediaType, JSON.stringify(finding))
    attach('image/png', Buffer.from('told-too-late').toString('base64'), AttachmentContentEncoding.BASE64)
    const result = { status: 'FAILED', message: 'told-too-late', duration: { seconds: 0, nanos: 0 } }
    record.receive({ testStepFinished: { testStepResult: result } } as unknown as Envelope)
    const known = redaction.size
    expect(withoutLaterSecrets(record, known)).toBe(record)
    redaction.register('told-too-late')
    const text = JSON.stringify(withoutLaterSecrets(record, known).messages)
    expect(text).not.toContain('told-too-late')
    expect(text.match(/\[redacted\]/g)).toHaveLength(5)
  })

  it('is masked in a finding of many megabytes, which is cut', () => {
    redaction.register('in-a-long-answer')
    const found = 'in-a-long-answer '.repeat(1_000_000)
    const { message, finding } = leavings(found)
    expect(finding.found).toMatch(/^(\[redacted\] )+/)
    expect(finding.found).toMatch(/… \(17000000 characters in total\)$/)
    for (const text of [finding.found, message]) expect(text.length).toBeLessThan(21_000)
  })

  it('is masked where the summary of a finding repeats what was found, also if it is short', () => {
    redaction.register('gr8n')
    const found = 'refused for lake with gr8n'
    const finding = { summary: `No login: ${found}.`, object: found, expected: 'a login', found, remedy: [] }
    expect(redactedFinding(finding)).toMatchObject({
      summary: 'No login: refused for lake with [redacted].',
      object: 'refused for lake with [redacted]',
      found: 'refused for lake with [redacted]',
    })
  })

  it('stands in no report, on no terminal and in no notice', async () => {
    await fc.assert(
      fc.asyncProperty(secret, form, around, around, async (hidden, name, before, after) => {
        const written = forms[name]?.(hidden) ?? ''
        fc.pre(!isWithinEscape(before, written) && written.length < 10_000)
        redaction.register(hidden)
        const empty = await writtenBy(runThatSaw('nothing'))
        const found = await writtenBy(runThatSaw(`${before}${written}${after}`))
        for (const [where, text] of found) {
          // A secret such as `status` may be a word of the suite.
          const own = new Set(tracesOf(hidden, written, empty.get(where) ?? ''))
          const traces = tracesOf(hidden, written, text).filter((trace) => !own.has(trace))
          expect({ where, traces }).toEqual({ where, traces: [] })
        }
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})

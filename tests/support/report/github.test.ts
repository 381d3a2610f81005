import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annotationsOf, markdown, reportToGithub, summaryOf } from '../../../support/report/github'
import { platformWithFaults } from '../../fixtures/platform-with-faults'
import { temporaryDirectory } from '../../fixtures/reports'
import { verdict } from '../../fixtures/verdict'

const { verdict: record } = platformWithFaults()

function reported(environment: NodeJS.ProcessEnv) {
  let printed = ''
  const warnings = reportToGithub(record, (text) => (printed += text), environment)
  return { printed, warnings }
}

describe('a run in GitHub Actions', () => {
  it('annotates the scenarios of its causes, and appends to the summary', () => {
    const file = join(temporaryDirectory(), 'summary.md')
    writeFileSync(file, 'of an earlier step\n')
    const { printed, warnings } = reported({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file })
    expect(warnings).toEqual([])
    expect(printed).toMatch(/^::error file=features\/\S+\.feature,line=\d+,title=Checklist [\d.%C2 ]+::.+$/m)
    expect(readFileSync(file, 'utf8')).toBe(`of an earlier step\n${summaryOf(record)}`)
  })

  it('says nothing elsewhere', () => {
    const file = join(temporaryDirectory(), 'summary.md')
    expect(reported({ GITHUB_STEP_SUMMARY: file })).toEqual({ printed: '', warnings: [] })
    expect(existsSync(file)).toBe(false)
  })

  it('warns of a summary that cannot be written', () => {
    const file = join(temporaryDirectory(), 'none', 'summary.md')
    const [warning] = reported({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file }).warnings
    expect(warning).toMatch(/^The summary of the job could not be written: ENOENT/)
  })

  it('shows the verdict, and each cause with its commands', () => {
    const summary = summaryOf(record)
    expect(summary).toContain(`## Deployment checklist\\: ${record.verdict}\n`)
    for (const { summary: cause, remedy } of record.causes) {
      expect(summary).toContain(`### ${markdown(cause)}\n`)
      for (const command of remedy) expect(summary).toContain(`\n${command}\n`)
    }
  })
})

describe('a hostile text', () => {
  const problem = (text: string) => verdict({ verdict: 'error', problems: [text] })

  it.each([
    ['100%\r\n::error::x', '100%25\\u000d%0A::error::x'],
    ['%0A::stop-commands::t', '%250A::stop-commands::t'],
  ])('stays in the message of its annotation: %j', (text, escaped) => {
    expect(annotationsOf(problem(text))).toEqual([`::error title=The run::${escaped}`])
  })

  it('never becomes a second command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [line = ''] = annotationsOf(problem(text))
        expect(line).not.toMatch(/[\r\n]/)
        expect(line.startsWith('::error title=The run::')).toBe(true)
      }),
    )
  })

  it('cannot end a property', () => {
    const [cause] = record.causes
    if (!cause) throw new Error('The record has no cause.')
    const [line] = annotationsOf({
      ...record,
      causes: [{ ...cause, id: 'none', items: ['1,file=x::y'] }],
      problems: [],
    })
    expect(line).toMatch(/^::error title=Checklist 1%2Cfile=x%3A%3Ay::/)
  })

  it('is no markup in the summary', () => {
    expect(markdown('<img src=x> [a](javascript:b) | `c` @d #1\n# e')).toBe(
      '\\<img src\\=x\\> \\[a\\]\\(javascript\\:b\\) \\| \\`c\\` \\@d \\#1\\u000a\\# e'.replace('\\u000a', '\\\\u000a'),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(markdown(text).replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[!-/:-@[-`{-~\n\r]/)
      }),
    )
  })

  it('of any size leaves the summary smaller than GitHub takes, and each annotation short', () => {
    const [cause] = record.causes
    if (!cause) throw new Error('The record has no cause.')
    const huge = '*€'.repeat(150_000)
    const large = { ...cause, summary: huge, object: huge, found: huge, remedy: [huge] }
    const attacked = { ...record, causes: Array.from({ length: 60 }, () => large), problems: Array(60).fill(huge) }
    expect(Buffer.byteLength(summaryOf(attacked))).toBeLessThan(1024 * 1024)
    for (const line of [...annotationsOf(attacked), ...annotationsOf({ ...attacked, problems: [] })])
      expect(line.length).toBeLessThan(10_000)
  })

  it('cannot close the block of its commands', () => {
    const [cause] = record.causes
    if (!cause) throw new Error('The record has no cause.')
    const remedy = ['kubectl get pods ````\n# heading'] as unknown as typeof cause.remedy
    expect(summaryOf({ ...record, causes: [{ ...cause, remedy }] })).toContain('\n`````sh\nkubectl get pods ````\n')
  })
})

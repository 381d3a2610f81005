/** Arguments are understood as the operator meant them, and a typing mistake never looks like a verdict. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import yargs from 'yargs'
import { Misuse } from '../../../support/cli/command'
import { commandLineOf, withRunOptions } from '../../../support/cli/run-arguments'
import { withDigest } from '../../../support/record/digest'

const asked = (...words: string[]) => {
  const parser = withRunOptions(yargs()).parserConfiguration({
    'parse-numbers': false,
    'parse-positional-numbers': false,
  })
  return commandLineOf(parser.command('$0 [what..]', 'x', withRunOptions).parseSync(words))
}

beforeEach(() => {
  vi.stubEnv('ACCEPTANCE_CONTEXT', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the arguments of a run', () => {
  it.each([[['--context', 'staging']], [['--context=staging']]])('take the context from %o', (words) => {
    asked(...words)
    expect(process.env.ACCEPTANCE_CONTEXT).toBe('staging')
  })

  it('take a context whose name holds an equals sign', () => {
    asked('--context=arn:aws:eks/a=b')
    expect(process.env.ACCEPTANCE_CONTEXT).toBe('arn:aws:eks/a=b')
  })

  it('refuse a context without a name', () => {
    expect(() => asked('--context=')).toThrow(Misuse)
    expect(process.env.ACCEPTANCE_CONTEXT).toBeUndefined()
  })

  it.each([
    [['3'], { tags: '(@section:3)' }],
    [['10.4', '3'], { tags: '(@checklist:10.4 or @section:3)' }],
    [['3', '-t', 'not @writes'], { tags: '(@section:3) and (not @writes)' }],
    [['features/03-pods.feature:11'], { paths: ['features/03-pods.feature:11'] }],
    [
      ['--name', 'lake', '--shard', '1/2', '--parallel', '2', '--order', 'random:7'],
      {
        name: ['lake'],
        shard: '1/2',
        parallel: 2,
        order: 'random:7',
      },
    ],
    [[], {}],
  ])('%o select %o', (words, cucumber) => {
    expect(asked(...words).cucumber).toEqual(cucumber)
  })

  it.each([
    [['99'], 'The checklist has no section 99. dora-acceptance list shows all.'],
    [['3.99'], 'The checklist has no item 3.99. dora-acceptance list shows all.'],
    [['17.2'], '17.2 has no scenario to run: it follows from other items of a whole run.'],
    [['--shard', '5/4'], '--shard 5/4: there are 4 parts, so the first number is at most 4.'],
    [
      ['pods'],
      'There is no file pods. Sections and items are named by their numbers: dora-acceptance list shows them.',
    ],
    [['--shard', '4'], '--shard 4: expected a value such as 1/4.'],
    [['--parallel', 'many'], '--parallel many: expected a value such as 2.'],
    [['--order', 'up'], '--order up: expected defined, reverse, random or random:SEED.'],
  ])('%o are refused with what to type', (words, message) => {
    expect(() => asked(...words)).toThrow(new Misuse(message))
  })

  it.each([
    ['@a and', 'a tag is missing beside and, or, not or a bracket'],
    ['not', 'a tag is missing beside and, or, not or a bracket'],
    ['()', 'a tag is missing beside and, or, not or a bracket'],
    ['@a @b', 'and or or, in small letters, is missing between two tags'],
    ['@a AND @b', 'and or or, in small letters, is missing between two tags'],
    ['(@a', 'a bracket is opened and not closed'],
    ['@a)', 'a bracket is closed and not opened'],
    ['@a\\x', 'a backslash stands only before a space, a bracket or another backslash'],
    ['section:3', 'section:3 does not begin with @'],
    ['~@a', '~@a does not begin with @'],
    [' ', 'it is empty'],
  ])('refuse the tag expression "%s"', (expression, reason) => {
    expect(() => asked('--tags', expression)).toThrow(
      new Misuse(
        `--tags "${expression}" is not a tag expression: ${reason}.\nExpected tags that begin with @, joined by and, or, not and brackets, such as --tags "@section:3 and not @writes".`,
      ),
    )
  })

  it.each(['@a and not (@b or @c)', '@a\\(1\\)', '@checklist:10.4'])('take the tag expression "%s"', (expression) => {
    expect(asked('--tags', expression).cucumber).toEqual({ tags: `(${expression})` })
  })

  it.each([
    ['progres', 'Did you mean progress? Expected one of html, '],
    ['htlm:report.html', 'Did you mean html? Expected one of html, '],
    ['nosuch', 'Expected one of html, '],
  ])('refuse the format "%s"', (format, advice) => {
    expect(() => asked('--format', format)).toThrow(`--format ${format}: there is no such format. ${advice}`)
  })

  it.each(['./own.js', 'file:///own.js', '@cucumber/pretty-formatter', 'usage-json:usage.json'])(
    'take %s',
    (format) => {
      expect(asked('--format', format).cucumber.format).toHaveLength(1)
    },
  )

  it('refuse a name that is not a regular expression', () => {
    expect(() => asked('--name', 'pods', '[')).toThrow(
      /^--name "\[" is not a regular expression: .*\.\nExpected a part/,
    )
  })

  it.each([
    [['--format', 'progress'], true],
    [['--format', 'html:report.html'], false],
    [['--format', 'html:report.html', '-f', 'summary'], true],
    [[], false],
  ] as const)('%o make Cucumber write to the terminal: %s', (words, own) => {
    expect(asked(...words).ownFormat).toBe(own)
  })

  it('name files from the working directory', () => {
    const { cucumber, configurationFile } = asked('--format', 'html:report.html', '-f', 'summary', '--config', 'own.js')
    expect(cucumber.format).toEqual([`html:${resolve('report.html')}`, 'summary'])
    expect(configurationFile).toBe(resolve('own.js'))
  })

  describe('with --only-failed', () => {
    const reports = mkdtempSync(join(tmpdir(), 'reports-'))
    const record = (statuses: Readonly<Record<string, string>>) =>
      withDigest({
        verdict: 'rejected',
        finishedAt: '2026-03-01T00:00:00.000Z',
        platform: { server: null, namespace: 'fawkes' },
        scope: { contract: 'fawkes' },
        suite: { checklistSha256: 'x' },
        items: Object.entries(statuses).map(([id, status]) => ({ id, status, section: id.split('.')[0] })),
        causes: [],
      } as never)
    beforeEach(() => {
      vi.stubEnv('ACCEPTANCE_REPORTS', reports)
    })

    it('select what failed or was blocked in the last record and has a scenario', () => {
      const statuses = { '3.1': 'failed', '3.2': 'blocked', '3.3': 'passed', '17.2': 'failed' }
      writeFileSync(join(reports, 'verdict.json'), JSON.stringify(record(statuses)))
      expect(asked('--only-failed').cucumber).toEqual({ tags: '(@checklist:3.1 or @checklist:3.2)' })
    })

    it('select what failed in the given sections, and are refused where nothing failed there', () => {
      writeFileSync(join(reports, 'verdict.json'), JSON.stringify(record({ '3.1': 'failed', '4.1': 'blocked' })))
      expect(asked('--only-failed', '3').cucumber).toEqual({ tags: '(@section:3) and (@checklist:3.1)' })
      expect(() => asked('--only-failed', '5')).toThrow(
        new Misuse(
          'The last record has no item that failed or was blocked in 5. Run those without --only-failed, or --only-failed without them: 3.1, 4.1 failed or were blocked.',
        ),
      )
    })

    it('are refused where nothing failed, and where the record was changed', () => {
      writeFileSync(join(reports, 'verdict.json'), JSON.stringify(record({ '3.1': 'passed' })))
      expect(() => asked('--only-failed')).toThrow('no item that failed or was blocked')
      writeFileSync(join(reports, 'verdict.json'), JSON.stringify({ ...record({ '3.1': 'failed' }), items: [] }))
      expect(() => asked('--only-failed')).toThrow(
        /was changed after the run wrote it\. Run without --only-failed, which writes one\.$/,
      )
      writeFileSync(join(reports, 'verdict.json'), '{}')
      expect(() => asked('--only-failed')).toThrow('cannot be checked; dora-acceptance verify names the reason. Run')
    })
  })
})

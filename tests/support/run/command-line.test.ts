/** Arguments are understood as the operator meant them, and a typing mistake never looks like a verdict. */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../fixtures/features'

// Cucumber's parser can be required but not imported, so this test loads the suite as the suite loads itself.
const load = createRequire(__filename)
load('ts-node/register')
const { parseCommandLine }: typeof import('../../../support/run/command-line') = load(
  '../../../support/run/command-line.ts',
)
const { ConfigurationError }: typeof import('../../../support/configuration/error') = load(
  '../../../support/configuration/error.ts',
)

let before: string | undefined
beforeEach(() => {
  before = process.env.ACCEPTANCE_CONTEXT
  delete process.env.ACCEPTANCE_CONTEXT
})
afterEach(() => {
  if (before === undefined) delete process.env.ACCEPTANCE_CONTEXT
  else process.env.ACCEPTANCE_CONTEXT = before
})

describe('the command line', () => {
  it.each([[['--context', 'staging']], [['--context=staging']]])(
    'takes the context from %o and keeps it from Cucumber',
    (given) => {
      expect(parseCommandLine([...given, '--tags', '@section:3']).cucumber).toEqual(['--tags', '@section:3'])
      expect(process.env.ACCEPTANCE_CONTEXT).toBe('staging')
    },
  )

  it('takes a context whose name holds an equals sign', () => {
    parseCommandLine(['--context=arn:aws:eks/a=b'])
    expect(process.env.ACCEPTANCE_CONTEXT).toBe('arn:aws:eks/a=b')
  })

  it.each([[['--context']], [['--context=']], [['--context', '']], [['--context', '--tags', '@section:3']]])(
    'refuses a context without a name: %o',
    (given) => {
      expect(() => parseCommandLine(given)).toThrow(ConfigurationError)
      expect(process.env.ACCEPTANCE_CONTEXT).toBeUndefined()
    },
  )

  it('passes everything else to Cucumber', () => {
    const given = ['features/03-pods.feature:7', '--name', 'lake', '--shard', '1/2', '--parallel', '2', '-p', 'mine']
    const { cucumber, profiles, configurationFile, ownFormat } = parseCommandLine(given)
    expect({ cucumber, profiles, configurationFile, ownFormat }).toEqual({
      cucumber: given,
      profiles: ['mine'],
      configurationFile: undefined,
      ownFormat: false,
    })
    expect(parseCommandLine(['--config', 'mine.js']).configurationFile).toBe('mine.js')
  })

  it.each([
    [['--format', 'progress'], true],
    [['--format', 'html:report.html'], false],
    [['--format', 'html:report.html', '-f', 'summary'], true],
    [[], false],
  ] as const)('detects whether %o makes Cucumber write to the terminal: %s', (given, own) => {
    expect(parseCommandLine(given).ownFormat).toBe(own)
  })
})

describe('the exit code', () => {
  const exitCodeOf = (...given: string[]) => {
    const code = `require('./support/run/command-line.ts').parseCommandLine(${JSON.stringify(given)}); process.exit(42)`
    const { status, stderr } = spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', code], {
      cwd: root,
      encoding: 'utf8',
    })
    return { status, stderr }
  }

  it.each([[['--tgas', '@section:3']], [['--tags']], [['-z']]])(
    'is 3 for arguments that Cucumber does not know: %o',
    (given) => {
      const { status, stderr } = exitCodeOf(...given)
      expect(status).toBe(3)
      expect(stderr).toMatch(/^error: /)
    },
  )

  it('is 0 for --help', () => {
    expect(exitCodeOf('--help').status).toBe(0)
  })

  it('is that of the run otherwise', () => {
    expect(exitCodeOf('--tags', '@section:3').status).toBe(42)
  })
})

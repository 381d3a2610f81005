/** Every command answers --help, refuses what it does not know, and prints no secret. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { redaction } from '../../../support/basis/redaction'
import { type Command, execute, Misuse, print } from '../../../support/cli/command'
import { ConfigurationError } from '../../../support/configuration/error'
import { root } from '../../fixtures/features'

const commands = readdirSync(join(root, 'support', 'cli'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => name !== 'command')

let reports: string
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'reports-'))
  writeFileSync(join(reports, 'sign-off.html'), 'of an earlier run')
})
afterEach(() => rmSync(reports, { recursive: true, force: true }))

const suite = (name: string, ...given: string[]) =>
  spawnSync(process.execPath, ['-r', 'ts-node/register', `support/cli/${name}.ts`, ...given], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ACCEPTANCE_REPORTS: reports },
  })

describe.each(commands)('%s', (name) => {
  it('shows its usage on --help, with exit code 0, and removes no report', () => {
    expect(suite(name, '--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^usage: /i), stderr: '' })
    expect(readdirSync(reports)).toEqual(['sign-off.html'])
  })

  it('refuses an option that it does not know, with exit code 3, and removes no report', () => {
    const { status, stdout, stderr } = suite(name, '--no-such-option')
    expect(status).toBe(3)
    expect(`${stdout}${stderr}`).toMatch(/unknown option '--no-such-option'/i)
    expect(readdirSync(reports)).toEqual(['sign-off.html'])
  })
})

describe('a command', () => {
  const secret = 'correct-horse-battery'

  /** Runs it in this process, and returns what it printed and its exit code. */
  async function outcomeOf(command: Partial<Command<unknown>>, words: string[] = []) {
    const out: string[] = []
    const err: string[] = []
    const into = (texts: string[]) => (text: unknown) => texts.push(String(text)) > 0
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    vi.spyOn(process.stdout, 'write').mockImplementation(into(out))
    vi.spyOn(process.stderr, 'write').mockImplementation(into(err))
    try {
      await execute({ usage: 'usage: npm run it', parse: () => ({}), run: () => 0, ...command }, words)
      return { out: out.join(''), err: err.join(''), exitCode: exit.mock.lastCall?.[0] }
    } finally {
      vi.restoreAllMocks()
    }
  }

  const throwing = (error: Error) => () => {
    throw error
  }

  const blocked = new Blocked({ summary: 'No access.', object: 'x', expected: 'y', found: 'z' })

  it('ends with the exit code that it returns', async () => {
    expect(await outcomeOf({ run: () => 2 })).toEqual({ out: '', err: '', exitCode: 2 })
  })

  it.each([
    [new Misuse('No such file.'), /^No such file\.\n$/],
    [new ConfigurationError('No such key.'), /^No such key\.\n$/],
    [blocked, /^No access\.\n/],
    [new TypeError('x is not a function'), /^The suite broke: x is not a function\n$/],
  ])('ends with exit code 3 on %s, and says whether the suite broke', async (error, message) => {
    const { err, exitCode } = await outcomeOf({ run: throwing(error) })
    expect(exitCode).toBe(3)
    expect(err).toMatch(message)
  })

  it('shows its usage after arguments that it does not take', async () => {
    const { err, exitCode } = await outcomeOf({ parse: throwing(new Error('Unknown option --x')) })
    expect({ err, exitCode }).toEqual({ err: 'Unknown option --x\nusage: npm run it\n', exitCode: 3 })
  })

  it('closes what is open, also after an error', async () => {
    const close = vi.fn(async () => {})
    await outcomeOf({ run: throwing(new Error('no')), close })
    await outcomeOf({ close })
    expect(close).toHaveBeenCalledTimes(2)
  })

  it('masks a short secret in an error, and escapes what would steer the terminal', async () => {
    redaction.register('sesame')
    const { err } = await outcomeOf({ run: throwing(new Error('the password sesame\u001b[2J is wrong')) })
    expect(err).toBe('The suite broke: the password [redacted]\\u001b[2J is wrong\n')
  })

  it('prints no secret, in its output or in its errors', async () => {
    redaction.register(secret)
    const run = () => {
      print(`the password is ${secret}`)
      throw new Error(`wrong password ${secret}`)
    }
    const { out, err } = await outcomeOf({ run })
    expect(out).toBe('the password is [redacted]\n')
    expect(err).toBe('The suite broke: wrong password [redacted]\n')
    expect((await outcomeOf({ parse: throwing(new Error(secret)) })).err).not.toContain(secret)
  })
})

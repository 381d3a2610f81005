/** Every command answers --help, refuses what it does not know, and prints no secret. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { redaction } from '../../../support/basis/redaction'
import { command, Misuse, print } from '../../../support/cli/command'
import { commands, outcomeOf } from '../../../support/cli/commands'
import { ConfigurationError } from '../../../support/configuration/error'
import { root } from '../../fixtures/features'

const names = commands.map((entry) => entry.command.split(' ', 1)[0] ?? '')
const ofCheckout = ['sandbox', 'faults']

describe.each(names.filter((name) => !ofCheckout.includes(name)))('%s', (name) => {
  it('shows its arguments and exit codes on --help', async () => {
    const { exitCode, output, complaint } = await outcomeOf([name, '--help'])
    expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: undefined })
    expect(output).toMatch(new RegExp(`^dora-acceptance ${name}`))
    expect(output).toMatch(/Exit codes?: /)
    expect(output).toMatch(/Examples:/)
  })

  it('refuses an option that it does not know', async () => {
    const { exitCode, complaint } = await outcomeOf([name, '--no-such-option'])
    expect(exitCode).toBe(3)
    expect(complaint).toContain(`See: dora-acceptance ${name} --help`)
  })
})

it('breaks no option in the help of a narrow terminal', async () => {
  const { columns } = process.stdout
  process.stdout.columns = 20
  const pages = await Promise.all(['verify', 'access', 'run'].map((name) => outcomeOf([name, '--help'])))
  process.stdout.columns = columns
  const whole = pages.map(({ output = '' }) => output).join('\n')
  for (const option of ['--public-key ', '--service-account ', '--only-failed ']) expect(whole).toContain(option)
})

describe('the command line', () => {
  it.each([
    [[], 'Name a command, such as run.\nSee: dora-acceptance --help'],
    [['rn'], 'There is no command "rn". Did you mean run?\nSee: dora-acceptance --help'],
    [
      ['run', '--tgas', 'x', '--no'],
      'There is no option --tgas. Did you mean --tags?\nThere is no option --no.\nSee: dora-acceptance run --help',
    ],
    [['run', '--context'], '--context needs a value.\nSee: dora-acceptance run --help'],
    [
      ['run', '--context', 'a', '--context', 'b'],
      '--context is given more than once.\nSee: dora-acceptance run --help',
    ],
    [
      ['run', '-q', '-v'],
      '--quiet and --verbose exclude each other: give one of them.\nSee: dora-acceptance run --help',
    ],
    [['run', '--cluster'], '--cluster needs --dry-run: add it.\nSee: dora-acceptance run --help'],
    [['schema', '--contract', 'x'], '--contract x: expected fawkes or devlake.\nSee: dora-acceptance schema --help'],
    [['run', '3', '--', '4'], 'Unexpected argument: 4.\nSee: dora-acceptance run --help'],
    [
      ['run', '--retry', '2'],
      '--retry is not taken. A scenario that passes only when it is repeated proves nothing.\nSee: dora-acceptance run --help',
    ],
    [
      ['run', '--publish'],
      '--publish is not taken. Nothing is published: the evidence stays in the reports directory.\nSee: dora-acceptance run --help',
    ],
  ])('refuses %o with a sentence and exit code 3', async (words, complaint) => {
    expect(await outcomeOf(words)).toEqual({ exitCode: 3, complaint })
  })

  it.each<[string, string]>([
    ['rum', 'There is no command "rum". Did you mean run?'],
    ['innit', 'There is no command "innit". Did you mean init?'],
    ['lst', 'There is no command "lst". Did you mean list?'],
    ['wach', 'There is no command "wach". Did you mean watch?'],
    ['explan', 'There is no command "explan". Did you mean explain?'],
    ['reprot', 'There is no command "reprot". Did you mean report?'],
    ['marge', 'There is no command "marge". Did you mean merge?'],
    ['verfy', 'There is no command "verfy". Did you mean verify?'],
    ['acess', 'There is no command "acess". Did you mean access?'],
    ['shema', 'There is no command "shema". Did you mean schema?'],
    ['--verson', 'There is no option --verson. Did you mean --version?'],
    ['--hepl', 'There is no option --hepl. Did you mean --help?'],
    ['run --contxt a', 'There is no option --contxt. Did you mean --context?'],
    ['run --tgas @section:3', 'There is no option --tgas. Did you mean --tags?'],
    ['run --nam x', 'There is no option --nam. Did you mean --name?'],
    ['run --only-faild', 'There is no option --only-faild. Did you mean --only-failed?'],
    ['run --fail-fst', 'There is no option --fail-fst. Did you mean --fail-fast?'],
    ['run --shrad 1/2', 'There is no option --shrad. Did you mean --shard?'],
    ['run --paralel 2', 'There is no option --paralel. Did you mean --parallel?'],
    ['init --forse', 'There is no option --forse. Did you mean --force?'],
    ['init --ouput x', 'There is no option --ouput. Did you mean --output?'],
    ['init --namspace x', 'There is no option --namspace. Did you mean --namespace?'],
    [
      'run --namespace x',
      'There is no option --namespace. It is a key of the configuration: set namespace in acceptance.yaml.',
    ],
    [
      'list --contract x',
      'There is no option --contract. It is a key of the configuration: set contract in acceptance.yaml.',
    ],
    ['init --output', '--output needs a value.'],
    ['explain --projct x', 'Add --project, --from and --to, each with a value.'],
    ['schema --contarct x', 'There is no option --contarct. Did you mean --contract?'],
    ['merge', 'Add the arguments in angle brackets: dora-acceptance merge <directories..>'],
    ['xyz', 'There is no command "xyz".'],
    ['list -x', 'There is no option -x.'],
    [
      'init --kubeconfig x',
      'There is no option --kubeconfig. An environment variable names the kubeconfig, as in export KUBECONFIG=PATH.',
    ],
    ['run --dry-run=1', '--dry-run=1: --dry-run takes no value. Type --dry-run alone, or leave it out.'],
    ['run --read-only=yes', '--read-only=yes: --read-only takes no value. Type --read-only alone, or leave it out.'],
    ['run -q=1', '-q=1: -q takes no value. Type -q alone, or leave it out.'],
    ['verify one two', 'Unexpected argument: two.'],
  ])('answers "%s" with what to type', async (line, answer) => {
    const { exitCode, complaint = '' } = await outcomeOf(line.split(' '))
    expect(exitCode).toBe(3)
    expect(complaint).toMatch(/\nSee: dora-acceptance [\w ]*--help$/)
    expect(complaint.split('\n', 1)[0]).toBe(answer)
  })

  it.each([
    '--fail-fast',
    '--parallel',
    '--order',
    '--format',
    '-f',
    '--format=x',
    '-q',
    '--verbose',
    '--read-only',
    '--dry-run',
  ])('takes %s only where something is run', async (word) => {
    const { exitCode, complaint } = await outcomeOf(['list', word])
    expect(exitCode).toBe(3)
    expect(complaint).toBe(
      `${word.split('=')[0]} is not taken. Nothing is run, so it changes nothing. It belongs to the command run.\nSee: dora-acceptance list --help`,
    )
  })

  it('shows in the help of list only the options that have a meaning there', async () => {
    const help = (await outcomeOf(['list', '--help'])).output ?? ''
    const options = [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option)
    expect(options.sort()).toEqual([
      'cluster',
      'config',
      'context',
      'help',
      'json',
      'name',
      'only-failed',
      'profile',
      'shard',
      'tags',
      'version',
    ])
  })

  it('lists the commands on --help, and completes them and their options', async () => {
    const help = (await outcomeOf(['--help'])).output ?? ''
    for (const name of names) expect(help).toMatch(new RegExp(`dora-acceptance ${name}\\b`))
    expect((await outcomeOf(['completion'])).output).toContain('complete -o')
  })
})

it('a pipe gets all of a long output, however late it is read', () => {
  const line = `'${process.execPath}' -r ts-node/register support/cli/main.ts list --json | (sleep 8; cat)`
  const { stdout } = spawnSync('bash', ['-c', line], { cwd: root, encoding: 'utf8' })
  expect(stdout.length).toBeGreaterThan(65_536)
  expect(JSON.parse(stdout)).toHaveProperty('sections')
})

describe('a mistake', () => {
  let reports: string
  beforeEach(() => {
    reports = mkdtempSync(join(tmpdir(), 'reports-'))
    writeFileSync(join(reports, 'sign-off.html'), 'of an earlier run')
  })
  afterEach(() => rmSync(reports, { recursive: true, force: true }))

  it.each([
    [['run', '--help'], 0],
    [['run', '--no-such-option'], 3],
    [['run', '--shard', 'x'], 3],
    [['run', '99'], 3],
    [['run', '--only-failed'], 3],
    [['run', '--tags', '@a and'], 3],
    [['run', '--profile', 'nosuch'], 3],
    [['run', '--config', 'nosuch.js'], 3],
    [['run', '--json', '--format', 'progress'], 3],
    [['run', '--dry-run'], 0],
  ])('removes no report: %o ends with %i', (words, exitCode) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['-r', 'ts-node/register', 'support/cli/main.ts', ...words],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, ACCEPTANCE_REPORTS: reports },
      },
    )
    expect(status).toBe(exitCode)
    expect(stderr).not.toContain('The suite broke')
    expect(readdirSync(reports)).toEqual(['sign-off.html'])
  })
})

describe('a command', () => {
  const secret = 'correct-horse-battery'

  /** Runs it in this process, and returns what it printed and its exit code. */
  async function ended(definition: Partial<Parameters<typeof command>[0]>) {
    const out: string[] = []
    const err: string[] = []
    const into = (texts: string[]) => (text: unknown) => texts.push(String(text)) > 0
    vi.spyOn(process.stdout, 'write').mockImplementation(into(out))
    vi.spyOn(process.stderr, 'write').mockImplementation(into(err))
    try {
      const whole = command({ arguments: (parser) => parser, run: () => 0, ...definition })
      const exitCode = await whole.execute({ _: [], $0: '' })
      return { out: out.join(''), err: err.join(''), exitCode }
    } finally {
      vi.restoreAllMocks()
    }
  }

  const throwing = (error: Error) => () => {
    throw error
  }

  const blocked = new Blocked({ summary: 'No access.', object: 'x', expected: 'y', found: 'z', remedy: [] })

  it('ends with the exit code that it returns', async () => {
    expect(await ended({ run: () => 2 })).toEqual({ out: '', err: '', exitCode: 2 })
  })

  it.each([
    [new Misuse('No such file.'), /^No such file\.\n$/],
    [new ConfigurationError('No such key.'), /^No such key\.\n$/],
    [blocked, /^No access\.\n/],
    [new TypeError('x is not a function'), /^The suite broke: x is not a function\n$/],
  ])('ends with exit code 3 on %s, and says whether the suite broke', async (error, message) => {
    const { err, exitCode } = await ended({ run: throwing(error) })
    expect(exitCode).toBe(3)
    expect(err).toMatch(message)
  })

  it('closes what is open, also after an error', async () => {
    const close = vi.fn(async () => {})
    await ended({ run: throwing(new Error('no')), close })
    await ended({ close })
    expect(close).toHaveBeenCalledTimes(2)
  })

  it('masks a short secret in an error, and escapes what would steer the terminal', async () => {
    redaction.register('sesame')
    const { err } = await ended({ run: throwing(new Error('the password sesame\u001b[2J is wrong')) })
    expect(err).toBe('The suite broke: the password [redacted]\\u001b[2J is wrong\n')
  })

  it('prints no secret, in its output or in its errors', async () => {
    redaction.register(secret)
    const run = () => {
      print(`the password is ${secret}`)
      throw new Error(`wrong password ${secret}`)
    }
    const { out, err } = await ended({ run })
    expect(out).toBe('the password is [redacted]\n')
    expect(err).toBe('The suite broke: wrong password [redacted]\n')
  })
})

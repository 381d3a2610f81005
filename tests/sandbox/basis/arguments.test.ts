/** The programs of a checkout show their help, and answer a typing error with what to type. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../sandbox/basis/arguments'
import { root } from '../../fixtures/features'

const options = { seed: { type: 'string' }, real: { type: 'boolean' } } as const
const read = (...given: string[]) => readArguments(given, options, 'USAGE')

describe('arguments', () => {
  it('are read with their values', () => {
    expect(read('up', '--seed', '7', '--real')).toMatchObject({
      values: { seed: '7', real: true },
      positionals: ['up'],
    })
    expect(read('--seed=-7').values).toMatchObject({ seed: '-7' })
  })

  it.each([['--help'], ['-h']])('ask for the help with %s', (word) => {
    expect(read(word).values.help).toBe(true)
  })

  it.each([
    [['--sed', '7'], 'There is no option --sed. Did you mean --seed?\nUSAGE'],
    [['--hlp'], 'There is no option --hlp. Did you mean --help?\nUSAGE'],
    [['--constructor'], 'There is no option --constructor.\nUSAGE'],
    [['-x'], 'There is no option -x.\nUSAGE'],
    [['--seed'], '--seed needs a value.\nUSAGE'],
    [['--seed', '--real'], '--seed needs a value.\nUSAGE'],
    [['--real=yes'], '--real takes no value.\nUSAGE'],
  ])('%o are refused with what to type', (given, message) => {
    expect(() => read(...given)).toThrow(new Error(message))
  })
})

describe.each([
  ['sandbox/cli/main.ts', 'Usage: npm run sandbox -- COMMAND', 1],
  ['faults/main.ts', 'npm run faults ', 3],
])('%s', (program, usage, mistaken) => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, ['-r', 'ts-node/register', program, ...words], { cwd: root, encoding: 'utf8' })

  it.each(['--help', '-h'])('shows its usage on %s', (word) => {
    const { stdout, stderr, status } = run(word)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(usage)
    expect(stdout).toContain('Exit codes: ')
  })

  it('refuses an unknown option with the nearest one', () => {
    const { stderr, status } = run('--hepl')
    expect(status).toBe(mistaken)
    expect(stderr).toMatch(/^There is no option --hepl\. Did you mean --help\?/)
    expect(stderr).toContain(usage)
  })
})

it('a misspelt command of the sandbox is answered with the nearest one', () => {
  const words = ['-r', 'ts-node/register', 'sandbox/cli/main.ts', 'staus']
  const { stderr, status } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^There is no command "staus"\. Did you mean status\?/)
})

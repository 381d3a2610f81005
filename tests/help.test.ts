/** Every npm script shows what it does, and starts nothing, for `--help`. */
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { scripts } from '../package.json'

const root = join(__dirname, '..')
/** Scripts without arguments of their own: npm runs the first by itself, and the second is a program of its own. */
const without = ['prepack', 'format']

it.each(Object.keys(scripts).filter((name) => !without.includes(name)))(
  'npm run %s',
  async (name) => {
    const [program = '', ...given] = scripts[name as keyof typeof scripts].split(' ')
    const { exitCode, stdout } = await execa(program, [...given, '--help'], { cwd: root, reject: false, all: true })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/--help/) })
  },
  60_000,
)

/** The commands that only a checkout has: they run programs that the package leaves out. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../basis/checkout'
import { exitCodes } from '../record/verdict'
import { command, Misuse } from './command'

const ofCheckout = (program: string, name: string) =>
  command({
    arguments: (parser) =>
      parser
        .positional('arguments', { type: 'string', array: true, default: [], describe: `The arguments of ${name}` })
        .strict(false)
        .help(false),
    async run() {
      const path = join(checkout, program)
      if (!existsSync(path))
        throw new Misuse(`The package has no ${name}. Clone the repository and run npm run ${name} there.`)
      const words = process.argv.slice(process.argv.indexOf(name) + 1)
      return exitCodeOf(spawn(process.execPath, [...process.execArgv, path, ...words], { stdio: 'inherit' }))
    },
  })

/** A program that a signal ended has no exit code; it counts as an error. */
function exitCodeOf(child: ReturnType<typeof spawn>): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? exitCodes.error))
  })
}

export const sandbox = ofCheckout('sandbox/cli/main.ts', 'sandbox')
export const faults = ofCheckout('faults/main.ts', 'faults')
